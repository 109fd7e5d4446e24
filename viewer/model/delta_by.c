/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Both sides become lists of the same facts, which are sorted together by what is asked
 * for; a run of equal ones is a row.
 */
#include "delta_by.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What one side says of a memory row or a buffer. */
struct fact {
	bool now;
	const struct snapshot *snapshot;
	const struct snap_process *process;
	const struct snap_device *device;
	const struct snap_buffer *buffer; /* NULL: a memory row */
	const char *type;
	uint64_t bytes, buffers, refs;
	uint32_t ordinal;
	const struct snap_buffer *member; /* of the row; counts nothing by itself */
};

struct facts {
	struct fact *list;
	size_t count;
};

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_processes(const struct fact *a, const struct fact *b,
			     const struct delta_query *query)
{
	int order;

	if (query->match == MATCH_CLASS)
		return strcmp(a->process->comm, b->process->comm);
	order = compare_numbers(a->process->pid, b->process->pid);
	return order ? order : compare_numbers(a->process->segment, b->process->segment);
}

static int compare_buffers(const struct fact *a, const struct fact *b,
			   const struct delta_query *query)
{
	int order;

	if (query->match == MATCH_CLASS) {
		order = match_compare_classes(a->snapshot, a->buffer, b->snapshot,
					      b->buffer);
		return order ? order : compare_numbers(a->ordinal, b->ordinal);
	}
	order = compare_numbers(a->buffer->addr, b->buffer->addr);
	if (order == 0)
		order = compare_numbers(a->buffer->segment, b->buffer->segment);
	return order ? order : compare_numbers(a->buffer->serial, b->buffer->serial);
}

static int compare_key(const struct fact *a, const struct fact *b,
		       const struct delta_query *query, enum delta_key key)
{
	switch (key) {
	case DELTA_DEV:
		return match_compare_devices(a->device, b->device);
	case DELTA_TYPE:
		return snap_type_compare(a->type, b->type);
	case DELTA_LABEL:
		return strcmp(a->buffer->label, b->buffer->label);
	case DELTA_SIZE:
		return compare_numbers(a->buffer->size, b->buffer->size);
	case DELTA_USER:
		return strcmp(a->process->user, b->process->user);
	case DELTA_PROC:
		return compare_processes(a, b, query);
	case DELTA_ADDR:
		return compare_buffers(a, b, query);
	}
	return 0;
}

static int compare_keys(const struct fact *a, const struct fact *b,
			const struct delta_query *query)
{
	static const enum delta_key keys[] = {DELTA_DEV,  DELTA_TYPE, DELTA_LABEL,
					      DELTA_SIZE, DELTA_USER, DELTA_PROC,
					      DELTA_ADDR};
	int order = 0;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && order == 0; i++)
		if (query->by & keys[i])
			order = compare_key(a, b, query, keys[i]);
	return order;
}

static int compare_facts(const void *a, const void *b, void *query)
{
	const struct fact *left = a, *right = b;
	int order = compare_keys(left, right, query);

	return order ? order : left->now - right->now;
}

static int add_buffers(const struct snapshot *snapshot, bool now,
		       const struct delta_query *query, struct facts *facts)
{
	uint32_t *ordinals = NULL;

	if (query->match == MATCH_CLASS && match_ordinals(snapshot, &ordinals))
		return -ENOMEM;
	for (size_t i = 0; i < snapshot->buffer_count; i++) {
		const struct snap_buffer *buffer = &snapshot->buffers[i];

		facts->list[facts->count++] = (struct fact){
			.now = now,
			.snapshot = snapshot,
			.process = &snapshot->processes[buffer->process],
			.device = &snapshot->devices[buffer->device],
			.buffer = buffer,
			.type = buffer->type,
			.bytes = buffer->size,
			.buffers = 1,
			.refs = buffer->refs,
			.ordinal = ordinals ? ordinals[i] : 0,
			.member = now && query->members ? buffer : NULL,
		};
	}
	free(ordinals);
	return 0;
}

static void add_memory(const struct snapshot *snapshot, bool now,
		       const struct snap_process *process, struct facts *facts)
{
	for (size_t i = 0; i < process->memory_count; i++) {
		const struct snap_memory *memory = &process->memory[i];

		facts->list[facts->count++] = (struct fact){
			.now = now,
			.snapshot = snapshot,
			.process = process,
			.device = &snapshot->devices[memory->device],
			.type = memory->type,
			.bytes = memory->used,
			.buffers = memory->buffers,
			.refs = memory->refs,
		};
	}
}

