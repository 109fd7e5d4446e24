/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows that say the same of several devices become one. */
#include <stdlib.h>
#include <string.h>

#include "delta_by.h"

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_measures(const struct delta_measure *a, const struct delta_measure *b)
{
	int order = compare_numbers(a->base, b->base);

	return order ? order : compare_numbers(a->now, b->now);
}

static int compare_processes(const struct delta_by_row *a, const struct delta_by_row *b,
			     const struct delta_query *query)
{
	int order = 0;

	if (query->by & DELTA_USER)
		order = strcmp(a->process->user, b->process->user);
	if (order || !(query->by & DELTA_PROC))
		return order;
	return query->match == MATCH_CLASS
		       ? strcmp(a->process->comm, b->process->comm)
		       : compare_numbers(a->process->segment, b->process->segment);
}

static int compare_buffers(const struct delta_by_row *a, const struct delta_by_row *b,
			   const struct delta_query *query)
{
	int order = 0;

	if (query->by & DELTA_LABEL)
		order = strcmp(a->buffer->label, b->buffer->label);
	if (order == 0 && query->by & DELTA_SIZE)
		order = compare_numbers(a->buffer->size, b->buffer->size);
	if (order == 0 && query->by & DELTA_ADDR)
		order = compare_numbers(a->buffer->addr, b->buffer->addr);
	return order;
}

/* Everything but the device. */
static int compare_alike(const struct delta_by_row *a, const struct delta_by_row *b,
			 const struct delta_query *query)
{
	int order = strcmp(a->device->kind, b->device->kind);

	if (order == 0 && query->by & DELTA_TYPE)
		order = snap_type_compare(a->type, b->type);
	if (order == 0)
		order = compare_processes(a, b, query);
	if (order == 0)
		order = compare_buffers(a, b, query);
	if (order == 0)
		order = compare_numbers(a->change, b->change);
	if (order == 0)
		order = compare_measures(&a->bytes, &b->bytes);
	if (order == 0)
		order = compare_measures(&a->buffers, &b->buffers);
	return order ? order : compare_measures(&a->refs, &b->refs);
}

static int compare_rows(const void *a, const void *b, void *query)
{
	const struct delta_by_row *left = a, *right = b;
	int order = compare_alike(left, right, query);

	if (order == 0)
		order = compare_numbers(left->device->number, right->device->number);
	return order ? order : compare_numbers(left->order, right->order);
}

static int compare_order(const void *a, const void *b)
{
	const struct delta_by_row *left = a, *right = b;

	return compare_numbers(left->order, right->order);
}

static void add_members(struct delta_by *delta, struct delta_by_row *to,
			const struct delta_by_row *row)
{
	if (row->first == DELTA_NO_BUFFER)
		return;
	if (to->first == DELTA_NO_BUFFER)
		to->first = row->first;
	else
		delta->next[to->last] = row->first;
	to->last = row->last;
}

static void add_row(struct delta_by *delta, struct delta_by_row *to,
		    const struct delta_by_row *row)
{
	add_members(delta, to, row);
	to->devices[to->device_count++] = row->device->number;
	delta_measure_add(&to->bytes, &row->bytes);
	delta_measure_add(&to->buffers, &row->buffers);
	delta_measure_add(&to->refs, &row->refs);
	if (row->order < to->order)
		to->order = row->order;
}

/* @begin to @end are alike, sorted by device; the numbers go where the rows were. */
static struct delta_by_row merge(struct delta_by *delta, size_t begin, size_t end)
{
	struct delta_by_row row = delta->rows[begin];

	row.devices = &delta->numbers[begin];
	row.devices[0] = row.device->number;
	for (size_t i = begin + 1; i < end; i++)
		add_row(delta, &row, &delta->rows[i]);
	return row;
}

void delta_by_merge(struct delta_by *delta, const struct delta_query *query)
{
	size_t merged = 0, end;

	if (delta->row_count < 2)
		return;
	qsort_r(delta->rows, delta->row_count, sizeof(*delta->rows), compare_rows,
		(void *)(uintptr_t)query);
	for (size_t begin = 0; begin < delta->row_count; begin = end) {
		for (end = begin + 1; end < delta->row_count; end++)
			if (compare_alike(&delta->rows[begin], &delta->rows[end], query))
				break;
		delta->rows[merged++] = merge(delta, begin, end);
	}
	delta->row_count = merged;
	qsort(delta->rows, merged, sizeof(*delta->rows), compare_order);
}
