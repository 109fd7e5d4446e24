/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * channel.h - what the parent and a publishing process say to each other.
 *
 * One packet each way: a message, then its answer once all of it is published.
 */
#ifndef SIM_CHANNEL_H
#define SIM_CHANNEL_H

#include "options.h"
#include "program.h"

enum sim_message_kind {
	SIM_MESSAGE_DESCRIBE,
	SIM_MESSAGE_OP,
	SIM_MESSAGE_LOAD,
	SIM_MESSAGE_EXIT, /* no answer */
};

struct sim_message {
	enum sim_message_kind kind;
	union {
		struct sim_device device;
		struct sim_op op;
		struct sim_load load;
		uint64_t exit_code;
	};
};

struct sim_answer {
	int error;	 /* 0 or -errno: nothing else was done */
	uint64_t events; /* load only */
	uint64_t ns;
};

/* Environment of a publishing process: "FD:PARENT:COMM". */
#define SIM_CHANNEL_VARIABLE "TTA_SIM_CHANNEL"

#endif