/* What is booked already: only which buffers they are. */
static void add_members(const struct snapshot *now, struct facts *facts)
{
	for (size_t i = 0; i < now->buffer_count; i++) {
		const struct snap_buffer *buffer = &now->buffers[i];

		facts->list[facts->count++] = (struct fact){
			.now = true,
			.snapshot = now,
			.process = &now->processes[buffer->process],
			.device = &now->devices[buffer->device],
			.type = buffer->type,
			.member = buffer,
		};
	}
}

static size_t fact_room(const struct snapshot *snapshot)
{
	size_t room = snapshot->buffer_count;

	for (size_t i = 0; i < snapshot->process_count; i++)
		room += snapshot->processes[i].memory_count;
	return room;
}

static int add_facts(const struct snapshot *snapshot, bool now,
		     const struct delta_query *query, struct facts *facts)
{
	if (query->by & DELTA_KEYS_BUFFER)
		return add_buffers(snapshot, now, query, facts);
	for (size_t i = 0; i < snapshot->process_count; i++)
		add_memory(snapshot, now, &snapshot->processes[i], facts);
	if (now && query->members)
		add_members(snapshot, facts);
	return 0;
}

/* The same process, or one of the same name, on the other side. */
static const struct snap_process *find_process(const struct snapshot *snapshot,
					       const struct snap_process *like,
					       const struct delta_query *query)
{
	for (size_t i = 0; i < snapshot->process_count; i++) {
		const struct snap_process *process = &snapshot->processes[i];

		if (process->unpublished)
			continue;
		if (query->match == MATCH_CLASS ? strcmp(process->comm, like->comm) == 0
						: process->segment == like->segment)
			return process;
	}
	return NULL;
}

static bool differs(const struct delta_by_row *row)
{
	return delta_measure_differs(&row->bytes) ||
	       delta_measure_differs(&row->buffers) || delta_measure_differs(&row->refs);
}

/* The first measure that moved tells the direction. */
static enum delta_change change_of(const struct delta_by_row *row)
{
	const struct delta_measure *measures[] = {&row->bytes, &row->buffers, &row->refs};

	if (!differs(row))
		return DELTA_SAME;
	for (size_t i = 0; i < 3; i++) {
		if (!measures[i]->known)
			return DELTA_CHANGED;
		if (measures[i]->change)
			return measures[i]->change > 0 ? DELTA_GROWN : DELTA_SHRUNK;
	}
	return DELTA_CHANGED;
}

static void describe(struct delta_by_row *row, const struct snapshot *base,
		     const struct snapshot *now, const struct delta_query *query,
		     const bool sides[2])
{
	const struct snap_process *process = find_process(now, row->process, query);

	row->is_new = !sides[0];
	row->is_gone = !sides[1];
	if (query->by & DELTA_PROC) {
		row->is_new = !sides[0] && !find_process(base, row->process, query);
		row->is_gone = !process;
		if (process)
			row->process = process; /* as it is now */
	}
	if (!sides[0] && differs(row))
		row->change = DELTA_NEW;
	else if (!sides[1] && differs(row))
		row->change = DELTA_GONE;
	else
		row->change = change_of(row);
}

static void make_row(const struct facts *facts, size_t begin, size_t end,
		     struct delta_by_row *row, bool sides[2])
{
	const struct fact *any = &facts->list[end - 1]; /* now, when it is there */
	struct {
		uint64_t bytes, buffers, refs;
	} sums[2] = {{0}, {0}};

	for (size_t i = begin; i < end; i++) {
		const struct fact *fact = &facts->list[i];

		sides[fact->now] = true;
		sums[fact->now].bytes = snap_sum(sums[fact->now].bytes, fact->bytes);
		sums[fact->now].buffers =
			snap_sum(sums[fact->now].buffers, fact->buffers);
		sums[fact->now].refs = snap_sum(sums[fact->now].refs, fact->refs);
	}
	*row = (struct delta_by_row){
		.process = any->process,
		.device = any->device,
		.buffer = any->buffer,
		.type = any->type,
		.bytes = delta_measure_of(sums[0].bytes, sums[1].bytes),
		.buffers = delta_measure_of(sums[0].buffers, sums[1].buffers),
		.refs = delta_measure_of(sums[0].refs, sums[1].refs),
		.first = DELTA_NO_BUFFER,
		.last = DELTA_NO_BUFFER,
	};
}

