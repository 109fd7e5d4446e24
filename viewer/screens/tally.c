/* SPDX-License-Identifier: BSD-2-Clause */
#include "tally.h"

#include <stdio.h>
#include <string.h>

static const struct memory_kind {
	const char *type, *title;
	enum attr attr;
	char letter;
} kinds[MEMORY_CLASS_COUNT] = {
	[MEMORY_DRAM] = {"DRAM", "DRAM", ATTR_DRAM, 'D'},
	[MEMORY_L1] = {"L1", "L1", ATTR_L1, 'l'},
	[MEMORY_L1_SMALL] = {"L1_SMALL", "L1SM", ATTR_L1_SMALL, 's'},
	[MEMORY_TRACE] = {"TRACE", "TRACE", ATTR_TRACE, 't'},
	[MEMORY_CB] = {"CB", "CB", ATTR_CB, 'c'},
	[MEMORY_OTHER] = {"", "OTHER", ATTR_OTHER, 'o'},
};

void tally_add(struct tally *tally, uint64_t value)
{
	if (value == SNAP_UNKNOWN) {
		tally->unknown++;
		return;
	}
	tally->known++;
	if (__builtin_add_overflow(tally->sum, value, &tally->sum))
		tally->sum = SNAP_UNKNOWN - 1;
}

uint64_t tally_value(const struct tally *tally)
{
	return tally->known == 0 && tally->unknown > 0 ? SNAP_UNKNOWN : tally->sum;
}

/* A partly unknown sum is a lower bound, and says so even when it is zero. */
static const char *at_least(char text[TALLY_TEXT_SIZE], const struct tally *tally,
			    bool ascii, const char *number)
{
	bool bound = tally->known > 0 && tally->unknown > 0;

	snprintf(text, TALLY_TEXT_SIZE, "%s%s", !bound ? "" : ascii ? ">" : "≥", number);
	return text;
}

const char *tally_bytes(char text[TALLY_TEXT_SIZE], const struct tally *tally, bool dash,
			bool exact, bool ascii)
{
	char number[FORMAT_SIZE];

	dash = dash && tally->unknown == 0;
	return at_least(text, tally, ascii,
			format_bytes(number, tally_value(tally), dash, exact));
}

const char *tally_count(char text[TALLY_TEXT_SIZE], const struct tally *tally, bool dash,
			bool ascii)
{
	char number[FORMAT_SIZE];

	dash = dash && tally->unknown == 0;
	return at_least(text, tally, ascii,
			format_count(number, tally_value(tally), dash));
}

enum memory_class memory_class(const char *type)
{
	for (size_t i = 0; i < MEMORY_OTHER; i++)
		if (strcmp(type, kinds[i].type) == 0)
			return (enum memory_class)i;
	return MEMORY_OTHER;
}

enum attr memory_attr(enum memory_class which)
{
	return kinds[which].attr;
}

const char *memory_type(enum memory_class which)
{
	return which < MEMORY_OTHER ? kinds[which].type : NULL;
}

const char *memory_short(enum memory_class which)
{
	return kinds[which].title;
}

char memory_letter(enum memory_class which)
{
	return kinds[which].letter;
}
