/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fault_run.h - run a host under a fault, and judge what it and its segments say.
 */
#ifndef TTA_FAULT_RUN_H
#define TTA_FAULT_RUN_H

#include <stdbool.h>
#include <stdint.h>

struct fault_run {
	/* NULL or called in the child before the host starts; false: cannot be done. */
	bool (*prepare)(const void *arg);
	const void *arg;
	const char *preload;	 /* NULL or a library */
	bool leftovers;		 /* another host ended before: its segment is there */
	const char *descriptors; /* NULL or the host's RLIMIT_NOFILE */
};

enum fault_verdict { FAULT_RIGHT, FAULT_WRONG, FAULT_SKIPPED };

/* What was seen of a host, for cases that expect more. */
struct fault_seen {
	bool segment; /* its own is there */
	bool incomplete;
	bool warned; /* the one line */
	uint32_t clock_kind;
	uint64_t bytes; /* really allocated */
};

/*
 * The host never notices: exit 0, the usual output, at most one line; nothing in the
 * directory but segments that make sense, and every event counted or said to be lost.
 * Prints what is wrong, under @name.
 */
enum fault_verdict fault_judge(const char *name, const struct fault_run *run,
			       struct fault_seen *ret_seen);

/* For the summary. */
struct fault_tally {
	unsigned right, wrong, skipped;
};

void fault_count(struct fault_tally *tally, enum fault_verdict verdict);
/* Prints it; the exit status. */
int fault_summary(const char *title, const struct fault_tally *tally);

#endif