/* A list of the row's buffers, which a merge can put behind another. */
static void list_members(struct delta_by *delta, const struct facts *facts, size_t begin,
			 size_t end, struct delta_by_row *row)
{
	for (size_t i = begin; delta->next && i < end; i++) {
		uint32_t index;

		if (!facts->list[i].member)
			continue;
		index = (uint32_t)(facts->list[i].member -
				   facts->list[i].snapshot->buffers);
		if (row->first == DELTA_NO_BUFFER)
			row->first = index;
		else
			delta->next[row->last] = index;
		row->last = index;
		delta->next[index] = DELTA_NO_BUFFER;
	}
}

static void make_rows(struct delta_by *delta, const struct facts *facts,
		      const struct snapshot *base, const struct snapshot *now,
		      const struct delta_query *query)
{
	size_t end;

	for (size_t begin = 0; begin < facts->count; begin = end) {
		struct delta_by_row *row = &delta->rows[delta->row_count];
		bool sides[2] = {false, false};

		for (end = begin + 1; end < facts->count; end++)
			if (compare_keys(&facts->list[begin], &facts->list[end], query))
				break;
		make_row(facts, begin, end, row, sides);
		list_members(delta, facts, begin, end, row);
		describe(row, base, now, query, sides);
		row->order = delta->row_count;
		row->devices = &delta->numbers[delta->row_count];
		row->devices[0] = row->device->number;
		row->device_count = 1;
		delta->row_count++;
	}
}

static bool is_listed(const struct delta_by_row *row, const struct delta_query *query)
{
	uint64_t change = row->bytes.change < 0 ? -(uint64_t)row->bytes.change
						: (uint64_t)row->bytes.change;

	return row->change & query->only && (!row->bytes.known || change >= query->min);
}

static void choose_rows(struct delta_by *delta, const struct delta_query *query)
{
	size_t kept = 0;

	for (size_t i = 0; i < delta->row_count; i++) {
		if (!is_listed(&delta->rows[i], query))
			continue;
		if (delta->rows[i].change != DELTA_SAME)
			delta->different = true;
		delta->rows[kept++] = delta->rows[i];
	}
	delta->row_count = kept;
}

static int compute(struct delta_by *delta, const struct snapshot *base,
		   const struct snapshot *now, const struct delta_query *query)
{
	size_t room = fact_room(base) + fact_room(now) + 1;
	struct facts facts = {calloc(room, sizeof(*facts.list)), 0};
	int err = facts.list ? 0 : -ENOMEM;

	delta->rows = calloc(room, sizeof(*delta->rows));
	delta->numbers = calloc(room, sizeof(*delta->numbers));
	if (query->members)
		delta->next = calloc(now->buffer_count + 1, sizeof(*delta->next));
	if (!delta->rows || !delta->numbers || (query->members && !delta->next))
		err = -ENOMEM;
	if (!err)
		err = add_facts(base, false, query, &facts);
	if (!err)
		err = add_facts(now, true, query, &facts);
	if (!err && facts.count > 1)
		qsort_r(facts.list, facts.count, sizeof(*facts.list), compare_facts,
			(void *)(uintptr_t)query);
	if (!err)
		make_rows(delta, &facts, base, now, query);
	free(facts.list);
	return err;
}

int delta_by_compute(const struct snapshot *base, const struct snapshot *now,
		     const struct delta_query *query, struct delta_by **ret_delta)
{
	struct delta_by *delta = calloc(1, sizeof(*delta));
	int err = delta ? compute(delta, base, now, query) : -ENOMEM;

	if (err) {
		delta_by_free(delta);
		return err;
	}
	if (query->devices_merged && query->by & DELTA_DEV)
		delta_by_merge(delta, query);
	choose_rows(delta, query);
	*ret_delta = delta;
	return 0;
}

void delta_by_free(struct delta_by *delta)
{
	if (!delta)
		return;
	free(delta->rows);
	free(delta->numbers);
	free(delta->next);
	free(delta);
}
