/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fast.c - the common event in one piece. What is unusual goes to event.c before anything
 * was changed.
 *
 * Common: this thread has a lane and is in no event; an alloc whose address is not live,
 * with a free slot and a hole at hand; a free by the only owner of an entry that nobody
 * joined, without views and without a group. The steps are those of event.c and table.c,
 * by the same functions; bench/README.md says what each costs.
 */
/* SECTIONS_LIGHT: the library was asked. */
#define TTA_LIGHT_RCU
#define TTA_OUT_OF_LINE
#include "publisher.h"
#include "rcu.h"
#include "steps.h"

#define ALWAYS_INLINE inline __attribute__((__always_inline__))

/* What an allocation may carry besides; NULL: nothing. */
struct extra {
	uint64_t bank_size;
	uint64_t site;
	uint32_t label;
};

/* ---- enter and leave ---- */

/* Set the busy mark and open a read-side section; NULL: something is unusual. */
static ALWAYS_INLINE struct lane *enter(struct tta_thread *t, struct tta_busy_mark *mark)
{
	struct lane *lane = t->lane;

	/* A1 acquire: the lane and its publisher. */
	if (TTA_UNLIKELY((tta_load_acquire64(&tta__gate.attach_id) ^ t->attach_id) |
			 t->busy | tta_load_relaxed64(&t->deferred)))
		return NULL;
	if (TTA_LIKELY(lane->sections == SECTIONS_LIGHT))
		rcu_read_lock();
	else if (lane->sections == SECTIONS_FENCED)
		return NULL;
	tta_store_relaxed64(&mark->magic, (uintptr_t)mark ^ TTA_BUSY_MAGIC);
	tta_fence_signal();
	t->busy = (uintptr_t)mark;
	tta_fence_signal();
	return lane;
}

static ALWAYS_INLINE void leave(struct tta_thread *t, const struct lane *lane)
{
	tta_fence_signal();
	t->busy = 0;
	tta_fence_signal();
	if (TTA_LIKELY(lane->sections == SECTIONS_LIGHT))
		rcu_read_unlock();
	if (TTA_UNLIKELY(tta_load_relaxed64(&t->deferred)))
		tta_publish_deferred();
}

/* The line of (device, type); NULL: unusual. */
static ALWAYS_INLINE const struct hot_line *hot_line(const struct lane *lane,
						     uint32_t device, uint32_t type)
{
	const struct hot_line *hot = &lane->hot[hot_index(device, type)];

	if (TTA_UNLIKELY(hot->device != device || hot->type != type))
		return NULL;
	return hot;
}

/* Without a ring an event counts what it could not record: unusual. */
static ALWAYS_INLINE bool level_common(const struct lane *lane, uint32_t level)
{
	return level == TTA_EVENTS ? lane->ring != NULL : level == TTA_LIVE;
}

/* ---- deeper levels of the index: a call of their own ---- */

/* Deeper levels are far away: ask for their lines before they are needed. */
static __attribute__((noinline)) void prefetch_deep(const struct index *index,
						    uint64_t hash)
{
	for (uint32_t level = 1; level < INDEX_LEVELS; level++) {
		const struct bucket *bucket = tta__index_bucket(index, level, hash);

		if (!bucket)
			return;
		__builtin_prefetch(bucket, 1);
	}
}

static ALWAYS_INLINE void prefetch(const struct index *index, uint64_t hash)
{
	if (tta_load_relaxed64(&index->level[1]))
		prefetch_deep(index, hash);
}

/* Level 0 is spilled: a hole, @hole if there is one; NULL: unusual. */
static __attribute__((noinline)) tta_a64 *find_hole_deep(const struct index *index,
							 uint64_t hash, tta_a64 *hole)
{
	for (uint32_t level = 1; level < INDEX_LEVELS; level++) {
		struct bucket *bucket = tta__index_bucket(index, level, hash);
		uint32_t look = bucket ? tta__bucket_look(bucket, hash) : LOOK_SAME;

		if (look & LOOK_SAME)
			return NULL;
		if (!hole && look & LOOK_EMPTY)
			hole = tta__bucket_entry(bucket, look & LOOK_EMPTY);
		if (tta_load_seq_cst64(&bucket->spilled) == 0) /* P4 */
			break;
	}
	return hole;
}

