/* SPDX-License-Identifier: BSD-2-Clause */
#include "snapshot_regions.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot_unpublished.h"

/* Processes have no segment here: a number that no random nonce has by chance. */
#define REGION_NONCE (UINT64_C(0x74742d6d6574616c) & ~UINT64_C(0xffffffff))

static const uint32_t types[REGION_MEMORIES] = {
	[REGION_DRAM] = TTA_DRAM,
	[REGION_L1] = TTA_L1,
	[REGION_L1_SMALL] = TTA_L1_SMALL,
	[REGION_TRACE] = TTA_TRACE,
	[REGION_CB] = TTA_CB,
	[REGION_KERNEL] = TTA_KERNEL,
};

/* One process over all regions, while it is put together. */
struct person {
	uint32_t pid;
	struct tta_process process;
	struct build_origin origin;
	struct tta_memory *memory; /* room for all */
	struct tta_device *devices;
};

struct people {
	struct build *build;
	const struct region_list *regions;
	uint32_t *numbers; /* of the devices that the regions are of */
	struct person *list;
	size_t count;
};

static void say(struct build_origin *origin, const char *text)
{
	if (origin->word_count < ORIGIN_WORDS)
		origin->words[origin->word_count++] = text;
}

/* ---- devices ---- */

static bool taken(const uint32_t *numbers, size_t count, uint32_t number)
{
	for (size_t i = 0; i < count; i++)
		if (numbers[i] == number)
			return true;
	return false;
}

/* Logical numbers, where no other region claims the same. */
static int number_devices(struct people *people)
{
	const struct region_list *regions = people->regions;

	people->numbers = arena_array(people->build->scratch, regions->count,
				      sizeof(*people->numbers));
	if (!people->numbers)
		return -ENOMEM;
	for (size_t i = 0; i < regions->count; i++) {
		uint32_t number = regions->files[i].region.device;

		if (number >= TTA_DEVICE_LIMIT || taken(people->numbers, i, number))
			for (number = (uint32_t)regions->count;
			     taken(people->numbers, i, number);)
				number++;
		people->numbers[i] = number;
	}
	return 0;
}

static void describe(const struct people *people, size_t region, struct person *person)
{
	const struct region_file *file = &people->regions->files[region];
	struct tta_device *device = &person->devices[person->process.device_count++];

	device->number = people->numbers[region];
	strcpy(device->kind, SNAP_DRIVER_KIND);
	if (file->has_chip_id)
		snprintf(device->stable_id, sizeof(device->stable_id), "%" PRIu64,
			 file->id);
}

/* ---- processes ---- */

static struct person *person_of(struct people *people, uint32_t pid)
{
	size_t files = people->regions->count;
	struct arena *scratch = people->build->scratch;
	struct person *person;

	for (size_t i = 0; i < people->count; i++)
		if (people->list[i].pid == pid)
			return &people->list[i];
	person = &people->list[people->count];
	person->pid = pid;
	person->memory =
		arena_array(scratch, files * REGION_MEMORIES, sizeof(*person->memory));
	person->devices = arena_array(scratch, files, sizeof(*person->devices));
	if (!person->memory || !person->devices)
		return NULL;
	people->count++;
	return person;
}

static const char *memory_name(size_t memory)
{
	return snap_builtin_type(types[memory]);
}

/* The row of (device, memory): two slots of one pid add up. */
static struct tta_memory *row_of(struct person *person, uint32_t device, uint32_t type)
{
	struct tta_process *p = &person->process;

	for (size_t i = 0; i < p->memory_count; i++)
		if (person->memory[i].device == device && person->memory[i].type == type)
			return &person->memory[i];
	person->memory[p->memory_count] = (struct tta_memory){
		.device = device,
		.type = type,
		.peak = TTA_UNKNOWN,
		.buffers = TTA_UNKNOWN,
		.refs = TTA_UNKNOWN,
		.allocs = TTA_UNKNOWN,
		.frees = TTA_UNKNOWN,
		.table_bytes = TTA_UNKNOWN,
		.detail_bytes = TTA_UNKNOWN,
		.no_detail_bytes = TTA_UNKNOWN,
	};
	return &person->memory[p->memory_count++];
}

