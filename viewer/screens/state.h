/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * state.h - what the user of the live view has chosen, and the rows that follow from it.
 * Changed by keys and by new snapshots, read by drawing. Knows no terminal and no clock.
 */
#ifndef TTATOP_STATE_H
#define TTATOP_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "delta.h"
#include "event_log.h"
#include "filter.h"
#include "history.h"
#include "keymap.h"
#include "layout.h"
#include "rows.h"
#include "snapshot.h"
#include "table.h"

#define STATE_TEXT_SIZE 128
#define STATE_ZOOM_MAX	8

enum screen_id {
	SCREEN_PROCESSES,
	SCREEN_DEVICES,
	SCREEN_BUFFERS,
	SCREEN_EVENTS,
	SCREEN_COUNT,
};

/* What the caller of an action has to do about it; a set. */
enum reaction {
	REACT_NONE = 0,
	REACT_DRAW = 1,
	REACT_ROWS = 2, /* view_rows() again, then draw */
	REACT_QUIT = 4,
	REACT_BASELINE = 8, /* the snapshot on show becomes the baseline */
	REACT_TIMER = 16,   /* delay or pause changed */
	REACT_REDRAW = 32,  /* the terminal's content is not to be trusted */
	REACT_SUSPEND = 64,
};

/* Which text is being typed; prompt.c has a row for each. */
enum input_line { INPUT_NONE, INPUT_FIND, INPUT_FILTER, INPUT_COUNT };

/* What covers the screen; panel.c has a row for each. */
enum panel_id { PANEL_NONE, PANEL_HELP, PANEL_COUNT };

/* Rows of one process, of one device, of one address there: of all that are set. */
struct scope {
	bool process, device, buffer;
	uint64_t segment, device_key;
	uint64_t type_key, address; /* of a buffer */
	uint32_t pid;		    /* of the process, to be read */
	char text[48];		    /* "pid 1906102" */
};

struct screen_state {
	struct table_choice choice;
	struct table_sort sort;
	bool tree;
	struct row_id selected;
	bool moved; /* by the user: the selection follows its row; else it stays on top */
	size_t cursor, top;
};

struct zoom {
	enum screen_id screen;
	struct scope scope;
};

struct view_state {
	enum screen_id screen;
	struct screen_state screens[SCREEN_COUNT];
	struct scope scope;
	struct zoom zoom[STATE_ZOOM_MAX]; /* where Esc leads back to */
	size_t zoom_depth;

	char filter[STATE_TEXT_SIZE], find[STATE_TEXT_SIZE], line[STATE_TEXT_SIZE];
	struct filter *filtering, *finding; /* filter and find, parsed; owned */
	enum input_line input;
	struct filter_error wrong; /* with the line as it stands; "" = nothing */
	enum panel_id panel;
	size_t panel_top, panel_cursor; /* first line on show, line that is chosen */
	char message[STATE_TEXT_SIZE];	/* answer to the last key, "" = none */

	int lines, cols;
	double delay;
	bool paused, show_delta, hide_header, ascii, mono, bytes;
	bool plain; /* text output: nothing is left out because the row above said it */
	bool dates; /* for programs: times with their day, in full */
	const char *directory; /* borrowed: where publishers are looked for */
	char base_name[STATE_TEXT_SIZE];

	/* borrowed; see view_update() */
	const struct snapshot *snapshot, *base;
	const struct history *history;
	const struct event_log *events; /* set by its owner, NULL = nobody reads them */
	uint64_t events_from;		/* rows before it are not shown */

	/* owned, made from the above */
	struct delta *delta;
	struct row_list rows;
	size_t unfiltered; /* rows before the filter */
};

/* Defaults for every screen. */
void view_init(struct view_state *state);
void view_fini(struct view_state *state);

/*
 * Show @snapshot from now on; it, the baseline and @history are borrowed until the next
 * call. NULL @base: no baseline. 0 or -ENOMEM (the rows may then be empty).
 */
int view_update(struct view_state *state, const struct snapshot *snapshot,
		const struct snapshot *base, const struct history *history);
/* Collect, filter and sort again; keep the selection. 0 or -ENOMEM. */
int view_rows(struct view_state *state);
/* The terminal's size; 0x0 is taken as 80x24. */
void view_resize(struct view_state *state, int rows, int cols);

/* A key, also while text is typed. Returns a set of enum reaction. */
unsigned view_key(struct view_state *state, uint32_t key);
unsigned view_action(struct view_state *state, enum action action);
/* Does the action do something now? Others are not in the key bar. */
bool view_action_works(const struct view_state *state, enum action action);

/* Is the row what an expression asks for? */
bool view_row_matches(const struct view_state *state, const struct row *row,
		      const struct filter *filter);
/* New rows come at the end, and the selection goes with them until it is moved. */
bool view_follows(const struct view_state *state);
struct screen_state *view_screen(struct view_state *state);
/* The row under the cursor, NULL when there is none. */
const struct row *view_selected(const struct view_state *state);
void view_layout(const struct view_state *state, struct layout *layout);
/* Columns that have nothing to say now, a bit each. */
uint32_t view_hidden_columns(const struct view_state *state);

#endif
