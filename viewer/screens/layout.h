/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * layout.h - where everything goes: sizes and counts to rectangles; pure.
 */
#ifndef TTATOP_LAYOUT_H
#define TTATOP_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "grid.h"

#define LAYOUT_MIN_ROWS	  5 /* below: one line of totals */
#define LAYOUT_MIN_COLS	  20
#define LAYOUT_GRAPH_ROWS 34  /* graph panes and long details from here on */
#define LAYOUT_ROOMY_COLS 60  /* below: no clock, short tabs */
#define LAYOUT_WIDE_COLS  100 /* longer words in the title, two graphs */

struct layout_input {
	int rows, cols;
	size_t devices;
	bool meters; /* the screen shows devices, history and graphs above its table */
	int summary; /* lines that the screen's summary would like, at least 1 */
	bool hide_header; /* the user wants the table alone */
	int detail; /* lines that its detail would like in a low window, 0 = as all */
};

/* How devices are drawn above the table. */
enum meter_style {
	METER_NONE,
	METER_FULL,  /* one or two columns, with figures */
	METER_SHORT, /* four columns, percent only */
	METER_STRIP, /* two figures per device */
};

struct meter_grid {
	enum meter_style style;
	int columns; /* of devices; devices per line in a strip */
	int lines;
};

/* Parts without rows are not shown. */
struct layout {
	bool tiny; /* only `totals` */
	struct rect title, meters, totals, graphs, base, tabs, header, table, rule,
		detail, bar;
	struct meter_grid meter;
};

void layout_make(struct layout *layout, const struct layout_input *input);
struct meter_grid layout_meters(size_t devices, int cols);

#endif
