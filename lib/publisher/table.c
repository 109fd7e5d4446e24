/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * table.c - what an event means. The CAS of a slot's word is the only decision.
 *
 * Two threads may insert the same address at once, into two holes of the index:
 *
 *	thread A                         thread B
 *	slot a TENTATIVE                 slot b TENTATIVE
 *	put a into a hole      (P4)      put b into a hole      (P4)
 *	look again: sees b               look again: sees a
 *	b TENTATIVE -> FREE              a TENTATIVE -> FREE    at most one of the two
 *	a TENTATIVE -> LIVE              b TENTATIVE -> LIVE    fails where the other won
 *
 * Whoever put second sees the first; to become LIVE it must end the other's TENTATIVE
 * word, and that CAS and the other's own step to LIVE exclude each other. So an address
 * has at most one LIVE slot, and a thread that died tentative blocks nobody.
 */
#include "publisher.h"

#define INSERT_TRIES 64u

static void raise_flag(struct tta_slot *slot, uint32_t flag)
{
	tta_or_relaxed32(&slot->place, flag << 24);
}

static uint32_t bank_size_field(uint64_t bank_size)
{
	return bank_size < TTA_BANK_SIZE_UNKNOWN ? (uint32_t)bank_size
						 : TTA_BANK_SIZE_UNKNOWN;
}

/* Begin a new identity of a free slot, with its first content. */
static uint64_t slot_fill(struct publisher *p, uint32_t index, const struct event *ev,
			  uint64_t size, uint32_t allocs)
{
	struct tta_slot *slot = tta__slot(p, index);
	uint32_t generation = tta_slot_generation(tta_load_relaxed64(&slot->word)) + 1;
	uint64_t word = tta_slot_word(generation, 0, 0, TTA_SLOT_TENTATIVE);

	tta_store_relaxed64(&slot->word, word);
	/* P2: a reader that sees a new field also sees the word changed. Weaker: a copy
	 * mixed from two entries is accepted. Bites: nothing yet on x86. */
	tta_fence_release();
	tta_store_relaxed64(&slot->address, ev->address);
	tta_store_relaxed64(&slot->size, size);
	tta_store_relaxed64(&slot->time, ev->time);
	tta_store_relaxed64(&slot->group, ev->group);
	tta_store_relaxed64(&slot->origin, ev->site << 16 | ev->label);
	tta_store_relaxed32(&slot->place, ev->device | ev->type << 16);
	tta_store_relaxed32(&slot->allocs, allocs);
	tta_store_relaxed32(&slot->bank_size, bank_size_field(ev->bank_size));
	return word;
}

/*
 * Give up a tentative slot. One that is in a group's chain already stays there, retired;
 * another is kept for the next try.
 */
static void withdraw(struct publisher *p, struct lane *lane, const struct key *key,
		     const struct spot *spot, uint32_t *slot)
{
	struct tta_slot *s = tta__slot(p, *slot);
	uint64_t word = tta_load_relaxed64(&s->word);
	uint32_t generation = tta_slot_generation(word);
	uint32_t chained = tta_load_relaxed32(&p->links[*slot].chained);

	/* Only rivals write it now, TENTATIVE -> FREE: the same store. */
	tta_store_release64(&s->word, tta_slot_word(generation, 0, 0, TTA_SLOT_FREE));
	tta__index_clear(p, key, spot);
	if (!chained)
		return;
	tta_store_release64(&s->word, tta_slot_word(generation, 0, 0, TTA_SLOT_RETIRED));
	tta__group_retired(p, lane, chained - 1);
	*slot = NO_SLOT;
}

/* Wait a little, differently in each lane, so that two inserts do not kill for ever. */
static void back_off(const struct lane *lane, unsigned try)
{
	for (unsigned i = 0; i < (try * (lane->index % 61 + 1)) << 2; i++)
		tta_fence_signal();
}

