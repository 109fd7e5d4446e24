/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Both sides become lists of the same records, which are sorted together; neighbours of
 * one key are the two sides of one row.
 */
#include "delta.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "match.h"

/* What one side says of (segment, device, type). */
struct entry {
	const struct snap_process *process;
	const struct snap_device *device;
	const struct snap_memory *memory;
	bool now;
};

static int compare_places(const struct entry *a, const struct entry *b)
{
	int order = match_compare_devices(a->device, b->device);

	return order ? order : snap_type_compare(a->memory->type, b->memory->type);
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;
	int order = compare_places(left, right);

	if (order == 0 && left->process->pid != right->process->pid)
		order = left->process->pid < right->process->pid ? -1 : 1;
	if (order == 0 && left->process->segment != right->process->segment)
		order = left->process->segment < right->process->segment ? -1 : 1;
	return order ? order : left->now - right->now;
}

static size_t entry_room(const struct snapshot *snapshot)
{
	size_t room = 0;

	for (size_t i = 0; i < snapshot->process_count; i++)
		room += snapshot->processes[i].memory_count;
	return room;
}

static size_t add_entries(const struct snapshot *snapshot, bool now,
			  struct entry *entries)
{
	size_t count = 0;

	for (size_t i = 0; i < snapshot->process_count; i++) {
		const struct snap_process *process = &snapshot->processes[i];

		for (size_t j = 0; j < process->memory_count; j++)
			entries[count++] = (struct entry){
				.process = process,
				.device = &snapshot->devices[process->memory[j].device],
				.memory = &process->memory[j],
				.now = now,
			};
	}
	return count;
}

static const struct snap_process *find_segment(const struct snapshot *snapshot,
					       uint64_t segment)
{
	for (size_t i = 0; i < snapshot->process_count; i++)
		if (snapshot->processes[i].segment == segment)
			return &snapshot->processes[i];
	return NULL;
}

struct delta_measure delta_measure_of(uint64_t base, uint64_t now)
{
	struct delta_measure m = {.base = base, .now = now};

	m.known = base != SNAP_UNKNOWN && now != SNAP_UNKNOWN;
	if (m.known)
		m.change = (int64_t)(now - base);
	return m;
}

bool delta_measure_differs(const struct delta_measure *m)
{
	return m->known ? m->change != 0 : m->base != m->now;
}

static bool row_differs(const struct delta_row *row)
{
	return delta_measure_differs(&row->bytes) ||
	       delta_measure_differs(&row->buffers) || delta_measure_differs(&row->refs);
}

/* Either side may be NULL: it holds nothing of this. */
static struct delta_row make_row(const struct delta *delta, const struct entry *base,
				 const struct entry *now)
{
	static const struct snap_memory nothing;
	const struct entry *any = now ? now : base;
	const struct snap_memory *before = base ? base->memory : &nothing;
	const struct snap_memory *after = now ? now->memory : &nothing;
	const struct snap_process *process =
		find_segment(delta->now, any->process->segment);

	return (struct delta_row){
		.segment = any->process->segment,
		.pid = any->process->pid,
		.comm = any->process->comm,
		.state = process ? process->state : any->process->state,
		.is_new = !base && !find_segment(delta->base, any->process->segment),
		.is_gone = !process,
		.device_kind = any->device->kind,
		.device_uid = any->device->uid,
		.device_number = any->device->number,
		.type = any->memory->type,
		.bytes = delta_measure_of(before->used, after->used),
		.buffers = delta_measure_of(before->buffers, after->buffers),
		.refs = delta_measure_of(before->refs, after->refs),
	};
}

void delta_measure_add(struct delta_measure *sum, const struct delta_measure *m)
{
	*sum = delta_measure_of(snap_sum(sum->base, m->base), snap_sum(sum->now, m->now));
}

static bool total_differs(const struct delta_total *total)
{
	return delta_measure_differs(&total->bytes) ||
	       delta_measure_differs(&total->buffers) ||
	       delta_measure_differs(&total->refs);
}

static bool same_place(const struct delta_total *total, const struct delta_row *row)
{
	return total->device_number == row->device_number &&
	       strcmp(total->device_kind, row->device_kind) == 0 &&
	       strcmp(total->device_uid, row->device_uid) == 0 &&
	       strcmp(total->type, row->type) == 0;
}

