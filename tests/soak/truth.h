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
 *
 * Some places are each thread's own, on a device of its own: one call ends many of them,
 * each with an event of its own, so `begun` goes ahead by all of them.
 */
#ifndef TTA_SOAK_TRUTH_H
#define TTA_SOAK_TRUTH_H

#include <stdbool.h>
#include <stdint.h>

#include <tta/atomic.h>

#define TRUTH_MAGIC   UINT64_C(0x32746c6b616f7374)
#define TRUTH_DEVICES 4u
#define TRUTH_TYPES   2u
#define TRUTH_THREADS 5u /* the first is the main thread */
#define TRUTH_GROUPS  2u
#define TRUTH_SHARED  (TRUTH_DEVICES * TRUTH_TYPES) /* rows of all threads */
#define TRUTH_ROWS    (TRUTH_SHARED + TRUTH_THREADS * TRUTH_TYPES)
#define TRUTH_KEPT    32u			   /* places that a thread owns */
#define TRUTH_OWN     (TRUTH_THREADS * TRUTH_KEPT) /* they are the first places */

enum truth_op {
	TRUTH_ALLOC,
	TRUTH_FREE,
	TRUTH_VIEW,
	TRUTH_FREE_VIEW,
	TRUTH_ADD,
	TRUTH_TAKE,	    /* of what was added */
	TRUTH_MARK,	    /* of no place */
	TRUTH_FREE_GROUP,   /* of the place's device, type and group */
	TRUTH_CLOSE_DEVICE, /* of the place's device */
	TRUTH_RENEW,	    /* of all places */
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
	uint64_t closed;
	uint64_t refs_closed; /* owner references that went with the closed */
};

struct truth_event {
	uint32_t op, place;
	uint64_t size;
	uint64_t word_before;
	struct truth_sums before[TRUTH_TYPES]; /* of both types when a thread's own end */
};

struct truth_thread {
	tta_a64 begun, done;
	struct truth_event event; /* up to number `begun` */
	uint64_t started;	  /* threads so far in this place, one after the other */
	/* Calls; those that ended nothing are not counted. */
	uint64_t group_frees, device_closes, level_changes;
	uint64_t own_before[TRUTH_KEPT]; /* when many end: the words of the device */
	struct truth_sums sums[TRUTH_ROWS];
};

/* What was never given back when a table started anew, by row. */
struct truth_lost {
	uint64_t bytes, refs;
};

struct truth {
	uint64_t magic;
	uint32_t places, forked; /* forked: a child of fork() that runs no new program */
	tta_a32 stage;
	uint32_t forks;
	uint64_t renewals;
	/* Of all renewals, at [renewals % 2]; the next is written to the other. */
	struct truth_lost lost[2][TRUTH_ROWS];
	struct truth_thread thread[TRUTH_THREADS];
	/* What is at each address: size << 32 | owner references << 16 | views. */
	tta_a64 place[];
};

#define TRUTH_WORD(size, refs, views)                                                    \
	((uint64_t)(size) << 32 | (uint64_t)(refs) << 16 | (views))
#define TRUTH_SIZE(word)  ((uint32_t)((word) >> 32))
#define TRUTH_REFS(word)  ((uint32_t)((word) >> 16 & 0xffff))
#define TRUTH_VIEWS(word) ((uint32_t)((word)&0xffff))

static inline bool truth_is_own(uint32_t place)
{
	return place < TRUTH_OWN;
}

static inline uint32_t truth_device(uint32_t place)
{
	return truth_is_own(place) ? TRUTH_DEVICES + place / TRUTH_KEPT
				   : (place - TRUTH_OWN) % TRUTH_DEVICES;
}

/* 0 DRAM, 1 L1 */
static inline uint32_t truth_type(uint32_t place)
{
	return truth_is_own(place) ? place % TRUTH_TYPES
				   : (place - TRUTH_OWN) / TRUTH_DEVICES % TRUTH_TYPES;
}

/* Those of a thread's own device are neighbours. */
static inline uint32_t truth_row(uint32_t place)
{
	if (truth_is_own(place))
		return TRUTH_SHARED + place / TRUTH_KEPT * TRUTH_TYPES +
		       truth_type(place);
	return (place - TRUTH_OWN) % TRUTH_SHARED;
}

/* Of places that a thread owns. */
static inline uint32_t truth_group(uint32_t place)
{
	return 1 + place / TRUTH_TYPES % TRUTH_GROUPS;
}

static inline uint64_t truth_address(uint32_t place)
{
	return (place + UINT64_C(1)) << 20;
}

/* A new file DIRECTORY/PID.START.IMAGE, with @shared places besides the threads' own;
 * NULL after a line on stderr. */
struct truth *truth_new(const char *directory, unsigned image, uint32_t shared);

#endif