/* P4: look again. True: nobody else is live or tentative with this key. */
static bool alone(struct publisher *p, const struct key *key, uint32_t mine)
{
	struct spot rival;

	while (tta__index_find_rival(p, key, mine, &rival)) {
		uint64_t seen = rival.word;

		if (tta_slot_state(seen) == TTA_SLOT_LIVE)
			return false;
		tta_cas_seq_cst64(&tta__slot(p, rival.slot)->word, &seen,
				  tta_slot_word(tta_slot_generation(rival.word), 0, 0,
						TTA_SLOT_FREE));
	}
	return true;
}

enum insert { INSERTED, LOST, NO_PLACE };

/* One try to make @slot the entry of @key, with @refs owners or @views views. */
static enum insert insert_try(struct publisher *p, struct lane *lane,
			      const struct key *key, const struct event *ev,
			      uint32_t *slot, uint64_t size, uint32_t refs,
			      uint32_t views, unsigned try)
{
	uint64_t word = slot_fill(p, *slot, ev, size, refs);
	struct spot spot;

	tta_store_relaxed32(&p->links[*slot].chained, 0);
	if (!tta__index_put(p, key, *slot, &spot)) {
		tta_store_relaxed64(&tta__slot(p, *slot)->word,
				    tta_slot_word(tta_slot_generation(word), 0, 0,
						  TTA_SLOT_FREE));
		return NO_PLACE;
	}
	/* Alone in the process: nobody can have put the same key. A second writer counts
	 * itself before it puts, and then looks again itself. */
	if (tta_load_seq_cst32(&p->writers) > 1 && !alone(p, key, *slot)) {
		withdraw(p, lane, key, &spot, slot);
		back_off(lane, try);
		return LOST;
	}
	if (ev->group)
		tta__group_push(p, *slot, ev->group);
	/* P1 release: the fields belong to this word. */
	if (tta_cas_seq_cst64(&tta__slot(p, *slot)->word, &word,
			      tta_slot_word(tta_slot_generation(word), views, refs,
					    TTA_SLOT_LIVE)))
		return INSERTED;
	withdraw(p, lane, key, &spot, slot);
	back_off(lane, try);
	return LOST;
}

static void drop(struct publisher *p, struct lane *lane, enum tta_count cause,
		 struct outcome *out)
{
	tta__incomplete(p, lane, cause);
	out->detail = false;
	out->dropped = true;
	out->flags |= TTA_RECORD_NO_DETAIL;
}

/* The bytes of an entry, which hold @mark from now on; 0 when somebody took them. */
static uint64_t size_take(struct tta_slot *slot, uint64_t mark)
{
	uint64_t size = tta_exchange_acq_rel64(&slot->size, mark);

	return size < TTA_SIZE_LEAVING ? size : 0;
}

/*
 * With a reference held: the entry's size becomes the larger; how much it grew. LEAVING
 * means that the owner before books what it took, and this owner's size is the entry's.
 * TAKEN means that this reference was freed before its alloc returned.
 */
static uint64_t size_raise(struct lane *lane, struct tta_slot *slot, uint64_t size)
{
	uint64_t seen = tta_load_relaxed64(&slot->size);

	while (seen == TTA_SIZE_LEAVING || seen < size) {
		if (tta_cas_acq_rel64(&slot->size, &seen, size))
			return seen == TTA_SIZE_LEAVING ? size : size - seen;
	}
	if (seen == TTA_SIZE_TAKEN)
		tta__count(lane, TTA_COUNT_SIZE_RAISE_LOST, 1);
	return 0;
}

/* The last owner stays after all: put back what was taken; false: another owner came. */
static bool size_restore(struct tta_slot *slot, uint64_t size)
{
	uint64_t leaving = TTA_SIZE_LEAVING;

	return tta_cas_acq_rel64(&slot->size, &leaving, size);
}

static void fill_shape(struct outcome *out, uint64_t word)
{
	out->refs = tta_slot_refs(word);
	out->views = tta_slot_views(word);
}

