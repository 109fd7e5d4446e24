/* SPDX-License-Identifier: BSD-2-Clause */
#include "arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK 65536u

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct arena_block *blocks; /* the first one is being filled */
	struct arena *held;
	size_t holders; /* besides its owner */
	bool failed;
};

struct arena *arena_new(void)
{
	return calloc(1, sizeof(struct arena));
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

		free(block);
		block = next;
	}
	if (arena)
		arena_free(arena->held);
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
	struct arena_block *block = calloc(1, sizeof(*block) + size);

	if (!block)
		return NULL;
	block->size = size;
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
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
