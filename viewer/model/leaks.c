/* SPDX-License-Identifier: BSD-2-Clause */
/* Buffers are sorted by what groups have in common; a group is a run of equal ones. */
#include "leaks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "delta.h"
#include "words.h"

#define SECOND UINT64_C(1000000000)

/* A buffer and the document that it is in. */
struct entry {
	const struct snapshot *snapshot;
	const struct snap_buffer *buffer;
};

struct entries {
	struct entry *list;
	size_t count;
};

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* Devices of two documents, by what they are. */
static int compare_devices(const struct entry *a, const struct entry *b)
{
	const struct snap_device *left = &a->snapshot->devices[a->buffer->device];
	const struct snap_device *right = &b->snapshot->devices[b->buffer->device];
	int order = compare_numbers(left->number, right->number);

	if (order == 0)
		order = strcmp(left->kind, right->kind);
	return order ? order : strcmp(left->uid, right->uid);
}

/* A number of a group means something in its process alone. */
static int compare_groups(const struct snap_buffer *a, const struct snap_buffer *b)
{
	int order = compare_numbers(a->group, b->group);

	if (order == 0 && a->group != 0)
		order = compare_numbers(a->segment, b->segment);
	return order;
}

static int compare_key(const struct entry *a, const struct entry *b, unsigned key)
{
	switch (key) {
	case LEAKS_LABEL:
		return strcmp(a->buffer->label, b->buffer->label);
	case LEAKS_TYPE:
		return snap_type_compare(a->buffer->type, b->buffer->type);
	case LEAKS_SIZE:
		return compare_numbers(a->buffer->size, b->buffer->size);
	case LEAKS_DEV:
		return compare_devices(a, b);
	case LEAKS_GROUP:
		return compare_groups(a->buffer, b->buffer);
	case LEAKS_SITE:
		return compare_numbers(a->buffer->site, b->buffer->site);
	default:
		return compare_numbers(a->buffer->segment, b->buffer->segment);
	}
}

static int compare_keys(const struct entry *a, const struct entry *b, unsigned by)
{
	int order = 0;

	for (unsigned key = 1; key <= LEAKS_PROCESS && order == 0; key <<= 1)
		if (by & key)
			order = compare_key(a, b, key);
	return order;
}

static int compare_entries(const void *a, const void *b, void *by)
{
	const struct entry *left = a, *right = b;
	int order = compare_keys(left, right, *(const unsigned *)by);

	if (order == 0)
		order = compare_devices(left, right);
	if (order == 0)
		order = compare_numbers(left->buffer->addr, right->buffer->addr);
	return order ? order
		     : compare_numbers(left->buffer->segment, right->buffer->segment);
}

/* Last mark of that name: the process's own, else anybody's; 0 = there is none. */
static uint64_t mark_time(const struct snapshot *now, const char *name, uint64_t segment)
{
	uint64_t own = 0, last = 0;

	for (size_t i = 0; i < now->mark_count; i++) {
		const struct snap_mark *mark = &now->marks[i];

		if (strcmp(mark->name, name) != 0 || mark->time_ns == SNAP_UNKNOWN)
			continue;
		if (mark->time_ns > last)
			last = mark->time_ns;
		if (mark->segment == segment && mark->time_ns > own)
			own = mark->time_ns;
	}
	return own ? own : last;
}

/* Unknown ages and times are the largest numbers: nobody has shown them to be young. */
static bool is_wanted(const struct snapshot *now, const struct leaks_query *query,
		      const struct snap_buffer *buffer)
{
	if (buffer->age_ns < query->older_ns || buffer->time_ns < query->since_ns)
		return false;
	if (query->since_mark &&
	    buffer->time_ns < mark_time(now, query->since_mark, buffer->segment))
		return false;
	return !query->baseline || delta_buffer_is_new(query->baseline, buffer);
}

