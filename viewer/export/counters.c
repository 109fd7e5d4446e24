/* SPDX-License-Identifier: BSD-2-Clause */
#include "counters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "export_names.h"

/* Names of fixed series, where they come from. */
static const struct {
	const char *name;
	size_t offset; /* in struct snap_process */
} suspicious[] = {
	{"dup", offsetof(struct snap_process, dups)},
	{"size", offsetof(struct snap_process, size_changes)},
	{"dangling", offsetof(struct snap_process, dangling)},
	{"unknown_free", offsetof(struct snap_process, unknown_frees)},
	{"unmatched_free", offsetof(struct snap_process, unmatched)},
	{"alloc_failed", offsetof(struct snap_process, alloc_failed)},
	{"uncertain", offsetof(struct snap_process, uncertain)},
};
#define SUSPICIOUS_COUNT (sizeof(suspicious) / sizeof(suspicious[0]))

static const struct {
	const char *name, *warning; /* NULL: no warning of a snapshot */
} errors[] = {
	{"unreadable", "shm.unreadable"}, {"foreign_version", "shm.foreign-version"},
	{"corrupt", "shm.corrupt"},	  {"look_failed", NULL},
	{"too_many_series", NULL},
};
#define ERROR_COUNT	    (sizeof(errors) / sizeof(errors[0]))
#define LOOK_FAILED	    3u
#define TOO_MANY_SERIES	    4u
#define FIRST_OF_SUSPICIOUS 0u
#define LOST_AT		    SUSPICIOUS_COUNT
#define FIRST_OF_ERRORS	    (SUSPICIOUS_COUNT + 1)

/* ---- series ---- */

static bool same_label(const char *a, const char *b)
{
	return a == b || (a && b && export_compare(a, b) == 0);
}

/* What a series is called. */
struct name {
	enum counter_kind kind;
	const char *labels[COUNTER_LABELS];
};

static bool has_name(const struct counter *counter, const struct name *name)
{
	if (counter->kind != name->kind)
		return false;
	for (size_t i = 0; i < COUNTER_LABELS; i++)
		if (!same_label(counter->labels[i], name->labels[i]))
			return false;
	return true;
}

static size_t find(const struct counters *counters, const struct name *name)
{
	for (size_t i = 0; i < counters->count; i++)
		if (has_name(&counters->list[i], name))
			return i;
	return SIZE_MAX;
}

static int make_room(struct counters *counters)
{
	size_t room = counters->room ? counters->room * 2 : 64;
	struct counter *list;

	if (counters->count < counters->room)
		return 0;
	list = reallocarray(counters->list, room, sizeof(*list));
	if (!list)
		return -ENOMEM;
	counters->list = list;
	counters->room = room;
	return 0;
}

static void free_labels(struct counter *counter)
{
	for (size_t i = 0; i < COUNTER_LABELS; i++)
		free(counter->labels[i]);
}

/* *ret_index = SIZE_MAX: it would be one too many. 0 or -ENOMEM. */
static int find_or_make(struct counters *counters, const struct name *name,
			size_t *ret_index)
{
	struct counter made = {.kind = name->kind};
	bool failed = false;

	*ret_index = find(counters, name);
	if (*ret_index != SIZE_MAX || counters->count == COUNTERS_LIMIT)
		return 0;
	if (make_room(counters))
		return -ENOMEM;
	for (size_t i = 0; i < COUNTER_LABELS; i++) {
		made.labels[i] = name->labels[i] ? strdup(name->labels[i]) : NULL;
		failed |= name->labels[i] && !made.labels[i];
	}
	if (failed) {
		free_labels(&made);
		return -ENOMEM;
	}
	*ret_index = counters->count++;
	counters->list[*ret_index] = made;
	return 0;
}

/* A series whose name is fixed, by its first label. */
static int make_fixed(struct counters *counters, enum counter_kind kind,
		      const char *label)
{
	const struct name name = {kind, {label}};
	size_t index;

	return find_or_make(counters, &name, &index);
}

