/* SPDX-License-Identifier: BSD-2-Clause */
/* Open addressing; a removal moves later keys back, so that no tombstones pile up. */
#include "event_map.h"

#include <stdlib.h>
#include <string.h>

/* A slot: whether it is used, the key, the value. */
#define SLOT_HEAD 4u

static size_t slot_words(const struct event_map *map)
{
	return SLOT_HEAD + (map->value_size + 7) / 8;
}

static uint64_t *slot_at(const struct event_map *map, size_t index)
{
	return map->slots + index * slot_words(map);
}

static size_t hash(const struct event_map *map, struct event_key key)
{
	uint64_t mixed = key.segment ^ key.place * UINT64_C(0x9e3779b97f4a7c15);

	mixed = (mixed ^ key.address) * UINT64_C(0xff51afd7ed558ccd);
	return (size_t)(mixed ^ mixed >> 32) & (map->room - 1);
}

static struct event_key key_of(const uint64_t *slot)
{
	return (struct event_key){slot[1], slot[2], slot[3]};
}

static int same(const uint64_t *slot, struct event_key key)
{
	return slot[1] == key.segment && slot[2] == key.place && slot[3] == key.address;
}

/* The key's slot, or the free one where it belongs. */
static size_t seek(const struct event_map *map, struct event_key key)
{
	size_t at = hash(map, key);

	while (slot_at(map, at)[0] && !same(slot_at(map, at), key))
		at = (at + 1) & (map->room - 1);
	return at;
}

static int grow(struct event_map *map)
{
	struct event_map bigger = *map;

	bigger.room = map->room ? map->room * 2 : 16;
	bigger.slots = calloc(bigger.room * slot_words(map), sizeof(*bigger.slots));
	if (!bigger.slots)
		return 0;
	for (size_t i = 0; i < map->room; i++) {
		const uint64_t *old = slot_at(map, i);

		if (old[0])
			memcpy(slot_at(&bigger, seek(&bigger, key_of(old))), old,
			       slot_words(map) * sizeof(*old));
	}
	free(map->slots);
	*map = bigger;
	return 1;
}

void *event_map_find(const struct event_map *map, struct event_key key)
{
	uint64_t *slot;

	if (map->count == 0)
		return NULL;
	slot = slot_at(map, seek(map, key));
	return slot[0] ? slot + SLOT_HEAD : NULL;
}

void *event_map_add(struct event_map *map, struct event_key key)
{
	void *found = event_map_find(map, key);
	uint64_t *slot;

	if (found)
		return found;
	if (map->limit && map->count >= map->limit)
		return NULL;
	if ((map->count + 1) * 2 > map->room && !grow(map))
		return NULL;
	slot = slot_at(map, seek(map, key));
	memset(slot, 0, slot_words(map) * sizeof(*slot));
	slot[0] = 1;
	slot[1] = key.segment;
	slot[2] = key.place;
	slot[3] = key.address;
	map->count++;
	return slot + SLOT_HEAD;
}

void event_map_remove(struct event_map *map, struct event_key key)
{
	size_t hole, next;

	if (!event_map_find(map, key))
		return;
	hole = next = seek(map, key);
	for (;;) {
		size_t home;

		next = (next + 1) & (map->room - 1);
		if (!slot_at(map, next)[0])
			break;
		home = hash(map, key_of(slot_at(map, next)));
		/* A key may move back as long as it does not pass its home. */
		if (((next - home) & (map->room - 1)) < ((next - hole) & (map->room - 1)))
			continue;
		memcpy(slot_at(map, hole), slot_at(map, next),
		       slot_words(map) * sizeof(*map->slots));
		hole = next;
	}
	slot_at(map, hole)[0] = 0;
	map->count--;
}

void event_map_forget(struct event_map *map, uint64_t segment)
{
	for (size_t i = 0; i < map->room;) {
		const uint64_t *slot = slot_at(map, i);

		if (slot[0] && slot[1] == segment)
			event_map_remove(map, key_of(slot)); /* another may come here */
		else
			i++;
	}
}

void event_map_fini(struct event_map *map)
{
	free(map->slots);
	map->slots = NULL;
	map->count = map->room = 0;
}
