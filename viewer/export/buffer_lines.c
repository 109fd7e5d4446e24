/* SPDX-License-Identifier: BSD-2-Clause */
#include "buffer_lines.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "csv_text.h"
#include "export_names.h"
#include "folded_text.h"
#include "format.h"

/* ---- comma-separated values ---- */

#define CSV_TITLES                                                                       \
	"segment,pid,comm,user,state,device,kind,type,addr,size,bank_size,serial,refs,"  \
	"views,allocs,frees,time,age_ns,label,group,site,flags\n"

static void put_text(FILE *file, const char *text)
{
	csv_put(file, text);
	fputc(',', file);
}

static void put_number(FILE *file, uint64_t value)
{
	if (value != SNAP_UNKNOWN)
		fprintf(file, "%" PRIu64, value);
	fputc(',', file);
}

static void put_hex(FILE *file, uint64_t value, bool absent)
{
	if (!absent)
		fprintf(file, "0x%" PRIx64, value);
	fputc(',', file);
}

static void put_time(FILE *file, uint64_t realtime_ns)
{
	char text[FORMAT_TIME_SIZE];

	put_text(file, realtime_ns == SNAP_UNKNOWN ? "" : format_time(text, realtime_ns));
}

static void put_flags(FILE *file, uint32_t flags)
{
	const char *separator = "";

	for (uint32_t flag = 1; flag <= SNAP_FLAG_STALE; flag <<= 1)
		if (flags & flag) {
			fprintf(file, "%s%s", separator,
				snap_flag_name((enum snap_flag)flag));
			separator = "+";
		}
	fputc('\n', file);
}

static void put_owner(FILE *file, const struct snapshot *snapshot,
		      const struct snap_buffer *buffer)
{
	const struct snap_process *process = &snapshot->processes[buffer->process];
	const struct snap_device *device = &snapshot->devices[buffer->device];

	put_hex(file, buffer->segment, false);
	put_number(file, buffer->pid);
	put_text(file, process->comm);
	put_text(file, process->user);
	put_text(file, snap_state_name(process->state));
	put_number(file, device->number);
	put_text(file, device->kind);
}

int buffer_lines_csv(const struct snapshot *snapshot, bool header, FILE *file)
{
	if (header)
		fputs(CSV_TITLES, file);
	for (size_t i = 0; i < snapshot->buffer_count; i++) {
		const struct snap_buffer *buffer = &snapshot->buffers[i];

		put_owner(file, snapshot, buffer);
		put_text(file, buffer->type);
		put_hex(file, buffer->addr, false);
		put_number(file, buffer->size);
		put_number(file, buffer->bank_size);
		put_hex(file, buffer->serial, false);
		put_number(file, buffer->refs);
		put_number(file, buffer->views);
		put_number(file, buffer->allocs);
		put_number(file, buffer->frees);
		put_time(file, buffer->time_ns);
		put_number(file, buffer->age_ns);
		put_text(file, buffer->label);
		put_hex(file, buffer->group, buffer->group == 0);
		put_hex(file, buffer->site, buffer->site == 0);
		put_flags(file, buffer->flags);
	}
	return 0;
}

/* ---- folded stacks ---- */

static int compare_stacks(const void *a, const void *b)
{
	const struct snap_buffer *left = *(const struct snap_buffer *const *)a;
	const struct snap_buffer *right = *(const struct snap_buffer *const *)b;
	int order;

	if (left->process != right->process)
		return left->process < right->process ? -1 : 1;
	if (left->device != right->device)
		return left->device < right->device ? -1 : 1;
	order = snap_type_compare(left->type, right->type);
	return order ? order : strcmp(left->label, right->label);
}

static void put_stack(FILE *file, const struct snapshot *snapshot,
		      const struct export_device *devices,
		      const struct snap_buffer *buffer, uint64_t bytes)
{
	const struct snap_process *process = &snapshot->processes[buffer->process];

	folded_put(file, "", process->comm);
	fprintf(file, " %u", process->pid);
	folded_put(file, ";dev ", devices[buffer->device].name);
	folded_put(file, ";", buffer->type);
	folded_put_label(file, ";", buffer->label);
	fprintf(file, " %" PRIu64 "\n", bytes);
}

static size_t gather(const struct snapshot *snapshot, const struct snap_buffer **list)
{
	size_t count = 0;

	for (size_t i = 0; i < snapshot->buffer_count; i++)
		if (snapshot->buffers[i].size != SNAP_UNKNOWN)
			list[count++] = &snapshot->buffers[i];
	return count;
}

int buffer_lines_folded(const struct snapshot *snapshot, FILE *file, size_t *ret_unknown)
{
	struct arena *arena = arena_new();
	const struct export_device *devices =
		arena ? export_devices(snapshot, arena) : NULL;
	const struct snap_buffer **list =
		calloc(snapshot->buffer_count + 1, sizeof(*list));
	uint64_t bytes = 0;
	size_t count = 0;

	if (devices && list) {
		count = gather(snapshot, list);
		*ret_unknown = snapshot->buffer_count - count;
		qsort(list, count, sizeof(*list), compare_stacks);
	}
	for (size_t i = 0; i < count; i++) {
		bytes += list[i]->size;
		if (i + 1 < count && compare_stacks(&list[i], &list[i + 1]) == 0)
			continue;
		put_stack(file, snapshot, devices, list[i], bytes);
		bytes = 0;
	}
	free(list);
	arena_free(arena);
	return devices && list ? 0 : -ENOMEM;
}
