/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_draw.h - a bank as rows of cells: the picture of an address_map, in the map panel
 * and in the detail of a device.
 */
#ifndef TTATOP_MAP_DRAW_H
#define TTATOP_MAP_DRAW_H

#include "address_map.h"
#include "grid.h"

/* The addresses on show, and the span that is chosen. */
struct map_window {
	uint64_t begin, end;
	const struct map_span *chosen; /* NULL = none */
};

/* All of the bank. */
struct map_window map_whole(const struct address_map *map);
/* Cells of one row in @area, and bytes of one cell when the rows are @rows. */
int map_row_cells(const struct map_window *window, struct rect area);
uint64_t map_cell_bytes(const struct map_window *window, struct rect area);
/*
 * Fill @area with rows, each with its first address. '#' full, '+' in part, '.' free,
 * letters for other types (memory_letter), '!' live twice, 'O' of the dead, '_' chosen.
 */
void map_draw(const struct address_map *map, const struct map_window *window,
	      struct grid *grid, struct rect area);
/* What the signs of @count maps mean, as far as they can be there. */
void map_legend(const struct address_map *maps, size_t count, char *text, size_t room);

#endif
