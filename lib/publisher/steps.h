/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * steps.h - the steps that every event is made of, for fast.c and for event.c.
 *
 *   ring writer                           ring reader (another process, read-only)
 *   [fence release]            L2         head, acquire                 L1
 *   words of position h                   copy position c
 *   head = h + 1, release      L1         [fence acquire]               L2
 *                                         head again: accept c only when h + 1 - c
 *                                         still fits the ring, and the record says c
 */
#ifndef TTA_STEPS_H
#define TTA_STEPS_H

#include "publisher.h"

/* Two neighbouring 32-bit words of a record or slot as one 64-bit value. */
static inline uint64_t tta__halves(uint32_t first, uint32_t second)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return (uint64_t)first << 32 | second;
#else
	return (uint64_t)second << 32 | first;
#endif
}

static inline tta_a64 *tta__halves_at(tta_a32 *first)
{
	return (tta_a64 *)(void *)first;
}

static inline uint32_t tta__what(uint32_t op, uint32_t device, uint32_t type)
{
	return op | type << 8 | device << 16;
}

/* ---- step 1 and the end of step 5, for a lane with one owner ---- */

/* Say what is about to happen; the number of the event. */
static inline uint64_t tta__note_begin(struct tta_lane *shared, uint32_t what,
				       uint64_t address, uint64_t size)
{
	uint64_t event = tta_load_relaxed64(&shared->events) + 1;

	tta_store_pair_relaxed64(&shared->in_flight.address, TTA_PAIR(address, size));
	tta_store_relaxed32(&shared->in_flight.what, what);
	/* L3 release: the record describes the event that note announces. Weaker: the
	 * reader names the event before. Bites: nothing yet on x86. */
	tta_fence_release();
	tta_store_relaxed64(&shared->note, event);
	/* L3: and nothing of the event becomes visible before the note. */
	tta_fence_release();
	return event;
}

static inline void tta__note_end(struct tta_lane *shared, uint64_t event, uint64_t time)
{
	/* L4 release: whoever sees this event finished sees all it did. Weaker: a busy
	 * lane looks quiet. Bites: nothing yet on x86. */
	tta_fence_release();
	tta_store_pair_relaxed64(&shared->events, TTA_PAIR(event, time));
}

/* It was no event after all. */
static inline void tta__note_cancel(struct tta_lane *shared, uint64_t event)
{
	tta_store_release64(&shared->note, event - 1);
}

/* ---- step 2: what an entry is made of ---- */

static inline uint32_t tta__bank_size_field(uint64_t bank_size)
{
	return bank_size < TTA_BANK_SIZE_UNKNOWN ? (uint32_t)bank_size
						 : TTA_BANK_SIZE_UNKNOWN;
}

/*
 * Begin a new identity of a free slot: tentative, with @refs_views (of tta_slot_word())
 * while the lane means to make it live by a store. The word. Origin and time follow
 * before it is live.
 * @shape: place and allocs, then bank size
 */
static inline uint64_t tta__slot_fill(struct tta_slot *slot, uint64_t refs_views,
				      uint64_t address, uint64_t size, uint64_t group,
				      tta_pair shape)
{
	uint32_t generation = tta_slot_generation(tta_load_relaxed64(&slot->word)) + 1;
	uint64_t word = tta_slot_word(generation, 0, 0, TTA_SLOT_TENTATIVE) | refs_views;

	/* P2: a reader that sees a new field also sees the word changed, by the free
	 * before. Weaker: a copy mixed from two entries is accepted. Bites: nothing yet
	 * on x86. */
	tta_fence_release();
	tta_store_pair_relaxed64(&slot->word, TTA_PAIR(word, address));
	tta_store_pair_relaxed64(&slot->size, TTA_PAIR(size, group));
	tta_store_pair_relaxed64(tta__halves_at(&slot->place), shape);
	return word;
}

/* ---- step 5 ---- */

/*
 * A lane with a ring, and one owner: overwrite, never wait.
 * @middle: what and thread, then refs and extra; @end: site, then group
 */
static inline void tta__ring_append(struct lane *lane, uint64_t address, uint64_t size,
				    uint64_t time, tta_pair middle, tta_pair end)
{
	struct tta_lane *shared = lane->shared;
	uint64_t head = tta_load_relaxed64(&shared->head);
	struct tta_record *r = &lane->ring[head & lane->ring_mask];

	/* L2: the head of the record before is visible before these words overwrite an
	 * old one. Weaker: a torn copy is accepted. Bites: torture_ring, ring.pml. */
	tta_fence_release();
	tta_store_pair_relaxed64(&r->sequence, TTA_PAIR(head, time));
	tta_store_pair_relaxed64(&r->address, TTA_PAIR(address, size));
	tta_store_pair_relaxed64(tta__halves_at(&r->what), middle);
	tta_store_pair_relaxed64(&r->site, end);
	/* L1 release: the words belong to the positions below head. Weaker: old words
	 * under a new head. Bites: torture_ring. */
	tta_store_release64(&shared->head, head + 1);
}

#endif
