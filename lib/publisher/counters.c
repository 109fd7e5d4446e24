/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * counters.c - counter lines of a lane, and the live word that all lanes share.
 */
#include <string.h>

#include "publisher.h"
#include "rcu.h"

/* Lines that a lane leaves for the overflow lane: what it books keeps device and type. */
#define SPARE_LINES 8u

/* Allocs first: a death between the columns leaves no free without its alloc. C2 */
static void line_add(struct tta_counter_line *line, const struct sums *add)
{
	if (add->alloc_bytes | add->alloc_count)
		tta_latch_add(line, TTA_COLUMN_ALLOC, add->alloc_bytes, add->alloc_count);
	if (add->free_bytes | add->free_count)
		tta_latch_add(line, TTA_COLUMN_FREE, add->free_bytes, add->free_count);
}

/* Lines of the overflow lane have many writers: every column on its own. */
static void shared_add(struct tta_counter_line *line, const struct sums *add)
{
	tta_add_relaxed64(&line->copy[0].alloc_bytes, add->alloc_bytes);
	tta_add_relaxed64(&line->copy[0].alloc_count, add->alloc_count);
	tta_add_acq_rel64(&line->copy[0].free_bytes, add->free_bytes); /* C2 */
	tta_add_acq_rel64(&line->copy[0].free_count, add->free_count); /* C2 */
}

static void copy_copy(struct tta_sums *to, const struct tta_sums *from)
{
	tta_store_relaxed64(&to->alloc_bytes, tta_load_relaxed64(&from->alloc_bytes));
	tta_store_relaxed64(&to->alloc_count, tta_load_relaxed64(&from->alloc_count));
	tta_store_relaxed64(&to->free_bytes, tta_load_relaxed64(&from->free_bytes));
	tta_store_relaxed64(&to->free_count, tta_load_relaxed64(&from->free_count));
}

static void repair(struct tta_counter_line *line)
{
	uint64_t sequence = tta_load_relaxed64(&line->sequence);

	if (sequence & 1) {
		copy_copy(&line->copy[0], &line->copy[1]);
		tta_store_release64(&line->sequence, sequence + 1); /* C1 */
		tta_fence_release();
	}
	copy_copy(&line->copy[1], &line->copy[0]);
}

void tta__counters_repair(struct lane *lane)
{
	for (uint32_t i = 0; i < lane->line_room; i++)
		if (lane->lines[i].key)
			repair(lane->lines[i].line);
}

/* A new line with a key; the key is stored last, so that readers never see half. */
static struct tta_counter_line *line_new(struct publisher *p, uint64_t key,
					 uint64_t spare)
{
	struct tta_counter_line *line;
	uint64_t index;

	if (!tta__section_take_sparing(p, TTA_SECTION_COUNTERS, 1, spare, &index))
		return NULL;
	line = tta__section_at(&p->section[TTA_SECTION_COUNTERS], index);
	tta_store_release64(&line->key, key);
	return line;
}

/* Lines that many threads share are found in the segment: rare and slow. */
static struct tta_counter_line *line_shared(struct publisher *p, uint32_t device,
					    uint32_t type, uint32_t kind)
{
	const struct section *s = &p->section[TTA_SECTION_COUNTERS];
	uint64_t key = tta_line_key(TTA_LANE_OVERFLOW, device, type, kind);
	uint64_t taken = tta_load_acquire64(&s->taken);
	struct tta_counter_line *line;

	for (uint64_t i = 0; i < taken; i++) {
		line = tta__section_at(s, i);
		if (tta_load_acquire64(&line->key) == key)
			return line;
	}
	/* Two threads may both make one: readers add them up. */
	return line_new(p, key, 0);
}

static struct device_block *device_block(struct publisher *p, uint32_t device)
{
	struct device_page *page, *old_page;
	struct device_block *block, *old_block;

