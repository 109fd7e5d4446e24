/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * soak_truth.h - a publisher that counts what it does without the library.
 */
#ifndef TTA_BENCH_SOAK_TRUTH_H
#define TTA_BENCH_SOAK_TRUTH_H

#include <pthread.h>
#include <sys/types.h>

#include <tta/atomic.h>
#include <tta/layout.h>

#define TRUTH_DEVICES 4u
#define TRUTH_TYPES   2u

struct truth_memory {
	uint64_t allocs, frees, buffers, bytes, peak;
	uint64_t added, taken; /* by tta_add() */
};

/* Goes through the pipe in one piece. */
struct truth {
	uint32_t pid;
	uint64_t events;
	uint64_t records; /* tta_add() leaves none */
	struct truth_memory memory[TRUTH_DEVICES][TRUTH_TYPES];
};

/* In shared memory. */
struct truth_control {
	tta_a32 asked;	      /* number of the newest checkpoint */
	pthread_barrier_t go; /* all go on */
};

struct truth_publisher {
	struct truth_control *control;
	uint64_t seed;
	int pipe; /* where the truth is written */
};

extern const enum tta_memory_type truth_types[TRUTH_TYPES];

/* Publishes without end; at each checkpoint it writes its truth and waits at the barrier.
 */
void truth_publish(void *publisher);

#endif
