/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * limit.h - the least that the machine allows for the same work, as bare loops.
 */
#ifndef TTA_BENCH_LIMIT_H
#define TTA_BENCH_LIMIT_H

#include <stdint.h>

#include <tta/atomic.h>

#include "clock.h"
#include "measure.h"

#define LIMIT_RECORDS 1024u /* as many as a ring has by default */

struct limit_record {
	tta_a64 word[8];
} __attribute__((aligned(64)));

/* What an event cannot do without, each on a line of its own, in shared memory. */
struct limit_memory {
	struct limit_record bytes; /* word 0: a sum that others add to */
	struct limit_record entry; /* word 0: changed by compare and swap */
	struct limit_record latch;
	struct limit_record ring[LIMIT_RECORDS];
	uint64_t head;
};

struct limit_memory *limit_memory_new(void);

/* Two locked read-modify-writes: what decides, and what others add to. */
static inline void limit_locked(struct limit_memory *memory, uint64_t value)
{
	uint64_t seen = tta_load_relaxed64(&memory->entry.word[0]);

	tta_cas_acq_rel64(&memory->entry.word[0], &seen, value);
	tta_add_relaxed64(&memory->bytes.word[0], value);
}

static inline void limit_store(struct limit_memory *memory, uint64_t time, uint64_t value)
{
	struct limit_record *record = &memory->ring[memory->head++ % LIMIT_RECORDS];

	tta_store_relaxed64(&record->word[0], time);
	for (unsigned i = 1; i < 8; i++)
		tta_store_relaxed64(&record->word[i], value + i);
}

/* TSC, two locked operations, a 64-byte store: one event. */
static inline void limit_event(struct limit_memory *memory, uint64_t value)
{
	uint64_t time = now_ticks();

	limit_locked(memory, value);
	limit_store(memory, time, value);
}

void limit_empty(void *state, uint64_t iterations);
void limit_latch(void *state, uint64_t iterations);
void limit_events(void *state, uint64_t iterations);
void limit_live(void *state, uint64_t iterations);
void limit_atomic_add(void *state, uint64_t iterations);

#endif
