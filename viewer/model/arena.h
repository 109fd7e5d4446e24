/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * arena.h - memory that is allocated in bits and freed in one go.
 *
 * Memory is zeroed unless said otherwise. A failure is remembered: a builder may go on
 * after a failed string and ask once, at its end.
 */
#ifndef TTATOP_ARENA_H
#define TTATOP_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "arena_pool.h"

struct arena;

/* NULL without memory. */
struct arena *arena_new(void);
/* One that takes large blocks from @pool and gives them back; NULL = no pool. */
struct arena *arena_new_in(struct arena_pool *pool);
struct arena_pool *arena_pool_of(const struct arena *arena);
/* Gone when nobody holds it any more; NULL is a no-op. */
void arena_free(struct arena *arena);

/* Keep @other alive as long as @arena; at most one. */
void arena_hold(struct arena *arena, struct arena *other);

/* Room for @count elements, aligned for any type; NULL without memory, never for 0. */
void *arena_array(struct arena *arena, size_t count, size_t size);
/* The same, but not zeroed. */
void *arena_room(struct arena *arena, size_t count, size_t size);
/* A copy; "" without memory. */
const char *arena_string(struct arena *arena, const char *text);
const char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));
/* True when any of the above failed. */
bool arena_failed(const struct arena *arena);

#endif
