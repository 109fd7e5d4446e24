/* SPDX-License-Identifier: BSD-2-Clause */
#include "merge.h"

#include <stdlib.h>
#include <string.h>

#include "format.h"

#define DEVICES_MAX 64

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* 0: they differ in nothing but the device. */
static int compare_buffers(const struct snap_buffer *a, const struct snap_buffer *b)
{
	int order = compare_numbers(a->segment, b->segment);

	if (!order)
		order = compare_numbers(a->addr, b->addr);
	if (!order)
		order = compare_numbers(a->size, b->size);
	if (!order)
		order = compare_numbers(a->flags, b->flags);
	if (!order)
		order = strcmp(a->type, b->type);
	return order ? order : strcmp(a->label, b->label);
}

static int compare_rows(const void *left, const void *right, void *argument)
{
	const struct snapshot *snapshot = argument;
	const struct row *a = left, *b = right;
	int order = compare_buffers(&snapshot->buffers[a->index],
				    &snapshot->buffers[b->index]);

	return order ? order : compare_numbers(a->order, b->order);
}

static uint64_t device_bit(const struct snapshot *snapshot, const struct row *row)
{
	uint32_t device = snapshot->buffers[row->index].device;

	return device < DEVICES_MAX ? UINT64_C(1) << device : 0;
}

void merge_buffers(const struct snapshot *snapshot, struct row_list *list)
{
	size_t kept = 0;

	if (list->count < 2)
		return;
	qsort_r(list->rows, list->count, sizeof(*list->rows), compare_rows,
		(void *)(uintptr_t)snapshot);
	for (size_t i = 0; i < list->count; i++) {
		struct row row = list->rows[i], *last = &list->rows[kept ? kept - 1 : 0];
		uint64_t bit = device_bit(snapshot, &row);

		if (kept && bit && last->devices && !(last->devices & bit) &&
		    compare_buffers(&snapshot->buffers[last->index],
				    &snapshot->buffers[row.index]) == 0) {
			last->devices |= bit;
			last->id.device = last->id.serial = 0; /* whichever came first */
			continue;
		}
		row.devices = bit;
		list->rows[kept++] = row;
	}
	list->count = kept;
}

uint64_t merge_count(const struct row *row)
{
	int count = __builtin_popcountll(row->devices);

	return count ? (uint64_t)count : 1;
}

static int compare_devices(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return a < b ? -1 : a > b;
}

void merge_devices(const struct snapshot *snapshot, const struct row *row, char *text,
		   size_t room)
{
	uint32_t numbers[DEVICES_MAX];
	size_t count = 0;

	for (uint32_t i = 0; i < DEVICES_MAX; i++)
		if (row->devices >> i & 1)
			numbers[count++] = snapshot->devices[i].number;
	qsort(numbers, count, sizeof(*numbers), compare_devices);
	format_ranges(text, room, numbers, count);
}
