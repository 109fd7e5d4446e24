/* SPDX-License-Identifier: BSD-2-Clause */
#include "arena.h"

#include <stdint.h>
#include <stdlib.h>

#define CHUNK_BYTES (256u * 1024u)
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

static struct tta_arena_chunk *chunk_add(struct tta_arena *arena, size_t bytes)
{
	size_t room = bytes < CHUNK_BYTES ? CHUNK_BYTES : bytes;
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

void tta__arena_fini(struct tta_arena *arena)
{
	struct tta_arena_chunk *chunk = arena->chunks;

	while (chunk) {
		struct tta_arena_chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
	arena->chunks = NULL;
}
