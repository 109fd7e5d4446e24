/* SPDX-License-Identifier: BSD-2-Clause */
/* A snapshot reduced to a selection. Strings stay where they are, in the old arena. */
#include <errno.h>
#include <string.h>

#include "arena.h"
#include "select.h"
#include "snapshot_unpublished.h"

#define DROPPED UINT32_MAX

/* The kept buffers of one memory row. */
struct chosen {
	uint64_t count, bytes, refs, allocs, frees;
};

struct reduction {
	const struct selection *selection;
	const struct snapshot *from;
	struct snapshot *to;
	struct arena *scratch;	/* gone when all is reduced */
	bool every;		/* nothing is asked of buffers: */
	bool *buffers;		/* else, is it kept? */
	struct chosen **chosen; /* per process and memory row: of what is kept */
	uint32_t *processes;	/* new index, or DROPPED */
	uint32_t *devices;
	bool *partial; /* per device: buffers of it were left out */
};

/* Of the processes and devices that are left. */
static bool takes_every_buffer(const struct selection *selection)
{
	return selection->type_count == 0 && !selection->filter;
}

static int reduction_init(struct reduction *r)
{
	struct arena *arena = r->scratch;

	r->every = takes_every_buffer(r->selection);
	r->buffers = arena_array(arena, r->from->buffer_count, sizeof(*r->buffers));
	r->chosen = arena_array(arena, r->from->process_count, sizeof(*r->chosen));
	r->processes = arena_array(arena, r->from->process_count, sizeof(*r->processes));
	r->devices = arena_array(arena, r->from->device_count, sizeof(*r->devices));
	r->partial = arena_array(arena, r->from->device_count, sizeof(*r->partial));
	if (arena_failed(arena))
		return -ENOMEM;
	arena = r->to->arena;
	r->to->processes =
		arena_array(arena, r->from->process_count, sizeof(*r->to->processes));
	r->to->devices =
		arena_array(arena, r->from->device_count, sizeof(*r->to->devices));
	r->to->marks = arena_array(arena, r->from->mark_count, sizeof(*r->to->marks));
	return arena_failed(arena) ? -ENOMEM : 0;
}

static bool has_place(const struct reduction *r, uint32_t device, const char *type)
{
	const struct snap_device *of = &r->from->devices[device];

	return selection_has_device(r->selection, of) &&
	       selection_has_type(r->selection, type) &&
	       filter_allows_place(r->selection->filter, of, type);
}

static void choose(struct chosen *chosen, const struct snap_buffer *buffer)
{
	chosen->count++;
	chosen->bytes = snap_sum(chosen->bytes, buffer->size);
	chosen->refs = snap_sum(chosen->refs, buffer->refs);
	chosen->allocs = snap_sum(chosen->allocs, buffer->allocs);
	chosen->frees = snap_sum(chosen->frees, buffer->frees);
}

static struct chosen *row_of(struct reduction *r, const struct snap_buffer *buffer)
{
	const struct snap_process *process = &r->from->processes[buffer->process];

	for (size_t i = 0; i < process->memory_count; i++)
		if (process->memory[i].device == buffer->device &&
		    strcmp(process->memory[i].type, buffer->type) == 0)
			return &r->chosen[buffer->process][i];
	return NULL;
}

static int find_buffers(struct reduction *r)
{
	size_t count = r->from->process_count;
	const char **texts = arena_array(r->scratch, count, sizeof(*texts));
	char text[SELECTION_TEXT_SIZE];

	for (size_t i = 0; texts && i < count; i++) {
		const struct snap_process *process = &r->from->processes[i];

		r->chosen[i] = arena_array(r->scratch, process->memory_count,
					   sizeof(**r->chosen));
		texts[i] =
			arena_string(r->scratch, selection_process_text(process, text));
	}
	if (arena_failed(r->scratch))
		return -ENOMEM;
	for (size_t i = 0; !r->every && i < r->from->buffer_count; i++) {
		const struct snap_buffer *buffer = &r->from->buffers[i];
		struct chosen *chosen;

		r->buffers[i] = selection_has_buffer(r->selection, r->from, buffer,
						     texts[buffer->process]);
		/* without an expression rows are taken whole */
		chosen = r->buffers[i] && r->selection->filter ? row_of(r, buffer) : NULL;
		if (chosen)
			choose(chosen, buffer);
	}
	return 0;
}

/* Everything the process holds there is selected, whatever it consists of. */
static bool takes_whole_row(const struct reduction *r, const struct snap_process *process,
			    const struct snap_memory *memory)
{
	char text[SELECTION_TEXT_SIZE];
	struct filter_row row = {
		.process = process,
		.device = &r->from->devices[memory->device],
		.type = memory->type,
	};

	if (!r->selection->filter)
		return true;
	row.text = selection_process_text(process, text);
	return filter_matches_itself(r->selection->filter, &row);
}

