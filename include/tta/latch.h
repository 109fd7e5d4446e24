/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * latch.h - how the owner of a counter line adds to it.
 *
 * A line is a latch: the copy (sequence & 1) is whole at every instant, and while nobody
 * writes both copies are equal.
 *
 *	sequence odd   readers use copy 1      copy 0 is being changed
 *	sequence even  readers use copy 0      copy 1 is being brought up
 */
#ifndef TTA_LATCH_H
#define TTA_LATCH_H

#include <stdint.h>

#include <tta/atomic.h>
#include <tta/export.h>
#include <tta/layout.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Columns of struct tta_sums. */
#define TTA_COLUMN_ALLOC 0u /* alloc_bytes, alloc_count */
#define TTA_COLUMN_FREE	 1u /* free_bytes, free_count */

/**
 * tta_latch_add - add to one column of a line that the calling thread owns
 * @column: TTA_COLUMN_ALLOC or TTA_COLUMN_FREE
 *
 * Threads: the owner alone. Async: not signal-safe by itself: two updates of one line
 * must not nest. Cost: one load, four stores.
 */
TTA_INLINE void tta_latch_add(struct tta_counter_line *line, unsigned column,
			      uint64_t bytes, uint64_t count)
{
	uint64_t sequence = TTA_LOAD_RELAXED(&line->sequence);
	tta_a64 *first = &line->copy[0].alloc_bytes + 2 * column;
	tta_a64 *second = &line->copy[1].alloc_bytes + 2 * column;
	const tta_pair sum = TTA_PAIR_LOAD(first) + TTA_PAIR(bytes, count);

	TTA_STORE_RELAXED(&line->sequence, sequence + 1);
	/* C1: readers have left copy 0 before it changes. Weaker: half an update is
	 * accepted. Bites: torture_counters, latch.pml. */
	TTA_FENCE_RELEASE();
	TTA_PAIR_STORE(first, sum);
	/* C1, C2 release: copy 0 is whole; and an alloc counted before a free that
	 * another thread counts later is visible with it. Weaker: live goes below zero.
	 * Bites: torture_counters. */
	TTA_STORE_RELEASE(&line->sequence, sequence + 2);
	TTA_FENCE_RELEASE(); /* C1: readers use copy 0 before copy 1 changes. */
	TTA_PAIR_STORE(second, sum);
}

#ifdef __cplusplus
}
#endif

#endif
