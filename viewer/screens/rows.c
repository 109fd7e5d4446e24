/* SPDX-License-Identifier: BSD-2-Clause */
#include "rows.h"

#include <stdlib.h>
#include <string.h>

void rows_fini(struct row_list *list)
{
	free(list->rows);
	*list = (struct row_list){0};
}

struct row *rows_add(struct row_list *list)
{
	struct row *row;

	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : 64;

		row = reallocarray(list->rows, room, sizeof(*row));
		if (!row)
			return NULL;
		list->rows = row;
		list->room = room;
	}
	row = &list->rows[list->count];
	*row = (struct row){.order = (uint32_t)list->count};
	list->count++;
	return row;
}

static int compare_keys(const struct row *a, const struct row *b)
{
	if (a->text && b->text)
		return strcmp(a->text, b->text);
	return a->number < b->number ? -1 : a->number > b->number;
}

static int compare(const void *left, const void *right, void *argument)
{
	const struct row *a = left, *b = right;
	bool falling = *(const bool *)argument;
	bool a_unknown = !a->text && a->number == SNAP_UNKNOWN;
	bool b_unknown = !b->text && b->number == SNAP_UNKNOWN;
	int order = compare_keys(a, b);

	if (a_unknown != b_unknown)
		return a_unknown ? 1 : -1;
	if (order)
		return falling ? -order : order;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* Rows of a stream are: that is found out faster than they are sorted. */
static bool is_sorted(const struct row_list *list, bool falling)
{
	for (size_t i = 1; i < list->count; i++)
		if (compare(&list->rows[i - 1], &list->rows[i], &falling) > 0)
			return false;
	return true;
}

void rows_sort(struct row_list *list, bool falling)
{
	if (!is_sorted(list, falling))
		qsort_r(list->rows, list->count, sizeof(*list->rows), compare, &falling);
}

bool row_id_same(const struct row_id *a, const struct row_id *b)
{
	return a->segment == b->segment && a->device == b->device && a->type == b->type &&
	       a->address == b->address && a->serial == b->serial;
}

size_t rows_find(const struct row_list *list, const struct row_id *id)
{
	for (size_t i = 0; i < list->count; i++)
		if (row_id_same(&list->rows[i].id, id))
			return i;
	return list->count;
}

/* FNV-1a */
static uint64_t hash_bytes(uint64_t hash, const void *data, size_t size)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
	return hash;
}

uint64_t row_text_key(const char *text)
{
	return hash_bytes(UINT64_C(0xcbf29ce484222325), text, strlen(text) + 1);
}

uint64_t row_device_key(const struct snap_device *device)
{
	uint64_t hash = row_text_key(device->kind);

	if (*device->uid)
		return hash_bytes(hash, device->uid, strlen(device->uid));
	return hash_bytes(hash, &device->number, sizeof(device->number));
}

uint64_t row_signed(int64_t value)
{
	return (uint64_t)value ^ UINT64_C(1) << 63;
}

int64_t row_change(uint64_t key)
{
	return (int64_t)(key ^ UINT64_C(1) << 63);
}