/* @query NULL: all of them. */
static int list_entries(const struct snapshot *snapshot, const struct leaks_query *query,
			unsigned by, struct entries *ret_entries)
{
	struct entry *list = calloc(snapshot->buffer_count + 1, sizeof(*list));
	size_t count = 0;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < snapshot->buffer_count; i++)
		if (!query || is_wanted(snapshot, query, &snapshot->buffers[i]))
			list[count++] = (struct entry){snapshot, &snapshot->buffers[i]};
	if (count > 1)
		qsort_r(list, count, sizeof(*list), compare_entries, &by);
	*ret_entries = (struct entries){list, count};
	return 0;
}

static void add_buffer(struct leaks *leaks, struct leaks_group *group,
		       const struct snap_buffer *buffer)
{
	enum snap_state state = leaks->now->processes[buffer->process].state;

	leaks->buffers[leaks->buffer_count++] = buffer;
	group->count++;
	group->bytes = snap_sum(group->bytes, buffer->size);
	group->refs = snap_sum(group->refs, buffer->refs);
	if (buffer->age_ns > group->oldest_ns)
		group->oldest_ns = buffer->age_ns;
	group->orphan += state == SNAP_ORPHAN;
	group->exited += state == SNAP_EXITED;
}

static void make_groups(struct leaks *leaks, const struct entries *found, unsigned by)
{
	struct leaks_group *group = NULL;

	for (size_t i = 0; i < found->count; i++) {
		const struct entry *entry = &found->list[i];

		if (i == 0 || compare_keys(&found->list[i - 1], entry, by) != 0) {
			group = &leaks->groups[leaks->group_count++];
			group->first = entry->buffer;
			group->begin = i;
		}
		add_buffer(leaks, group, entry->buffer);
	}
}

static void sum_up(struct leaks *leaks)
{
	for (size_t i = 0; i < leaks->group_count; i++) {
		leaks->bytes = snap_sum(leaks->bytes, leaks->groups[i].bytes);
		leaks->refs = snap_sum(leaks->refs, leaks->groups[i].refs);
		leaks->orphan += leaks->groups[i].orphan;
		leaks->exited += leaks->groups[i].exited;
	}
}

static void count_ages(struct leaks *leaks)
{
	static const uint64_t limits[LEAKS_AGES] = {10 * SECOND,    60 * SECOND,
						    600 * SECOND,   3600 * SECOND,
						    86400 * SECOND, SNAP_UNKNOWN};

	for (size_t i = 0; i < LEAKS_AGES; i++) {
		leaks->ages[i].from_ns = i ? limits[i - 1] : 0;
		leaks->ages[i].to_ns = limits[i];
	}
	for (size_t i = 0; i < leaks->buffer_count; i++) {
		const struct snap_buffer *buffer = leaks->buffers[i];
		size_t at = 0;

		if (buffer->age_ns == SNAP_UNKNOWN) {
			leaks->unknown_age++;
			continue;
		}
		while (buffer->age_ns >= limits[at])
			at++;
		leaks->ages[at].buffers++;
		leaks->ages[at].bytes = snap_sum(leaks->ages[at].bytes, buffer->size);
	}
}

struct sums {
	uint64_t bytes, buffers, refs;
};

/* Of all entries that have in common what @like has. */
static struct sums sum_of(const struct entries *all, const struct entry *like,
			  unsigned by)
{
	struct sums sums = {0};
	size_t low = 0, high = all->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_keys(&all->list[middle], like, by) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < all->count && compare_keys(&all->list[low], like, by) == 0; low++) {
		sums.bytes = snap_sum(sums.bytes, all->list[low].buffer->size);
		sums.refs = snap_sum(sums.refs, all->list[low].buffer->refs);
		sums.buffers++;
	}
	return sums;
}

/* The first measure that moved decides. */
static void set_trend(struct leaks_group *group, const struct sums *then,
		      const struct sums *now)
{
	int order = compare_numbers(now->bytes, then->bytes);

	if (then->bytes == SNAP_UNKNOWN || now->bytes == SNAP_UNKNOWN)
		return;
	if (order == 0)
		order = compare_numbers(now->buffers, then->buffers);
	if (order == 0)
		order = compare_numbers(now->refs, then->refs);
	group->change = (int64_t)(now->bytes - then->bytes);
	group->trend = order > 0   ? LEAKS_GROWS
		       : order < 0 ? LEAKS_SHRINKS
				   : LEAKS_CONSTANT;
}

