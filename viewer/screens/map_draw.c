/* SPDX-License-Identifier: BSD-2-Clause */
#include "map_draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tally.h"

#define LABEL_ROOM 24 /* "0x" and sixteen digits */

/* What the bytes of one cell are. */
struct map_cell {
	uint64_t begin, end;
	uint64_t used, most; /* bytes occupied, and by the span with most of them */
	const char *type;    /* of that span; of a gap that is set apart */
	uint32_t flags;
	bool chosen;
};

struct map_window map_whole(const struct address_map *map)
{
	return (struct map_window){map->begin, map->end, NULL};
}

static int label_cols(const struct map_window *window)
{
	char text[LABEL_ROOM];

	return snprintf(text, sizeof(text), "0x%08" PRIx64, window->end) + 1;
}

int map_row_cells(const struct map_window *window, struct rect area)
{
	int cells = area.cols - label_cols(window) - 2;

	return cells > 0 ? cells : 0;
}

uint64_t map_cell_bytes(const struct map_window *window, struct rect area)
{
	uint64_t bytes = window->end - window->begin;
	uint64_t cells = (uint64_t)map_row_cells(window, area) *
			 (uint64_t)(area.rows + !area.rows);

	return cells == 0 ? bytes : bytes / cells + (bytes % cells != 0);
}

static const char *span_type(const struct address_map *map, const struct map_span *span)
{
	return span->count ? map->buffers[span->first].buffer->type : span->apart;
}

static void look_at_span(const struct address_map *map, const struct map_span *span,
			 struct map_cell *cell)
{
	uint64_t begin = span->begin > cell->begin ? span->begin : cell->begin;
	uint64_t end = span->end < cell->end ? span->end : cell->end;

	if (span->count == 0) {
		if (!cell->type)
			cell->type = span->apart;
		return;
	}
	cell->used += end - begin;
	cell->flags |= span->flags;
	if (end - begin <= cell->most)
		return;
	cell->most = end - begin;
	cell->type = span_type(map, span);
}

/* The spans from *@at on that lie in the cell; *@at is then the last of them. */
static void look_at_cell(const struct address_map *map, const struct map_window *window,
			 size_t *at, struct map_cell *cell)
{
	size_t i = *at;

	while (i < map->span_count && map->spans[i].end <= cell->begin)
		i++;
	for (; i < map->span_count && map->spans[i].begin < cell->end; i++) {
		look_at_span(map, &map->spans[i], cell);
		cell->chosen |= &map->spans[i] == window->chosen;
		*at = i;
	}
}

static char cell_sign(const struct address_map *map, const struct map_cell *cell)
{
	if (cell->chosen)
		return '_';
	if (cell->flags & SPAN_TWICE)
		return '!';
	if (cell->flags & SPAN_DEAD)
		return 'O';
	if (cell->used == 0)
		return '.';
	if (strcmp(cell->type, map->type) != 0)
		return memory_letter(memory_class(cell->type));
	return cell->used == cell->end - cell->begin ? '#' : '+';
}

static unsigned cell_attr(const struct map_cell *cell)
{
	unsigned attr = ATTR_DIM;

	if (cell->flags & SPAN_TWICE)
		attr = ATTR_SUSPICIOUS;
	else if (cell->flags & SPAN_DEAD)
		attr = ATTR_ORPHAN;
	else if (cell->type)
		attr = memory_attr(memory_class(cell->type));
	return cell->chosen ? attr | ATTR_SELECTED : attr;
}

/* One row from *@address on. */
static void draw_row(const struct address_map *map, const struct map_window *window,
		     struct grid *grid, struct rect line, uint64_t *address,
		     uint64_t bytes)
{
	size_t at = address_map_find(map, *address);
	int cells = map_row_cells(window, line), to;

	to = grid_format(grid, line, 0, ATTR_DIM, "0x%08" PRIx64 " ", *address);
	to = grid_put(grid, line, to, ATTR_NORMAL, "[");
	for (int i = 0; i < cells && *address < window->end; i++) {
		bool last = bytes >= window->end - *address;
		struct map_cell cell = {
			.begin = *address,
			.end = last ? window->end : *address + bytes,
		};

		look_at_cell(map, window, &at, &cell);
		to = grid_format(grid, line, to, cell_attr(&cell), "%c",
				 cell_sign(map, &cell));
		*address = cell.end;
	}
	grid_put(grid, line, to, ATTR_NORMAL, "]");
}

void map_draw(const struct address_map *map, const struct map_window *window,
	      struct grid *grid, struct rect area)
{
	uint64_t bytes = map_cell_bytes(window, area), address = window->begin;

	if (map_row_cells(window, area) == 0 || bytes == 0)
		return;
	for (int row = 0; row < area.rows && address < window->end; row++)
		draw_row(map, window, grid, rect_line(area, row), &address, bytes);
}

/* "  c CB  s L1_SMALL" of the types that share the bank. */
static void add_guests(const struct address_map *map, char *text, size_t room)
{
	const struct snap_device *device = &map->snapshot->devices[map->device];
	size_t used = strlen(text);

	for (size_t i = 0; i < device->memory_count && used < room; i++) {
		const char *type = device->memory[i].type;

		if (strcmp(type, map->type) == 0 || !address_map_draws(map, type))
			continue;
		used += (size_t)snprintf(text + used, room - used, "  %c %.20s",
					 memory_letter(memory_class(type)), type);
	}
}

void map_legend(const struct address_map *maps, size_t count, char *text, size_t room)
{
	uint32_t flags = 0;
	size_t used;

	snprintf(text, room, "# full  + part  . free");
	for (size_t i = 0; i < count; i++) {
		add_guests(&maps[i], text, room);
		for (size_t k = 0; k < maps[i].span_count; k++)
			flags |= maps[i].spans[k].flags;
	}
	used = strlen(text);
	snprintf(text + used, room - used, "%s%s",
		 flags & SPAN_TWICE ? "  ! live twice" : "",
		 flags & SPAN_DEAD ? "  O orphaned" : "");
}
