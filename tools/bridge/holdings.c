/* SPDX-License-Identifier: BSD-2-Clause */
#include "holdings.h"

#include <search.h>
#include <stdlib.h>

#define TYPES 5u /* on the wire */

struct holding {
	uint64_t id;
	int32_t device;
	uint32_t last;		/* type of the last ALLOC */
	uint32_t owners[TYPES]; /* addresses of different memories may be equal */
};

static int compare(const void *left, const void *right)
{
	const struct holding *a = left, *b = right;

	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return a->id == b->id ? 0 : a->id < b->id ? -1 : 1;
}

static struct holding *find(const struct holdings *holdings, int32_t device, uint64_t id)
{
	const struct holding key = {.id = id, .device = device};
	struct holding **place = tfind(&key, &holdings->tree, compare);

	return place ? *place : NULL;
}

static struct holding *add_new(struct holdings *holdings, int32_t device, uint64_t id)
{
	struct holding *fresh;

	if (holdings->count == HOLDINGS_MOST)
		return NULL;
	fresh = calloc(1, sizeof(*fresh));
	if (!fresh)
		return NULL;
	fresh->id = id;
	fresh->device = device;
	if (!tsearch(fresh, &holdings->tree, compare)) {
		free(fresh);
		return NULL;
	}
	holdings->count++;
	return fresh;
}

void holdings_add(struct holdings *holdings, int32_t device, uint64_t id, uint32_t type)
{
	struct holding *found = find(holdings, device, id);

	if (type >= TYPES) /* libtta refuses it */
		return;
	if (!found)
		found = add_new(holdings, device, id);
	if (!found) {
		holdings->forgotten++;
		return;
	}
	found->last = type;
	found->owners[type]++;
}

static bool is_empty(const struct holding *holding)
{
	for (uint32_t type = 0; type < TYPES; type++)
		if (holding->owners[type])
			return false;
	return true;
}

uint32_t holdings_take(struct holdings *holdings, int32_t device, uint64_t id,
		       uint32_t otherwise)
{
	struct holding *found = find(holdings, device, id);
	uint32_t type;

	if (!found)
		return otherwise;
	for (type = found->last; !found->owners[type];)
		type = (type + 1) % TYPES;
	found->owners[type]--;
	if (is_empty(found)) {
		tdelete(found, &holdings->tree, compare);
		free(found);
		holdings->count--;
	}
	return type;
}
