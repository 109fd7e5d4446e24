/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * detail.h - facts about one process, device or buffer in words: the detail lines.
 */
#ifndef TTATOP_DETAIL_H
#define TTATOP_DETAIL_H

#include "event_log.h"
#include "grid.h"
#include "state.h"

/* The command line, else the short name. */
const char *detail_command(const struct snap_process *process);
enum attr detail_state_attr(enum snap_state state);
enum attr detail_change_attr(int64_t change, bool known);

/* "ORPH DUP NEW" */
void detail_flags(const struct view_state *state, const struct snap_buffer *buffer,
		  char *text, size_t room);
/* "16 DUP  1 SZ" over the rows of the buffer screen. */
void detail_flag_counts(const struct view_state *state, struct grid *grid,
			struct rect line, int at);

void detail_process(const struct view_state *state, const struct snap_process *process,
		    struct grid *grid, struct rect area);
void detail_device(const struct view_state *state, const struct snap_device *device,
		   struct grid *grid, struct rect area);
void detail_buffer(const struct view_state *state, const struct snap_buffer *buffer,
		   struct grid *grid, struct rect area);
/* One event in words. */
void detail_event(const struct view_state *state, const struct event_log_row *row,
		  struct grid *grid, struct rect area);
/* What happened at the address of a buffer, the newest that fit into @area. */
void detail_history(const struct view_state *state, const struct snap_buffer *buffer,
		    struct grid *grid, struct rect area);
/* Why there are no rows, and what to type. */
void detail_empty(const struct view_state *state, struct grid *grid, struct rect area);

#endif