int counters_init(struct counters *counters)
{
	int err = 0;

	*counters = (struct counters){0};
	for (size_t i = 0; i < SUSPICIOUS_COUNT && !err; i++)
		err = make_fixed(counters, COUNTER_SUSPICIOUS, suspicious[i].name);
	if (!err)
		err = make_fixed(counters, COUNTER_LOST, NULL);
	for (size_t i = 0; i < ERROR_COUNT && !err; i++)
		err = make_fixed(counters, COUNTER_READ_ERRORS, errors[i].name);
	if (err)
		counters_fini(counters);
	return err;
}

void counters_fini(struct counters *counters)
{
	for (size_t i = 0; i < counters->count; i++)
		free_labels(&counters->list[i]);
	free(counters->list);
	free(counters->seen);
	*counters = (struct counters){0};
}

/* ---- what a snapshot says ---- */

/* Which series the numbers of a (device, type) go to. */
struct place {
	size_t allocs, frees;
};

struct look {
	struct counters *counters;
	struct counter_seen *rows;
	size_t count;
	struct place **places; /* by device and row of it */
	bool too_many;
};

static void add(struct look *look, const struct snap_process *process, size_t counter,
		uint64_t value)
{
	if (counter == SIZE_MAX) {
		look->too_many = true;
		return;
	}
	look->rows[look->count++] = (struct counter_seen){
		.segment = process->segment, .counter = counter, .value = value};
}

static int find_place(struct look *look, const struct export_device *device,
		      const char *type, struct place *place)
{
	struct name name = {COUNTER_ALLOCS,
			    {device->name, type, device->uid[0] ? device->uid : NULL}};
	int err = find_or_make(look->counters, &name, &place->allocs);

	name.kind = COUNTER_FREES;
	return err ? err : find_or_make(look->counters, &name, &place->frees);
}

/* Once for all processes. 0 or -ENOMEM. */
static int find_places(struct look *look, const struct snapshot *snapshot,
		       struct arena *arena)
{
	const struct export_device *devices = export_devices(snapshot, arena);
	int err = 0;

	look->places = arena_array(arena, snapshot->device_count, sizeof(*look->places));
	if (!devices || !look->places)
		return -ENOMEM;
	for (size_t i = 0; i < snapshot->device_count; i++) {
		const struct snap_device *device = &snapshot->devices[i];

		look->places[i] =
			arena_array(arena, device->memory_count, sizeof(struct place));
		if (!look->places[i])
			return -ENOMEM;
		for (size_t j = 0; j < device->memory_count && !err; j++)
			err = find_place(look, &devices[i], device->memory[j].type,
					 &look->places[i][j]);
	}
	return err;
}

static void add_memory(struct look *look, const struct snapshot *snapshot,
		       const struct snap_process *process,
		       const struct snap_memory *memory)
{
	const struct snap_device *device = &snapshot->devices[memory->device];

	for (size_t i = 0; i < device->memory_count; i++) {
		const struct place *place = &look->places[memory->device][i];

		if (strcmp(device->memory[i].type, memory->type) != 0)
			continue;
		add(look, process, place->allocs, memory->allocs);
		add(look, process, place->frees, memory->frees);
		return;
	}
}

static void add_process(struct look *look, const struct snap_process *process)
{
	for (size_t i = 0; i < SUSPICIOUS_COUNT; i++) {
		uint64_t value;

		memcpy(&value, (const char *)process + suspicious[i].offset,
		       sizeof(value));
		add(look, process, FIRST_OF_SUSPICIOUS + i, value);
	}
	add(look, process, LOST_AT, process->dropped);
}

/* tt-metal's regions and the driver's holders count none: what looks wrong is summed up
 * over the others. */
static bool counts_events(const struct snap_process *process)
{
	return process->events != SNAP_UNKNOWN;
}

static size_t room_for(const struct snapshot *snapshot)
{
	size_t room = snapshot->process_count * (SUSPICIOUS_COUNT + 1);

	for (size_t i = 0; i < snapshot->process_count; i++)
		room += 2 * snapshot->processes[i].memory_count;
	return room;
}