static __attribute__((noinline)) tta_a64 *find_tag_deep(const struct index *index,
							uint64_t hash)
{
	for (uint32_t level = 1; level < INDEX_LEVELS; level++) {
		struct bucket *bucket = tta__index_bucket(index, level, hash);
		uint32_t look = bucket ? tta__bucket_look(bucket, hash) & LOOK_SAME : 0;

		if (look)
			return tta__bucket_entry(bucket, look);
		if (!bucket || tta_load_seq_cst64(&bucket->spilled) == 0) /* P4 */
			return NULL;
	}
	return NULL;
}

/*
 * A hole for a hash whose tag is nowhere; NULL: unusual. The first entry is guessed: the
 * next step then need not wait for the look, whose outcome a branch foretells.
 */
static ALWAYS_INLINE tta_a64 *find_hole(const struct index *index, uint64_t hash)
{
	struct bucket *bucket = tta__index_bucket(index, 0, hash);
	tta_a64 *hole;
	uint32_t look;

	if (TTA_UNLIKELY(!bucket))
		return NULL;
	look = tta__bucket_look(bucket, hash);
	if (TTA_UNLIKELY(look & LOOK_SAME))
		return NULL;
	hole = &bucket->entry[0];
	if (tta_load_relaxed64(hole) != 0)
		hole = look & LOOK_EMPTY ? tta__bucket_entry(bucket, look & LOOK_EMPTY)
					 : NULL;
	if (TTA_LIKELY(tta_load_seq_cst64(&bucket->spilled) == 0)) /* P4 */
		return hole;
	return find_hole_deep(index, hash, hole);
}

/* The first entry with the hash's tag; NULL: none. The first one is guessed here too. */
static ALWAYS_INLINE tta_a64 *find_tag(const struct index *index, uint64_t hash)
{
	struct bucket *bucket = tta__index_bucket(index, 0, hash);
	uint32_t look;

	if (TTA_UNLIKELY(!bucket))
		return NULL;
	if (TTA_LIKELY((tta_load_relaxed64(&bucket->entry[0]) ^ hash) >> 32 == 0))
		return &bucket->entry[0];
	look = tta__bucket_look(bucket, hash) & LOOK_SAME;
	if (TTA_LIKELY(look))
		return tta__bucket_entry(bucket, look);
	return find_tag_deep(index, hash);
}

/* ---- alloc ---- */

static ALWAYS_INLINE uint64_t fill(struct tta_slot *slot, const struct hot_line *hot,
				   uint64_t address, uint64_t size, bool alone,
				   const struct extra *extra)
{
	uint64_t refs = alone ? tta_slot_word(0, 0, 1, 0) : 0;
	tta_pair shape = hot->shape;

	if (extra)
		shape[1] = tta__halves(tta__bank_size_field(extra->bank_size), 0);
	return tta__slot_fill(slot, refs, address, size, 0, shape);
}

/* Other lanes insert here too: as table.c does it. */
static __attribute__((noinline)) bool settle(struct lane *lane,
					     const struct hot_line *hot, tta_a64 *hole,
					     uint64_t hash, uint32_t index, uint64_t word)
{
	const struct tta_slot *slot = &lane->pool[index];
	const struct key key = {
		.address = tta_load_relaxed64(&slot->address),
		.hash = hash,
		.place = hot->device | hot->type << 16,
	};

	return tta__table_settle(lane->p, lane, &key, hole, index, word);
}

