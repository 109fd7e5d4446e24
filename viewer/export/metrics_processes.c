/* SPDX-License-Identifier: BSD-2-Clause */
#include "metrics_processes.h"

#include <errno.h>
#include <stdlib.h>

struct row {
	const struct snap_process *process;
	const struct snap_memory *memory;
	uint64_t used;
};

static int compare(const void *a, const void *b)
{
	const struct row *left = a, *right = b;
	const struct snap_process *p = left->process, *q = right->process;
	int order;

	if (p->pid != q->pid)
		return p->pid < q->pid ? -1 : 1;
	if (left->memory->device != right->memory->device)
		return left->memory->device < right->memory->device ? -1 : 1;
	order = export_compare(left->memory->type, right->memory->type);
	if (order == 0)
		order = export_compare(p->comm, q->comm);
	return order ? order : export_compare(p->user, q->user);
}

static size_t gather(const struct snapshot *snapshot, struct row *rows)
{
	size_t count = 0;

	for (size_t i = 0; i < snapshot->process_count; i++) {
		const struct snap_process *process = &snapshot->processes[i];

		for (size_t j = 0;
		     snap_state_counts(process->state) && j < process->memory_count; j++)
			rows[count++] = (struct row){process, &process->memory[j],
						     process->memory[j].used};
	}
	return count;
}

static void put(FILE *file, const struct metrics_family *family, const struct row *row,
		const struct export_device *devices)
{
	char pid[16];
	const struct metrics_label labels[] = {
		{"pid", pid},
		{"comm", row->process->comm},
		{"user", row->process->user},
		{"device", devices[row->memory->device].name},
		{"type", row->memory->type},
		{"uid", devices[row->memory->device].uid},
	};

	snprintf(pid, sizeof(pid), "%u", row->process->pid);
	metrics_put(file, family, labels, sizeof(labels) / sizeof(labels[0]), row->used);
}

int metrics_put_processes(FILE *file, const struct metrics_family *family,
			  const struct snapshot *snapshot,
			  const struct export_device *devices)
{
	size_t room = 1, count;
	struct row *rows;

	for (size_t i = 0; i < snapshot->process_count; i++)
		room += snapshot->processes[i].memory_count;
	rows = calloc(room, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	count = gather(snapshot, rows);
	qsort(rows, count, sizeof(*rows), compare);
	for (size_t i = 0; i < count; i++) {
		if (i + 1 < count && compare(&rows[i], &rows[i + 1]) == 0)
			rows[i + 1].used = snap_sum(rows[i].used, rows[i + 1].used);
		else
			put(file, family, &rows[i], devices);
	}
	free(rows);
	return 0;
}
