/* SPDX-License-Identifier: BSD-2-Clause */
#include "sample_builder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct process_room {
	struct tta_memory memory[SAMPLE_ROOM];
	struct tta_buffer buffers[SAMPLE_ROOM];
	struct tta_device devices[SAMPLE_ROOM];
	struct tta_geometry geometry[SAMPLE_ROOM][SAMPLE_ROOM];
	struct tta_type_record types[SAMPLE_ROOM];
	struct tta_mark_info marks[SAMPLE_ROOM];
	struct tta_mark_memory mark_memory[SAMPLE_ROOM];
};

struct sample_builder {
	struct tta_sample sample;
	struct tta_process processes[SAMPLE_ROOM];
	struct process_room rooms[SAMPLE_ROOM];
	struct tta_skipped skipped[SAMPLE_ROOM];
};

static void must(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "sample_builder: %s\n", what);
	abort();
}

/* The next element of an array of SAMPLE_ROOM. */
static size_t next(size_t *count)
{
	must(*count < SAMPLE_ROOM, "no room: raise SAMPLE_ROOM");
	return (*count)++;
}

struct sample_builder *sample_new(void)
{
	struct sample_builder *builder = calloc(1, sizeof(*builder));

	must(builder != NULL, "no memory");
	builder->sample.realtime_ns = SAMPLE_REALTIME_NS;
	builder->sample.mono_ns = SAMPLE_MONO_NS;
	builder->sample.processes = builder->processes;
	builder->sample.skipped = builder->skipped;
	strcpy(builder->sample.boot_id, "01234567-89ab-cdef-0123-456789abcdef");
	return builder;
}

void sample_delete(struct sample_builder *builder)
{
	free(builder);
}

struct tta_sample *sample_of(struct sample_builder *builder)
{
	return &builder->sample;
}

struct tta_process *sample_process(struct sample_builder *builder, uint32_t pid)
{
	size_t index = next(&builder->sample.process_count);
	struct tta_process *process = &builder->processes[index];
	struct process_room *room = &builder->rooms[index];

	snprintf(process->name, sizeof(process->name), "tta.1.0.%u.7.%x", pid, pid);
	process->nonce = pid;
	process->pid = pid;
	process->start_time = 7;
	process->birth_mono_ns = SAMPLE_MONO_NS - 60000000000;
	process->birth_realtime_ns = SAMPLE_REALTIME_NS - 60000000000;
	process->last_event_ns = SAMPLE_MONO_NS - 1000000000;
	process->same_boot = true;
	process->level = TTA_EVENTS;
	process->state = TTA_STATE_LIVE;
	strcpy(process->comm, "python");
	strcpy(process->cmdline, "python serve.py");
	process->memory = room->memory;
	process->buffers = room->buffers;
	process->devices = room->devices;
	process->types = room->types;
	process->marks = room->marks;
	return process;
}

static struct tta_process *newest(struct sample_builder *builder,
				  struct process_room **ret)
{
	size_t index = builder->sample.process_count - 1;

	must(builder->sample.process_count > 0, "no process yet");
	*ret = &builder->rooms[index];
	return &builder->processes[index];
}

struct tta_memory *sample_memory(struct sample_builder *builder, uint32_t device,
				 uint32_t type)
{
	struct process_room *room;
	struct tta_process *process = newest(builder, &room);
	struct tta_memory *memory;

	for (size_t i = 0; i < process->memory_count; i++)
		if (room->memory[i].device == device && room->memory[i].type == type)
			return &room->memory[i];
	memory = &room->memory[next(&process->memory_count)];
	memory->device = device;
	memory->type = type;
	return memory;
}

struct tta_buffer *sample_buffer(struct sample_builder *builder, uint32_t device,
				 uint32_t type, uint64_t address, uint64_t size)
{
	struct tta_memory *memory = sample_memory(builder, device, type);
	struct process_room *room;
	struct tta_process *process = newest(builder, &room);
	struct tta_buffer *buffer = &room->buffers[next(&process->buffer_count)];

	*buffer = (struct tta_buffer){
		.address = address,
		.size = size,
		.bank_size = TTA_UNKNOWN,
		.serial = process->buffer_count,
		.time_ns = SAMPLE_MONO_NS - 5000000000,
		.device = device,
		.type = type,
		.refs = 1,
		.allocs = 1,
		.label_text = "",
	};
	memory->used += size;
	memory->peak = memory->used;
	memory->buffers++;
	memory->refs++;
	memory->allocs++;
	return buffer;
}

