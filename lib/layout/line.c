/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * line.c - the latch, seen from the reading side.
 *
 *   owner:   write copy[(s + 1) & 1] ..... sequence = s + 1 ..... write copy[s & 1]
 *   reader:          sequence -> s, read copy[s & 1], sequence -> s again
 *
 * A reader that sees s twice read a copy that nobody wrote in between.
 */
#include "line.h"

#define LATCH_TRIES 16

bool tta__line_identify(const struct tta_counter_line *line, struct tta_line_id *ret_id)
{
	uint64_t key = tta_load_acquire64(&line->key);

	*ret_id = (struct tta_line_id){
		.lane = (uint32_t)(key >> 32) & TTA_LANE_OVERFLOW,
		.device = (uint32_t)(key >> 16) & 0xffffu,
		.type = (uint32_t)(key >> 8) & 0xffu,
		.kind = (uint32_t)key & 0xffu,
	};
	return key != 0;
}

static struct tta_line_sums sums_load(const struct tta_sums *from)
{
	struct tta_line_sums sums;

	/* C2 acquire: frees are read before allocs. Weaker: a free without its alloc,
	 * and so negative live bytes, in lines that have many writers. */
	sums.free_bytes = tta_load_acquire64(&from->free_bytes);
	sums.free_count = tta_load_acquire64(&from->free_count);
	sums.alloc_bytes = tta_load_relaxed64(&from->alloc_bytes);
	sums.alloc_count = tta_load_relaxed64(&from->alloc_count);
	return sums;
}

bool tta__line_read(const struct tta_counter_line *line, const struct tta_line_id *id,
		    struct tta_line_sums *ret_sums)
{
	if (id->lane == TTA_LANE_OVERFLOW) {
		*ret_sums = sums_load(&line->copy[0]);
		return true;
	}
	for (int i = 0; i < LATCH_TRIES; i++) {
		/* C1 acquire: the copy belongs to this sequence. Weaker: an old copy. */
		uint64_t sequence = tta_load_acquire64(&line->sequence);
		struct tta_line_sums sums = sums_load(&line->copy[sequence & 1]);

		/* C1 acquire: the copy before the second look. Weaker: torn sums. */
		tta_fence_acquire();
		if (tta_load_relaxed64(&line->sequence) == sequence) {
			*ret_sums = sums;
			return true;
		}
	}
	return false;
}
