/* SPDX-License-Identifier: BSD-2-Clause */
#include "publisher.h"

static struct bucket *level_make(uint32_t level, const struct key *key)
{
	size_t bytes = (size_t)tta__level_buckets(level) * sizeof(struct bucket);
	void *made = tta__memory_reserve(bytes);
	uint64_t seen = 0;

	if (!made)
		return NULL;
	if (!tta_cas_acq_rel64(&tta__gate.index.level[level], &seen,
			       (uint64_t)(uintptr_t)made))
		tta__memory_release(made, bytes);
	return tta__index_bucket(&tta__gate.index, level, key->hash);
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

static bool search_bucket(struct publisher *p, struct bucket *bucket,
			  const struct key *key, uint32_t except, bool tentative_too,
			  struct spot *ret_spot)
{
	uint32_t same = tta__bucket_look(bucket, key->hash) & LOOK_SAME;

	for (; same; same &= same - 1) {
		tta_a64 *hole = tta__bucket_entry(bucket, same);

		/* P3 acquire: the slot's fields were written before its entry. */
		if (!entry_matches(p, key, tta_load_acquire64(hole), tentative_too,
				   ret_spot) ||
		    ret_spot->slot == except)
			continue;
		ret_spot->hole = hole;
		return true;
	}
	return false;
}

static bool search(struct publisher *p, const struct key *key, uint32_t except,
		   bool tentative_too, struct spot *ret_spot)
{
	for (uint32_t level = 0; level < INDEX_LEVELS; level++) {
		struct bucket *bucket =
			tta__index_bucket(&tta__gate.index, level, key->hash);

		if (!bucket)
			return false;
		if (search_bucket(p, bucket, key, except, tentative_too, ret_spot))
			return true;
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

static bool put_in_bucket(struct bucket *bucket, uint64_t entry, struct spot *spot)
{
	for (unsigned i = 0; i < BUCKET_HOLES; i++) {
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

bool tta__index_put(const struct key *key, uint32_t slot, struct spot *ret_spot)
{
	ret_spot->slot = slot;
	for (uint32_t level = 0; level < INDEX_LEVELS; level++) {
		struct bucket *bucket =
			tta__index_bucket(&tta__gate.index, level, key->hash);

		if (!bucket)
			bucket = level_make(level, key);
		if (!bucket)
			return false;
		if (put_in_bucket(bucket, tta__index_entry(key->hash, slot), ret_spot))
			return true;
		/* P4: said before anything is put deeper, so that whoever sees 0 need not
		 * look there. Weaker: two live entries. Bites: torture_table. */
		if (tta_load_seq_cst64(&bucket->spilled) == 0)
			tta_add_seq_cst64(&bucket->spilled, 1);
	}
	return false;
}

void tta__index_reset(void)
{
	for (uint32_t level = 0; level < INDEX_LEVELS; level++) {
		uint64_t buckets = tta_load_acquire64(&tta__gate.index.level[level]);
		size_t bytes = (size_t)tta__level_buckets(level) * sizeof(struct bucket);

		if (buckets)
			tta__memory_clear((void *)(uintptr_t)buckets, bytes);
	}
}