/* DRAM is shown at 0, too: the process is there. */
static void add_bytes(struct people *people, struct person *person, size_t region,
		      const struct region_slot *slot)
{
	uint32_t device = people->numbers[region];

	for (size_t i = 0; i < REGION_MEMORIES; i++) {
		struct tta_memory *row;

		if (slot->bytes[i] == 0 && i != REGION_DRAM)
			continue;
		row = row_of(person, device, types[i]);
		if (slot->bytes[i] < REGION_WRAPPED && row->used != TTA_UNKNOWN) {
			row->used += slot->bytes[i];
			continue;
		}
		row->used = TTA_UNKNOWN;
		say(&person->origin,
		    arena_printf(people->build->arena,
				 "wrapped: %s of %s went below zero", memory_name(i),
				 people->regions->files[region].name));
	}
}

static void add_life(struct people *people, struct person *person,
		     const struct region_file *file, size_t slot)
{
	const struct region_owner *owner = &file->owners[slot];
	struct tta_process *p = &person->process;
	struct arena *arena = people->build->arena;

	if (owner->life == REGION_STALE)
		say(&person->origin,
		    arena_printf(arena, "stale: no process %" PRIu32 " here (%s)",
				 person->pid, file->name));
	if (owner->life == REGION_REUSED)
		say(&person->origin,
		    arena_printf(arena,
				 "pid reuse: process %" PRIu32
				 " began after its slot of %s was written",
				 person->pid, file->name));
	if (owner->life != REGION_ALIVE)
		p->verdict = TTA_VERDICT_UNKNOWN;
	if (file->in_flux)
		say(&person->origin,
		    arena_printf(arena, "in flux: two reads of %s differ", file->name));
	if (owner->updated_mono_ns > p->last_event_ns)
		p->last_event_ns = owner->updated_mono_ns;
	/* Of a pid that is another's now: whoever had it when the slot was written. */
	p->start_time = owner->life == REGION_REUSED ? 0 : owner->start_time;
	p->birth_mono_ns = owner->start_mono_ns;
}

static void introduce(struct people *people, struct person *person,
		      const struct region_file *file, const struct region_slot *slot)
{
	const struct tta_sample *sample = people->build->sample;
	struct tta_process *p = &person->process;

	p->pid = p->own_pid = person->pid;
	p->nonce = REGION_NONCE | person->pid;
	p->file_uid = p->header_uid = file->uid;
	p->same_boot = true;
	p->verdict = TTA_VERDICT_ALIVE;
	p->state = TTA_STATE_LIVE;
	p->level = TTA_COUNTERS;
	p->buffers_inexact = TTA_INEXACT_NO_TABLE;
	p->memory = person->memory;
	p->devices = person->devices;
	snprintf(p->comm, sizeof(p->comm), "%.15s", slot->name);
	snprintf(p->cmdline, sizeof(p->cmdline), "%s [tt-metal totals]",
		 slot->name[0] ? slot->name : "?");
	person->origin.region = true;
	p->birth_realtime_ns = sample->realtime_ns - sample->mono_ns;
}

static int add_slot(struct people *people, size_t region, size_t slot)
{
	const struct region_file *file = &people->regions->files[region];
	const struct region_slot *from = &file->region.slots[slot];
	size_t before = people->count;
	struct person *person = person_of(people, from->pid);

	if (!person)
		return -ENOMEM;
	if (people->count > before)
		introduce(people, person, file, from);
	if (person->process.device_count == 0 ||
	    person->devices[person->process.device_count - 1].number !=
		    people->numbers[region])
		describe(people, region, person);
	add_life(people, person, file, slot);
	add_bytes(people, person, region, from);
	return 0;
}

static int compare_memory(const void *left, const void *right)
{
	const struct tta_memory *a = left, *b = right;

	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return (a->type > b->type) - (a->type < b->type);
}

static int compare_devices(const void *left, const void *right)
{
	const struct tta_device *a = left, *b = right;

	return (a->number > b->number) - (a->number < b->number);
}

static int compare_people(const void *left, const void *right)
{
	const struct person *a = left, *b = right;

	return (a->pid > b->pid) - (a->pid < b->pid);
}

