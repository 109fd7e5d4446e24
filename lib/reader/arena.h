/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * arena.h - all memory of one sample, given back together.
 */
#ifndef TTA_ARENA_H
#define TTA_ARENA_H

#include <stddef.h>

struct tta_arena_chunk;

/* Zero-initialised is empty. */
struct tta_arena {
	struct tta_arena_chunk *chunks;
};

/* Not cleared, aligned for everything; NULL when there is no memory or overflow. */
void *tta__arena_take(struct tta_arena *arena, size_t count, size_t size);
/* Give back the tail of the newest piece: @bytes of it stay. */
void tta__arena_trim(struct tta_arena *arena, void *newest, size_t bytes);
void tta__arena_fini(struct tta_arena *arena);

#endif
