/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_text.h - an address_map in words.
 */
#ifndef TTATOP_MAP_TEXT_H
#define TTATOP_MAP_TEXT_H

#include "address_map.h"
#include "detail_text.h"

/* "DRAM bank  0x0..0x40000000  cell 13.5M" */
void map_title(struct detail_text *text, const struct address_map *map, uint64_t cell);
/* "  used 72%  largest gap 290M  36 gaps" */
void map_say_state(struct detail_text *text, const struct address_map *map);
/* What the cursor is on: range, size, owners. */
void map_say_span(struct detail_text *text, const struct address_map *map,
		  const struct map_span *span);
/* "used 735M of 1.00G per bank (72%)  free 289M in 36 gaps  largest 98.0M ..." */
void map_say_numbers(struct detail_text *text, const struct address_map *map);
/* Why the numbers have a '~', and what is not drawn. Empty: nothing to say. */
void map_say_doubts(struct detail_text *text, const struct address_map *map);
/* Will @bytes fit? */
void map_say_fit(struct detail_text *text, const struct address_map *map, uint64_t bytes,
		 uint64_t alignment);
/* Why there is no map. */
void map_say_trouble(struct detail_text *text, const struct address_map *map);

#endif