static int collect(struct people *people)
{
	size_t most = 0;
	int err = 0;

	for (size_t i = 0; i < people->regions->count; i++)
		most += people->regions->files[i].region.slot_count;
	people->list = arena_array(people->build->scratch, most, sizeof(*people->list));
	if (!people->list)
		return -ENOMEM;
	for (size_t i = 0; i < people->regions->count && !err; i++)
		for (size_t j = 0;
		     j < people->regions->files[i].region.slot_count && !err; j++)
			err = add_slot(people, i, j);
	for (size_t i = 0; i < people->count; i++) {
		struct tta_process *p = &people->list[i].process;

		qsort(people->list[i].memory, p->memory_count, sizeof(struct tta_memory),
		      compare_memory);
		qsort(people->list[i].devices, p->device_count, sizeof(struct tta_device),
		      compare_devices);
		if (p->birth_mono_ns)
			p->birth_realtime_ns += p->birth_mono_ns;
		else
			p->birth_realtime_ns = 0;
	}
	qsort(people->list, people->count, sizeof(*people->list), compare_people);
	return err;
}

/* ---- who publishes both ways ---- */

static bool is_alive(const struct tta_process *p)
{
	return (p->verdict == TTA_VERDICT_ALIVE || p->verdict == TTA_VERDICT_ENDING) &&
	       !(p->notes & TTA_NOTE_FOREIGN_PID);
}

/* What the publisher calls the device of a region; false: it did not mention it. */
static uint32_t device_in(const struct tta_process *p, const struct tta_device *device)
{
	for (size_t i = 0; device->stable_id[0] && i < p->device_count; i++)
		if (strcmp(p->devices[i].stable_id, device->stable_id) == 0)
			return p->devices[i].number;
	return device->number;
}

static uint64_t published(const struct tta_process *p, uint32_t device, uint32_t type)
{
	for (size_t i = 0; i < p->memory_count; i++)
		if (p->memory[i].device == device && p->memory[i].type == type)
			return p->memory[i].used;
	return 0;
}

static const char *difference(struct build *build, const struct tta_memory *row,
			      uint32_t device, uint64_t own)
{
	const char *type = snap_builtin_type(row->type);

	if (row->used == own)
		return NULL;
	if (row->used == TTA_UNKNOWN || own == TTA_UNKNOWN)
		return arena_printf(build->arena,
				    "tt-metal's %s of device %" PRIu32
				    " cannot be compared",
				    type, device);
	return arena_printf(build->arena,
			    "tt-metal counts %" PRIu64 " bytes %s %s on device %" PRIu32,
			    row->used > own ? row->used - own : own - row->used,
			    row->used > own ? "more" : "less", type, device);
}

/* Rows of what the regions cover: a segment may know of more, which is no difference. */
static void compare_ways(struct build *build, const struct person *person,
			 const struct tta_process *native, struct build_origin *origin)
{
	for (size_t i = 0; i < person->process.device_count; i++) {
		const struct tta_device *device = &person->devices[i];
		uint32_t number = device_in(native, device);

		for (size_t memory = 0; memory < REGION_KERNEL; memory++) {
			struct tta_memory row = {.type = types[memory]};
			const char *text;

			row.used = published(&person->process, device->number, row.type);
			text = difference(build, &row, number,
					  published(native, number, row.type));
			if (text)
				say(origin, text);
		}
	}
}

/* The process that publishes in a segment, too; or the end of the list. */
static size_t native_of(const struct tta_sample *sample, uint32_t pid)
{
	size_t i = 0;

	while (i < sample->process_count &&
	       (sample->processes[i].pid != pid || !is_alive(&sample->processes[i])))
		i++;
	return i;
}

/* ---- one sample of both ---- */

/* Those that publish in a segment as well are shown there: @both, by native process. */
static void find_both(struct people *people, struct build_origin *both)
{
	const struct tta_sample *sample = people->build->sample;

	for (size_t i = 0; i < people->count; i++) {
		size_t native = native_of(sample, people->list[i].pid);

		if (native == sample->process_count)
			continue;
		compare_ways(people->build, &people->list[i], &sample->processes[native],
			     &both[native]);
		people->list[i].origin.region = false;
	}
}

/* Two sorted lists into one; how many. */
static size_t interleave(const struct people *people, const struct build_origin *both,
			 struct tta_process *list, struct build_origin *origins)
{
	const struct tta_sample *from = people->build->sample;
	size_t at = 0, next = 0;