/* The sums of some buffers; nobody knows when there were most of them. */
static void take_chosen(struct snap_memory *row, const struct chosen *chosen)
{
	row->used = chosen->bytes;
	row->buffers = chosen->count;
	row->refs = chosen->refs;
	row->allocs = chosen->allocs;
	row->frees = chosen->frees;
	row->peak = SNAP_UNKNOWN;
}

static void reduce_row(struct reduction *r, size_t index, const struct snap_memory *from,
		       struct snap_process *to)
{
	const struct snap_process *process = &r->from->processes[index];
	const struct chosen *chosen = &r->chosen[index][from - process->memory];
	bool whole = takes_whole_row(r, process, from);

	if (!has_place(r, from->device, from->type) || (!whole && chosen->count == 0))
		return;
	to->memory[to->memory_count] = *from;
	if (!whole)
		take_chosen(&to->memory[to->memory_count], chosen);
	to->memory_count++;
}

/* The process with the memory rows that are selected. */
static int reduce_memory(struct reduction *r, size_t index, struct snap_process *to)
{
	const struct snap_process *from = &r->from->processes[index];

	*to = *from;
	to->memory_count = 0;
	to->memory = arena_array(r->to->arena, from->memory_count, sizeof(*to->memory));
	if (!to->memory)
		return -ENOMEM;
	for (size_t i = 0; i < from->memory_count; i++)
		reduce_row(r, index, &from->memory[i], to);
	return 0;
}

/* A device that was asked for, as the driver numbers them. */
static bool holds_selected(const struct selection *selection,
			   const struct snap_process *process)
{
	for (size_t i = 0; i < process->held_count; i++) {
		const struct snap_device device = {
			.number = process->held[i], .kind = SNAP_DRIVER_KIND, .uid = ""};

		if (selection_has_device(selection, &device))
			return true;
	}
	return false;
}

/* Those that hold nothing count when they are asked for themselves. */
static bool keeps_process(const struct reduction *r, size_t index,
			  const struct snap_process *reduced)
{
	const struct selection *selection = r->selection;
	const struct snap_process *process = &r->from->processes[index];

	if (!selection_has_owner(selection, process))
		return false;
	if (reduced->memory_count > 0)
		return true;
	if (process->unpublished && selection->device_count > 0)
		return selection->type_count == 0 && holds_selected(selection, process) &&
		       selection_has_process(selection, r->from, process);
	return selection->device_count == 0 && selection->type_count == 0 &&
	       selection_has_process(selection, r->from, process);
}

static int reduce_processes(struct reduction *r)
{
	for (size_t i = 0; i < r->from->process_count; i++) {
		struct snap_process *to = &r->to->processes[r->to->process_count];

		if (reduce_memory(r, i, to))
			return -ENOMEM;
		r->processes[i] = DROPPED;
		if (keeps_process(r, i, to))
			r->processes[i] = (uint32_t)r->to->process_count++;
	}
	return 0;
}

static bool is_held(const struct reduction *r, uint32_t device, const char *type)
{
	for (size_t i = 0; i < r->to->process_count; i++) {
		const struct snap_process *process = &r->to->processes[i];

		for (size_t j = 0; j < process->memory_count; j++)
			if (process->memory[j].device == device &&
			    strcmp(process->memory[j].type, type) == 0)
				return true;
	}
	return false;
}

/* Rows of selected types that have a capacity or a holder. */
static int reduce_device(struct reduction *r, const struct snap_device *from,
			 struct snap_device *to)
{
	*to = *from;
	to->memory_count = 0;
	to->memory = arena_array(r->to->arena, from->memory_count, sizeof(*to->memory));
	if (!to->memory)
		return -ENOMEM;
	for (size_t i = 0; i < from->memory_count; i++) {
		const struct snap_device_memory *row = &from->memory[i];

		if (has_place(r, from->id, row->type) &&
		    (row->capacity != SNAP_UNKNOWN || is_held(r, from->id, row->type)))
			to->memory[to->memory_count++] = *row;
	}
	return 0;
}

static int reduce_devices(struct reduction *r)
{
	for (size_t i = 0; i < r->from->device_count; i++) {
		struct snap_device *to = &r->to->devices[r->to->device_count];

		if (reduce_device(r, &r->from->devices[i], to))
			return -ENOMEM;
		r->devices[i] = DROPPED;
		if (to->memory_count == 0)
			continue;
		to->id = (uint32_t)r->to->device_count++;
		r->devices[i] = to->id;
	}
	for (size_t i = 0; i < r->to->process_count; i++) {
		struct snap_process *process = &r->to->processes[i];

		for (size_t j = 0; j < process->memory_count; j++)
			process->memory[j].device = r->devices[process->memory[j].device];
	}
	return 0;
}

