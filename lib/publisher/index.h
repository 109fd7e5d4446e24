/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * index.h - from (device, type, address) to a slot; process-private.
 *
 * Buckets of one cache line in levels that are published once and never moved, rehashed
 * or freed. A key has one bucket in each level; an entry goes to the first level with a
 * hole, and its buckets above are marked `spilled` for good, so that a look-up stops
 * where nothing ever went deeper. The entry only leads to a slot: the slot's word
 * decides.
 */
#ifndef TTA_INDEX_H
#define TTA_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include <tta/atomic.h>

#define INDEX_LEVELS 5u
#define BUCKET_HOLES 7u
#define NO_SLOT	     UINT32_MAX

struct publisher;

struct bucket {
	tta_a64 spilled;	     /* 1 = look in the next level too; P4 */
	tta_a64 entry[BUCKET_HOLES]; /* tag << 32 | slot + 1; 0 = hole; P3 */
};
_Static_assert(sizeof(struct bucket) == 64, "a bucket is a cache line");

struct index {
	tta_a64 level[INDEX_LEVELS]; /* address of struct bucket[]; published once */
};

struct key {
	uint64_t address;
	uint64_t hash;	/* upper half: the tag */
	uint32_t place; /* device | type << 16 */
};

/* Where an entry was found or put. */
struct spot {
	uint32_t slot;
	uint64_t word; /* of the slot, as seen */
	tta_a64 *hole;
};

/*
 * One multiplication, folded: every bit of the key reaches bucket and tag. Of the
 * arguments alone: nothing has to be loaded before.
 */
static inline uint64_t tta__index_hash(uint32_t place, uint64_t address)
{
	__extension__ typedef unsigned __int128 wide;
	uint64_t mixed = address ^ (uint64_t)place << 40;
	wide product = (wide)mixed * UINT64_C(0x9e3779b97f4a7c15);

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline struct key tta__index_key(uint32_t device, uint32_t type, uint64_t address)
{
	uint32_t place = device | type << 16;

	return (struct key){
		.address = address,
		.hash = tta__index_hash(place, address),
		.place = place,
	};
}

static inline uint64_t tta__level_buckets(uint32_t level)
{
	return UINT64_C(16384) << (3 * level);
}

/* The bucket of a key; NULL when the level was not made yet. */
static inline struct bucket *tta__index_bucket(const struct index *index, uint32_t level,
					       uint64_t hash)
{
	/* P3 acquire: the level's zeroed memory. Published once. */
	uint64_t buckets = tta_load_acquire64(&index->level[level]);

	if (!buckets)
		return NULL;
	return (struct bucket *)(uintptr_t)buckets +
	       (hash & (tta__level_buckets(level) - 1));
}

static inline uint64_t tta__index_tag(uint64_t hash)
{
	return hash & UINT64_C(0xffffffff00000000);
}

static inline uint64_t tta__index_entry(uint64_t hash, uint32_t slot)
{
	return tta__index_tag(hash) | (slot + 1);
}

/*
 * What a bucket holds: two bits for each of its words, the lower for an empty entry, the
 * upper for one with the hash's tag. A hint of the instant: whoever acts on a bit loads
 * the entry again.
 */
#define LOOK_EMPTY 0x5554u
#define LOOK_SAME  0xaaa8u

/* The entry of the lowest bit of @look, which has bits of one kind. */
static inline tta_a64 *tta__bucket_entry(struct bucket *bucket, uint32_t look)
{
	return &bucket->spilled + __builtin_ctz(look) / 2;
}

#if TTA_SIMD
#include <emmintrin.h>

static inline uint32_t tta__bucket_look(const struct bucket *bucket, uint64_t hash)
{
	const volatile __m128i *line = (const volatile __m128i *)(const void *)bucket;
	const __m128i wanted = _mm_set1_epi64x((long long)tta__index_tag(hash));
	const __m128i a = _mm_cmpeq_epi32(line[0], wanted);
	const __m128i b = _mm_cmpeq_epi32(line[1], wanted);
	const __m128i c = _mm_cmpeq_epi32(line[2], wanted);
	const __m128i d = _mm_cmpeq_epi32(line[3], wanted);
	const __m128i halves =
		_mm_packs_epi16(_mm_packs_epi32(a, b), _mm_packs_epi32(c, d));

	return (uint32_t)_mm_movemask_epi8(halves);
}
#else
static inline uint32_t tta__bucket_look(const struct bucket *bucket, uint64_t hash)
{
	uint32_t look = 0;

	for (uint32_t i = 0; i < BUCKET_HOLES; i++) {
		/* P4: sequentially consistent for the second look; the same load on
		 * x86. */
		uint64_t entry = tta_load_seq_cst64(&bucket->entry[i]);

		look |= ((uint32_t)entry == 0 ? 1u : 0u) << (2 * i + 2);
		look |= ((entry ^ hash) >> 32 == 0 ? 1u : 0u) << (2 * i + 3);
	}
	return look;
}
#endif

/* The live entry of a key. */
bool tta__index_find(struct publisher *p, const struct key *key, struct spot *ret_spot);
/* Another slot with this key that is live or tentative, besides @mine. */
bool tta__index_find_rival(struct publisher *p, const struct key *key, uint32_t mine,
			   struct spot *ret_spot);
/* Put @slot into a hole; false: no place. */
bool tta__index_put(const struct key *key, uint32_t slot, struct spot *ret_spot);
/* Clear the hole of an entry that its caller removed. */
static inline void tta__index_clear(tta_a64 *hole)
{
	/* P3 release: only the remover writes a hole that is in use; the slot is reused
	 * after this store. */
	tta_store_release64(hole, 0);
}
/* Forget everything; only while no event runs at level live. */
void tta__index_reset(void);

#endif
