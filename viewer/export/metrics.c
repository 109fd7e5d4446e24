/* SPDX-License-Identifier: BSD-2-Clause */
#include "metrics.h"

#include <errno.h>
#include <string.h>
#include <tta/version.h>

#include "export_names.h"
#include "metrics_processes.h"

/* What the functions share that write the samples of one family each. */
struct writer {
	FILE *file;
	const struct metrics_look *look;
	const struct snapshot *snapshot; /* NULL: the look failed */
	const struct counters *counters;
	const struct export_device *devices; /* by index */
	const struct metrics_family *family;
	bool failed;
};

/* ---- the exporter itself ---- */

static void put_up(struct writer *w)
{
	metrics_put(w->file, w->family, NULL, 0, w->snapshot != NULL);
}

static void put_build(struct writer *w)
{
	const struct metrics_label version = {"version", TTA_VERSION_STRING};

	metrics_put(w->file, w->family, &version, 1, 1);
}

static void put_took(struct writer *w)
{
	metrics_put_seconds(w->file, w->family, w->look->took_ns);
}

/* ---- devices ---- */

static uint64_t number_at(const struct snap_device_memory *row, size_t offset)
{
	uint64_t value;

	memcpy(&value, (const char *)row + offset, sizeof(value));
	return value;
}

static bool same_type(const struct snap_device *device, size_t a, size_t b)
{
	return export_compare(device->memory[a].type, device->memory[b].type) == 0;
}

/* Rows whose types look the same are one, at the first of them. */
static void put_row(struct writer *w, const struct snap_device *device, size_t index,
		    size_t offset)
{
	const struct snap_device_memory *row = &device->memory[index];
	const struct export_device *name = &w->devices[device - w->snapshot->devices];
	const struct metrics_label labels[] = {
		{"device", name->name}, {"type", row->type}, {"uid", name->uid}};
	uint64_t value = number_at(row, offset);

	for (size_t i = 0; i < index; i++)
		if (same_type(device, i, index))
			return;
	for (size_t i = index + 1; i < device->memory_count; i++)
		if (same_type(device, index, i))
			value = snap_sum(value, number_at(&device->memory[i], offset));
	metrics_put(w->file, w->family, labels, 3, value);
}

/* @offset: of a number in struct snap_device_memory. */
static void put_rows(struct writer *w, size_t offset)
{
	for (size_t i = 0; w->snapshot && i < w->snapshot->device_count; i++) {
		const struct snap_device *device = &w->snapshot->devices[i];

		for (size_t j = 0; j < device->memory_count; j++)
			put_row(w, device, j, offset);
	}
}

#define ROWS(field)                                                                      \
	static void put_##field(struct writer *w)                                        \
	{                                                                                \
		put_rows(w, offsetof(struct snap_device_memory, field));                 \
	}
ROWS(used)
ROWS(capacity)
ROWS(peak)
ROWS(largest_free)
ROWS(buffers)
ROWS(orphan_bytes)

static void put_headroom(struct writer *w)
{
	for (size_t i = 0; w->snapshot && i < w->snapshot->device_count; i++) {
		const struct metrics_label labels[] = {{"device", w->devices[i].name},
						       {"uid", w->devices[i].uid}};

		metrics_put(w->file, w->family, labels, 2,
			    w->snapshot->devices[i].l1_headroom);
	}
}

/* ---- publishers ---- */

static void put_orphans(struct writer *w)
{
	if (w->snapshot)
		metrics_put(w->file, w->family, NULL, 0, w->snapshot->totals.orphans);
}

static void put_states(struct writer *w, const char *source)
{
	for (int state = 0; state < SNAP_STATE_COUNT; state++) {
		const struct metrics_label labels[] = {
			{"source", source},
			{"state", snap_state_name((enum snap_state)state)}};
		uint64_t count = 0;

		for (size_t i = 0; i < w->snapshot->process_count; i++) {
			const struct snap_process *process = &w->snapshot->processes[i];

			count += !process->unpublished &&
				 process->state == (enum snap_state)state &&
				 strcmp(process->source, source) == 0;
		}
		metrics_put(w->file, w->family, labels, 2, count);
	}
}

/* The native source always, others where they are first met. */
static void put_publishers(struct writer *w)
{
	if (w->snapshot)
		put_states(w, SNAP_SOURCE_NATIVE);
	for (size_t i = 0; w->snapshot && i < w->snapshot->process_count; i++) {
		const struct snap_process *list = w->snapshot->processes;
		bool met = list[i].unpublished ||
			   strcmp(list[i].source, SNAP_SOURCE_NATIVE) == 0;

		for (size_t j = 0; j < i && !met; j++)
			met = strcmp(list[j].source, list[i].source) == 0;
		if (!met)
			put_states(w, list[i].source);
	}
}

static void put_processes(struct writer *w)
{
	if (w->snapshot &&
	    metrics_put_processes(w->file, w->family, w->snapshot, w->devices))
		w->failed = true;
}

