/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ring.c - the records of a lane: overwrite, never wait.
 *
 *   writer                                reader (another process, read-only)
 *   [fence release]            L2         head, acquire                 L1
 *   words of position h                   copy position c
 *   head = h + 1, release      L1         [fence acquire]               L2
 *                                         head again: accept c only when h + 1 - c
 *                                         still fits the ring, and the record says c
 */
#include "publisher.h"

void tta__ring_append(struct lane *lane, const struct event *ev,
		      const struct outcome *out)
{
	struct tta_lane *shared = lane->shared;
	uint64_t head =
		tta_load_relaxed64(&shared->head); /* single writer: this thread */
	uint32_t views = out->views < 255 ? out->views : 255;
	struct tta_record *r;

	if (!lane->ring) {
		tta__count(lane, TTA_COUNT_NO_RECORD, 1);
		return;
	}
	r = &lane->ring[head & lane->ring_mask];
	/* L2: the head of the record before is visible before these words overwrite an
	 * old one. Weaker: a torn copy is accepted. Bites: torture_ring, ring.pml. */
	tta_fence_release();
	tta_store_relaxed64(&r->sequence, head);
	tta_store_relaxed64(&r->time, ev->time);
	tta_store_relaxed64(&r->address, ev->address);
	tta_store_relaxed64(&r->size, out->size);
	tta_store_relaxed32(&r->what, ev->op | ev->type << 8 | ev->device << 16);
	tta_store_relaxed32(&r->thread, lane->thread);
	tta_store_relaxed32(&r->refs, out->refs);
	tta_store_relaxed32(&r->extra, (ev->label & 0xffff) | (out->flags & 0xff) << 16 |
					       views << 24);
	tta_store_relaxed64(&r->site, ev->site);
	tta_store_relaxed64(&r->group, ev->group);
	/* L1 release: the words belong to the positions below head. Weaker: old words
	 * under a new head. Bites: torture_ring. */
	tta_store_release64(&shared->head, head + 1);
}
