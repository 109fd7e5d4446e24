/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * runner.h - start a command under a run id, wait for it, wait until what it published
 * stands still.
 *
 * The run id is exported as TTA_RUN_ID, which publishers copy into their segments: so
 * children, forks and daemons of a run are recognised, and neighbours are not. Commands
 * get a process group of their own, and only that is ever signalled. While a runner is
 * open, this process is the one that orphaned descendants fall to, and the signals that
 * would end it are kept back: an ended command is never left behind half-way.
 *
 * Synchronisation: one runner at a time, one thread.
 */
#ifndef TTATOP_RUNNER_H
#define TTATOP_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

struct runner;

#define RUNNER_FOREVER (-1.0)

enum runner_end {
	RUNNER_EXITED,	    /* code = exit status */
	RUNNER_KILLED,	    /* code = the signal that ended it */
	RUNNER_TIMED_OUT,   /* ended by us */
	RUNNER_NOT_STARTED, /* code = errno of the attempt */
	RUNNER_INTERRUPTED, /* we were told to end; code = that signal */
};

struct runner_how {
	double timeout;	 /* seconds, RUNNER_FOREVER */
	bool null_input; /* standard input is /dev/null */
	bool to_stderr;	 /* standard output goes to standard error */
};

struct runner_result {
	enum runner_end end;
	int code;
	uint64_t duration_ns;
};

/* A run id is made of @prefix and chance. 0 or -errno. */
int runner_open(const char *prefix, struct runner **ret_runner);
/* Signals work as before; NULL is a no-op. */
void runner_close(struct runner *runner);

const char *runner_id(const struct runner *runner);
/* Set NAME=VALUE for the commands to come. 0 or -ENOMEM. */
int runner_set(struct runner *runner, const char *name, const char *value);

/*
 * Run @argv to its end; descendants may outlive it. A signal that ends us, or the
 * time-out, ends the command's process group: SIGTERM, then SIGKILL.
 */
struct runner_result runner_run(struct runner *runner, char *const *argv,
				const struct runner_how *how);
/* The same for a line of shell, which is run even when we were told to end. */
struct runner_result runner_shell(struct runner *runner, const char *line,
				  const struct runner_how *how);

/* The signal that told us to end, 0 = none did. */
int runner_interrupted(const struct runner *runner);

/* What one look at the published numbers told. */
struct runner_look {
	uint64_t signature; /* the same for the same numbers */
	bool busy;	    /* somebody was in the middle of an event */
};

enum runner_settled {
	RUNNER_SETTLED,
	RUNNER_UNSETTLED, /* the numbers never stood still */
	RUNNER_STOPPED,	  /* we were told to end, or @look failed */
};

/*
 * Wait @seconds, or, when that is negative, until two looks a tenth of a second apart
 * agree and nobody is busy, at most half a minute. @look returns 0 or stops it.
 */
enum runner_settled runner_settle(struct runner *runner, double seconds,
				  int (*look)(void *arg, struct runner_look *ret_look),
				  void *arg);

#endif
