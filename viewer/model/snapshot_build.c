/* SPDX-License-Identifier: BSD-2-Clause */
/* From a reader's sample to a snapshot: the order of steps; processes, marks. */
#include "snapshot_regions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tta/version.h>

#include "snapshot_user.h"

#define IDLE_AFTER_NS UINT64_C(10000000000)

const char *build_type(struct build *build, const struct tta_process *process,
		       uint32_t type)
{
	const char *name = snap_builtin_type(type);

	if (name)
		return name;
	for (size_t i = process->type_count; i-- > 0 && !name;)
		if (process->types[i].id == type && process->types[i].name[0] != '\0')
			name = process->types[i].name;
	if (!name)
		return "?";
	for (size_t i = 0; i < build->named_type_count; i++)
		if (strcmp(build->named_types[i], name) == 0)
			return build->named_types[i];
	name = arena_string(build->arena, name);
	build->named_types[build->named_type_count++] = name;
	return name;
}

uint32_t build_device(const struct build *build, size_t process, uint32_t number)
{
	const struct build_places *places = &build->places[process];
	size_t low = 0, high = places->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (places->list[middle].number <= number)
			low = middle;
		else
			high = middle;
	}
	return places->list[low].device;
}

size_t build_run_end(const struct tta_process *process, size_t begin)
{
	const struct tta_buffer *buffers = process->buffers;
	uint32_t device = buffers[begin].device;
	size_t low = begin, step = 1, high;

	while (step < process->buffer_count - low &&
	       buffers[low + step].device == device) {
		low += step;
		step *= 2;
	}
	high = step < process->buffer_count - low ? low + step : process->buffer_count;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (buffers[middle].device == device)
			low = middle;
		else
			high = middle;
	}
	return high;
}

uint64_t build_realtime(const struct build *build, const struct tta_process *process,
			uint64_t mono_ns)
{
	if (process->same_boot)
		return build->sample->realtime_ns - build->sample->mono_ns + mono_ns;
	return process->birth_realtime_ns - process->birth_mono_ns + mono_ns;
}

/* Since when nothing is known to have happened. */
static uint64_t idle_since(const struct tta_process *process)
{
	uint64_t since =
		process->last_event_ns ? process->last_event_ns : process->birth_mono_ns;

	return process->last_add_ns > since ? process->last_add_ns : since;
}

static enum snap_state process_state(const struct build *build,
				     const struct tta_process *process)
{
	uint64_t since = idle_since(process);
	uint64_t now = build->sample->mono_ns;

	switch (process->verdict) {
	case TTA_VERDICT_ALIVE:
	case TTA_VERDICT_ENDING:
		return now > since && now - since >= IDLE_AFTER_NS ? SNAP_IDLE
								   : SNAP_LIVE;
	case TTA_VERDICT_ORPHAN:
		return SNAP_ORPHAN;
	case TTA_VERDICT_EXITED:
		return SNAP_EXITED;
	case TTA_VERDICT_DEAD:
		return SNAP_DEAD;
	case TTA_VERDICT_CORRUPT:
		return SNAP_CORRUPT;
	case TTA_VERDICT_UNKNOWN:
		break;
	}
	return SNAP_STATE_UNKNOWN;
}

/* Name of the owner; processes before @index mostly have the same one. */
static const char *process_user(struct build *build, size_t index, uint32_t uid)
{
	const struct snap_process *processes = build->snapshot->processes;

	for (size_t i = index; i-- > 0;)
		if (processes[i].uid == uid)
			return processes[i].user;
	return snap_user_name(build->arena, uid);
}

static int compare_memory(const void *a, const void *b)
{
	const struct snap_memory *left = a, *right = b;

	if (left->device != right->device)
		return left->device < right->device ? -1 : 1;
	return snap_type_compare(left->type, right->type);
}

static bool memory_sorted(const struct snap_process *process)
{
	for (size_t i = 1; i < process->memory_count; i++)
		if (compare_memory(&process->memory[i - 1], &process->memory[i]) > 0)
			return false;
	return true;
}

