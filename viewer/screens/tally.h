/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tally.h - sums that remember what was unknown, and the memory types' names and colours.
 */
#ifndef TTATOP_TALLY_H
#define TTATOP_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format.h"
#include "grid.h"
#include "snapshot.h"

#define TALLY_TEXT_SIZE (FORMAT_SIZE + 4)

struct tally {
	uint64_t sum; /* of what is known */
	size_t known, unknown;
};

void tally_add(struct tally *tally, uint64_t value);
/* The sum; SNAP_UNKNOWN when nothing of it is known. */
uint64_t tally_value(const struct tally *tally);
/* "36.0K", "-" zero or nothing, "?" unknown, "≥36.0K" in part (">" in ASCII). */
const char *tally_bytes(char text[TALLY_TEXT_SIZE], const struct tally *tally, bool dash,
			bool exact, bool ascii);
const char *tally_count(char text[TALLY_TEXT_SIZE], const struct tally *tally, bool dash,
			bool ascii);

/* Columns of the tables: the types that have one of their own, and the rest. */
enum memory_class {
	MEMORY_DRAM,
	MEMORY_L1,
	MEMORY_L1_SMALL,
	MEMORY_TRACE,
	MEMORY_CB,
	MEMORY_OTHER,
	MEMORY_CLASS_COUNT,
};

enum memory_class memory_class(const char *type);
enum attr memory_attr(enum memory_class which);
/* As publishers call it; NULL: any other type. */
const char *memory_type(enum memory_class which);
/* "L1SM" for what is called L1_SMALL. */
const char *memory_short(enum memory_class which);
/* The letter that stands for it in a meter without colour. */
char memory_letter(enum memory_class which);

#endif