/* A new owner of an entry that only has views: a new identity of the same slot. */
static void join_dangling(struct publisher *p, struct tta_slot *slot,
			  const struct event *ev, struct outcome *out)
{
	tta_store_relaxed64(&slot->time, ev->time);
	tta_store_relaxed64(&slot->origin, ev->site << 16 | ev->label);
	tta_store_relaxed32(&slot->bank_size, bank_size_field(ev->bank_size));
	tta_store_relaxed32(&slot->allocs, 1);
	if (ev->group && tta_load_relaxed64(&slot->group) != ev->group) {
		/* Its link is decided when a slot is filled: free_group must scan. */
		tta_store_relaxed64(&slot->group, ev->group);
		tta_store_release32(&p->unchained, 1);
	}
	/* Normally LEAVING; a host that breaks its duty may have left bytes there. */
	out->sums.free_bytes += size_take(slot, ev->size);
	out->sums.alloc_bytes = ev->size;
}

/* Another owner of a live address. */
static void join_live(struct lane *lane, struct tta_slot *slot, const struct event *ev,
		      struct outcome *out)
{
	uint64_t before = tta_load_relaxed64(&slot->size);

	tta_add_relaxed32(&slot->allocs, 1);
	raise_flag(slot, TTA_SLOT_FLAG_DUP);
	out->flags |= TTA_RECORD_DUP;
	tta__count(lane, TTA_COUNT_DUPS, 1);
	if (before == ev->size)
		return;
	out->sums.alloc_bytes = size_raise(lane, slot, ev->size);
	if (before >= TTA_SIZE_LEAVING)
		return;
	raise_flag(slot, TTA_SLOT_FLAG_SIZE);
	out->flags |= TTA_RECORD_SIZE;
	tta__count(lane, TTA_COUNT_SIZE_CHANGES, 1);
}

/* True: the event was booked on the entry at @spot; false: look it up again. */
static bool alloc_joins(struct publisher *p, struct lane *lane, const struct event *ev,
			const struct spot *spot, struct outcome *out)
{
	struct tta_slot *slot = tta__slot(p, spot->slot);
	uint32_t refs = tta_slot_refs(spot->word);
	uint32_t generation = tta_slot_generation(spot->word) + (refs == 0);
	uint64_t word = spot->word;
	uint64_t wanted;

	if (refs == TTA_REFS_LIMIT) {
		drop(p, lane, TTA_COUNT_DROPPED_REFS, out);
		return true;
	}
	wanted = tta_slot_word(generation, tta_slot_views(word), refs + 1, TTA_SLOT_LIVE);
	if (!tta_cas_acq_rel64(&slot->word, &word, wanted))
		return false;
	fill_shape(out, wanted);
	out->sums.alloc_count = 1;
	if (refs == 0)
		join_dangling(p, slot, ev, out);
	else
		join_live(lane, slot, ev, out);
	return true;
}

/* Insert or join: the common course of alloc and view. */
static void enter_entry(struct publisher *p, struct lane *lane, const struct event *ev,
			struct outcome *out, bool view,
			bool (*joins)(struct publisher *, struct lane *,
				      const struct event *, const struct spot *,
				      struct outcome *))
{
	struct key key = tta__index_key(p, ev->device, ev->type, ev->address);
	uint32_t slot = NO_SLOT;
	enum insert result = LOST;
	struct spot spot;
	bool joined = false;

