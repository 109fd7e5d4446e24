/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * targets.h - the processes that a question is about, as they were when it was asked.
 */
#ifndef TTATOP_TARGETS_H
#define TTATOP_TARGETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct view_state;

struct target {
	uint64_t segment, start_time; /* ticks after boot, SNAP_UNKNOWN */
	uint32_t pid, uid;
	bool ended; /* there is a segment to reap, else somebody to signal */
	char user[32], command[64];
};

struct target_list {
	struct target *items;
	size_t count, ended;
	bool reap; /* what is asked: reap the ended ones, else signal the others */
	int signal_number; /* 0 = none chosen */
};

void targets_fini(struct target_list *targets);
/*
 * Collect the processes of the tagged rows, or of the selected one: those that whoever
 * watches may touch. 0 (none: state->message says why) or -ENOMEM.
 */
int targets_collect(struct view_state *state);

#endif
