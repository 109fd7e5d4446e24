/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * limit.c - see bench/README.md for what each loop stands for.
 */
#include <sys/mman.h>

#include "limit.h"

struct limit_memory *limit_memory_new(void)
{
	void *memory = mmap(NULL, sizeof(struct limit_memory), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void limit_empty(void *state, uint64_t iterations)
{
	(void)state;
	for (uint64_t i = 0; i < iterations; i++)
		__asm__ volatile("" ::: "memory");
}

/* What tta_add() writes: bytes and a count, in both copies, and the sequence twice. */
void limit_latch(void *state, uint64_t iterations)
{
	tta_a64 *word = ((struct limit_memory *)state)->latch.word;

	for (uint64_t i = 0; i < iterations; i++) {
		uint64_t sequence = tta_load_relaxed64(&word[0]);

		tta_store_relaxed64(&word[0], sequence + 1);
		for (unsigned copy = 1; copy < 5; copy += 2) {
			uint64_t bytes = tta_load_relaxed64(&word[copy]);
			uint64_t count = tta_load_relaxed64(&word[copy + 1]);

			tta_store_relaxed64(&word[copy], bytes + 64);
			tta_store_relaxed64(&word[copy + 1], count + 1);
			tta_store_release64(&word[0], sequence + copy / 3 + 1);
		}
	}
}

void limit_events(void *state, uint64_t iterations)
{
	for (uint64_t i = 0; i < iterations; i++)
		limit_event(state, i);
}

void limit_live(void *state, uint64_t iterations)
{
	struct limit_memory *memory = state;

	for (uint64_t i = 0; i < iterations; i++) {
		uint64_t time = now_ticks();

		limit_locked(memory, time);
	}
}

/* A peer: a count and a sum that all processes share, nothing else. */
void limit_atomic_add(void *state, uint64_t iterations)
{
	struct limit_memory *memory = state;

	for (uint64_t i = 0; i < iterations; i++) {
		tta_add_relaxed64(&memory->bytes.word[0], 4096);
		tta_add_relaxed64(&memory->bytes.word[1], 1);
	}
}