	/* Many threads behind one lane: from now on everybody looks again. P4 */
	if (lane->overflow && tta_load_relaxed32(&p->overflow_met) == 0) {
		tta_add_seq_cst32(&p->writers, 2);
		tta_store_release32(&p->overflow_met, 1);
	}
	for (unsigned try = 0; try < INSERT_TRIES && result == LOST && !joined; try++) {
		if (tta__index_find(p, &key, &spot)) {
			joined = joins(p, lane, ev, &spot, out);
			continue;
		}
		if (slot == NO_SLOT)
			slot = tta__pool_take(p, lane);
		if (slot == NO_SLOT)
			break;
		result = insert_try(p, lane, &key, ev, &slot,
				    view ? TTA_SIZE_LEAVING : ev->size, !view, view, try);
	}
	if (slot != NO_SLOT && result != INSERTED)
		tta__pool_give(p, lane, slot);
	if (joined)
		return;
	if (result != INSERTED) {
		drop(p, lane,
		     slot == NO_SLOT ? TTA_COUNT_DROPPED_SLOT : TTA_COUNT_DROPPED_INDEX,
		     out);
		return;
	}
	out->refs = !view;
	out->views = view;
}

void tta__table_alloc(struct publisher *p, struct lane *lane, const struct event *ev,
		      struct outcome *out)
{
	out->detail = true;
	out->size = ev->size;
	enter_entry(p, lane, ev, out, false, alloc_joins);
	if (out->dropped || out->sums.alloc_count == 0) {
		/* a new entry, or none for want of room: all its bytes */
		out->sums.alloc_bytes = ev->size;
		out->sums.alloc_count = 1;
	}
}

static bool view_joins(struct publisher *p, struct lane *lane, const struct event *ev,
		       const struct spot *spot, struct outcome *out)
{
	struct tta_slot *slot = tta__slot(p, spot->slot);
	uint32_t views = tta_slot_views(spot->word);
	uint64_t word = spot->word;
	uint64_t wanted;

	(void)ev;
	if (views == TTA_VIEWS_LIMIT) {
		drop(p, lane, TTA_COUNT_DROPPED_REFS, out);
		return true;
	}
	wanted = tta_slot_word(tta_slot_generation(word), views + 1, tta_slot_refs(word),
			       TTA_SLOT_LIVE);
	if (!tta_cas_acq_rel64(&slot->word, &word, wanted))
		return false;
	fill_shape(out, wanted);
	return true;
}

void tta__table_view(struct publisher *p, struct lane *lane, const struct event *ev,
		     struct outcome *out)
{
	out->detail = true;
	out->size = ev->size;
	enter_entry(p, lane, ev, out, true, view_joins);
	tta__count(lane, TTA_COUNT_VIEWS, 1);
	if (!out->dropped && out->refs == 0) {
		out->flags |= TTA_RECORD_DANGLING;
		tta__count(lane, TTA_COUNT_DANGLING, 1);
	}
}

/* After the CAS that ended an entry: nobody else may touch slot and hole. */
static void remove_entry(struct publisher *p, struct lane *lane, const struct key *key,
			 const struct spot *spot, bool keep_slot)
{
	struct tta_slot *slot = tta__slot(p, spot->slot);
	uint64_t word = tta_load_relaxed64(&slot->word);
	/* Read while the slot is still ours: once retired it may be anybody's. */
	uint32_t chained = tta_load_relaxed32(&p->links[spot->slot].chained);

	tta__index_clear(p, key, spot);
	if (keep_slot)
		return;
	if (!chained) {
		tta__pool_give(p, lane, spot->slot);
		return;
	}
	/* Only now may whoever sweeps the chain reuse it: the hole is clear. */
	tta_store_release64(&slot->word, tta_slot_word(tta_slot_generation(word), 0, 0,
						       TTA_SLOT_RETIRED));
	tta__group_retired(p, lane, chained - 1);
}

/*
 * The last owner leaves while views stay: the bytes are taken before the CAS, because
 * after it somebody may end the last view and use the slot for another address.
 *
 *	this thread                      others
 *	size -> TAKEN
 *	refs 1 -> 0, views > 0           views end: entry gone, slot reused
 */
static bool leave_views(struct tta_slot *slot, uint64_t seen, uint64_t wanted,
			struct outcome *out)
{
	uint64_t bytes = size_take(slot, TTA_SIZE_LEAVING);

