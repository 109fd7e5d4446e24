/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scenario_state.h - what the parts of the scenario parser share.
 */
#ifndef SIM_SCENARIO_STATE_H
#define SIM_SCENARIO_STATE_H

#include "program.h"

#define SIM_NEST_LIMIT 8u

struct sim_scenario {
	struct sim_program *program;
	const char *file;
	unsigned line;
	const char *what; /* the statement at hand, for errors */
	size_t depth;
	size_t open[SIM_NEST_LIMIT]; /* statements whose end is to come */
	struct sim_error *error;
};

/* Write the error line; returns -EINVAL. */
int sim_scenario_fail(struct sim_scenario *scenario, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

/* The process of that name, or the error. */
int sim_scenario_process(struct sim_scenario *scenario, const char *name,
			 size_t *ret_process);

#endif
