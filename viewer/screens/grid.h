/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grid.h - a rectangle of character cells in memory; what screens draw into. A terminal
 * copies it out, tests print it. Nothing drawn outside a clip or the grid has an effect.
 */
#ifndef TTATOP_GRID_H
#define TTATOP_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a cell means; terminals choose its looks. */
enum attr {
	ATTR_NORMAL,
	ATTR_TITLE,
	ATTR_HEADER, /* of a table */
	ATTR_TAB,    /* the active one */
	ATTR_DRAM,
	ATTR_L1,
	ATTR_L1_SMALL,
	ATTR_TRACE,
	ATTR_CB,
	ATTR_OTHER, /* any other memory type */
	ATTR_ORPHAN,
	ATTR_GROWTH,
	ATTR_SHRINK,
	ATTR_SUSPICIOUS,
	ATTR_DIM,
	ATTR_KEY,   /* a key's name in the key bar */
	ATTR_LABEL, /* what the key does */
	ATTR_PAUSE,
	ATTR_TAGGED, /* a row that the user has marked */
	ATTR_CLASS_COUNT,
	ATTR_SELECTED = 0x40, /* added to a class: reverse, colour kept */
	ATTR_CLASS_MASK = 0x3f,
};

struct cell {
	char text[5]; /* one character, NUL-terminated; "" = right half of a wide one */
	uint8_t width;
	uint8_t attr;
};

struct rect {
	int row, col, rows, cols;
};

struct grid {
	int rows, cols;
	bool ascii; /* characters outside ASCII are replaced */
	struct cell *cells;
};

/* A blank grid; sizes below 1 become 1. 0 or -ENOMEM. */
int grid_init(struct grid *grid, int rows, int cols, bool ascii);
void grid_fini(struct grid *grid);
void grid_clear(struct grid *grid);

struct rect grid_all(const struct grid *grid);
/* Line @index of @rect, empty when it has none. */
struct rect rect_line(struct rect rect, int index);
/* @rect without its first @cols columns. */
struct rect rect_skip(struct rect rect, int cols);

/*
 * Draw @text at column @at of the first line of @clip. A wide character that would be cut
 * is left out. Returns the column after it, also when that is outside.
 */
int grid_put(struct grid *grid, struct rect clip, int at, unsigned attr,
	     const char *text);
int grid_format(struct grid *grid, struct rect clip, int at, unsigned attr,
		const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Ending at the last column of @clip. */
void grid_put_right(struct grid *grid, struct rect clip, unsigned attr, const char *text);
/* Fill the first line of @clip with one character. */
void grid_fill(struct grid *grid, struct rect clip, unsigned attr, const char *character);
/* What the first line of @clip shows with @from is shown with @to. */
void grid_replace(struct grid *grid, struct rect clip, enum attr from, enum attr to);
/* Add flags to what the first line of @clip shows. */
void grid_mark(struct grid *grid, struct rect clip, unsigned flags);
/* Give what the first line of @clip shows another class. */
void grid_paint(struct grid *grid, struct rect clip, enum attr attr);

const struct cell *grid_cell(const struct grid *grid, int row, int col);
/* One row as text without trailing blanks, cut to @room; returns @text. */
const char *grid_line(const struct grid *grid, int row, char *text, size_t room);

#endif
