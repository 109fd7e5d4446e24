/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_parse.h - one line of the old allocation server's log.
 */
#ifndef SIM_LOG_PARSE_H
#define SIM_LOG_PARSE_H

#include <stdint.h>

#include "program.h"

enum sim_log_kind {
	SIM_LOG_OTHER = 0, /* not a line that can be played */
	SIM_LOG_ALLOCATED,
	SIM_LOG_FREED,
	SIM_LOG_UNKNOWN_FREE, /* free of a buffer from before the log */
	SIM_LOG_DEAD,
};

struct sim_log_line {
	enum sim_log_kind kind;
	uint32_t pid;
	uint32_t device;
	uint64_t size;
	uint64_t id;
	uint64_t refs; /* as printed: after the event; 0 when the line says none */
	char type[SIM_TYPE_SIZE];
};

/* Parse @text, without its newline. Numbers that do not fit make it SIM_LOG_OTHER. */
void sim_log_parse(const char *text, struct sim_log_line *ret_line);

#endif
