/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * team.h - threads, or processes, that run the same round at the same time.
 */
#ifndef TTA_BENCH_TEAM_H
#define TTA_BENCH_TEAM_H

#include <pthread.h>

#include <tta/atomic.h>

#include "measure.h"

#define TEAM_MOST 2u

struct member {
	unsigned number;
	int cpu;
	struct team *team;
	tta_a64 made; /* batches, for bodies that hand things over */
	uint64_t ticks;
} __attribute__((aligned(64)));

/* In shared memory, so that members may be processes. */
struct team {
	pthread_barrier_t start, end;
	void (*body)(struct member *member, uint64_t iterations);
	uint64_t iterations;
	uint64_t spent; /* ticks of a round: the harmonic mean over the members */
	unsigned count;
	struct member member[TEAM_MOST];
};

/* They wait for rounds until the row's process ends. NULL: no memory, thread, process. */
struct team *team_new(const struct plan *plan, unsigned count, bool processes,
		      void (*body)(struct member *member, uint64_t iterations));
/* A loop for a contest: each member runs all iterations. */
struct loop team_loop(struct team *team, double events);

#endif
