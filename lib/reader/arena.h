/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * arena.h - memory that is taken in pieces and given back together.
 */
#ifndef TTA_ARENA_H
#define TTA_ARENA_H

#include <stddef.h>

struct tta_arena_chunk;

/* Zero-initialised is empty. */
struct tta_arena {
	struct tta_arena_chunk *chunks;
	size_t wanted; /* bytes that were taken before the last reset */
};

/* Not cleared, aligned for everything; NULL when there is no memory or overflow. */
void *tta__arena_take(struct tta_arena *arena, size_t count, size_t size);
/* Give back the tail of the newest piece: @bytes of it stay. */
void tta__arena_trim(struct tta_arena *arena, void *newest, size_t bytes);
/*
 * Give back all pieces and keep the memory for the next ones, in one chunk: fresh pages
 * cost more than what is written into them. Memory of which little was used is freed.
 */
void tta__arena_reset(struct tta_arena *arena);
void tta__arena_fini(struct tta_arena *arena);

#endif