struct tta_device *sample_device(struct sample_builder *builder, uint32_t number,
				 const char *kind, const char *stable_id)
{
	struct process_room *room;
	struct tta_process *process = newest(builder, &room);
	size_t index = next(&process->device_count);
	struct tta_device *device = &room->devices[index];

	device->number = number;
	snprintf(device->kind, sizeof(device->kind), "%s", kind);
	snprintf(device->stable_id, sizeof(device->stable_id), "%s", stable_id);
	strcpy(device->arch, "wormhole_b0");
	device->geometry = room->geometry[index];
	return device;
}

struct tta_geometry *sample_geometry(struct sample_builder *builder, uint32_t type,
				     uint32_t banks, uint64_t bank_size)
{
	struct process_room *room;
	struct tta_process *process = newest(builder, &room);
	size_t device = process->device_count - 1;
	struct tta_geometry *geometry =
		&room->geometry[device][next(&room->devices[device].geometry_count)];

	*geometry = (struct tta_geometry){.type = type,
					  .banks = banks,
					  .capacity = banks * bank_size,
					  .bank_size = bank_size};
	return geometry;
}

void sample_type(struct sample_builder *builder, uint32_t id, const char *name)
{
	struct process_room *room;
	struct tta_process *process = newest(builder, &room);
	struct tta_type_record *type = &room->types[next(&process->type_count)];

	type->id = id;
	snprintf(type->name, sizeof(type->name), "%s", name);
}

struct tta_mark_info *sample_mark(struct sample_builder *builder, const char *name,
				  uint64_t bytes)
{
	struct process_room *room;
	struct tta_process *process = newest(builder, &room);
	size_t index = next(&process->mark_count);
	struct tta_mark_info *mark = &room->marks[index];

	snprintf(mark->name, sizeof(mark->name), "%s", name);
	mark->time_ns = SAMPLE_MONO_NS - 2000000000;
	mark->exact = true;
	mark->memory = &room->mark_memory[index];
	mark->memory_count = 1;
	room->mark_memory[index] = (struct tta_mark_memory){
		.device = 0, .type = TTA_DRAM, .bytes = bytes, .buffers = 1, .refs = 1};
	return mark;
}

void sample_skipped(struct sample_builder *builder, const char *name, int error,
		    const char *reason)
{
	struct tta_skipped *skipped =
		&builder->skipped[next(&builder->sample.skipped_count)];

	skipped->error = error;
	snprintf(skipped->name, sizeof(skipped->name), "%s", name);
	snprintf(skipped->reason, sizeof(skipped->reason), "%s", reason);
}

static int compare_buffers(const void *a, const void *b)
{
	const struct tta_buffer *left = a, *right = b;

	if (left->device != right->device)
		return left->device < right->device ? -1 : 1;
	if (left->address != right->address)
		return left->address < right->address ? -1 : 1;
	return left->type < right->type ? -1 : left->type > right->type;
}

struct snapshot *sample_snapshot(struct sample_builder *builder)
{
	struct snapshot *snapshot = NULL;

	/* As readers do. */
	for (size_t i = 0; i < builder->sample.process_count; i++)
		qsort(builder->rooms[i].buffers, builder->processes[i].buffer_count,
		      sizeof(struct tta_buffer), compare_buffers);
	must(snapshot_from_sample(&builder->sample, &snapshot) == 0, "no snapshot");
	return snapshot;
}

struct snap_process *find_process(const struct snapshot *snapshot, uint32_t pid)
{
	for (size_t i = 0; i < snapshot->process_count; i++)
		if (snapshot->processes[i].pid == pid)
			return &snapshot->processes[i];
	return NULL;
}

struct snap_buffer *find_buffer(const struct snapshot *snapshot, uint32_t pid,
				uint64_t addr)
{
	for (size_t i = 0; i < snapshot->buffer_count; i++)
		if (snapshot->buffers[i].pid == pid && snapshot->buffers[i].addr == addr)
			return &snapshot->buffers[i];
	return NULL;
}

struct snap_device_memory *find_row(const struct snapshot *snapshot, uint32_t device,
				    const char *type)
{
	struct snap_device *of = &snapshot->devices[device];

	for (size_t i = 0; i < of->memory_count; i++)
		if (strcmp(of->memory[i].type, type) == 0)
			return &of->memory[i];
	return NULL;
}