	for (size_t i = 0; i <= from->process_count; i++) {
		bool last = i == from->process_count;

		for (; next < people->count &&
		       (last || people->list[next].pid < from->processes[i].pid);
		     next++) {
			if (!people->list[next].origin.region)
				continue;
			list[at] = people->list[next].process;
			origins[at++] = people->list[next].origin;
		}
		if (last)
			break;
		list[at] = from->processes[i];
		origins[at++] = both[i];
	}
	return at;
}

static int merge(struct people *people)
{
	struct build *build = people->build;
	struct arena *scratch = build->scratch;
	size_t room = build->sample->process_count + people->count;
	struct tta_sample *to = arena_array(scratch, 1, sizeof(*to));
	struct tta_process *list = arena_room(scratch, room, sizeof(*list));
	struct build_origin *origins = arena_array(scratch, room, sizeof(*origins));
	struct build_origin *both = arena_array(scratch, room, sizeof(*both));

	if (!to || !list || !origins || !both)
		return -ENOMEM;
	find_both(people, both);
	*to = *build->sample;
	to->process_count = interleave(people, both, list, origins);
	to->processes = list;
	build->sample = to;
	build->origins = origins;
	return 0;
}

int build_regions(struct build *build)
{
	struct people people = {.build = build, .regions = build->regions};
	int err;

	if (!build->regions || build->regions->count == 0)
		return 0;
	err = number_devices(&people);
	if (!err)
		err = collect(&people);
	return err ? err : merge(&people);
}

const struct build_origin *build_origin(const struct build *build, size_t process)
{
	return build->origins ? &build->origins[process] : NULL;
}

/* ---- warnings ---- */

static void warn(struct build *build, const char *id, size_t count, const char *text)
{
	if (count)
		build->snapshot->warnings[build->snapshot->warning_count++] =
			(struct snap_warning){.id = id, .text = text, .count = count};
}

/* @error: of files that cannot be read; else files of @verdict. */
static void warn_files(struct build *build, const char *id, bool error,
		       enum region_verdict verdict)
{
	const struct region_file *first = NULL;
	const char *text = "";
	size_t count = 0;

	for (size_t i = 0; i < build->regions->count; i++) {
		const struct region_file *file = &build->regions->files[i];

		if (error ? file->error == 0 : file->error || file->verdict != verdict)
			continue;
		if (count++ == 0)
			first = file;
	}
	if (!first)
		return;
	if (error)
		text = arena_printf(build->arena,
				    "%s (uid %" PRIu32 ", mode %04" PRIo32 "): %s",
				    first->name, first->uid, first->mode,
				    strerrordesc_np(first->error));
	else if (verdict == REGION_NOT_READY)
		text = arena_printf(build->arena, "%s: not ready", first->name);
	else
		text = arena_printf(build->arena, "%s: unknown version %" PRIu32,
				    first->name, first->region.version);
	warn(build, id, count, text);
}

/* @between: the total and what should add up to it. */
static void warn_sums(struct build *build, const char *id, const char *what,
		      int64_t (*between)(const struct region *, enum region_memory))
{
	const char *text = "";
	size_t count = 0;

	for (size_t i = 0; i < build->regions->count; i++)
		for (size_t memory = 0; memory < REGION_MEMORIES; memory++) {
			const struct region_file *file = &build->regions->files[i];
			int64_t rest = between(&file->region, (enum region_memory)memory);

			if (rest == 0 || count++)
				continue;
			text = arena_printf(build->arena, "%s: %s %s: %" PRId64 " bytes",
					    file->name, memory_name(memory), what, rest);
		}
	warn(build, id, count, text);
}

void build_region_warnings(struct build *build)
{
	if (!build->regions)
		return;
	warn_files(build, "ttmetal.unreadable", true, REGION_GOOD);
	warn_files(build, "ttmetal.not-ready", false, REGION_NOT_READY);
	warn_files(build, "ttmetal.version", false, REGION_UNKNOWN_VERSION);
	warn_sums(build, "ttmetal.phantom", "of no process", region_phantom);
	warn_sums(build, "ttmetal.chips", "of no chip", region_chip_phantom);
}
