/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * arena_pool.h - large blocks of arenas that have gone, for those to come.
 *
 * Fresh pages cost more than what is written into them. A pool belongs to one thread, as
 * its arenas do.
 */
#ifndef TTATOP_ARENA_POOL_H
#define TTATOP_ARENA_POOL_H

struct arena_pool;

/* NULL without memory. */
struct arena_pool *arena_pool_new(void);
/* Gone with its last arena; NULL is a no-op. */
void arena_pool_free(struct arena_pool *pool);

#endif
