/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scenario_publish.h - the statements that publish: alloc, free, view, mark, churn, ...
 */
#ifndef SIM_SCENARIO_PUBLISH_H
#define SIM_SCENARIO_PUBLISH_H

#include "scenario_state.h"
#include "text.h"

/* Parse one statement and append it; the error line when it is none. */
int sim_scenario_publish(struct sim_scenario *scenario, const struct sim_words *words);

#endif
