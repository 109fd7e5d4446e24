/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * watched.h - a body in a child process; nothing that it started outlives it.
 */
#ifndef TTA_BENCH_WATCHED_H
#define TTA_BENCH_WATCHED_H

#include <signal.h>

#include "bench.h"

/* SIGCHLD and what ends the bench are blocked between begin and end. */
struct watch {
	sigset_t watched, before;
};

void watch_begin(struct watch *watch);
/*
 * Runs @body for at most @seconds, pinned unless @cpu < 0, and reaps what it left. 0, or
 * the signal that is to end the bench. @failure says when the child did not end by
 * itself.
 */
int watch_run(struct watch *watch, int cpu, unsigned seconds, void (*body)(void *arg),
	      void *arg, char failure[TEXT_SIZE]);
void watch_end(struct watch *watch);

#endif