static void add_to_totals(struct delta *delta, const struct delta_row *row)
{
	struct delta_total *last =
		delta->total_count ? &delta->totals[delta->total_count - 1] : NULL;

	if (!last || !same_place(last, row)) {
		last = &delta->totals[delta->total_count++];
		*last = (struct delta_total){
			.device_kind = row->device_kind,
			.device_uid = row->device_uid,
			.device_number = row->device_number,
			.type = row->type,
			.bytes.known = true,
			.buffers.known = true,
			.refs.known = true,
		};
	}
	delta_measure_add(&last->bytes, &row->bytes);
	delta_measure_add(&last->buffers, &row->buffers);
	delta_measure_add(&last->refs, &row->refs);
	delta_measure_add(&delta->bytes, &row->bytes);
	delta_measure_add(&delta->buffers, &row->buffers);
	delta_measure_add(&delta->refs, &row->refs);
}

static void keep_differing_totals(struct delta *delta)
{
	size_t kept = 0;

	for (size_t i = 0; i < delta->total_count; i++)
		if (total_differs(&delta->totals[i]))
			delta->totals[kept++] = delta->totals[i];
	delta->total_count = kept;
}

static bool is_pair(const struct entry *a, const struct entry *b)
{
	return compare_places(a, b) == 0 && a->process->segment == b->process->segment &&
	       !a->now && b->now;
}

static void fill(struct delta *delta, const struct entry *entries, size_t count, bool all)
{
	for (size_t i = 0; i < count; i++) {
		bool pair = i + 1 < count && is_pair(&entries[i], &entries[i + 1]);
		const struct entry *base = entries[i].now ? NULL : &entries[i];
		const struct entry *now = pair ? &entries[i + 1] : &entries[i];
		struct delta_row row = make_row(delta, base, now->now ? now : NULL);

		i += pair;
		add_to_totals(delta, &row);
		delta->different = delta->different || row_differs(&row);
		if (all || row_differs(&row))
			delta->rows[delta->row_count++] = row;
	}
	if (!all)
		keep_differing_totals(delta);
}

int delta_compute(const struct snapshot *base, const struct snapshot *now, bool all,
		  struct delta **ret_delta)
{
	size_t room = entry_room(base) + entry_room(now) + 1;
	struct entry *entries = calloc(room, sizeof(*entries));
	struct delta *delta = calloc(1, sizeof(*delta));
	size_t count;

	if (delta) {
		delta->rows = calloc(room, sizeof(*delta->rows));
		delta->totals = calloc(room, sizeof(*delta->totals));
	}
	if (!entries || !delta || !delta->rows || !delta->totals) {
		free(entries);
		delta_free(delta);
		return -ENOMEM;
	}
	delta->base = base;
	delta->now = now;
	delta->bytes.known = delta->buffers.known = delta->refs.known = true;
	count = add_entries(base, false, entries);
	count += add_entries(now, true, &entries[count]);
	qsort(entries, count, sizeof(*entries), compare_entries);
	fill(delta, entries, count, all);
	free(entries);
	*ret_delta = delta;
	return 0;
}

void delta_free(struct delta *delta)
{
	if (!delta)
		return;
	free(delta->rows);
	free(delta->totals);
	free(delta);
}

int64_t delta_process_bytes(const struct snapshot *base,
			    const struct snap_process *process, bool *ret_known)
{
	const struct snap_process *before = find_segment(base, process->segment);
	uint64_t then = 0, now = 0;
	struct delta_measure m;

	for (size_t i = 0; before && i < before->memory_count; i++)
		then = snap_sum(then, before->memory[i].used);
	for (size_t i = 0; i < process->memory_count; i++)
		now = snap_sum(now, process->memory[i].used);
	m = delta_measure_of(then, now);
	*ret_known = m.known;
	return m.change;
}

/* The first buffer of @base that is not before (device, pid, address). */
static size_t lower_bound(const struct snapshot *base, uint32_t device, uint32_t pid,
			  uint64_t addr)
{
	size_t low = 0, high = base->buffer_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct snap_buffer *b = &base->buffers[middle];
		bool before = b->device != device ? b->device < device
			      : b->pid != pid	  ? b->pid < pid
						  : b->addr < addr;

		if (before)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool delta_buffer_is_new(const struct snapshot *base, const struct snap_buffer *buffer)
{
	if (!base->has_buffers)
		return false; /* nobody knows */
	/* the device may have another index there: (segment, serial) decides */
	for (uint32_t device = 0; device < base->device_count; device++) {
		size_t i = lower_bound(base, device, buffer->pid, buffer->addr);

		for (; i < base->buffer_count; i++) {
			const struct snap_buffer *b = &base->buffers[i];

			if (b->device != device || b->addr != buffer->addr)
				break;
			if (b->segment == buffer->segment && b->serial == buffer->serial)
				return false;
		}
	}
	return true;
}
