/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * table.h - columns that fit: which are shown, how wide, and rows drawn one at a time, so
 * that only visible ones are formatted. Screens and plain text output share it.
 */
#ifndef TTATOP_TABLE_H
#define TTATOP_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "grid.h"

#define TABLE_COLUMN_MAX 32
#define TABLE_TEXT_SIZE	 256
#define TABLE_GAP	 1

enum table_flag {
	TABLE_RIGHT = 1,   /* numbers */
	TABLE_FALLING = 2, /* sorts the largest first, unless inverted */
	TABLE_REST = 4,	   /* takes the width that is left */
	TABLE_SIGNED = 8,  /* sort keys are row_signed() */
};

struct table_column {
	const char *key, *title;
	const char *ascii_title; /* NULL = the title */
	uint8_t width, max;	 /* cells: never less, never more (but see TABLE_REST) */
	uint8_t weight;		 /* the lightest go first; 0 = only when asked for */
	uint8_t from;		 /* shown from this screen width on */
	uint8_t flags;
};

struct table_text {
	char text[TABLE_TEXT_SIZE];
	enum attr attr;
};

/* What a table is made of. */
struct table {
	const struct table_column *columns;
	size_t column_count;
	void (*format)(const void *context, size_t row, size_t column,
		       struct table_text *text);
	const void *context;
};

/* An ordered list of columns somebody wants. */
struct table_choice {
	uint8_t columns[TABLE_COLUMN_MAX];
	size_t count;
	bool chosen; /* named one by one: neither weight nor width drops them */
};

struct table_slot {
	uint8_t column;
	int at, width;
};

/* Where the columns of one frame are. */
struct table_plan {
	struct table_slot slots[TABLE_COLUMN_MAX];
	size_t count;
	int width;
};

struct table_sort {
	size_t column;
	bool falling;
};

/* Position of a key (case-insensitive), or -1. */
int table_find(const struct table_column *columns, size_t count, const char *key);
/* NULL: the default; "a,b": these; "+a,-b": the default changed. 0 or -EINVAL. */
int table_choose(const struct table_column *columns, size_t count, const char *list,
		 struct table_choice *choice);

/*
 * Fit the columns of @choice without those in @hidden (a bit each) into @cols, measuring
 * @rows rows from @first on. A column named by the user stays, and the plan may be wider.
 */
void table_fit(struct table_plan *plan, const struct table *table,
	       const struct table_choice *choice, uint32_t hidden,
	       const struct table_sort *sort, size_t first, size_t rows, int cols);

void table_draw_header(struct grid *grid, struct rect line, const struct table *table,
		       const struct table_plan *plan, const struct table_sort *sort);
void table_draw_row(struct grid *grid, struct rect line, const struct table *table,
		    const struct table_plan *plan, size_t row, bool selected);

#endif
