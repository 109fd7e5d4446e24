/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Buffers of all processes, one after the other on each device.
 *
 * The sample has processes in order, and each one's buffers in order of its own device
 * numbers and addresses. So it is enough to count what each merged device gets and to
 * put every buffer behind the ones before; only twins of a process or of a device need
 * sorting afterwards.
 */
#include <errno.h>
#include <string.h>

#include "snapshot_build.h"

#define LABELS 65536u /* ids of one process */
#define PIECE  256u   /* buffers that stay in the cache */

/* Text of a label that was copied already; valid for one process. */
struct known_label {
	size_t process; /* its index + 1 */
	const char *text;
};

/* What is the same for many buffers. */
struct buffers {
	struct build *build;
	struct known_label *labels;
	/* of the process */
	const struct tta_process *owner;
	size_t index;
	uint64_t to_realtime; /* added to its clock, modulo 2^64 */
	uint32_t flags;
	uint32_t device;
	/* of the buffer before */
	uint32_t type;
	const char *type_name;
};

static uint32_t flags_of(const struct buffers *b, const struct tta_buffer *from)
{
	uint32_t flags = b->flags;

	if (from->flags & TTA_SLOT_FLAG_DUP)
		flags |= SNAP_FLAG_DUP;
	if (from->flags & TTA_SLOT_FLAG_SIZE)
		flags |= SNAP_FLAG_SIZE;
	if (from->refs == 0 && from->views > 0)
		flags |= SNAP_FLAG_DANGLING;
	return flags;
}

/* One copy for all buffers with the label. */
static const char *label_of(struct buffers *b, const struct tta_buffer *from)
{
	struct known_label *known;

	if (!from->label_text || from->label_text[0] == '\0')
		return "";
	if (!b->labels)
		b->labels = arena_array(b->build->scratch, LABELS, sizeof(*b->labels));
	if (!b->labels || from->label >= LABELS)
		return arena_string(b->build->arena, from->label_text);
	known = &b->labels[from->label];
	if (known->process != b->index + 1)
		*known = (struct known_label){
			.process = b->index + 1,
			.text = arena_string(b->build->arena, from->label_text),
		};
	return known->text;
}

static void enter_type(struct buffers *b, uint32_t type)
{
	b->type = type;
	b->type_name = build_type(b->build, b->owner, type);
}

static void enter_process(struct buffers *b, size_t index)
{
	const struct tta_process *owner = &b->build->sample->processes[index];

	b->owner = owner;
	b->index = index;
	b->to_realtime = build_realtime(b->build, owner, 0);
	b->flags = 0;
	if (b->build->snapshot->processes[index].state == SNAP_ORPHAN)
		b->flags |= SNAP_FLAG_ORPHAN;
	if (owner->buffers_inexact & TTA_INEXACT_STALE)
		b->flags |= SNAP_FLAG_STALE;
	b->type_name = NULL;
}

static struct snap_buffer buffer_of(struct buffers *b, const struct tta_buffer *from)
{
	uint64_t time = b->to_realtime + from->time_ns;
	uint64_t now = b->build->sample->realtime_ns;

	return (struct snap_buffer){
		.segment = b->owner->nonce,
		.pid = b->owner->pid,
		.device = b->device,
		.process = (uint32_t)b->index,
		.type = b->type_name,
		.addr = from->address,
		.size = from->size,
		.bank_size = from->bank_size,
		.serial = from->serial,
		.refs = from->refs,
		.views = from->views,
		.allocs = from->allocs,
		.frees = from->frees,
		.time_ns = time,
		.age_ns = now > time ? now - time : 0,
		.label = label_of(b, from),
		.group = from->group,
		.site = from->site,
		.flags = flags_of(b, from),
	};
}

