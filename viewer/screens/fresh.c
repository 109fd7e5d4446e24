/* SPDX-License-Identifier: BSD-2-Clause */
#include "fresh.h"

#include <stdlib.h>

static void set_clear(struct fresh_set *set)
{
	free(set->rows);
	*set = (struct fresh_set){0};
}

void fresh_fini(struct fresh *fresh)
{
	set_clear(&fresh->before);
	set_clear(&fresh->now);
}

void fresh_next(struct fresh *fresh)
{
	set_clear(&fresh->before);
	fresh->before = fresh->now;
	fresh->now = (struct fresh_set){0};
}

static int compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
	return (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15) ^ hash >> 29;
}

static uint64_t row_hash(const struct row_id *id)
{
	uint64_t hash = mix(id->segment, id->device);

	return mix(mix(mix(hash, id->type), id->address), id->serial);
}

static void set_make(struct fresh_set *set, const struct row_list *list)
{
	set->rows = calloc(list->count + 1, sizeof(*set->rows));
	if (!set->rows)
		return;
	for (size_t i = 0; i < list->count; i++)
		set->rows[i] = row_hash(&list->rows[i].id);
	set->count = list->count;
	qsort(set->rows, set->count, sizeof(*set->rows), compare);
}

void fresh_mark(struct fresh *fresh, uint64_t context, struct row_list *list)
{
	if (context != fresh->context)
		fresh_fini(fresh);
	fresh->context = context;
	if (!fresh->now.rows)
		set_make(&fresh->now, list);
	for (size_t i = 0; fresh->before.rows && i < list->count; i++) {
		uint64_t hash = row_hash(&list->rows[i].id);

		list->rows[i].fresh =
			!bsearch(&hash, fresh->before.rows, fresh->before.count,
				 sizeof(hash), compare);
	}
}
