/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * runner_state.h - what the files of the runner share; private to it.
 */
#ifndef TTATOP_RUNNER_STATE_H
#define TTATOP_RUNNER_STATE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "environment.h"
#include "run_id.h"
#include "runner.h"

struct runner {
	char id[RUN_ID_SIZE];
	struct environment environment;
	sigset_t held;	 /* what is kept back: SIGCHLD and what would end us */
	sigset_t before; /* the mask to restore, and that of the commands */
	int interrupted; /* the first signal that told us to end */
};

#define RUNNER_NS UINT64_C(1000000000)

uint64_t runner_now_ns(void);
/* Sleep until @end_ns or until one of the held signals came; returns it, 0 = none. */
int runner_sleep(struct runner *runner, uint64_t end_ns);

#endif
