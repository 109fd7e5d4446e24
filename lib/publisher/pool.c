/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pool.c - free slots: a magazine per lane, batches through a lock-free depot.
 *
 * A thread that only frees gives batches away, so one that only allocates never grows the
 * pool while free slots exist.
 */
#include "publisher.h"

/* Depot: a stack of batches; the tag in the upper half makes its CAS safe (ABA). */
static void depot_push(struct publisher *p, uint32_t first)
{
	uint64_t head = tta_load_relaxed64(&p->depot);
	uint64_t pushed;

	do {
		tta_store_relaxed32(&p->links[first].next_batch, (uint32_t)head);
		pushed = ((head >> 32) + 1) << 32 | (first + 1);
		/* D1 release: the links of the batch. Weaker: a taker follows old links.
		 * Bites: torture_table. */
	} while (!tta_cas_acq_rel64(&p->depot, &head, pushed));
}

static uint32_t depot_pop(struct publisher *p)
{
	/* D1 acquire: see depot_push(). */
	uint64_t head = tta_load_acquire64(&p->depot);
	uint64_t popped;

	do {
		if ((uint32_t)head == 0)
			return NO_SLOT;
		/* May belong to somebody else by now: then the tag makes the CAS fail. */
		popped = ((head >> 32) + 1) << 32 |
			 tta_load_relaxed32(&p->links[(uint32_t)head - 1].next_batch);
	} while (!tta_cas_acq_rel64(&p->depot, &head, popped));
	return (uint32_t)head - 1;
}

/* A whole batch into an empty magazine. */
static void magazine_fill(struct publisher *p, struct lane *lane, uint32_t first)
{
	for (uint32_t at = first + 1; at && lane->magazine_count < MAGAZINE_SLOTS;
	     at = tta_load_relaxed32(&p->links[at - 1].next))
		lane->magazine[lane->magazine_count++] = at - 1;
}

static void magazine_spill(struct publisher *p, struct lane *lane, uint32_t count)
{
	uint32_t next = 0, slot = 0;

	for (uint32_t i = 0; i < count; i++) {
		slot = lane->magazine[--lane->magazine_count];
		tta_store_relaxed32(&p->links[slot].next, next);
		next = slot + 1;
	}
	depot_push(p, slot);
}

/* New slots from the section, at most a batch; fewer near the end of the backing. */
static bool magazine_grow(struct publisher *p, struct lane *lane)
{
	for (uint32_t count = BATCH_SLOTS; count > 0; count /= 8) {
		uint64_t first;

		if (!tta__section_take(p, TTA_SECTION_POOL, count, &first))
			continue;
		for (uint32_t i = count; i-- > 0;)
			lane->magazine[lane->magazine_count++] = (uint32_t)first + i;
		return true;
	}
	return false;
}

/* The overflow lane has many users: it takes one slot and gives the rest back. */
static uint32_t take_shared(struct publisher *p)
{
	uint32_t slot = depot_pop(p);
	uint64_t first;
	uint32_t next;

	if (slot == NO_SLOT)
		return tta__section_take(p, TTA_SECTION_POOL, 1, &first) ? (uint32_t)first
									 : NO_SLOT;
	next = tta_load_relaxed32(&p->links[slot].next);
	if (next)
		depot_push(p, next - 1);
	return slot;
}

uint32_t tta__pool_take(struct publisher *p, struct lane *lane)
{
	if (lane->overflow)
		return take_shared(p);
	if (lane->magazine_count == 0) {
		uint32_t first = depot_pop(p);

		if (first != NO_SLOT)
			magazine_fill(p, lane, first);
		else if (!magazine_grow(p, lane))
			return NO_SLOT;
	}
	return lane->magazine[--lane->magazine_count];
}

void tta__pool_settle(struct publisher *p, struct lane *lane)
{
	uint32_t index = lane->pending_slot;
	uint64_t left = lane->pending_word;
	struct tta_slot *slot = tta__slot(p, index);
	uint64_t word;

	/* A tentative word is never 0: nothing was inserted. */
	if (lane->overflow || left == 0)
		return;
	word = tta_load_acquire64(&slot->word);
	/* One that is linked in a chain is the chain's. */
	if (tta_slot_state(word) != TTA_SLOT_TENTATIVE ||
	    tta_slot_generation(word) != tta_slot_generation(left) ||
	    tta_load_relaxed32(&p->links[index].chained) != 0 ||
	    !tta_cas_acq_rel64(&slot->word, &word,
			       tta_slot_word(tta_slot_generation(left), 0, 0,
					     TTA_SLOT_FREE)))
		return;
	/* The common event takes a slot from the magazine only after its put. */
	if (lane->magazine_count == 0 ||
	    lane->magazine[lane->magazine_count - 1] != index)
		tta__pool_give(p, lane, index);
}

void tta__pool_give(struct publisher *p, struct lane *lane, uint32_t slot)
{
	if (lane->overflow) {
		tta_store_relaxed32(&p->links[slot].next, 0);
		depot_push(p, slot);
		return;
	}
	if (lane->magazine_count == MAGAZINE_SLOTS)
		magazine_spill(p, lane, BATCH_SLOTS);
	lane->magazine[lane->magazine_count++] = slot;
}