static bool same_places(const uint32_t *places, size_t count)
{
	size_t same = 0;

	while (same < count && places[same] == same)
		same++;
	return same == count;
}

/* The old arena is held: buffers that stay as they are stay where they are. */
static bool keeps_buffers(const struct reduction *r)
{
	return r->every && same_places(r->processes, r->from->process_count) &&
	       same_places(r->devices, r->from->device_count);
}

static int reduce_buffers(struct reduction *r)
{
	struct snapshot *to = r->to;

	if (keeps_buffers(r)) {
		to->buffers = r->from->buffers;
		to->buffer_count = r->from->buffer_count;
		return 0;
	}
	to->buffers = arena_room(to->arena, r->from->buffer_count, sizeof(*to->buffers));
	if (!to->buffers)
		return -ENOMEM;
	for (size_t i = 0; i < r->from->buffer_count; i++) {
		const struct snap_buffer *from = &r->from->buffers[i];
		struct snap_buffer *buffer = &to->buffers[to->buffer_count];

		if (!(r->every || r->buffers[i]) ||
		    r->processes[from->process] == DROPPED ||
		    r->devices[from->device] == DROPPED) {
			r->partial[from->device] = true;
			continue;
		}
		*buffer = *from;
		buffer->process = r->processes[from->process];
		buffer->device = r->devices[from->device];
		to->buffer_count++;
	}
	return 0;
}

/* What was left out is held all the same. */
static void hide_rest(struct reduction *r)
{
	for (size_t i = 0; i < r->from->device_count; i++) {
		struct snap_device *to;

		if (!r->partial[i] || r->devices[i] == DROPPED)
			continue;
		to = &r->to->devices[r->devices[i]];
		for (size_t row = 0; row < to->memory_count; row++)
			to->memory[row].hidden = true;
	}
}

static bool has_segment(const struct snapshot *snapshot, uint64_t segment)
{
	for (size_t i = 0; i < snapshot->process_count; i++)
		if (snapshot->processes[i].segment == segment)
			return true;
	return false;
}

static int reduce_mark(struct reduction *r, const struct snap_mark *from,
		       struct snap_mark *to)
{
	*to = *from;
	to->memory_count = 0;
	to->memory = arena_array(r->to->arena, from->memory_count, sizeof(*to->memory));
	if (!to->memory)
		return -ENOMEM;
	for (size_t i = 0; i < from->memory_count; i++) {
		const struct snap_mark_memory *row = &from->memory[i];

		if (!has_place(r, row->device, row->type) ||
		    r->devices[row->device] == DROPPED)
			continue;
		to->memory[to->memory_count] = *row;
		to->memory[to->memory_count++].device = r->devices[row->device];
	}
	return 0;
}

static int reduce_marks(struct reduction *r)
{
	int err = 0;

	for (size_t i = 0; i < r->from->mark_count && !err; i++)
		if (has_segment(r->to, r->from->marks[i].segment))
			err = reduce_mark(r, &r->from->marks[i],
					  &r->to->marks[r->to->mark_count++]);
	return err;
}

static void reduce_head(struct reduction *r)
{
	struct snapshot *to = r->to;

	to->host = r->from->host;
	to->boot_id = r->from->boot_id;
	to->tool = r->from->tool;
	to->time_ns = r->from->time_ns;
	to->mono_ns = r->from->mono_ns;
	to->warnings = r->from->warnings;
	to->warning_count = r->from->warning_count;
	to->has_buffers = r->from->has_buffers;
	to->exact = to->warning_count == 0;
	for (size_t i = 0; i < to->process_count; i++)
		to->exact = to->exact &&
			    (to->processes[i].exact || to->processes[i].unpublished);
}

static int reduce(struct reduction *r)
{
	int err = reduction_init(r);

	if (err)
		return err;
	err = find_buffers(r);
	if (!err)
		err = reduce_processes(r);
	if (!err)
		err = reduce_devices(r);
	if (err)
		return err;
	err = reduce_buffers(r);
	if (!err)
		err = reduce_marks(r);
	if (err)
		return err;
	hide_rest(r);
	reduce_head(r);
	snapshot_sum_up(r->to);
	return 0;
}

int selection_apply(const struct selection *selection, const struct snapshot *snapshot,
		    struct snapshot **ret_snapshot)
{
	struct reduction r = {.selection = selection, .from = snapshot};
	struct arena_pool *pool = arena_pool_of(snapshot->arena);
	int err = snapshot_new(pool, &r.to);

	if (err)
		return err;
	arena_hold(r.to->arena, snapshot->arena);
	r.scratch = arena_new_in(pool);
	err = r.scratch ? reduce(&r) : -ENOMEM;
	arena_free(r.scratch);
	if (err)
		snapshot_free(r.to);
	else
		*ret_snapshot = r.to;
	return err;
}
