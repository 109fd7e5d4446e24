/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * index.c - from (device, type, address) to a slot; process-private.
 *
 * Buckets of one cache line in levels that are published once and never moved, rehashed
 * or freed. A key has one bucket in each level; an entry goes to the first level with a
 * hole, and says so in the `spilled` count of its buckets above, so that a look-up stops
 * where nothing went deeper. The entry only leads to a slot: the slot's word decides.
 */
#include <string.h>

#include "publisher.h"

static uint64_t level_buckets(uint32_t level)
{
	return UINT64_C(4096) << (3 * level);
}

static uint64_t mix(uint64_t x)
{
	x ^= x >> 32;
	x *= UINT64_C(0xd6e8feb86659fd93);
	x ^= x >> 32;
	x *= UINT64_C(0xd6e8feb86659fd93);
	return x ^ x >> 32;
}

struct key tta__index_key(const struct publisher *p, uint32_t device, uint32_t type,
			  uint64_t address)
{
	struct key key = {.address = address, .place = device | type << 16};

	key.hash = mix(mix(address ^ p->index.seed) + key.place);
	return key;
}

static struct bucket *level_of(const struct publisher *p, uint32_t level)
{
	/* P3 acquire: the level's zeroed memory. Published once. */
	return (struct bucket *)(uintptr_t)tta_load_acquire64(&p->index.level[level]);
}

static struct bucket *level_make(struct publisher *p, uint32_t level)
{
	size_t bytes = (size_t)level_buckets(level) * sizeof(struct bucket);
	struct bucket *made = tta__memory_reserve(bytes);
	uint64_t seen = 0;

	if (!made)
		return NULL;
	if (tta_cas_acq_rel64(&p->index.level[level], &seen, (uint64_t)(uintptr_t)made))
		return made;
	tta__memory_release(made, bytes);
	return (struct bucket *)(uintptr_t)seen;
}

static struct bucket *bucket_of(struct bucket *buckets, uint32_t level,
				const struct key *key)
{
	return &buckets[key->hash & (level_buckets(level) - 1)];
}

static uint64_t entry_of(const struct key *key, uint32_t slot)
{
	return (key->hash & UINT64_C(0xffffffff00000000)) | (slot + 1);
}

/*
 * Does @entry lead to a slot of this key in state live (or tentative)? The word is read
 * first: with its generation, a later CAS fails when the slot was reused meanwhile.
 */
static bool entry_matches(const struct publisher *p, const struct key *key,
			  uint64_t entry, bool tentative_too, struct spot *spot)
{
	const struct tta_slot *slot;
	uint32_t state;

	if (entry == 0 || (entry ^ key->hash) >> 32)
		return false;
	spot->slot = (uint32_t)entry - 1;
	slot = tta__slot(p, spot->slot);
	/* P1 acquire: the fields belong to this word. */
	spot->word = tta_load_acquire64(&slot->word);
	state = tta_slot_state(spot->word);
	if (state != TTA_SLOT_LIVE && !(tentative_too && state == TTA_SLOT_TENTATIVE))
		return false;
	return tta_load_relaxed64(&slot->address) == key->address &&
	       (tta_load_relaxed32(&slot->place) & 0xffffff) == key->place;
}

static bool search(struct publisher *p, const struct key *key, uint32_t except,
		   bool tentative_too, struct spot *ret_spot)
{
	for (uint32_t level = 0; level < INDEX_LEVELS; level++) {
		struct bucket *buckets = level_of(p, level);
		struct bucket *bucket;

		if (!buckets)
			return false;
		bucket = bucket_of(buckets, level, key);
		for (unsigned i = 0; i < 7; i++) {
			/* P3 acquire: the slot's fields were written before its entry.
			 * P4: sequentially consistent for the second look; the same load
			 * on x86. */
			uint64_t entry = tta_load_seq_cst64(&bucket->entry[i]);

			if (!entry_matches(p, key, entry, tentative_too, ret_spot) ||
			    ret_spot->slot == except)
				continue;
			ret_spot->hole = &bucket->entry[i];
			ret_spot->level = level;
			return true;
		}
		if (tta_load_seq_cst64(&bucket->spilled) == 0) /* P4 */
			return false;
	}
	return false;
}

bool tta__index_find(struct publisher *p, const struct key *key, struct spot *ret_spot)
{
	return search(p, key, NO_SLOT, false, ret_spot);
}

bool tta__index_find_rival(struct publisher *p, const struct key *key, uint32_t mine,
			   struct spot *ret_spot)
{
	return search(p, key, mine, true, ret_spot);
}

static void spilled_add(struct publisher *p, const struct key *key, uint32_t below,
			uint64_t change)
{
	for (uint32_t level = 0; level < below; level++)
		tta_add_seq_cst64(&bucket_of(level_of(p, level), level, key)->spilled,
				  change);
}

static bool put_in_bucket(struct bucket *bucket, uint64_t entry, struct spot *spot)
{
	for (unsigned i = 0; i < 7; i++) {
		uint64_t hole = tta_load_relaxed64(&bucket->entry[i]);

		/* P4: sequentially consistent, so that of two threads that put the same
		 * key into two holes at least one sees the other when it looks again.
		 * Weaker: two live entries. Bites: torture_step, insert.pml. */
		if (hole == 0 && tta_cas_seq_cst64(&bucket->entry[i], &hole, entry)) {
			spot->hole = &bucket->entry[i];
			return true;
		}
	}
	return false;
}

bool tta__index_put(struct publisher *p, const struct key *key, uint32_t slot,
		    struct spot *ret_spot)
{
	ret_spot->slot = slot;
	for (uint32_t level = 0; level < INDEX_LEVELS; level++) {
		struct bucket *buckets = level_of(p, level);

		if (!buckets)
			buckets = level_make(p, level);
		if (!buckets)
			return false;
		ret_spot->level = level;
		/* Counted before it is there: whoever sees 0 need not look deeper. */
		spilled_add(p, key, level, 1);
		if (put_in_bucket(bucket_of(buckets, level, key), entry_of(key, slot),
				  ret_spot))
			return true;
		spilled_add(p, key, level, (uint64_t)-1);
	}
	return false;
}

void tta__index_clear(struct publisher *p, const struct key *key, const struct spot *spot)
{
	/* P3 release: only the remover writes a hole that is in use; the slot is reused
	 * after this store. */
	tta_store_release64(spot->hole, 0);
	spilled_add(p, key, spot->level, (uint64_t)-1);
}

void tta__index_reset(struct publisher *p)
{
	for (uint32_t level = 0; level < INDEX_LEVELS; level++) {
		struct bucket *buckets = level_of(p, level);
		size_t bytes = (size_t)level_buckets(level) * sizeof(*buckets);

		if (buckets)
			tta__memory_clear(buckets, bytes);
	}
}
