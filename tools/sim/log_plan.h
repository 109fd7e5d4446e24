/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_plan.h - turns a server log into a program.
 */
#ifndef SIM_LOG_PLAN_H
#define SIM_LOG_PLAN_H

#include <stdio.h>

#include "program.h"

struct sim_log_plan;

/* A plan that appends to @program, which outlives it. NULL when out of memory. */
struct sim_log_plan *sim_log_plan_new(struct sim_program *program);
void sim_log_plan_free(struct sim_log_plan *plan);

/*
 * One more line. A PID's first line starts its process; a line after its death starts
 * another. A Freed line has the type of the last Allocated line of (device, id), DRAM
 * when there was none. 0 or -ENOMEM.
 */
int sim_log_plan_line(struct sim_log_plan *plan, const char *text);

/* All lines of a file; PIDs and buffers go on from file to file. 0 or -errno. */
int sim_log_plan_file(struct sim_log_plan *plan, FILE *file);

#endif
