/* SPDX-License-Identifier: BSD-2-Clause */
#include "grid.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

static const struct cell blank = {.text = " ", .width = 1, .attr = ATTR_NORMAL};

int grid_init(struct grid *grid, int rows, int cols, bool ascii)
{
	rows = rows < 1 ? 1 : rows;
	cols = cols < 1 ? 1 : cols;
	grid->cells = malloc((size_t)rows * (size_t)cols * sizeof(*grid->cells));
	if (!grid->cells)
		return -ENOMEM;
	grid->rows = rows;
	grid->cols = cols;
	grid->ascii = ascii;
	grid_clear(grid);
	return 0;
}

void grid_fini(struct grid *grid)
{
	free(grid->cells);
	*grid = (struct grid){0};
}

void grid_clear(struct grid *grid)
{
	for (int i = 0; i < grid->rows * grid->cols; i++)
		grid->cells[i] = blank;
}

struct rect grid_all(const struct grid *grid)
{
	return (struct rect){0, 0, grid->rows, grid->cols};
}

struct rect rect_line(struct rect rect, int index)
{
	if (index < 0 || index >= rect.rows)
		return (struct rect){rect.row, rect.col, 0, 0};
	return (struct rect){rect.row + index, rect.col, 1, rect.cols};
}

struct rect rect_skip(struct rect rect, int cols)
{
	cols = cols > rect.cols ? rect.cols : cols;
	return (struct rect){rect.row, rect.col + cols, rect.rows, rect.cols - cols};
}

/* The cell at column @at of @clip, NULL when it is outside of the clip or the grid. */
static struct cell *clip_cell(struct grid *grid, struct rect clip, int at)
{
	int col = clip.col + at;

	if (clip.rows < 1 || at < 0 || at >= clip.cols)
		return NULL;
	if (clip.row < 0 || clip.row >= grid->rows || col < 0 || col >= grid->cols)
		return NULL;
	return &grid->cells[clip.row * grid->cols + col];
}

/* A wide character loses its other half when one half is overwritten. */
static void cell_split(struct grid *grid, struct cell *cell)
{
	long col = (cell - grid->cells) % grid->cols;

	if (cell->width == 2 && col + 1 < grid->cols)
		cell[1] = (struct cell){.text = " ", .width = 1, .attr = cell[1].attr};
	if (cell->width == 0 && col > 0)
		cell[-1] = (struct cell){.text = " ", .width = 1, .attr = cell[-1].attr};
}

static void cell_set(struct grid *grid, struct cell *cell,
		     const struct utf8_char *character, unsigned attr)
{
	cell_split(grid, cell);
	memcpy(cell->text, character->text, sizeof(cell->text));
	cell->width = (uint8_t)character->width;
	cell->attr = (uint8_t)attr;
}

static void put_wide(struct grid *grid, struct rect clip, int at, unsigned attr,
		     const struct utf8_char *character)
{
	struct cell *left = clip_cell(grid, clip, at);
	struct cell *right = clip_cell(grid, clip, at + 1);
	static const struct utf8_char half = {.text = "", .width = 0};

	if (!left || !right)
		return;
	cell_split(grid, left);
	cell_set(grid, right, &half, attr);
	*left = (struct cell){.width = 2, .attr = (uint8_t)attr};
	memcpy(left->text, character->text, sizeof(left->text));
}

int grid_put(struct grid *grid, struct rect clip, int at, unsigned attr, const char *text)
{
	while (*text) {
		struct utf8_char next = utf8_next(text);
		struct cell *cell = clip_cell(grid, clip, at);

		text += next.bytes;
		if (grid->ascii && next.width > 0 && (unsigned char)next.text[0] >= 0x80)
			next = (struct utf8_char){.text = {UTF8_REPLACEMENT}, .width = 1};
		if (next.width == 2)
			put_wide(grid, clip, at, attr, &next);
		else if (next.width == 1 && cell)
			cell_set(grid, cell, &next, attr);
		at += next.width;
	}
	return at;
}

int grid_format(struct grid *grid, struct rect clip, int at, unsigned attr,
		const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return grid_put(grid, clip, at, attr, text);
}

void grid_put_right(struct grid *grid, struct rect clip, unsigned attr, const char *text)
{
	grid_put(grid, clip, clip.cols - utf8_width(text), attr, text);
}

void grid_fill(struct grid *grid, struct rect clip, unsigned attr, const char *character)
{
	for (int at = 0; at < clip.cols; at++)
		grid_put(grid, clip, at, attr, character);
}

void grid_replace(struct grid *grid, struct rect clip, enum attr from, enum attr to)
{
	for (int at = 0; at < clip.cols; at++) {
		struct cell *cell = clip_cell(grid, clip, at);

		if (cell && cell->attr == from)
			cell->attr = (uint8_t)to;
	}
}

void grid_paint(struct grid *grid, struct rect clip, enum attr attr)
{
	for (int at = 0; at < clip.cols; at++) {
		struct cell *cell = clip_cell(grid, clip, at);

		if (cell)
			cell->attr = (uint8_t)attr;
	}
}

void grid_mark(struct grid *grid, struct rect clip, unsigned flags)
{
	for (int at = 0; at < clip.cols; at++) {
		struct cell *cell = clip_cell(grid, clip, at);

		if (cell)
			cell->attr = (uint8_t)(cell->attr | flags);
	}
}

const struct cell *grid_cell(const struct grid *grid, int row, int col)
{
	return &grid->cells[row * grid->cols + col];
}

const char *grid_line(const struct grid *grid, int row, char *text, size_t room)
{
	size_t used = 0, end = 0;

	for (int col = 0; col < grid->cols; col++) {
		const struct cell *cell = grid_cell(grid, row, col);
		size_t length = strlen(cell->text);

		if (used + length >= room)
			break;
		memcpy(text + used, cell->text, length);
		used += length;
		if (length > 0 && strcmp(cell->text, " ") != 0)
			end = used;
	}
	text[end] = '\0';
	return text;
}
