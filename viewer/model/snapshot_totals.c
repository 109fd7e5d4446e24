/* SPDX-License-Identifier: BSD-2-Clause */
/* Sums over processes; shared by building, loading and selecting. */
#include <string.h>

#include "snapshot.h"

static struct snap_device_memory *device_row(struct snapshot *snapshot,
					     const struct snap_memory *memory)
{
	struct snap_device *device = &snapshot->devices[memory->device];

	for (size_t i = 0; i < device->memory_count; i++)
		if (strcmp(device->memory[i].type, memory->type) == 0)
			return &device->memory[i];
	return NULL;
}

static void add_to_device(struct snap_device_memory *row,
			  const struct snap_process *process,
			  const struct snap_memory *memory)
{
	if (process->state == SNAP_ORPHAN)
		row->orphan_bytes = snap_sum(row->orphan_bytes, memory->used);
	if (!snap_state_counts(process->state))
		return;
	row->used = snap_sum(row->used, memory->used);
	row->buffers = snap_sum(row->buffers, memory->buffers);
	row->allocs = snap_sum(row->allocs, memory->allocs);
	row->frees = snap_sum(row->frees, memory->frees);
	row->processes += memory->used != 0 || memory->buffers != 0 || memory->refs != 0;
}

static void add_to_totals(struct snap_totals *totals, const struct snap_process *process,
			  const struct snap_memory *memory)
{
	if (snap_state_counts(process->state)) {
		totals->used = snap_sum(totals->used, memory->used);
		totals->buffers = snap_sum(totals->buffers, memory->buffers);
		totals->refs = snap_sum(totals->refs, memory->refs);
	} else if (process->state == SNAP_ORPHAN) {
		totals->orphan_bytes = snap_sum(totals->orphan_bytes, memory->used);
		totals->orphan_buffers =
			snap_sum(totals->orphan_buffers, memory->buffers);
	} else if (process->state == SNAP_EXITED) {
		totals->residue_bytes = snap_sum(totals->residue_bytes, memory->used);
		totals->residue_buffers =
			snap_sum(totals->residue_buffers, memory->buffers);
	}
}

static void clear_sums(struct snapshot *snapshot)
{
	memset(&snapshot->totals, 0, sizeof(snapshot->totals));
	for (size_t i = 0; i < snapshot->device_count; i++) {
		struct snap_device *device = &snapshot->devices[i];

		for (size_t j = 0; j < device->memory_count; j++) {
			struct snap_device_memory *row = &device->memory[j];

			row->used = row->buffers = row->orphan_bytes = 0;
			row->allocs = row->frees = row->processes = 0;
		}
	}
}

void snapshot_sum_up(struct snapshot *snapshot)
{
	clear_sums(snapshot);
	for (size_t i = 0; i < snapshot->process_count; i++) {
		const struct snap_process *process = &snapshot->processes[i];

		snapshot->totals.processes +=
			snap_state_counts(process->state) && !process->unpublished;
		snapshot->totals.orphans += process->state == SNAP_ORPHAN;
		snapshot->totals.exited += process->state == SNAP_EXITED;
		for (size_t j = 0; j < process->memory_count; j++) {
			struct snap_device_memory *row =
				device_row(snapshot, &process->memory[j]);

			if (row)
				add_to_device(row, process, &process->memory[j]);
			add_to_totals(&snapshot->totals, process, &process->memory[j]);
		}
	}
}
