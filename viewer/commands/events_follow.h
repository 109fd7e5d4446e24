/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * events_follow.h - go on with what happens: when the rings are read, and when to sample.
 */
#ifndef TTATOP_EVENTS_FOLLOW_H
#define TTATOP_EVENTS_FOLLOW_H

#include <stdbool.h>

#include "end_signals.h"
#include "events_run.h"

struct events_follow {
	const char *command; /* who complains */
	struct events_run *run;
	int output; /* a descriptor: the end when nobody reads it any more; -1 = none */
	/* After rows were handed out. 0 or an exit code, which ends it. */
	int (*step)(void *arg);
	bool (*is_over)(void *arg);
	void *arg;
};

/* Until it is over or a signal has come; what is held leaves then. Exit code. */
int events_follow(const struct events_follow *follow, struct end_signals *signals);

/* Complain of @err; 0 or EXIT_TROUBLE. */
int events_outcome(const char *command, int err);
/* events_sample(), in words. */
int events_sample_for(const char *command, struct events_run *run);

#endif
