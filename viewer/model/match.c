/* SPDX-License-Identifier: BSD-2-Clause */
#include "match.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static bool has_segment(const struct snapshot *snapshot, uint64_t segment)
{
	for (size_t i = 0; i < snapshot->process_count; i++)
		if (snapshot->processes[i].segment == segment)
			return true;
	return false;
}

/* Processes without a segment say nothing about two documents. */
static size_t published(const struct snapshot *snapshot)
{
	size_t count = 0;

	for (size_t i = 0; i < snapshot->process_count; i++)
		count += !snapshot->processes[i].unpublished;
	return count;
}

static enum match_mode choose(const struct snapshot *base, const struct snapshot *now)
{
	for (size_t i = 0; i < now->process_count; i++)
		if (!now->processes[i].unpublished &&
		    has_segment(base, now->processes[i].segment))
			return MATCH_ADDRESS;
	return published(base) && published(now) ? MATCH_CLASS : MATCH_ADDRESS;
}

int match_parse(const char *word, const struct snapshot *base, const struct snapshot *now,
		enum match_mode *ret_mode)
{
	if (strcmp(word, "auto") == 0)
		*ret_mode = choose(base, now);
	else if (strcmp(word, "address") == 0)
		*ret_mode = MATCH_ADDRESS;
	else if (strcmp(word, "class") == 0)
		*ret_mode = MATCH_CLASS;
	else
		return -EINVAL;
	return 0;
}

const char *match_name(enum match_mode mode)
{
	return mode == MATCH_CLASS ? "class" : "address";
}

int match_compare_devices(const struct snap_device *a, const struct snap_device *b)
{
	int order = strcmp(a->kind, b->kind);

	if (order == 0)
		order = strcmp(a->uid, b->uid);
	/* a described device keeps its name under any number */
	if (order == 0 && a->uid[0] == '\0')
		order = compare_numbers(a->number, b->number);
	return order;
}

int match_compare_classes(const struct snapshot *of_a, const struct snap_buffer *a,
			  const struct snapshot *of_b, const struct snap_buffer *b)
{
	int order = match_compare_devices(&of_a->devices[a->device],
					  &of_b->devices[b->device]);

	if (order == 0)
		order = snap_type_compare(a->type, b->type);
	if (order == 0)
		order = compare_numbers(a->size, b->size);
	return order ? order : strcmp(a->label, b->label);
}

static int compare_indexes(const void *a, const void *b, void *snapshot)
{
	const struct snapshot *of = snapshot;
	const struct snap_buffer *left = &of->buffers[*(const uint32_t *)a];
	const struct snap_buffer *right = &of->buffers[*(const uint32_t *)b];
	int order = match_compare_classes(of, left, of, right);

	if (order == 0)
		order = compare_numbers(left->addr, right->addr);
	return order ? order : compare_numbers(left->segment, right->segment);
}

static void count_through(const struct snapshot *snapshot, const uint32_t *sorted,
			  uint32_t *ordinals)
{
	for (size_t i = 0; i < snapshot->buffer_count; i++) {
		bool first =
			i == 0 ||
			match_compare_classes(snapshot, &snapshot->buffers[sorted[i - 1]],
					      snapshot,
					      &snapshot->buffers[sorted[i]]) != 0;

		ordinals[sorted[i]] = first ? 0 : ordinals[sorted[i - 1]] + 1;
	}
}

int match_ordinals(const struct snapshot *snapshot, uint32_t **ret_ordinals)
{
	size_t count = snapshot->buffer_count;
	uint32_t *sorted = calloc(count + 1, sizeof(*sorted));
	uint32_t *ordinals = calloc(count + 1, sizeof(*ordinals));

	if (!sorted || !ordinals) {
		free(sorted);
		free(ordinals);
		return -ENOMEM;
	}
	for (size_t i = 0; i < count; i++)
		sorted[i] = (uint32_t)i;
	if (count > 1)
		qsort_r(sorted, count, sizeof(*sorted), compare_indexes,
			(void *)(uintptr_t)snapshot);
	count_through(snapshot, sorted, ordinals);
	free(sorted);
	*ret_ordinals = ordinals;
	return 0;
}
