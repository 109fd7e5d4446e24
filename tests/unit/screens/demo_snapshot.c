/* SPDX-License-Identifier: BSD-2-Clause */
#include "demo_snapshot.h"

#include <stdlib.h>
#include <string.h>

#define K      UINT64_C(1024)
#define M      (1024 * K)
#define G      (1024 * M)
#define SECOND UINT64_C(1000000000)
#define MINUTE (60 * SECOND)

#define MAX_DEVICES   64
#define MAX_PROCESSES 5
#define TYPES	      5

static const char *const types[TYPES] = {"CB", "DRAM", "L1", "L1_SMALL", "TRACE"};

struct demo {
	struct snapshot now, base, empty;
	struct snap_device devices[MAX_DEVICES];
	struct snap_device_memory device_memory[MAX_DEVICES][TYPES];
	struct snap_process processes[MAX_PROCESSES], base_processes[2];
	struct snap_memory gone_memory[1];
	struct snap_memory memory[MAX_PROCESSES][MAX_DEVICES * TYPES];
	struct snap_buffer *buffers, *base_buffers;
	size_t buffer_room, server_buffers;
};

static void *must(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

static int type_index(const char *type)
{
	for (int i = 0; i < TYPES; i++)
		if (strcmp(types[i], type) == 0)
			return i;
	abort();
}

static void add_device(struct demo *demo, unsigned number)
{
	static const uint64_t capacities[TYPES] = {SNAP_UNKNOWN, 12 * G, 93 * M, 4 * M,
						   500 * M};
	static const uint64_t banks[TYPES] = {SNAP_UNKNOWN, 12, 64, 64, 12};
	struct snap_device *device = &demo->devices[number];

	*device = (struct snap_device){
		.id = number,
		.number = number,
		.kind = "tenstorrent",
		.uid = "",
		.arch = "wormhole_b0",
		.memory = demo->device_memory[number],
		.memory_count = TYPES,
		.l1_headroom = 560 * K,
		.cb_end = 0x27f00,
		.lowest_l1 = 0xb4000,
	};
	for (int i = 0; i < TYPES; i++) {
		uint64_t bank = capacities[i] == SNAP_UNKNOWN ? SNAP_UNKNOWN
							      : capacities[i] / banks[i];

		device->memory[i] = (struct snap_device_memory){
			.type = types[i],
			.capacity = capacities[i],
			.peak = SNAP_UNKNOWN,
			.free = capacities[i],
			.largest_free = bank,
			.banks = banks[i],
			.bank_size = bank,
		};
	}
}

static struct snap_process *add_process(struct demo *demo, uint32_t pid, const char *user,
					const char *comm, const char *cmdline,
					enum snap_state state, uint64_t age)
{
	size_t index = demo->now.process_count++;
	struct snap_process *process = &demo->processes[index];

	*process = (struct snap_process){
		.segment = 0x1000 + pid,
		.file = "",
		.pid = pid,
		.user = user,
		.comm = comm,
		.cmdline = cmdline,
		.run_id = "",
		.state = state,
		.source = "native",
		.note = "",
		.exact = true,
		.start_time = SNAP_UNKNOWN,
		.start_realtime_ns = DEMO_TIME_NS - age,
		.last_event_ns = DEMO_TIME_NS - SECOND,
		.memory = demo->memory[index],
		.has_buffers = true,
	};
	return process;
}

/* Book one holding with the process, and with its device when the process counts. */
static struct snap_memory *hold(struct demo *demo, struct snap_process *process,
				unsigned device, const char *type)
{
	for (size_t i = 0; i < process->memory_count; i++)
		if (process->memory[i].device == device &&
		    strcmp(process->memory[i].type, type) == 0)
			return &process->memory[i];
	process->memory[process->memory_count] =
		(struct snap_memory){.device = device, .type = type};
	demo->device_memory[device][type_index(type)].processes++;
	return &process->memory[process->memory_count++];
}

static void book(struct demo *demo, struct snap_process *process, unsigned device,
		 const char *type, uint64_t bytes, uint64_t buffers)
{
	struct snap_memory *memory = hold(demo, process, device, type);
	struct snap_device_memory *total = &demo->device_memory[device][type_index(type)];

	memory->used += bytes;
	memory->peak = memory->used;
	memory->buffers += buffers;
	memory->refs += buffers;
	memory->allocs += buffers;
	if (process->state == SNAP_ORPHAN) {
		total->orphan_bytes += bytes;
	} else if (snap_state_counts(process->state)) {
		total->used += bytes;
		total->buffers += buffers;
		demo->now.totals.used += bytes;
		demo->now.totals.buffers += buffers;
		if (total->free != SNAP_UNKNOWN)
			total->free -= bytes;
	}
}

static struct snap_buffer *add_buffer(struct demo *demo, struct snap_process *process,
				      unsigned device, const char *type, uint64_t address,
				      uint64_t size, uint64_t banks, const char *label)
{
	size_t index = demo->now.buffer_count++;
	struct snap_buffer *buffer;

	if (demo->now.buffer_count > demo->buffer_room) {
		demo->buffer_room = demo->buffer_room ? 2 * demo->buffer_room : 256;
		demo->buffers = must(realloc(demo->buffers,
					     demo->buffer_room * sizeof(*demo->buffers)));
	}
	buffer = &demo->buffers[index];
	*buffer = (struct snap_buffer){
		.segment = process->segment,
		.pid = process->pid,
		.device = device,
		.process = (uint32_t)(process - demo->processes),
		.type = type,
		.addr = address,
		.size = size,
		.bank_size = size / banks,
		.serial = index + 1,
		.refs = 1,
		.allocs = 1,
		.label = label,
		.time_ns = process->start_realtime_ns,
		.age_ns = DEMO_TIME_NS - process->start_realtime_ns,
		.flags = process->state == SNAP_ORPHAN ? SNAP_FLAG_ORPHAN : 0,
	};
	return buffer;
}

static void add_server(struct demo *demo, unsigned devices, size_t buffers)
{
	struct snap_process *process =
		add_process(demo, 1906544, "ml01", "python",
			    "python serve.py --model 70b", SNAP_LIVE, 31 * MINUTE);

	for (unsigned device = 0; device < devices && device < 4; device++) {
		book(demo, process, device, "CB", 3 * M + 200 * K, 0);
		book(demo, process, device, "DRAM", 8 * G + 512 * M, buffers / 4);
		book(demo, process, device, "L1", 45 * M + 200 * K, 0);
		book(demo, process, device, "L1_SMALL", 2 * M, 0);
		book(demo, process, device, "TRACE", 200 * M, 0);
	}
	for (size_t i = 0; i < buffers && devices > 0; i++)
		add_buffer(demo, process, (unsigned)(i % (devices < 4 ? devices : 4)),
			   "DRAM", 0x100000 + i * 0x10000, 64 * K + i % 7 * 4 * K, 12,
			   "weights");
	process->events = 1234567;
	process->lost = 312;
}

static void add_demo(struct demo *demo)
{
	struct snap_process *process = add_process(demo, 1907233, "ml2", "ttnn_demo",
						   "./ttnn_demo", SNAP_LIVE, 4 * SECOND);
	struct snap_buffer *buffer;

	book(demo, process, 4, "CB", 512 * K, 8);
	book(demo, process, 4, "DRAM", M + 512 * K, 16);
	buffer = add_buffer(demo, process, 4, "DRAM", 0x20000000, M + 512 * K, 12,
			    "kv_cache");
	buffer->age_ns = 3 * SECOND;
	process->events = 480;
}

static void add_orphan(struct demo *demo, unsigned devices)
{
	struct snap_process *process =
		add_process(demo, DEMO_ORPHAN_PID, "ml01", "python",
			    "python test_mesh.py", SNAP_ORPHAN, 26 * MINUTE);

	process->note = "killed";
	process->run_id = "7f3a";
	for (unsigned device = 0; device < devices && device < 8; device++) {
		struct snap_buffer *queue =
			add_buffer(demo, process, device, "DRAM", 0x3ffff000, 24 * K, 12,
				   "cq_dispatch");

		queue->flags |= SNAP_FLAG_DUP;
		queue->allocs = 2;
		queue->frees = 1;
		queue = add_buffer(demo, process, device, "DRAM", 0x3ffff800, 12 * K, 12,
				   "cq_config");
		queue->flags |= SNAP_FLAG_DUP;
		queue->allocs = 2;
		queue->frees = 1;
		book(demo, process, device, "DRAM", 36 * K, 2);
		if (device == 0)
			book(demo, process, device, "L1", 12 * K, 3);
	}
	for (uint64_t i = 0; i < 3; i++)
		add_buffer(demo, process, 0, "L1", 0x18b20 + i * 0x1000, 4 * K, 1, "");
}

static void add_exited(struct demo *demo)
{
	struct snap_process *process =
		add_process(demo, 141211, "ci", "pytest", "pytest -k mesh_close",
			    SNAP_EXITED, 24 * MINUTE);
	struct snap_buffer *buffer;

	book(demo, process, 0, "L1", 10 * K, 3);
	for (uint64_t i = 0; i < 3; i++) {
		buffer = add_buffer(demo, process, 0, "L1", 0x18b20 + i * 0x1000,
				    i < 2 ? 4 * K : 2 * K, 1, "");
		buffer->refs = buffer->allocs = 2;
		if (i == 2)
			buffer->flags |= SNAP_FLAG_SIZE;
	}
}

/* A process that says nothing about itself: its numbers are unknown, not zero. */
static void add_unreadable(struct demo *demo)
{
	struct snap_process *process =
		add_process(demo, 2210, "root", "tt-smi", "tt-smi", SNAP_STATE_UNKNOWN,
			    9 * 24 * 60 * MINUTE);

	process->note = "no permission to read its segment";
	process->exact = false;
	process->has_buffers = false;
}

/* The server with its buffers, and a process that has freed all and gone since. */
static void make_base(struct demo *demo, unsigned devices)
{
	struct snapshot *base = &demo->base;

	*base = demo->now;
	base->processes = demo->base_processes;
	base->process_count = base->process_count ? 1 : 0;
	base->buffers = demo->base_buffers;
	base->buffer_count = demo->server_buffers;
	base->time_ns = DEMO_TIME_NS - 27 * MINUTE;
	if (base->buffer_count)
		memcpy(base->buffers, demo->buffers,
		       base->buffer_count * sizeof(*base->buffers));
	snapshot_sort_buffers(base);
	demo->base_processes[0] = demo->processes[0];
	if (devices < 8)
		return;
	demo->gone_memory[0] = (struct snap_memory){.device = 7,
						    .type = "TRACE",
						    .used = M + 200 * K,
						    .buffers = 1,
						    .refs = 1};
	demo->base_processes[1] = demo->processes[0];
	demo->base_processes[1].pid = 1905990;
	demo->base_processes[1].segment = 0x1000 + 1905990;
	demo->base_processes[1].memory = demo->gone_memory;
	demo->base_processes[1].memory_count = 1;
	base->process_count = 2;
	base->totals.used = demo->now.totals.used - 2 * M + M + 200 * K;
}

static void finish(struct demo *demo, unsigned devices)
{
	struct snapshot *now = &demo->now;

	*now = (struct snapshot){
		.host = "t3k-07",
		.boot_id = "",
		.tool = "ttatop",
		.time_ns = DEMO_TIME_NS,
		.mono_ns = 1000 * SECOND,
		.exact = true,
		.devices = demo->devices,
		.device_count = devices,
		.processes = demo->processes,
		.process_count = now->process_count,
		.buffers = demo->buffers,
		.buffer_count = now->buffer_count,
		.has_buffers = true,
		.totals = now->totals,
	};
	now->totals.processes = 2;
	if (devices >= 8) {
		now->totals.orphans = 1;
		now->totals.orphan_bytes = 300 * K;
		now->totals.orphan_buffers = 19;
		now->totals.exited = 1;
		now->totals.residue_bytes = 10 * K;
		now->totals.residue_buffers = 3;
	}
	make_base(demo, devices);
	demo->empty = (struct snapshot){
		.host = "t3k-07",
		.boot_id = "",
		.tool = "ttatop",
		.exact = true,
		.time_ns = DEMO_TIME_NS,
		.mono_ns = 1000 * SECOND,
		.has_buffers = true,
	};
}

struct demo *demo_large(unsigned devices, size_t buffers)
{
	struct demo *demo = must(calloc(1, sizeof(*demo)));

	for (unsigned i = 0; i < devices; i++)
		add_device(demo, i);
	if (devices > 0) {
		add_server(demo, devices, buffers);
		demo->server_buffers = buffers;
		demo->base_buffers =
			must(calloc(buffers + 1, sizeof(*demo->base_buffers)));
	}
	if (devices >= 8) {
		add_demo(demo);
		add_orphan(demo, devices);
		add_exited(demo);
		add_unreadable(demo);
	}
	finish(demo, devices);
	return demo;
}

struct demo *demo_new(unsigned devices)
{
	return demo_large(devices, 40);
}

void demo_free(struct demo *demo)
{
	free(demo->buffers);
	free(demo->base_buffers);
	free(demo);
}

static void describe_places(struct snap_device *device)
{
	struct snap_device_memory *memory = device->memory;

	memory[type_index("CB")].banks = 64;
	memory[type_index("L1_SMALL")].base = 0x160000;
	memory[type_index("TRACE")].base = 0x36000000;
}

static void fill_device(struct demo *demo)
{
	struct snap_process *server = &demo->processes[0];

	for (uint64_t i = 0; i < 5; i++)
		add_buffer(demo, server, 0, "CB", 0x20000 + i * 0x2000, 256 * K, 64,
			   "circular buffer");
	for (uint64_t i = 0; i < 6; i++)
		add_buffer(demo, server, 0, "L1", 0xb4000 + i * 0x1a000, 6 * M, 64,
			   "activations");
	add_buffer(demo, server, 0, "L1", 0xb6000, M, 64, "scratch")->flags |=
		SNAP_FLAG_OVERLAP;
	add_buffer(demo, server, 0, "L1_SMALL", 0x160000, M, 64, "halo");
	for (uint64_t i = 0; i < 2; i++)
		add_buffer(demo, server, 0, "TRACE", 0x36000000 + i * 9 * M, 100 * M, 12,
			   "trace");
	demo->now.buffers = demo->buffers;
}

static void unpublish(struct snap_process *process)
{
	static const uint32_t held[] = {0, 1, 2, 3, 4, 5, 6, 7};

	process->source = SNAP_SOURCE_DRIVER;
	process->unpublished = true;
	process->held = held;
	process->held_count = 8;
	process->cmdline = "";
	process->note = "holds device 0-7, does not publish: not linked with libtta";
}

struct demo *demo_mapped(void)
{
	struct demo *demo = demo_new(8);

	for (int i = 0; i < 8; i++)
		describe_places(&demo->devices[i]);
	demo->device_memory[1][type_index("TRACE")].base = SNAP_UNKNOWN;
	fill_device(demo);
	unpublish(&demo->processes[4]);
	return demo;
}

struct snapshot *demo_snapshot(struct demo *demo)
{
	return &demo->now;
}

struct snapshot *demo_base(struct demo *demo)
{
	return &demo->base;
}

struct snapshot *demo_empty(struct demo *demo)
{
	return &demo->empty;
}

#define SAMPLES	   60
#define DIED_AT	   18 /* samples: the orphan lived before */
#define MARKED_AT  35
#define STARTED_AT 54 /* the demo was not there before */

/* The state of the story at a sample: everything grows evenly. */
static void make_past(const struct demo *demo, struct demo *past, uint64_t sample,
		      struct snapshot *then)
{
	*past = *demo;
	*then = demo->now;
	then->processes = past->processes;
	then->devices = past->devices;
	for (size_t k = 0; k < then->process_count; k++) {
		struct snap_process *process = &then->processes[k];

		process->memory = past->memory[k];
		for (size_t n = 0; n < process->memory_count; n++) {
			process->memory[n].used =
				process->memory[n].used * (sample + 1) / SAMPLES;
			if (process->state == SNAP_LIVE) {
				process->memory[n].allocs = 155 * sample;
				process->memory[n].frees = 140 * sample;
			}
		}
		process->events = process->events * (sample + 1000) / (999 + SAMPLES);
		if (process->state == SNAP_ORPHAN && sample < DIED_AT)
			process->state = SNAP_LIVE;
	}
	for (size_t k = 0; k < then->device_count; k++) {
		then->devices[k].memory = past->device_memory[k];
		for (size_t n = 0; n < TYPES; n++)
			past->device_memory[k][n].used =
				past->device_memory[k][n].used * (sample + 1) / SAMPLES;
	}
	then->totals.used = demo->now.totals.used * (sample + 1) / SAMPLES;
	then->mono_ns = demo->now.mono_ns - (SAMPLES - 1 - sample) * SECOND;
	then->time_ns = demo->now.time_ns - (SAMPLES - 1 - sample) * SECOND;
	if (sample < STARTED_AT && then->process_count > 1)
		memmove(&then->processes[1], &then->processes[2],
			(--then->process_count - 1) * sizeof(*then->processes));
}

struct history *demo_history(const struct demo *demo)
{
	struct history *history = must(history_new(64));
	struct demo *past = must(malloc(sizeof(*past)));
	struct snap_mark mark = {.name = "epoch 2", .pid = 1906544};

	for (uint64_t i = 0; i < SAMPLES; i++) {
		struct snapshot then;

		make_past(demo, past, i, &then);
		mark.time_ns = then.time_ns;
		if (i == MARKED_AT) {
			then.marks = &mark;
			then.mark_count = 1;
		}
		if (history_push(history, &then))
			abort();
	}
	free(past);
	return history;
}
