/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options.h - the command line of tta-sim.
 */
#ifndef SIM_OPTIONS_H
#define SIM_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "program.h"

enum sim_command {
	SIM_COMMAND_RUN,
	SIM_COMMAND_LOG,
	SIM_COMMAND_LOAD,
	SIM_COMMAND_LIST,
	SIM_COMMAND_HELP,
	SIM_COMMAND_HELP_SCENARIO,
	SIM_COMMAND_VERSION,
};

/* What each process of `load` does. */
struct sim_load {
	uint32_t processes;
	uint32_t threads;
	uint32_t devices;
	uint64_t live; /* buffers per thread */
	uint64_t rate; /* events per second and thread, 0 = as fast as can be */
	uint64_t seconds;
};

struct sim_options {
	enum sim_command command;
	bool hold;
	bool step;
	struct sim_load load;
	size_t file_count;
	char **files; /* points into argv */
};

/* argv may be reordered. 0, or -EINVAL with one line in @ret_error. */
int sim_options_parse(int argc, char **argv, struct sim_options *ret_options,
		      struct sim_error *ret_error);

/* The text of --help. */
const char *sim_options_help(void);

#endif
