/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * address_map.h - one bank of a device's memory type in address order: what is occupied,
 * by whom, and the gaps between.
 *
 * Buffers of dead owners count as occupied: nobody has freed them, and only a reset of
 * the device takes them back. What is not published is not free: every gap is an upper
 * bound.
 */
#ifndef TTATOP_ADDRESS_MAP_H
#define TTATOP_ADDRESS_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snapshot.h"

/* Why there is no map. */
enum map_trouble {
	MAP_DRAWN,
	MAP_NO_GEOMETRY, /* where a bank begins and ends was not described */
	MAP_NO_BANKS,	 /* nor into how many a buffer is divided */
	MAP_NO_BUFFERS,	 /* the snapshot has totals only */
};

enum span_flag {
	SPAN_DEAD = 1,	/* of an owner that died or ended */
	SPAN_TWICE = 2, /* live twice: overlapping buffers, or one allocated while live */
};

struct map_buffer {
	uint64_t begin, end; /* inside the bank */
	const struct snap_buffer *buffer;
};

/* Buffers that overlap are one span; those that merely touch are two. */
struct map_span {
	uint64_t begin, end;
	size_t first, count; /* of map.buffers; none = a gap */
	uint32_t flags;	     /* SPAN_* */
	const char *apart;   /* of a gap: the type it is described for, NULL = free */
};

struct address_map {
	enum map_trouble trouble;
	const struct snapshot *snapshot; /* borrowed */
	uint32_t device;		 /* index */
	const char *type; /* whose bank: circular buffers are mapped in L1 */
	uint64_t banks, begin, end;

	struct map_span *spans; /* from begin to end, without a hole */
	size_t span_count;
	struct map_buffer *buffers; /* by address */
	size_t buffer_count;

	uint64_t used, dead; /* bytes of a bank that are occupied; by the dead alone */
	uint64_t shared;     /* counted once, although several buffers claim them */
	uint64_t free, largest_gap;
	size_t gaps;

	/* Why the map is an estimate. */
	size_t unplaced;    /* buffers without a known place */
	size_t outside;	    /* buffers that reach out of the bank */
	bool hidden;	    /* more is held than the buffers show */
	size_t inexact;	    /* holders whose tables are not exact */
	const char *reason; /* of the first of them, "" = none */
};

/* The bank of the memory row @row of @device; for a guest of L1 (CB) that of L1. */
struct map_place {
	uint32_t device;
	size_t row;
};

/* 0 or -ENOMEM; @map is then empty. The snapshot is borrowed. O(n log n). */
int address_map_make(const struct snapshot *snapshot, struct map_place place,
		     struct address_map *map);
void address_map_free(struct address_map *map);

/* Do buffers of @type lie in this bank? */
bool address_map_draws(const struct address_map *map, const char *type);
/* Is anything known to be missing, or inexact? Numbers are then written with '~'. */
bool address_map_estimated(const struct address_map *map);
/* Per cent of the free bytes that are not in the largest gap; 0 when nothing is free. */
unsigned address_map_fragmentation(const struct address_map *map);
/* The span at @address, the last one for addresses behind the bank. Needs one at least.
 */
size_t address_map_find(const struct address_map *map, uint64_t address);

/* Will so many bytes over all banks fit? */
struct map_fit {
	bool fits;
	uint64_t per_bank;
	size_t gaps;	      /* that take it */
	uint64_t begin, left; /* in the tightest of them; what is left of it */
	uint64_t missing;     /* per bank, in the best gap there is */
};

/* @alignment of the address, a power of two or 0. */
struct map_fit address_map_fit(const struct address_map *map, uint64_t bytes,
			       uint64_t alignment);

#endif