/* Step 2: the slot on top of the magazine becomes the entry; false: others are at it. */
static ALWAYS_INLINE bool insert(struct lane *lane, const struct hot_line *hot,
				 tta_a64 *hole, uint64_t hash, uint64_t address,
				 uint64_t size, const struct extra *extra,
				 uint64_t *ret_time)
{
	uint64_t origin = extra ? extra->site << 16 | extra->label : 0;
	uint32_t index = lane->magazine[lane->magazine_count - 1];
	struct tta_slot *slot = &lane->pool[index];
	bool alone = tta_load_relaxed32(&hot->place->writers) == 1;
	uint64_t word = fill(slot, hot, address, size, alone, extra);
	uint64_t empty = 0;

	lane->pending_slot = index;
	lane->pending_word = word;
	/* Here, where the processor waits anyway: the stores so far drain meanwhile. */
	*ret_time = tta__clock_ticks();
	/* P4: see put_in_bucket(). */
	if (TTA_UNLIKELY(
		    !tta_cas_seq_cst64(hole, &empty, tta__index_entry(hash, index)))) {
		tta_store_release64(&slot->word, tta_slot_word(tta_slot_generation(word),
							       0, 0, TTA_SLOT_FREE));
		return false;
	}
	tta_store_pair_relaxed64(&slot->origin, TTA_PAIR(origin, *ret_time));
	lane->magazine_count--;
	/* P4: after the put; see insert_try(). */
	if (TTA_UNLIKELY(!alone || tta_load_seq_cst32(&hot->place->writers) != 1))
		return settle(lane, hot, hole, hash, index, word);
	/* P1 release: the fields belong to this word. Weaker: a reader copies fields of
	 * the entry before. Bites: nothing yet on x86. */
	tta_store_release64(&slot->word, word + TTA_SLOT_LIVE - TTA_SLOT_TENTATIVE);
	return true;
}

static ALWAYS_INLINE void record_alloc(struct lane *lane, const struct hot_line *hot,
				       uint64_t address, uint64_t size, uint64_t time,
				       const struct extra *extra)
{
	tta_pair middle = hot->alloc_record;

	if (extra)
		middle[1] = tta__halves(1, extra->label & 0xffff);
	tta__ring_append(lane, address, size, time, middle,
			 TTA_PAIR(extra ? extra->site : 0, 0));
}

/* Between enter and leave; false: nothing was changed. */
static ALWAYS_INLINE bool alloc_entered(struct lane *lane, uint32_t device, uint32_t type,
					uint64_t address, uint64_t size,
					const struct extra *extra)
{
	const struct hot_line *hot = hot_line(lane, device, type);
	uint32_t level = tta_load_acquire32(&tta__gate.fast_level);
	uint64_t hash = tta__index_hash(device | type << 16, address);
	uint64_t event, time;
	tta_a64 *hole;

	if (TTA_UNLIKELY(!hot || !level_common(lane, level) || address == 0 ||
			 size - 1 >= TTA_SIZE_LIMIT - 1 || lane->magazine_count == 0))
		return false;
	prefetch(&tta__gate.index, hash);
	hole = find_hole(&tta__gate.index, hash);
	if (TTA_UNLIKELY(!hole))
		return false;
	event = tta__note_begin(lane->shared, (uint32_t)hot->what, address, size);
	if (TTA_UNLIKELY(!insert(lane, hot, hole, hash, address, size, extra, &time))) {
		tta__note_cancel(lane->shared, event);
		return false;
	}
	tta_latch_add(hot->line, TTA_COLUMN_ALLOC, size, 1);
	tta__live_raise(hot->live, hot->line, size);
	if (level == TTA_EVENTS)
		record_alloc(lane, hot, address, size, time, extra);
	tta__note_end(lane->shared, event, time);
	return true;
}

static ALWAYS_INLINE bool alloc(uint32_t device, uint32_t type, uint64_t address,
				uint64_t size, const struct extra *extra)
{
	struct tta_thread *t = &tta_thread;
	struct tta_busy_mark mark;
	struct lane *lane = enter(t, &mark);
	bool done;

	if (TTA_UNLIKELY(!lane))
		return false;
	done = alloc_entered(lane, device, type, address, size, extra);
	leave(t, lane);
	return done;
}

void tta_publish_alloc(uint32_t device, uint32_t type, uint64_t address, uint64_t size)
{
	if (TTA_UNLIKELY(!alloc(device, type, address, size, NULL)))
		tta__event_alloc(device, type, address, size);
}

void tta_alloc_ex(const struct tta_alloc_desc *desc)
{
	struct extra extra;

	if (tta_load_relaxed32(&tta_level_word) == TTA_OFF || !desc ||
	    desc->desc_size < sizeof(*desc))
		return;
	extra = (struct extra){
		.bank_size = desc->bank_size,
		.site = desc->site,
		.label = desc->label < TTA_LABEL_LIMIT ? desc->label : 0,
	};
	if (TTA_UNLIKELY(desc->group != 0 || !alloc(desc->device, desc->type,
						    desc->address, desc->size, &extra)))
		tta__event_alloc_desc(desc);
}

/* ---- free ---- */