	if (tta_cas_acq_rel64(&slot->word, &seen, wanted)) {
		out->sums.free_bytes += bytes;
		return true;
	}
	/* Another owner came and made the size its own: ours is booked as gone. */
	if (bytes && !size_restore(slot, bytes))
		out->sums.free_bytes += bytes;
	return false;
}

/* CAS an entry to nothing; then only this thread may touch slot and hole. */
static bool end_entry(struct publisher *p, struct lane *lane, const struct key *key,
		      const struct spot *spot, bool keep_slot, struct outcome *out)
{
	struct tta_slot *slot = tta__slot(p, spot->slot);
	uint64_t word = spot->word;

	if (!tta_cas_acq_rel64(&slot->word, &word,
			       tta_slot_word(tta_slot_generation(word), 0, 0,
					     TTA_SLOT_FREE)))
		return false;
	out->sums.free_bytes += size_take(slot, TTA_SIZE_TAKEN);
	out->ended = true;
	remove_entry(p, lane, key, spot, keep_slot);
	return true;
}

/* CAS an entry to fewer references; false: changed meanwhile. */
static bool shrink(struct publisher *p, struct lane *lane, const struct key *key,
		   const struct spot *spot, uint32_t refs, uint32_t views, bool keep_slot,
		   struct outcome *out)
{
	struct tta_slot *slot = tta__slot(p, spot->slot);
	uint32_t refs_before = tta_slot_refs(spot->word);
	uint64_t wanted = tta_slot_word(tta_slot_generation(spot->word), views, refs,
					TTA_SLOT_LIVE);
	bool dangles = refs_before && refs == 0 && views;
	uint64_t word = spot->word;
	bool done;

	out->size = tta_load_relaxed64(&slot->size);
	out->size = out->size < TTA_SIZE_LEAVING ? out->size : 0;
	if (refs == 0 && views == 0)
		done = end_entry(p, lane, key, spot, keep_slot, out);
	else if (dangles)
		done = leave_views(slot, word, wanted, out);
	else
		done = tta_cas_acq_rel64(&slot->word, &word, wanted);
	if (!done)
		return false;
	fill_shape(out, wanted);
	out->sums.free_count = refs_before - refs;
	if (dangles) {
		out->flags |= TTA_RECORD_DANGLING;
		tta__count(lane, TTA_COUNT_DANGLING, 1);
	}
	return true;
}

/* A free without an entry: unknown, unless detail was ever dropped. */
static void free_missing(struct publisher *p, struct lane *lane, const struct event *ev,
			 struct outcome *out)
{
	bool unmatched = tta_load_relaxed32(&p->detail_dropped) != 0;

	out->size = ev->sized ? ev->size : 0;
	out->detail = false;
	out->flags |= unmatched ? TTA_RECORD_UNMATCHED : TTA_RECORD_UNKNOWN;
	tta__count(lane, unmatched ? TTA_COUNT_UNMATCHED : TTA_COUNT_UNKNOWN_FREES, 1);
}

static void leave_entry(struct publisher *p, struct lane *lane, const struct event *ev,
			struct outcome *out, bool view_first)
{
	struct key key = tta__index_key(p, ev->device, ev->type, ev->address);
	struct spot spot;

	out->detail = true;
	while (tta__index_find(p, &key, &spot)) {
		uint32_t refs = tta_slot_refs(spot.word);
		uint32_t views = tta_slot_views(spot.word);
		bool view = view_first ? views > 0 : refs == 0;

		if (view_first && views == 0)
			break; /* a view that nobody published: not the owner's end */
		if (shrink(p, lane, &key, &spot, view ? refs : refs - 1,
			   view ? views - 1 : views, false, out)) {
			if (view)
				tta__count(lane, TTA_COUNT_VIEW_FREES, 1);
			return;
		}
	}
	free_missing(p, lane, ev, out);
}

void tta__table_free(struct publisher *p, struct lane *lane, const struct event *ev,
		     struct outcome *out)
{
	leave_entry(p, lane, ev, out, false);
}