	page = rcu_dereference(p->device_page[device >> 8]);
	if (!page) {
		page = tta__memory_take(&p->memory, sizeof(*page));
		if (!page)
			return NULL;
		/* Published once and kept: the loser's copy is never given back. */
		old_page = rcu_cmpxchg_pointer(&p->device_page[device >> 8], NULL, page);
		page = old_page ? old_page : page;
	}
	block = rcu_dereference(page->block[device & 255]);
	if (!block) {
		block = tta__memory_take(&p->memory, sizeof(*block));
		if (!block)
			return NULL;
		old_block = rcu_cmpxchg_pointer(&page->block[device & 255], NULL, block);
		block = old_block ? old_block : block;
	}
	return block;
}

static struct place *place_of(struct publisher *p, uint32_t device, uint32_t type)
{
	struct device_block *block = device_block(p, device);

	return block ? &block->place[type] : NULL;
}

/* Live word of (device, type), made on first use; NULL when refused. */
static struct tta_live *live_word(struct publisher *p, uint32_t device, uint32_t type)
{
	struct place *place = place_of(p, device, type);
	struct tta_live *live, *old;
	uint64_t index;

	if (!place)
		return NULL;
	live = rcu_dereference(place->live);
	if (live)
		return live;
	if (!tta__section_take(p, TTA_SECTION_LIVE, 1, &index))
		return NULL;
	live = tta__section_at(&p->section[TTA_SECTION_LIVE], index);
	old = rcu_cmpxchg_pointer(&place->live, NULL, live);
	if (old)
		return old; /* ours keeps key 0: not in use */
	tta_store_release64(&live->key, tta_live_key(device, type));
	return live;
}

static struct line_ref *ref_slot(struct lane *lane, uint64_t key)
{
	uint32_t mask = lane->line_room - 1;
	uint32_t at = (uint32_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 40) & mask;

	while (lane->lines[at].key != 0 && lane->lines[at].key != key)
		at = (at + 1) & mask;
	return &lane->lines[at];
}

/* Owner thread only: twice the room; the old table is left behind. */
static bool refs_grow(struct publisher *p, struct lane *lane)
{
	struct line_ref *old = lane->lines;
	uint32_t old_room = lane->line_room;
	uint32_t room = old_room ? old_room * 2 : 32;
	struct line_ref *lines = tta__memory_take(&p->memory, room * sizeof(*lines));

	if (!lines)
		return false;
	lane->lines = lines;
	lane->line_room = room;
	for (uint32_t i = 0; i < old_room; i++)
		if (old[i].key)
			*ref_slot(lane, old[i].key) = old[i];
	return true;
}

static struct line_ref *ref_of(struct publisher *p, struct lane *lane, uint32_t device,
			       uint32_t type, uint32_t kind)
{
	uint64_t key = tta_line_key(0, device, type, kind);
	struct line_ref *ref;

	if (lane->line_count * 4 >= lane->line_room * 3 && !refs_grow(p, lane))
		return NULL;
	ref = ref_slot(lane, key);
	if (ref->key)
		return ref;
	ref->line =
		line_new(p, tta_line_key(lane->index, device, type, kind), SPARE_LINES);
	if (!ref->line)
		return NULL;
	ref->key = key;
	lane->line_count++;
	return ref;
}

struct place *tta__place_enter(struct publisher *p, struct lane *lane, uint32_t device,
			       uint32_t type)
{
	struct line_ref *ref =
		lane->overflow ? NULL : ref_of(p, lane, device, type, TTA_LINE_DETAIL);
	struct place *place = ref ? ref->place : NULL;

	if (place)
		return place;
	place = place_of(p, device, type);
	if (!place)
		return NULL;
	/* P4: counted before this lane's first put here. Weaker: two live entries.
	 * Bites: torture_step, insert.pml. */
	if (ref) {
		tta_add_seq_cst32(&place->writers, 1);
		ref->place = place;
	} else if (tta_load_acquire32(&place->overflow_met) == 0) {
		/* Many threads behind one lane. */
		tta_add_seq_cst32(&place->writers, 2);
		tta_store_release32(&place->overflow_met, 1);
	}
	return place;
}

/* Many lanes' threads raise one peak. */
static void peak_raise_shared(struct tta_counter_line *line, uint64_t now)
{
	uint64_t seen = tta_load_relaxed64(&line->peak);

	while ((int64_t)now > (int64_t)seen &&
	       !tta_cas_acq_rel64(&line->peak, &seen, now))
		;
}