static int compare(const void *a, const void *b)
{
	const struct counter_seen *left = a, *right = b;

	if (left->segment != right->segment)
		return left->segment < right->segment ? -1 : 1;
	return (left->counter > right->counter) - (left->counter < right->counter);
}

/* Equal keys (types that look the same, a document that has a segment twice) are one. */
static void sort_and_merge(struct look *look)
{
	size_t count = 0;

	qsort(look->rows, look->count, sizeof(*look->rows), compare);
	for (size_t i = 0; i < look->count; i++) {
		const struct counter_seen *row = &look->rows[i];

		if (count && compare(&look->rows[count - 1], row) == 0)
			look->rows[count - 1].value =
				snap_sum(look->rows[count - 1].value, row->value);
		else
			look->rows[count++] = *row;
	}
	look->count = count;
}

static int gather(struct look *look, const struct snapshot *snapshot)
{
	struct arena *arena = arena_new();
	int err = arena ? find_places(look, snapshot, arena) : -ENOMEM;

	for (size_t i = 0; i < snapshot->process_count && !err; i++) {
		const struct snap_process *process = &snapshot->processes[i];

		if (counts_events(process))
			add_process(look, process);
		for (size_t j = 0; j < process->memory_count; j++)
			add_memory(look, snapshot, process, &process->memory[j]);
	}
	arena_free(arena);
	sort_and_merge(look);
	return err;
}

/* ---- counting on ---- */

static void count_on(struct counters *counters, const struct counter_seen *now,
		     uint64_t before)
{
	struct counter *counter = &counters->list[now->counter];

	if (now->value == SNAP_UNKNOWN)
		counter->unknown = true;
	else if (now->value > before)
		counter->value += now->value - before;
}

/* Both are sorted; what was seen before stays for a while, and never falls. */
static size_t merge(struct counters *counters, const struct look *look,
		    struct counter_seen *to)
{
	const struct counter_seen *old = counters->seen, *now = look->rows;
	const struct counter_seen *old_end = old + counters->seen_count;
	const struct counter_seen *now_end = now + look->count;
	size_t count = 0;

	while (old < old_end || now < now_end) {
		int order = old == old_end ? 1 : now == now_end ? -1 : compare(old, now);

		if (order < 0) {
			to[count] = *old++;
			count += ++to[count].absent < COUNTERS_PATIENCE;
			continue;
		}
		count_on(counters, now, order == 0 ? old->value : 0);
		to[count] = *now++;
		if (order == 0 &&
		    (to[count].value == SNAP_UNKNOWN || to[count].value < old->value))
			to[count].value = old->value;
		else if (to[count].value == SNAP_UNKNOWN)
			to[count].value = 0;
		old += order == 0;
		count++;
	}
	return count;
}

static void count_errors(struct counters *counters, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->warning_count; i++)
		for (size_t j = 0; j < ERROR_COUNT; j++)
			if (errors[j].warning &&
			    strcmp(snapshot->warnings[i].id, errors[j].warning) == 0)
				counters->list[FIRST_OF_ERRORS + j].value +=
					snapshot->warnings[i].count;
}

int counters_take(struct counters *counters, const struct snapshot *snapshot)
{
	struct look look = {.counters = counters};
	size_t room = room_for(snapshot) + 1;
	struct counter_seen *seen;
	int err = -ENOMEM;

	look.rows = calloc(room, sizeof(*look.rows));
	seen = calloc(room + counters->seen_count, sizeof(*seen));
	if (look.rows && seen)
		err = gather(&look, snapshot);
	if (err) {
		free(seen);
	} else {
		counters->seen_count = merge(counters, &look, seen);
		free(counters->seen);
		counters->seen = seen;
		count_errors(counters, snapshot);
		counters->list[FIRST_OF_ERRORS + TOO_MANY_SERIES].value += look.too_many;
	}
	free(look.rows);
	return err;
}

void counters_failed(struct counters *counters)
{
	counters->list[FIRST_OF_ERRORS + LOOK_FAILED].value++;
}
