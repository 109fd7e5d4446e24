/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of keys and changes. */
#include <errno.h>
#include <string.h>

#include "delta_by.h"
#include "words.h"

const char *delta_key_name(unsigned key)
{
	switch (key) {
	case DELTA_PROC:
		return "proc";
	case DELTA_USER:
		return "user";
	case DELTA_DEV:
		return "dev";
	case DELTA_TYPE:
		return "type";
	case DELTA_SIZE:
		return "size";
	case DELTA_LABEL:
		return "label";
	case DELTA_ADDR:
		return "addr";
	default:
		return NULL;
	}
}

int delta_keys_parse(const char *list, unsigned *ret_by)
{
	return words_to_bits(list, delta_key_name, DELTA_ADDR, ret_by);
}

const char *delta_change_name(enum delta_change change)
{
	switch (change) {
	case DELTA_SAME:
		return "same";
	case DELTA_NEW:
		return "new";
	case DELTA_GONE:
		return "gone";
	case DELTA_GROWN:
		return "grown";
	case DELTA_SHRUNK:
		return "shrunk";
	case DELTA_CHANGED:
		break;
	}
	return "changed";
}

unsigned delta_change_parse(const char *name)
{
	for (unsigned change = DELTA_SAME; change < DELTA_CHANGED; change <<= 1)
		if (strcmp(delta_change_name((enum delta_change)change), name) == 0)
			return change;
	return 0;
}