/* ---- counters ---- */

static void put_counters(struct writer *w, enum counter_kind kind, const char *first)
{
	for (size_t i = 0; i < w->counters->count; i++) {
		const struct counter *counter = &w->counters->list[i];
		const struct metrics_label labels[] = {{first, counter->labels[0]},
						       {"type", counter->labels[1]},
						       {"uid", counter->labels[2]}};

		if (counter->kind == kind)
			metrics_put(w->file, w->family, labels, COUNTER_LABELS,
				    counter->unknown ? SNAP_UNKNOWN : counter->value);
	}
}

static void put_allocs(struct writer *w)
{
	put_counters(w, COUNTER_ALLOCS, "device");
}

static void put_frees(struct writer *w)
{
	put_counters(w, COUNTER_FREES, "device");
}

static void put_suspicious(struct writer *w)
{
	put_counters(w, COUNTER_SUSPICIOUS, "kind");
}

static void put_lost(struct writer *w)
{
	put_counters(w, COUNTER_LOST, NULL);
}

static void put_errors(struct writer *w)
{
	put_counters(w, COUNTER_READ_ERRORS, "reason");
}

/* ---- all of it ---- */

static const struct {
	struct metrics_family family;
	void (*put)(struct writer *w);
	bool optional; /* with --per-process alone */
} families[] = {
	{{"ttatop_up", "", METRICS_GAUGE, "1 when the segments could be read"},
	 put_up,
	 0},
	{{"ttatop_build", "", METRICS_INFO, "The version of ttatop"}, put_build, 0},
	{{"ttatop_device_used_bytes", "bytes", METRICS_GAUGE,
	  "Bytes held by processes that are not proven dead"},
	 put_used,
	 0},
	{{"ttatop_device_capacity_bytes", "bytes", METRICS_GAUGE,
	  "Bytes there are, as described by publishers"},
	 put_capacity,
	 0},
	{{"ttatop_device_peak_bytes", "bytes", METRICS_GAUGE,
	  "Most bytes used at once; known while one process alone holds some"},
	 put_peak,
	 0},
	{{"ttatop_device_largest_free_bytes", "bytes", METRICS_GAUGE,
	  "Largest free range of one bank"},
	 put_largest_free,
	 0},
	{{"ttatop_device_buffers", "", METRICS_GAUGE,
	  "Live buffers of processes that are not proven dead"},
	 put_buffers,
	 0},
	{{"ttatop_device_l1_headroom_bytes", "bytes", METRICS_GAUGE,
	  "Bytes between circular buffers and the lowest L1 buffer"},
	 put_headroom,
	 0},
	{{"ttatop_orphan_bytes", "bytes", METRICS_GAUGE,
	  "Bytes that killed processes left behind"},
	 put_orphan_bytes,
	 0},
	{{"ttatop_orphan_processes", "", METRICS_GAUGE,
	  "Killed processes that left something behind"},
	 put_orphans,
	 0},
	{{"ttatop_publishers", "", METRICS_GAUGE, "Segments by the state of their owner"},
	 put_publishers,
	 0},
	{{"ttatop_allocations", "", METRICS_COUNTER, "Allocations"}, put_allocs, 0},
	{{"ttatop_frees", "", METRICS_COUNTER, "Frees"}, put_frees, 0},
	{{"ttatop_suspicious", "", METRICS_COUNTER, "Events that look wrong"},
	 put_suspicious,
	 0},
	{{"ttatop_events_lost", "", METRICS_COUNTER,
	  "Events that publishers could not publish at all"},
	 put_lost,
	 0},
	{{"ttatop_read_errors", "", METRICS_COUNTER,
	  "Segments, or whole looks, that could not be read"},
	 put_errors,
	 0},
	{{"ttatop_process_used_bytes", "bytes", METRICS_GAUGE,
	  "Bytes that a process holds, of those not proven dead"},
	 put_processes,
	 1},
	{{"ttatop_scrape_seconds", "seconds", METRICS_GAUGE, "How long the look took"},
	 put_took,
	 0},
};

int metrics_write(FILE *file, const struct metrics_look *look,
		  const struct counters *counters)
{
	struct writer w = {.file = file,
			   .look = look,
			   .snapshot = look->snapshot,
			   .counters = counters};
	struct arena *arena = arena_new();

	if (arena && look->snapshot)
		w.devices = export_devices(look->snapshot, arena);
	if (!arena || (look->snapshot && !w.devices)) {
		arena_free(arena);
		return -ENOMEM;
	}
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (families[i].optional && !look->per_process)
			continue;
		w.family = &families[i].family;
		metrics_put_family(file, look->dialect, w.family);
		families[i].put(&w);
	}
	metrics_put_end(file, look->dialect);
	arena_free(arena);
	return w.failed ? -ENOMEM : 0;
}
