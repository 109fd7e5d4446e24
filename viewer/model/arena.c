/* SPDX-License-Identifier: BSD-2-Clause */
#include "arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK 65536u
#define POOL_LEAST  (1u << 20) /* smaller blocks come quickly from malloc() */
#define POOL_BLOCKS 8u

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena_pool {
	struct arena_block *blocks[POOL_BLOCKS];
	size_t count;
	size_t holders; /* its owner and its arenas */
};

struct arena {
	struct arena_block *blocks; /* the first one is being filled */
	struct arena_pool *pool;
	struct arena *held;
	size_t holders; /* besides its owner */
	bool failed;
};

/* ---- the pool ---- */

struct arena_pool *arena_pool_new(void)
{
	struct arena_pool *pool = calloc(1, sizeof(*pool));

	if (pool)
		pool->holders = 1;
	return pool;
}

void arena_pool_free(struct arena_pool *pool)
{
	if (!pool || --pool->holders > 0)
		return;
	for (size_t i = 0; i < pool->count; i++)
		free(pool->blocks[i]);
	free(pool);
}

/* The smallest that is large enough, unless most of it would be wasted. */
static struct arena_block *pool_take(struct arena_pool *pool, size_t bytes)
{
	size_t best = POOL_BLOCKS;
	struct arena_block *block;

	for (size_t i = 0; pool && i < pool->count; i++)
		if (pool->blocks[i]->size >= bytes &&
		    pool->blocks[i]->size / 2 <= bytes &&
		    (best == POOL_BLOCKS ||
		     pool->blocks[i]->size < pool->blocks[best]->size))
			best = i;
	if (best == POOL_BLOCKS)
		return NULL;
	block = pool->blocks[best];
	pool->blocks[best] = pool->blocks[--pool->count];
	return block;
}

static void block_free(struct arena_pool *pool, struct arena_block *block)
{
	if (pool && block->size >= POOL_LEAST && pool->count < POOL_BLOCKS)
		pool->blocks[pool->count++] = block;
	else
		free(block);
}

/* ---- arenas ---- */

struct arena *arena_new_in(struct arena_pool *pool)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (!arena || !pool)
		return arena;
	arena->pool = pool;
	pool->holders++;
	return arena;
}

struct arena *arena_new(void)
{
	return arena_new_in(NULL);
}

struct arena_pool *arena_pool_of(const struct arena *arena)
{
	return arena->pool;
}

void arena_free(struct arena *arena)
{
	struct arena_block *block = arena ? arena->blocks : NULL;

	if (arena && arena->holders > 0) {
		arena->holders--;
		return;
	}
	while (block) {
		struct arena_block *next = block->next;

		block_free(arena->pool, block);
		block = next;
	}
	if (arena) {
		arena_pool_free(arena->pool);
		arena_free(arena->held);
	}
	free(arena);
}

void arena_hold(struct arena *arena, struct arena *other)
{
	other->holders++;
	arena->held = other;
}

static struct arena_block *block_new(struct arena *arena, size_t bytes)
{
	size_t size = bytes > ARENA_BLOCK ? bytes : ARENA_BLOCK;
	struct arena_block *block = pool_take(arena->pool, size);

	if (!block) {
		block = malloc(sizeof(*block) + size);
		if (!block)
			return NULL;
		block->size = size;
	}
	block->used = 0;
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

void *arena_room(struct arena *arena, size_t count, size_t size)
{
	struct arena_block *block = arena->blocks;
	size_t bytes;
	void *memory;

	if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2) {
		arena->failed = true;
		return NULL;
	}
	bytes = (bytes + alignof(max_align_t)) & ~(alignof(max_align_t) - 1);
	if (!block || block->size - block->used < bytes)
		block = block_new(arena, bytes);
	if (!block) {
		arena->failed = true;
		return NULL;
	}
	memory = block->bytes + block->used;
	block->used += bytes;
	return memory;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	void *memory = arena_room(arena, count, size);

	return memory ? memset(memory, 0, count * size) : NULL;
}

const char *arena_string(struct arena *arena, const char *text)
{
	size_t bytes = strlen(text) + 1;
	char *copy;

	if (bytes == 1)
		return "";
	copy = arena_array(arena, bytes, 1);
	return copy ? memcpy(copy, text, bytes) : "";
}

const char *arena_printf(struct arena *arena, const char *format, ...)
{
	char *text;
	const char *copy;
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0) {
		arena->failed = true;
		return "";
	}
	copy = arena_string(arena, text);
	free(text);
	return copy;
}

bool arena_failed(const struct arena *arena)
{
	return arena->failed;
}
