/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * region.h - tt-metal's own shared region of one chip, taken from a copy of its bytes.
 *
 * Totals per process, without buffers. Versions 1 to 4 have two tables of offsets, two
 * conventions for what is empty, and no consistent instant: see docs/tt-metal.md.
 */
#ifndef TTATOP_REGION_H
#define TTATOP_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REGION_BYTES	9280u /* of the longest version: no more is read */
#define REGION_SLOTS	64u
#define REGION_CHIPS	16u
#define REGION_WRAPPED	(UINT64_C(1) << 63) /* counters from here on went below zero */
#define REGION_NAME_MAX 64u

enum region_memory {
	REGION_DRAM,
	REGION_L1,
	REGION_L1_SMALL,
	REGION_TRACE,
	REGION_CB,
	REGION_KERNEL, /* version 1 alone */
	REGION_MEMORIES,
};

enum region_verdict {
	REGION_GOOD,
	REGION_NOT_READY, /* too short, never initialised, or just being so */
	REGION_UNKNOWN_VERSION,
};

struct region_slot {
	uint32_t pid; /* as the process calls itself, in a namespace that nobody tells */
	uint64_t updated; /* of some clock, 0 = never */
	uint64_t bytes[REGION_MEMORIES];
	char name[REGION_NAME_MAX];
};

struct region_chip {
	uint32_t id;
	bool remote;
	uint64_t bytes[REGION_MEMORIES];
};

struct region {
	uint32_t version;
	uint32_t device; /* logical number of whoever attached last */
	uint64_t total[REGION_MEMORIES];
	size_t slot_count; /* of slots in use, in the order of the table */
	struct region_slot slots[REGION_SLOTS];
	size_t chip_count;
	struct region_chip chips[REGION_CHIPS];
};

/* @size bytes of a file, at most REGION_BYTES; @region is filled when they are good, its
 * version always. */
enum region_verdict region_parse(const unsigned char *bytes, size_t size,
				 struct region *region);
/* The total of a memory minus what its slots hold: bytes that no process accounts for;
 * less than 0: slots hold more. 0 when a counter of it wrapped. */
int64_t region_phantom(const struct region *region, enum region_memory memory);
/* The same for chips; 0 when there are none. */
int64_t region_chip_phantom(const struct region *region, enum region_memory memory);

#endif
