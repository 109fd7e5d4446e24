/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_view.h - which bank the map panel shows, and how keys move through it.
 */
#ifndef TTATOP_MAP_VIEW_H
#define TTATOP_MAP_VIEW_H

#include "address_map.h"
#include "map_draw.h"
#include "state.h"

/* Open the map of what the selected row is about. */
unsigned map_view_open(struct view_state *state);
/* The memory row on show; false: it is not there any more. */
bool map_view_place(const struct view_state *state, struct map_place *ret_place);
/* The next or previous memory that has a map or buffers; of the next device. */
void map_view_step(struct view_state *state, bool back, bool device);
/* The part of @map that is on show, around the chosen span. */
struct map_window map_view_window(const struct view_state *state,
				  const struct address_map *map);
/* "1.5M" or "1.5M 4K"; "" asks nothing (0 bytes). False: no sizes. */
bool map_view_parse(const char *text, uint64_t *ret_bytes, uint64_t *ret_alignment);

#endif
