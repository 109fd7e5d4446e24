/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of keys and changes. */
#include <errno.h>
#include <string.h>

#include "delta_by.h"

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

static unsigned find_key(const char *name, size_t length)
{
	for (unsigned key = 1; key <= DELTA_ADDR; key <<= 1)
		if (strlen(delta_key_name(key)) == length &&
		    strncmp(delta_key_name(key), name, length) == 0)
			return key;
	return 0;
}

int delta_keys_parse(const char *list, unsigned *ret_by)
{
	unsigned by = 0;

	for (;;) {
		size_t length = strcspn(list, ",");
		unsigned key = find_key(list, length);

		if (!key)
			return -EINVAL;
		by |= key;
		if (!list[length])
			break;
		list += length + 1;
	}
	*ret_by = by;
	return 0;
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