static int process_memory(struct build *build, size_t index)
{
	const struct tta_process *from = &build->sample->processes[index];
	struct snap_process *to = &build->snapshot->processes[index];

	to->memory = arena_array(build->arena, from->memory_count, sizeof(*to->memory));
	if (!to->memory)
		return -ENOMEM;
	to->memory_count = from->memory_count;
	for (size_t i = 0; i < from->memory_count; i++) {
		const struct tta_memory *memory = &from->memory[i];

		to->memory[i] = (struct snap_memory){
			.device = build_device(build, index, memory->device),
			.type = build_type(build, from, memory->type),
			.used = memory->used,
			.peak = memory->peak,
			.buffers = memory->buffers,
			.refs = memory->refs,
			.allocs = memory->allocs,
			.frees = memory->frees,
			.added = memory->add_bytes_up > memory->add_bytes_down
					 ? memory->add_bytes_up - memory->add_bytes_down
					 : 0,
		};
	}
	if (!memory_sorted(to))
		qsort(to->memory, to->memory_count, sizeof(*to->memory), compare_memory);
	return 0;
}

static const char *source_of(const struct tta_process *from,
			     const struct build_origin *origin)
{
	if (origin && origin->region)
		return SNAP_SOURCE_TT_METAL;
	return from->subject_pid ? SNAP_SOURCE_BRIDGE : SNAP_SOURCE_NATIVE;
}

/* Regions count no events: nobody knows what was missed. */
static void process_counts(struct snap_process *to, const struct tta_process *from,
			   const struct build_origin *origin)
{
	if (origin && origin->region) {
		to->events = to->lost = to->uncertain = SNAP_UNKNOWN;
		to->unknown_frees = to->unmatched = to->closed = SNAP_UNKNOWN;
		to->dups = to->size_changes = to->dangling = SNAP_UNKNOWN;
		to->alloc_failed = to->dropped = SNAP_UNKNOWN;
		return;
	}
	to->events = from->events;
	to->lost = from->lost;
	to->uncertain = from->uncertain_count;
	to->unknown_frees = from->counts[TTA_COUNT_UNKNOWN_FREES];
	to->unmatched = from->counts[TTA_COUNT_UNMATCHED];
	to->closed = from->counts[TTA_COUNT_CLOSED];
	to->dups = from->counts[TTA_COUNT_DUPS];
	to->size_changes = from->counts[TTA_COUNT_SIZE_CHANGES];
	to->dangling = from->counts[TTA_COUNT_DANGLING];
	to->alloc_failed = from->counts[TTA_COUNT_ALLOC_FAILED];
	to->dropped = from->counts[TTA_COUNT_DROPPED_NESTED] +
		      from->counts[TTA_COUNT_DROPPED_ATTACH];
}

static void process_identity(struct build *build, size_t index)
{
	const struct tta_process *from = &build->sample->processes[index];
	struct snap_process *to = &build->snapshot->processes[index];

	to->segment = from->nonce;
	to->file = arena_string(build->arena, from->name);
	to->inode = from->inode;
	to->pid = from->pid;
	to->start_time = from->start_time ? from->start_time : SNAP_UNKNOWN;
	to->start_realtime_ns =
		from->birth_realtime_ns ? from->birth_realtime_ns : SNAP_UNKNOWN;
	to->pidns = from->pidns;
	to->uid = from->file_uid;
	to->user = process_user(build, index, from->file_uid);
	to->comm = arena_string(build->arena, from->comm);
	to->cmdline = arena_string(build->arena, from->cmdline);
	to->run_id = arena_string(build->arena, from->run_id);
	to->source = source_of(from, build_origin(build, index));
}

static int build_process(struct build *build, size_t index)
{
	const struct tta_process *from = &build->sample->processes[index];
	struct snap_process *to = &build->snapshot->processes[index];

	process_identity(build, index);
	to->state = process_state(build, from);
	to->note = build_note(build, from);
	process_counts(to, from, build_origin(build, index));
	to->last_event_ns = from->last_event_ns
				    ? build_realtime(build, from, from->last_event_ns)
				    : SNAP_UNKNOWN;
	to->has_buffers = !(from->buffers_inexact & TTA_INEXACT_NO_TABLE);
	if (build_reasons(build, index, to))
		return -ENOMEM;
	return process_memory(build, index);
}

static int build_mark(struct build *build, size_t process,
		      const struct tta_mark_info *from, struct snap_mark *to)
{
	const struct tta_process *owner = &build->sample->processes[process];

	to->segment = owner->nonce;
	to->pid = owner->pid;
	to->name = arena_string(build->arena, from->name);
	to->time_ns = build_realtime(build, owner, from->time_ns);
	to->exact = from->exact;
	to->memory_count = from->memory_count;
	to->memory = arena_array(build->arena, from->memory_count, sizeof(*to->memory));
	if (!to->memory)
		return -ENOMEM;
	for (size_t i = 0; i < from->memory_count; i++)
		to->memory[i] = (struct snap_mark_memory){
			.device = build_device(build, process, from->memory[i].device),
			.type = build_type(build, owner, from->memory[i].type),
			.bytes = from->memory[i].bytes,
			.buffers = from->memory[i].buffers,
			.refs = from->memory[i].refs,
		};
	return 0;
}

