/* SPDX-License-Identifier: BSD-2-Clause */
#include "arena.h"

#include <stdint.h>
#include <stdlib.h>

#define CHUNK_LEAST (4u * 1024u)
#define CHUNK_MOST  (256u * 1024u)
#define ALIGNMENT   16u

struct tta_arena_chunk {
	struct tta_arena_chunk *next;
	size_t used, room;
	size_t reserved; /* keeps the data aligned */
	char data[];
};

static size_t round_up(size_t bytes)
{
	return (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* Each chunk is twice the one before, within bounds; the first holds what was wanted
 * last time. */
static size_t chunk_room(const struct tta_arena *arena, size_t bytes)
{
	size_t room = arena->chunks ? arena->chunks->room * 2 : CHUNK_LEAST;

	if (room > CHUNK_MOST)
		room = CHUNK_MOST;
	if (!arena->chunks && room < arena->wanted)
		room = arena->wanted;
	return room < bytes ? bytes : room;
}

static struct tta_arena_chunk *chunk_add(struct tta_arena *arena, size_t bytes)
{
	size_t room = chunk_room(arena, bytes);
	struct tta_arena_chunk *chunk = malloc(sizeof(*chunk) + room);

	if (!chunk)
		return NULL;
	chunk->next = arena->chunks;
	chunk->used = 0;
	chunk->room = room;
	arena->chunks = chunk;
	return chunk;
}

void *tta__arena_take(struct tta_arena *arena, size_t count, size_t size)
{
	struct tta_arena_chunk *chunk = arena->chunks;
	size_t bytes;
	void *piece;

	if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX / 2)
		return NULL;
	bytes = round_up(bytes);
	if (!chunk || chunk->room - chunk->used < bytes)
		chunk = chunk_add(arena, bytes);
	if (!chunk)
		return NULL;
	piece = chunk->data + chunk->used;
	chunk->used += bytes;
	return piece;
}

void tta__arena_trim(struct tta_arena *arena, void *newest, size_t bytes)
{
	struct tta_arena_chunk *chunk = arena->chunks;

	chunk->used = (size_t)((char *)newest - chunk->data) + round_up(bytes);
}

static void free_chunks(struct tta_arena *arena)
{
	struct tta_arena_chunk *chunk = arena->chunks;

	while (chunk) {
		struct tta_arena_chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
	arena->chunks = NULL;
}

void tta__arena_reset(struct tta_arena *arena)
{
	struct tta_arena_chunk *newest = arena->chunks;
	size_t used = 0;

	for (const struct tta_arena_chunk *chunk = newest; chunk; chunk = chunk->next)
		used += chunk->used;
	arena->wanted = used;
	if (newest && !newest->next &&
	    (newest->room <= CHUNK_MOST || used >= newest->room / 4))
		newest->used = 0;
	else
		free_chunks(arena);
}

void tta__arena_fini(struct tta_arena *arena)
{
	free_chunks(arena);
	*arena = (struct tta_arena){0};
}
