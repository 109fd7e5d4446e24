/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event_map.h - values by (segment, place, address): what events are followed by.
 *
 * Values are kept by copy and begin as zeros; a pointer is good until the next add or
 * remove.
 */
#ifndef TTATOP_EVENT_MAP_H
#define TTATOP_EVENT_MAP_H

#include <stddef.h>
#include <stdint.h>

struct event_key {
	uint64_t segment;
	uint64_t place; /* device, type or lane, as the user of the map likes */
	uint64_t address;
};

struct event_map {
	size_t value_size; /* in bytes, set by the user */
	size_t limit;	   /* keys at most, 0 = no limit */
	size_t count, room;
	uint64_t *slots;
};

/* NULL: not there. */
void *event_map_find(const struct event_map *map, struct event_key key);
/* Find or make. NULL without memory, or beyond the limit. */
void *event_map_add(struct event_map *map, struct event_key key);
void event_map_remove(struct event_map *map, struct event_key key);
/* Remove all keys of a segment. */
void event_map_forget(struct event_map *map, uint64_t segment);
void event_map_fini(struct event_map *map);

#endif
