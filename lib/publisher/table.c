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
 *
 * A lane that is the only one to insert at a (device, type) saves the look and the second
 * CAS. It says so in its tentative word, which nobody else may change then:
 *
 *	first lane                       second lane, its first insert here
 *	slot a TENTATIVE, alone          writers 1 -> 2
 *	put a into a hole                put b into a hole
 *	writers still 1: a = LIVE        look again: sees a; waits until it is LIVE,
 *	else a TENTATIVE, look again     or TENTATIVE as above
 *
 * The first lane's look at `writers` comes after its put, the second's look after its
 * count: one of them sees the other. The wait is short and bounded (its end drops detail,
 * counted), and can only happen once per lane and (device, type).
 */
#include <sched.h>

#include "publisher.h"
#include "steps.h"

#define INSERT_TRIES 64u
#define ALONE_TRIES  1000u

static void raise_flag(struct tta_slot *slot, uint32_t flag)
{
	tta_or_relaxed32(&slot->place, flag << 24);
}

/*
 * Give up a tentative slot. One that is in a group's chain already stays there, retired;
 * another is kept for the next try.
 */
static void withdraw(struct publisher *p, struct lane *lane, const struct spot *spot,
		     uint32_t *slot)
{
	struct tta_slot *s = tta__slot(p, *slot);
	uint64_t word = tta_load_relaxed64(&s->word);
	uint32_t generation = tta_slot_generation(word);
	uint32_t chained = tta_load_relaxed32(&p->links[*slot].chained);

	/* Only rivals write it now, TENTATIVE -> FREE: the same store. */
	tta_store_release64(&s->word, tta_slot_word(generation, 0, 0, TTA_SLOT_FREE));
	tta__index_clear(spot->hole);
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

/* Its lane means to make it live by a store. */
static bool is_alone(uint64_t word)
{
	return tta_slot_state(word) == TTA_SLOT_TENTATIVE &&
	       (tta_slot_refs(word) | tta_slot_views(word)) != 0;
}

/* False: whoever filled it does not go on. */
static bool await_decision(struct tta_slot *slot, uint64_t seen)
{
	for (unsigned tries = 0; tries < ALONE_TRIES; tries++) {
		if (tta_load_seq_cst64(&slot->word) != seen)
			return true;
		sched_yield();
	}
	return false;
}

enum insert { INSERTED, LOST, NO_PLACE };

/* P4: look again. INSERTED: nobody else is live or tentative with this key. */
static enum insert look_again(struct publisher *p, const struct key *key, uint32_t mine)
{
	struct spot rival;

	while (tta__index_find_rival(p, key, mine, &rival)) {
		struct tta_slot *slot = tta__slot(p, rival.slot);
		uint64_t seen = rival.word;

		if (tta_slot_state(seen) == TTA_SLOT_LIVE)
			return LOST;
		if (!is_alone(seen))
			tta_cas_seq_cst64(&slot->word, &seen,
					  tta_slot_word(tta_slot_generation(seen), 0, 0,
							TTA_SLOT_FREE));
		else if (!await_decision(slot, seen))
			return NO_PLACE;
	}
	return INSERTED;
}

/* No longer alone: others may change it from here on; the new word. */
static uint64_t open_to_rivals(struct tta_slot *slot, uint64_t word)
{
	word = tta_slot_word(tta_slot_generation(word), 0, 0, TTA_SLOT_TENTATIVE);
	tta_store_release64(&slot->word, word);
	return word;
}

/* The slot is put and tentative: prove that it is the only one, and make it live. */
static enum insert settle(struct publisher *p, const struct key *key, uint32_t slot,
			  uint64_t word, uint64_t live)
{
	enum insert result = look_again(p, key, slot);

	if (result != INSERTED)
		return result;
	/* P1 release: the fields belong to this word. */
	return tta_cas_seq_cst64(&tta__slot(p, slot)->word, &word, live) ? INSERTED
									 : LOST;
}

bool tta__table_settle(struct publisher *p, struct lane *lane, const struct key *key,
		       tta_a64 *hole, uint32_t slot, uint64_t word)
{
	const struct spot spot = {.slot = slot, .hole = hole};
	uint64_t live = tta_slot_word(tta_slot_generation(word), 0, 1, TTA_SLOT_LIVE);

	if (is_alone(word))
		word = open_to_rivals(tta__slot(p, slot), word);
	if (settle(p, key, slot, word, live) == INSERTED)
		return true;
	withdraw(p, lane, &spot, &slot);
	tta__pool_give(p, lane, slot);
	return false;
}

/* What is to be inserted. */
struct entry {
	const struct key *key;
	const struct event *ev;
	struct place *place;
	uint64_t size;
	uint32_t refs, views;
};

static uint64_t fill(struct publisher *p, struct lane *lane, const struct entry *entry,
		     uint32_t slot, bool alone)
{
	const struct event *ev = entry->ev;
	uint64_t refs_views = tta_slot_word(0, entry->views, entry->refs, 0);
	uint64_t word = tta__slot_fill(
		tta__slot(p, slot), alone ? refs_views : 0, ev->address, entry->size,
		ev->group,
		TTA_PAIR(tta__halves(entry->key->place, entry->refs),
			 tta__halves(tta__bank_size_field(ev->bank_size), 0)));

	tta_store_pair_relaxed64(&tta__slot(p, slot)->origin,
				 TTA_PAIR(ev->site << 16 | ev->label, ev->time));
	if (!lane->overflow) {
		lane->pending_slot = slot;
		lane->pending_word = word;
	}
	return word;
}

/* One try to make @slot the entry of @key. */
static enum insert insert_try(struct publisher *p, struct lane *lane,
			      const struct entry *entry, uint32_t *slot, unsigned try)
{
	/* Members of a group are found by others before they are live. */
	bool alone = !entry->ev->group && tta_load_relaxed32(&entry->place->writers) == 1;
	uint64_t word = fill(p, lane, entry, *slot, alone);
	uint64_t live = tta_slot_word(tta_slot_generation(word), entry->views,
				      entry->refs, TTA_SLOT_LIVE);
	struct tta_slot *s = tta__slot(p, *slot);
	enum insert result;
	struct spot spot;

	if (!tta__index_put(entry->key, *slot, &spot)) {
		tta_store_release64(&s->word, tta_slot_word(tta_slot_generation(word), 0,
							    0, TTA_SLOT_FREE));
		return NO_PLACE;
	}
	/* P4: after the put. A second lane counts itself before it puts. Weaker: two live
	 * entries. Bites: torture_step, insert.pml. */
	if (alone && tta_load_seq_cst32(&entry->place->writers) == 1) {
		tta_store_release64(&s->word, live); /* P1 */
		return INSERTED;
	}
	if (alone)
		word = open_to_rivals(s, word);
	if (entry->ev->group)
		tta__group_push(p, *slot, entry->ev->group);
	result = settle(p, entry->key, *slot, word, live);
	if (result != INSERTED) {
		withdraw(p, lane, &spot, slot);
		back_off(lane, try);
	}
	return result;
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
	tta_store_relaxed32(&slot->bank_size, tta__bank_size_field(ev->bank_size));
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
	wanted =
		tta_slot_word(generation, tta_slot_views(word), refs + 1, TTA_SLOT_LIVE) |
		TTA_SLOT_JOINED;
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
	struct key key = tta__index_key(ev->device, ev->type, ev->address);
	const struct entry entry = {
		.key = &key,
		.ev = ev,
		.place = tta__place_enter(p, lane, ev->device, ev->type),
		.size = view ? TTA_SIZE_LEAVING : ev->size,
		.refs = !view,
		.views = view,
	};
	uint32_t slot = NO_SLOT;
	enum insert result = LOST;
	struct spot spot;
	bool joined = false;

	for (unsigned try = 0; try < INSERT_TRIES && result == LOST && !joined; try++) {
		if (tta__index_find(p, &key, &spot)) {
			joined = joins(p, lane, ev, &spot, out);
			continue;
		}
		if (!entry.place) {
			result = NO_PLACE;
			break;
		}
		if (slot == NO_SLOT)
			slot = tta__pool_take(p, lane);
		if (slot == NO_SLOT)
			break;
		result = insert_try(p, lane, &entry, &slot, try);
	}
	if (slot != NO_SLOT && result != INSERTED)
		tta__pool_give(p, lane, slot);
	if (joined)
		return;
	if (result != INSERTED) {
		drop(p, lane,
		     result == LOST && slot == NO_SLOT ? TTA_COUNT_DROPPED_SLOT
						       : TTA_COUNT_DROPPED_INDEX,
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
			       TTA_SLOT_LIVE) |
		 TTA_SLOT_JOINED;
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
static void remove_entry(struct publisher *p, struct lane *lane, const struct spot *spot,
			 bool keep_slot)
{
	struct tta_slot *slot = tta__slot(p, spot->slot);
	uint64_t word = tta_load_relaxed64(&slot->word);
	/* Read while the slot is still ours: once retired it may be anybody's. Without a
	 * group it is in no chain. */
	uint32_t chained = tta_load_relaxed64(&slot->group)
				   ? tta_load_relaxed32(&p->links[spot->slot].chained)
				   : 0;

	tta__index_clear(spot->hole);
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
static bool end_entry(struct publisher *p, struct lane *lane, const struct spot *spot,
		      bool keep_slot, struct outcome *out)
{
	struct tta_slot *slot = tta__slot(p, spot->slot);
	uint64_t word = spot->word;

	if (!tta_cas_acq_rel64(&slot->word, &word,
			       tta_slot_word(tta_slot_generation(word), 0, 0,
					     TTA_SLOT_FREE)))
		return false;
	out->sums.free_bytes += size_take(slot, TTA_SIZE_TAKEN);
	out->ended = true;
	remove_entry(p, lane, spot, keep_slot);
	return true;
}

/* CAS an entry to fewer references; false: changed meanwhile. */
static bool shrink(struct publisher *p, struct lane *lane, const struct spot *spot,
		   uint32_t refs, uint32_t views, bool keep_slot, struct outcome *out)
{
	struct tta_slot *slot = tta__slot(p, spot->slot);
	uint32_t refs_before = tta_slot_refs(spot->word);
	uint64_t wanted = tta_slot_word(tta_slot_generation(spot->word), views, refs,
					TTA_SLOT_LIVE) |
			  (spot->word & TTA_SLOT_JOINED);
	bool dangles = refs_before && refs == 0 && views;
	uint64_t word = spot->word;
	bool done;

	out->size = tta_load_relaxed64(&slot->size);
	out->size = out->size < TTA_SIZE_LEAVING ? out->size : 0;
	if (refs == 0 && views == 0)
		done = end_entry(p, lane, spot, keep_slot, out);
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
	struct key key = tta__index_key(ev->device, ev->type, ev->address);
	struct spot spot;

	out->detail = true;
	while (tta__index_find(p, &key, &spot)) {
		uint32_t refs = tta_slot_refs(spot.word);
		uint32_t views = tta_slot_views(spot.word);
		bool view = view_first ? views > 0 : refs == 0;

		if (view_first && views == 0)
			break; /* a view that nobody published: not the owner's end */
		if (shrink(p, lane, &spot, view ? refs : refs - 1,
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
	key = tta__index_key(ev->device, ev->type, ev->address);
	out->detail = true;
	/* The hole is needed to clear it; the word decides that it is still the same. */
	return tta__index_find(p, &key, &spot) && spot.slot == index &&
	       spot.word == word && shrink(p, lane, &spot, 0, 0, keep_slot, out);
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

/* Entries of an old table are still allocated: they are bytes without detail now, and
 * their frees will meet nothing. */
static void disown(struct publisher *p, struct lane *lane, struct tta_slot *slot,
		   uint64_t word)
{
	uint32_t place = tta_load_relaxed32(&slot->place);
	uint64_t bytes = size_take(slot, TTA_SIZE_TAKEN);
	uint32_t device = place & 0xffff, type = place >> 16 & 0xff;

	/* Which entry is uncertain if this process dies before it is counted. */
	if (!lane->overflow) {
		tta_store_relaxed64(&lane->shared->in_flight.address,
				    tta_load_relaxed64(&slot->address));
		tta_store_relaxed32(&lane->shared->in_flight.what,
				    tta__what(TTA_OP_CLOSE, device, type));
	}
	if (!tta__counters_disown(p, lane, device, type, bytes, tta_slot_refs(word)))
		tta__incomplete(p, lane, TTA_COUNT_DROPPED_LINE);
	tta_store_relaxed32(&p->detail_dropped, 1);
}

void tta__table_reset(struct publisher *p, struct lane *lane)
{
	uint64_t slots = tta_load_acquire64(&p->section[TTA_SECTION_POOL].taken);

	for (unsigned chain = 0; chain < GROUP_CHAINS; chain++) {
		tta_store_relaxed64(&p->chain[chain], 0);
		tta_store_relaxed32(&p->chain_members[chain], 0);
		tta_store_relaxed32(&p->chain_retired[chain], 0);
	}
	tta__index_reset();
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