/* What found no live word is kept in the line, and added once there is one. */
static void live_missed(struct publisher *p, struct lane *lane,
			struct tta_counter_line *line, uint64_t change)
{
	tta_add_relaxed64(&line->missed, change);
	tta__incomplete(p, lane, TTA_COUNT_DROPPED_LINE);
}

static void live_add_shared(struct publisher *p, struct tta_live *live,
			    struct tta_counter_line *line, uint64_t change)
{
	if (!live) {
		live_missed(p, &p->overflow, line, change);
		return;
	}
	if (TTA_UNLIKELY(tta_load_relaxed64(&line->missed) != 0))
		change += tta_exchange_acq_rel64(&line->missed, 0);
	if (change != 0)
		peak_raise_shared(line, tta_add_relaxed64(&live->bytes, change) + change);
}

/*
 * Step 4: one fetch-add; the largest value a lane got back is its part of the peak. The
 * live word is looked up once; until it is had, nothing of the lane is hot.
 */
static void live_add(struct publisher *p, struct lane *lane, struct line_ref *ref,
		     uint32_t device, uint32_t type, uint64_t change)
{
	if (TTA_UNLIKELY(!ref->live)) {
		ref->live = live_word(p, device, type);
		if (!ref->live) {
			live_missed(p, lane, ref->line, change);
			return;
		}
		change += tta_exchange_acq_rel64(&ref->line->missed, 0);
	}
	if (change != 0)
		tta__live_raise(ref->live, ref->line, change);
}

static bool counters_add_shared(struct publisher *p, uint32_t device, uint32_t type,
				uint32_t kind, const struct sums *add, uint64_t unsized)
{
	struct tta_counter_line *line = line_shared(p, device, type, kind);
	bool attributed = line != NULL;

	if (!line) /* made at birth: always there */
		line = tta__section_at(&p->section[TTA_SECTION_COUNTERS], 0);
	shared_add(line, add);
	if (unsized)
		tta_add_relaxed64(&line->unsized, unsized);
	if (attributed && kind != TTA_LINE_ADD)
		live_add_shared(p, live_word(p, device, type), line,
				add->alloc_bytes - add->free_bytes);
	return attributed;
}

bool tta__counters_disown(struct publisher *p, struct lane *lane, uint32_t device,
			  uint32_t type, uint64_t bytes, uint64_t refs)
{
	const struct sums add = {.alloc_bytes = bytes, .alloc_count = refs};
	struct line_ref *ref =
		lane->overflow ? NULL : ref_of(p, lane, device, type, TTA_LINE_DISOWNED);
	struct tta_counter_line *line;

	if (ref) {
		line_add(ref->line, &add);
		return true;
	}
	line = line_shared(p, device, type, TTA_LINE_DISOWNED);
	if (line)
		shared_add(line, &add);
	return line != NULL;
}

/* The next tta_add() of this thread finds the line by itself. */
static void remember_add(uint32_t device, uint32_t type, struct tta_counter_line *line)
{
	const uint32_t at = (device ^ type) % TTA_ADD_LINES;

	tta_thread.add[at].line = line;
	tta_thread.add[at].key = TTA_ADD_KEY(device, type);
}

bool tta__counters_add(struct publisher *p, struct lane *lane, uint32_t device,
		       uint32_t type, enum tta_line_kind kind, const struct sums *add,
		       uint64_t unsized)
{
	struct line_ref *ref =
		lane->overflow ? NULL : ref_of(p, lane, device, type, kind);

	if (!ref)
		return counters_add_shared(p, device, type, kind, add, unsized);
	line_add(ref->line, add);
	if (unsized)
		tta_store_relaxed64(&ref->line->unsized,
				    tta_load_relaxed64(&ref->line->unsized) + unsized);
	if (kind == TTA_LINE_ADD) {
		remember_add(device, type, ref->line);
		return true;
	}
	live_add(p, lane, ref, device, type, add->alloc_bytes - add->free_bytes);
	if (kind == TTA_LINE_DETAIL && ref->live && ref->place)
		tta__lane_remember(lane, device, type, ref);
	return true;
}
