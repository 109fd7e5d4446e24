/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * screen.h - what makes a screen: its columns, its rows, and how they become text. One
 * const struct each; everything else is common to all.
 */
#ifndef TTATOP_SCREEN_H
#define TTATOP_SCREEN_H

#include "grid.h"
#include "rows.h"
#include "state.h"
#include "table.h"

#define SCREEN_HAYSTACK_SIZE 1024

struct screen {
	const char *name;  /* --view */
	const char *title; /* on its tab */
	const struct table_column *columns;
	size_t column_count;
	size_t sort; /* column */
	bool tree;   /* unfolded to begin with */
	bool has_tree;
	bool meters; /* devices, history and graphs above the table */
	bool stream; /* rows come by themselves: as long as they are sorted by `sort` */
	uint8_t detail_lines; /* that its detail would like when events are read; 0 = as
				 all */

	/* All rows in scope, not filtered, not sorted. 0 or -ENOMEM. */
	int (*collect)(const struct view_state *state, struct row_list *list);
	/* Parts of @row in tree mode; NULL: none. */
	int (*expand)(const struct view_state *state, const struct row *row,
		      struct row_list *list);
	/* Fill the sort key of @row. */
	void (*key)(const struct view_state *state, struct row *row, size_t column);
	void (*format)(const struct view_state *state, size_t row, size_t column,
		       struct table_text *text);
	/* What words of filter and find look at. */
	void (*haystack)(const struct view_state *state, const struct row *row,
			 char text[SCREEN_HAYSTACK_SIZE]);
	/* What their terms look at: process, device, type, buffer. */
	void (*about)(const struct view_state *state, const struct row *row,
		      struct filter_row *about);
	/* Instead of both: is the row what an expression asks for? NULL: as above. */
	bool (*matches)(const struct view_state *state, const struct row *row,
			const struct filter *filter);
	/* Worth a look: orphans, buffers allocated twice, ... */
	bool (*suspicious)(const struct view_state *state, const struct row *row);
	uint32_t (*hidden)(const struct view_state *state);
	/* The lines above the tabs: all that were granted, one at least. */
	void (*summary)(const struct view_state *state, struct grid *grid,
			struct rect area);
	/* How many it would like; NULL: one. */
	int (*summary_lines)(const struct view_state *state);
	/* About the selected row, in words; as many lines as there are. */
	void (*detail)(const struct view_state *state, const struct row *row,
		       struct grid *grid, struct rect area);
	/* Where Enter leads, and what is shown there: fill @scope. NULL: nowhere. */
	enum screen_id (*zoom)(const struct view_state *state, const struct row *row,
			       struct scope *scope);
};

extern const struct screen screen_processes, screen_devices, screen_buffers,
	screen_events;

const struct screen *screen_get(enum screen_id id);
const struct screen *screen_of(const struct view_state *state);
/* The screen's columns as a table over the state's rows. */
struct table screen_table(const struct view_state *state);

#endif