/* A live entry with one owner, and nothing else about it; NULL: unusual. */
static ALWAYS_INLINE struct tta_slot *find_sole(const struct lane *lane, tta_a64 *hole,
						uint32_t place, uint64_t address,
						uint64_t *ret_word)
{
	const uint64_t sole = tta_slot_word(0, 0, 1, TTA_SLOT_LIVE);
	const uint64_t deciding = (TTA_SLOT_JOINED << 1) - 1;
	/* P3 acquire: the slot's fields were written before its entry. */
	uint32_t index = (uint32_t)tta_load_acquire64(hole) - 1;
	struct tta_slot *slot = &lane->pool[index];

	if (TTA_UNLIKELY(index == NO_SLOT))
		return NULL;
	/* P1 acquire: the fields belong to this word. */
	*ret_word = tta_load_acquire64(&slot->word);
	if (TTA_UNLIKELY((*ret_word & deciding) != sole ||
			 tta_load_relaxed64(&slot->address) != address ||
			 tta_load_relaxed32(&slot->place) != place ||
			 tta_load_relaxed64(&slot->group) != 0))
		return NULL;
	return slot;
}

/* Step 2: the CAS that ends it; false: somebody else changed it. */
static ALWAYS_INLINE bool end_sole(struct tta_slot *slot, uint64_t word)
{
	const uint64_t ended =
		tta_slot_word(tta_slot_generation(word), 0, 0, TTA_SLOT_FREE);

	return tta_cas_acq_rel64(&slot->word, &word, ended);
}

/* Between enter and leave; false: nothing was changed. */
static ALWAYS_INLINE bool free_entered(struct lane *lane, uint32_t device, uint32_t type,
				       uint64_t address)
{
	const struct hot_line *hot = hot_line(lane, device, type);
	uint32_t level = tta_load_acquire32(&tta__gate.fast_level);
	uint64_t hash = tta__index_hash(device | type << 16, address);
	uint64_t word = 0, size, event, time;
	struct tta_slot *slot;
	tta_a64 *hole;

	if (TTA_UNLIKELY(!hot || !level_common(lane, level) ||
			 lane->magazine_count == MAGAZINE_SLOTS))
		return false;
	prefetch(&tta__gate.index, hash);
	hole = find_tag(&tta__gate.index, hash);
	if (TTA_UNLIKELY(!hole))
		return false;
	slot = find_sole(lane, hole, device | type << 16, address, &word);
	if (TTA_UNLIKELY(!slot))
		return false;
	/* Nobody joined: nobody else may change it as long as the word stays. */
	size = tta_load_relaxed64(&slot->size);
	event = tta__note_begin(lane->shared,
				(uint32_t)hot->what ^ TTA_OP_ALLOC ^ TTA_OP_FREE, address,
				0);
	time = tta__clock_ticks();
	if (TTA_UNLIKELY(!end_sole(slot, word))) {
		tta__note_cancel(lane->shared, event);
		return false;
	}
	tta__index_clear(hole);
	lane->magazine[lane->magazine_count++] = (uint32_t)(slot - lane->pool);
	tta_latch_add(hot->line, TTA_COLUMN_FREE, size, 1);
	tta_add_relaxed64(&hot->live->bytes, 0 - size);
	if (level == TTA_EVENTS)
		tta__ring_append(lane, address, size, time, hot->free_record,
				 TTA_PAIR(0, 0));
	tta__note_end(lane->shared, event, time);
	return true;
}

static ALWAYS_INLINE bool free_sole(uint32_t device, uint32_t type, uint64_t address)
{
	struct tta_thread *t = &tta_thread;
	struct tta_busy_mark mark;
	struct lane *lane = enter(t, &mark);
	bool done;

	if (TTA_UNLIKELY(!lane))
		return false;
	done = free_entered(lane, device, type, address);
	leave(t, lane);
	return done;
}

void tta_publish_free(uint32_t device, uint32_t type, uint64_t address)
{
	if (TTA_UNLIKELY(!free_sole(device, type, address)))
		tta__event_free(device, type, address);
}

void tta_publish_free_sized(uint32_t device, uint32_t type, uint64_t address,
			    uint64_t size)
{
	/* The entry knows its size. */
	if (TTA_UNLIKELY(!free_sole(device, type, address)))
		tta__event_free_sized(device, type, address, size);
}