void tta__table_free_view(struct publisher *p, struct lane *lane, const struct event *ev,
			  struct outcome *out)
{
	leave_entry(p, lane, ev, out, true);
}

bool tta__table_close(struct publisher *p, struct lane *lane, uint32_t index,
		      uint64_t word, bool keep_slot, struct event *ev,
		      struct outcome *out)
{
	const struct tta_slot *slot = tta__slot(p, index);
	uint32_t place = tta_load_relaxed32(&slot->place);
	struct spot spot;
	struct key key;

	ev->device = place & 0xffff;
	ev->type = place >> 16 & 0xff;
	ev->address = tta_load_relaxed64(&slot->address);
	ev->group = tta_load_relaxed64(&slot->group);
	ev->label = (uint32_t)tta_load_relaxed64(&slot->origin) & 0xffff;
	key = tta__index_key(p, ev->device, ev->type, ev->address);
	out->detail = true;
	/* The hole is needed to clear it; the word decides that it is still the same. */
	return tta__index_find(p, &key, &spot) && spot.slot == index &&
	       spot.word == word && shrink(p, lane, &key, &spot, 0, 0, keep_slot, out);
}

void tta__table_close_device(struct publisher *p, struct lane *lane, uint32_t device)
{
	uint64_t slots = tta_load_acquire64(&p->section[TTA_SECTION_POOL].taken);

	for (uint64_t i = 0; i < slots; i++) {
		const struct tta_slot *slot = tta__slot(p, (uint32_t)i);
		uint64_t word = tta_load_acquire64(&slot->word); /* P1 */

		while (tta_slot_state(word) == TTA_SLOT_LIVE &&
		       (tta_load_relaxed32(&slot->place) & 0xffff) == device &&
		       !tta__event_close_slot(p, lane, (uint32_t)i, word, false))
			word = tta_load_acquire64(&slot->word);
	}
}

/* Entries of an old table are still allocated: they become bytes without detail. */
static void disown(struct publisher *p, struct lane *lane, struct tta_slot *slot,
		   uint64_t word)
{
	uint32_t place = tta_load_relaxed32(&slot->place);
	uint64_t bytes = size_take(slot, TTA_SIZE_TAKEN);
	const struct sums out = {.free_bytes = bytes, .free_count = tta_slot_refs(word)};
	const struct sums in = {.alloc_bytes = bytes, .alloc_count = tta_slot_refs(word)};
	uint32_t device = place & 0xffff, type = place >> 16 & 0xff;

	/* In first: the sum of both never falls. */
	tta__counters_add(p, lane, device, type, TTA_LINE_NO_DETAIL, &in, 0);
	tta__counters_add(p, lane, device, type, TTA_LINE_DETAIL, &out, 0);
}

void tta__table_reset(struct publisher *p, struct lane *lane)
{
	uint64_t slots = tta_load_acquire64(&p->section[TTA_SECTION_POOL].taken);

	for (unsigned chain = 0; chain < GROUP_CHAINS; chain++) {
		tta_store_relaxed64(&p->chain[chain], 0);
		tta_store_relaxed32(&p->chain_members[chain], 0);
		tta_store_relaxed32(&p->chain_retired[chain], 0);
	}
	tta__index_reset(p);
	for (uint64_t i = 0; i < slots; i++) {
		struct tta_slot *slot = tta__slot(p, (uint32_t)i);
		uint64_t word = tta_load_relaxed64(&slot->word);
		uint32_t state = tta_slot_state(word);

		if (state != TTA_SLOT_LIVE && state != TTA_SLOT_RETIRED)
			continue; /* free ones have an owner already */
		tta_store_release64(&slot->word, tta_slot_word(tta_slot_generation(word),
							       0, 0, TTA_SLOT_FREE));
		if (state == TTA_SLOT_LIVE)
			disown(p, lane, slot, word);
		tta_store_relaxed32(&p->links[i].chained, 0);
		tta__pool_give(p, lane, (uint32_t)i);
	}
}
