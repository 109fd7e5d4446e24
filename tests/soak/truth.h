/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * truth.h - what a publisher of the soak did, written without the library.
 *
 * A file of its own for each program image, shared with the kernel's page cache alone: a
 * SIGKILL loses nothing of it. tools/lib/soak_truth.py reads it; the offsets below are a
 * contract of these two.
 *
 * Before an event its thread writes the event, and what its place and sums were, and then
 * `begun`; after it the new place and sums, and then `done`. So whoever reads the truth
 * of a dead thread knows both what was before its last event and what would be after it.
 */
#ifndef TTA_SOAK_TRUTH_H
#define TTA_SOAK_TRUTH_H

#include <stdint.h>

#include <tta/atomic.h>

#define TRUTH_MAGIC   UINT64_C(0x31746c6b616f7374)
#define TRUTH_DEVICES 4u
#define TRUTH_TYPES   2u
#define TRUTH_ROWS    (TRUTH_DEVICES * TRUTH_TYPES)
#define TRUTH_THREADS 5u /* the first is the main thread */

enum truth_op {
	TRUTH_ALLOC,
	TRUTH_FREE,
	TRUTH_VIEW,
	TRUTH_FREE_VIEW,
	TRUTH_ADD,
	TRUTH_TAKE, /* of what was added */
	TRUTH_MARK, /* of no place */
};

/* How far the process got, in truth.stage. */
enum truth_stage {
	TRUTH_RUNS,
	TRUTH_ENDED, /* orderly: all threads had ended before */
};

/* Of one (device, type), by one thread. */
struct truth_sums {
	uint64_t allocs, frees;
	uint64_t bytes_up, bytes_down;
	uint64_t added; /* by tta_add(), modulo 2^64: another thread may take it */
};

struct truth_event {
	uint32_t op, place;
	uint64_t size;
	uint64_t word_before;
	struct truth_sums before;
};

struct truth_thread {
	tta_a64 begun, done;
	struct truth_event event; /* number `begun` */
	uint64_t started;	  /* threads so far in this place, one after the other */
	struct truth_sums sums[TRUTH_ROWS];
};

struct truth {
	uint64_t magic;
	uint32_t places, forked; /* forked: a child of fork() that runs no new program */
	tta_a32 stage;
	uint32_t forks;
	struct truth_thread thread[TRUTH_THREADS];
	/* What is at each address: size << 32 | owner references << 16 | views. */
	tta_a64 place[];
};

#define TRUTH_WORD(size, refs, views)                                                    \
	((uint64_t)(size) << 32 | (uint64_t)(refs) << 16 | (views))
#define TRUTH_SIZE(word)  ((uint32_t)((word) >> 32))
#define TRUTH_REFS(word)  ((uint32_t)((word) >> 16 & 0xffff))
#define TRUTH_VIEWS(word) ((uint32_t)((word)&0xffff))

static inline uint32_t truth_device(uint32_t place)
{
	return place % TRUTH_DEVICES;
}

/* 0 DRAM, 1 L1 */
static inline uint32_t truth_type(uint32_t place)
{
	return place / TRUTH_DEVICES % TRUTH_TYPES;
}

static inline uint32_t truth_row(uint32_t place)
{
	return place % TRUTH_ROWS;
}

static inline uint64_t truth_address(uint32_t place)
{
	return (place + UINT64_C(1)) << 20;
}

/* A new file DIRECTORY/PID.START.IMAGE; NULL after a line on stderr. */
struct truth *truth_new(const char *directory, unsigned image, uint32_t places);

#endif