static int build_marks(struct build *build)
{
	struct snapshot *snapshot = build->snapshot;
	size_t count = 0;
	int err = 0;

	for (size_t i = 0; i < build->sample->process_count; i++)
		count += build->sample->processes[i].mark_count;
	snapshot->marks = arena_array(build->arena, count, sizeof(*snapshot->marks));
	if (!snapshot->marks)
		return -ENOMEM;
	for (size_t i = 0; i < build->sample->process_count; i++) {
		const struct tta_process *process = &build->sample->processes[i];

		for (size_t j = 0; j < process->mark_count && !err; j++)
			err = build_mark(build, i, &process->marks[j],
					 &snapshot->marks[snapshot->mark_count++]);
	}
	return err;
}

static int build_processes(struct build *build)
{
	struct snapshot *snapshot = build->snapshot;
	size_t count = build->sample->process_count;
	int err = 0;

	snapshot->processes =
		arena_array(build->arena, count, sizeof(*snapshot->processes));
	if (!snapshot->processes)
		return -ENOMEM;
	for (size_t i = 0; i < count && !err; i++)
		err = build_process(build, i);
	snapshot->process_count = count;
	return err;
}

static void build_head(struct build *build)
{
	char host[256] = "";

	gethostname(host, sizeof(host) - 1);
	build->snapshot->host = arena_string(build->arena, host);
	build->snapshot->boot_id = arena_string(build->arena, build->sample->boot_id);
	build->snapshot->tool = "ttatop " TTA_VERSION_STRING;
	build->snapshot->time_ns = build->sample->realtime_ns;
	build->snapshot->mono_ns = build->sample->mono_ns;
	build->snapshot->exact = build->sample->skipped_count == 0;
	for (size_t i = 0; i < build->sample->process_count; i++) {
		const struct snap_process *process = &build->snapshot->processes[i];

		if (!process->exact || process->state == SNAP_CORRUPT)
			build->snapshot->exact = false;
	}
	/* What chips hold is not shown. */
	for (size_t i = 0; i < build->snapshot->warning_count; i++)
		if (strncmp(build->snapshot->warnings[i].id, "ttmetal.", 8) == 0 &&
		    strcmp(build->snapshot->warnings[i].id, "ttmetal.chips") != 0)
			build->snapshot->exact = false;
}

static int build_all(struct build *build)
{
	size_t types = 0;
	int err = build_regions(build);

	if (err)
		return err;
	for (size_t i = 0; i < build->sample->process_count; i++)
		types += build->sample->processes[i].type_count;
	build->named_types = arena_array(build->scratch, types, sizeof(char *));
	if (!build->named_types)
		return -ENOMEM;
	err = build_devices(build);
	if (!err)
		err = build_processes(build);
	if (!err)
		err = build_device_memory(build);
	if (!err)
		err = build_buffers(build);
	if (!err)
		err = build_extents(build);
	if (!err)
		err = build_marks(build);
	if (!err)
		err = build_warnings(build);
	if (err)
		return err;
	build_head(build);
	return arena_failed(build->arena) ? -ENOMEM : 0;
}

int snapshot_from_sample(const struct tta_sample *sample, struct snapshot **ret_snapshot)
{
	return snapshot_from_sample_in(sample, NULL, ret_snapshot);
}

int snapshot_from_sample_in(const struct tta_sample *sample, struct arena_pool *pool,
			    struct snapshot **ret_snapshot)
{
	return snapshot_from_sources(sample, NULL, pool, ret_snapshot);
}

int snapshot_from_sources(const struct tta_sample *sample,
			  const struct region_list *regions, struct arena_pool *pool,
			  struct snapshot **ret_snapshot)
{
	struct build build = {.sample = sample, .regions = regions};
	int err = snapshot_new(pool, &build.snapshot);

	if (err)
		return err;
	build.arena = build.snapshot->arena;
	build.scratch = arena_new_in(pool);
	err = build.scratch ? build_all(&build) : -ENOMEM;
	arena_free(build.scratch);
	if (err)
		snapshot_free(build.snapshot);
	else
		*ret_snapshot = build.snapshot;
	return err;
}