/* Where each device's buffers begin; their ends move there as they come. */
static int place_devices(struct build *build)
{
	size_t devices = build->snapshot->device_count, sum = 0;
	size_t *begin = arena_array(build->scratch, devices, sizeof(*begin));
	size_t *next = arena_array(build->scratch, devices, sizeof(*next));

	if (!begin || !next)
		return -ENOMEM;
	for (size_t i = 0; i < build->sample->process_count; i++) {
		const struct tta_process *process = &build->sample->processes[i];
		size_t end;

		for (size_t at = 0; at < process->buffer_count; at = end) {
			end = build_run_end(process, at);
			next[build_device(build, i, process->buffers[at].device)] +=
				end - at;
		}
	}
	for (size_t i = 0; i < devices; i++) {
		begin[i] = sum;
		sum += next[i];
		next[i] = begin[i];
	}
	build->buffers_begin = begin;
	build->buffers_end = next;
	return 0;
}

/* A piece of a run. Returns whether it is in order with what is before. */
static bool add_piece(struct buffers *b, size_t begin, size_t end)
{
	size_t *next = &b->build->buffers_end[b->device];
	size_t first = b->build->buffers_begin[b->device];
	struct snap_buffer *list = b->build->snapshot->buffers;
	bool in_order = true;

	for (size_t i = begin; i < end; i++) {
		const struct tta_buffer *from = &b->owner->buffers[i];
		size_t at = (*next)++;

		if (!b->type_name || from->type != b->type)
			enter_type(b, from->type);
		list[at] = buffer_of(b, from);
		in_order =
			in_order && (at == first ||
				     snap_buffer_compare(&list[at - 1], &list[at]) <= 0);
	}
	return in_order;
}

/* Buffers of one device. Their extents are noted while they are in the cache. */
static bool add_run(struct buffers *b, size_t begin, size_t end)
{
	const size_t *next = b->build->buffers_end;
	bool in_order = true;

	b->device = build_device(b->build, b->index, b->owner->buffers[begin].device);
	for (size_t at = begin, piece; at < end; at += piece) {
		piece = end - at < PIECE ? end - at : PIECE;
		in_order = add_piece(b, at, at + piece) && in_order;
		build_extents_add(b->build, b->device,
				  &b->build->snapshot->buffers[next[b->device] - piece],
				  piece);
	}
	return in_order;
}

static bool add_process(struct buffers *b, size_t index)
{
	bool in_order = true;
	size_t end;

	enter_process(b, index);
	for (size_t at = 0; at < b->owner->buffer_count; at = end) {
		end = build_run_end(b->owner, at);
		in_order = add_run(b, at, end) && in_order;
	}
	return in_order;
}

static bool asked_for_buffers(const struct tta_sample *sample)
{
	for (size_t i = 0; i < sample->process_count; i++)
		if (sample->processes[i].level >= TTA_LIVE &&
		    sample->processes[i].buffers_inexact & TTA_INEXACT_NO_TABLE)
			return false;
	return true;
}

/* What had to be sorted is noted once more. */
static int sort_buffers(struct build *build)
{
	int err = build_extents_begin(build);

	snapshot_sort_buffers(build->snapshot);
	for (uint32_t i = 0; i < build->snapshot->device_count && !err; i++)
		build_extents_add(build, i,
				  &build->snapshot->buffers[build->buffers_begin[i]],
				  build->buffers_end[i] - build->buffers_begin[i]);
	return err;
}

int build_buffers(struct build *build)
{
	struct snapshot *snapshot = build->snapshot;
	struct buffers b = {.build = build};
	bool in_order = true;

	for (size_t i = 0; i < build->sample->process_count; i++)
		snapshot->buffer_count += build->sample->processes[i].buffer_count;
	snapshot->has_buffers = asked_for_buffers(build->sample);
	snapshot->buffers = arena_room(build->arena, snapshot->buffer_count,
				       sizeof(*snapshot->buffers));
	if (!snapshot->buffers || place_devices(build) || build_extents_begin(build))
		return -ENOMEM;
	for (size_t i = 0; i < build->sample->process_count; i++)
		in_order = add_process(&b, i) && in_order;
	return in_order ? 0 : sort_buffers(build);
}
