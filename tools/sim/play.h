/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * play.h - plays a program with real processes; publishes nothing itself.
 */
#ifndef SIM_PLAY_H
#define SIM_PLAY_H

#include "options.h"
#include "program.h"

struct sim_play_options {
	const char *file; /* for errors */
	bool hold;	  /* print "ready" when all is played, then wait for a signal */
	bool step;	  /* at each mark print it and wait for a line on stdin */
	int signal_fd;	  /* readable when SIGINT or SIGTERM arrived (both blocked) */
};

/*
 * Statements in order, each when the one before is published. At the end the processes
 * end orderly, then all are reaped. Returns 0; -EINTR when a signal came before all (of
 * a `forever`: one round) was played; else -errno with one line in @ret_error.
 */
int sim_play(const struct sim_program *program, const struct sim_play_options *options,
	     struct sim_error *ret_error);

/* `tta-sim load`; prints one line of totals. As sim_play(). */
int sim_play_load(const struct sim_load *load, int signal_fd,
		  struct sim_error *ret_error);

#endif