static int watch(struct leaks *leaks, const struct snapshot *earlier, unsigned by)
{
	struct entries then = {0}, now = {0};
	int err = list_entries(earlier, NULL, by, &then);

	if (!err)
		err = list_entries(leaks->now, NULL, by, &now);
	for (size_t i = 0; !err && i < leaks->group_count; i++) {
		const struct entry like = {leaks->now, leaks->groups[i].first};
		struct sums before = sum_of(&then, &like, by);
		struct sums after = sum_of(&now, &like, by);

		set_trend(&leaks->groups[i], &before, &after);
	}
	free(then.list);
	free(now.list);
	return err;
}

/* The largest first; those of a size that nobody knows before all. */
static int compare_sizes(const void *a, const void *b)
{
	const struct leaks_group *left = a, *right = b;
	int order = compare_numbers(right->bytes, left->bytes);

	if (order == 0)
		order = compare_numbers(right->count, left->count);
	return order ? order : compare_numbers(left->begin, right->begin);
}

static int find(struct leaks *leaks, const struct leaks_query *query)
{
	struct entries found;
	int err = list_entries(leaks->now, query, query->by, &found);

	if (err)
		return err;
	leaks->buffers = calloc(found.count + 1, sizeof(*leaks->buffers));
	leaks->groups = calloc(found.count + 1, sizeof(*leaks->groups));
	if (leaks->buffers && leaks->groups)
		make_groups(leaks, &found, query->by);
	else
		err = -ENOMEM;
	free(found.list);
	if (!err && query->earlier)
		err = watch(leaks, query->earlier, query->by);
	if (!err && leaks->group_count > 1)
		qsort(leaks->groups, leaks->group_count, sizeof(*leaks->groups),
		      compare_sizes);
	return err;
}

int leaks_find(const struct snapshot *now, const struct leaks_query *query,
	       struct leaks **ret_leaks)
{
	struct leaks *leaks = calloc(1, sizeof(*leaks));
	int err;

	if (!leaks)
		return -ENOMEM;
	leaks->now = now;
	err = find(leaks, query);
	if (err) {
		leaks_free(leaks);
		return err;
	}
	sum_up(leaks);
	count_ages(leaks);
	*ret_leaks = leaks;
	return 0;
}

void leaks_free(struct leaks *leaks)
{
	if (!leaks)
		return;
	free(leaks->buffers);
	free(leaks->groups);
	free(leaks);
}

const char *leaks_key_name(unsigned key)
{
	switch (key) {
	case LEAKS_LABEL:
		return "label";
	case LEAKS_TYPE:
		return "type";
	case LEAKS_SIZE:
		return "size";
	case LEAKS_DEV:
		return "dev";
	case LEAKS_GROUP:
		return "group";
	case LEAKS_SITE:
		return "site";
	case LEAKS_PROCESS:
		return "process";
	default:
		return NULL;
	}
}

int leaks_keys_parse(const char *list, unsigned *ret_by)
{
	return words_to_bits(list, leaks_key_name, LEAKS_PROCESS, ret_by);
}

const char *leaks_trend_name(enum leaks_trend trend)
{
	static const char *const names[] = {
		[LEAKS_UNWATCHED] = "",
		[LEAKS_CONSTANT] = "constant",
		[LEAKS_GROWS] = "grows",
		[LEAKS_SHRINKS] = "shrinks",
	};

	return names[trend];
}

static int compare_u32(const void *a, const void *b)
{
	return compare_numbers(*(const uint32_t *)a, *(const uint32_t *)b);
}

size_t leaks_devices(const struct leaks *leaks, const struct leaks_group *group,
		     uint32_t *numbers)
{
	size_t count = 0;

	for (size_t i = 0; i < group->count; i++)
		numbers[i] = leaks->now->devices[leaks->buffers[group->begin + i]->device]
				     .number;
	if (group->count > 1)
		qsort(numbers, group->count, sizeof(*numbers), compare_u32);
	for (size_t i = 0; i < group->count; i++)
		if (i == 0 || numbers[i] != numbers[i - 1])
			numbers[count++] = numbers[i];
	return count;
}
