/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scenario_parse.h - the scenario text format (README.md) to a program.
 */
#ifndef SIM_SCENARIO_PARSE_H
#define SIM_SCENARIO_PARSE_H

#include <stdio.h>

#include "program.h"

/*
 * Read all of @file into the zeroed @program. 0, or -errno with one line in @ret_error:
 * "NAME:LINE: what: why".
 */
int sim_scenario_parse(const char *name, FILE *file, struct sim_program *program,
		       struct sim_error *ret_error);

#endif
