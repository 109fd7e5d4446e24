/* SPDX-License-Identifier: BSD-2-Clause */
#include "delta_view.h"

static const struct {
	const char *name;
	unsigned by;
} groups[] = {
	{"Group: process", DELTA_PROC | DELTA_DEV | DELTA_TYPE},
	{"Group: device", DELTA_DEV | DELTA_TYPE},
	{"Group: type", DELTA_TYPE},
	{"Group: size", DELTA_SIZE | DELTA_DEV | DELTA_TYPE},
	{"Group: label", DELTA_LABEL | DELTA_DEV | DELTA_TYPE},
	{"Group: address", DELTA_ADDR | DELTA_PROC | DELTA_DEV | DELTA_TYPE},
};
#define GROUP_COUNT (sizeof(groups) / sizeof(*groups))

#define ALL                                                                              \
	(DELTA_SAME | DELTA_NEW | DELTA_GONE | DELTA_GROWN | DELTA_SHRUNK | DELTA_CHANGED)

/* Most buffers are younger than the baseline, which decides; others are looked up. */
static bool is_new(const struct snapshot *base, const struct snap_buffer *buffer)
{
	return buffer->time_ns > base->time_ns || delta_buffer_is_new(base, buffer);
}

static void count_kept(struct delta_view *view, const struct snapshot *base,
		       const struct snapshot *now)
{
	view->kept_buffers = view->kept_bytes = 0;
	if (!now->has_buffers || !base->has_buffers)
		view->kept_buffers = view->kept_bytes = SNAP_UNKNOWN;
	for (size_t i = 0; i < now->buffer_count && base->has_buffers; i++) {
		const struct snap_buffer *buffer = &now->buffers[i];

		if (buffer->age_ns == SNAP_UNKNOWN ||
		    buffer->age_ns < DELTA_VIEW_OLD_NS || !is_new(base, buffer))
			continue;
		view->kept_buffers = snap_sum(view->kept_buffers, 1);
		view->kept_bytes = snap_sum(view->kept_bytes, buffer->size);
	}
}

int delta_view_compute(struct delta_view *view, const struct snapshot *base,
		       const struct snapshot *now)
{
	if (view->rows)
		return 0;
	view->query = (struct delta_query){
		.by = groups[view->group].by,
		.only = ALL,
		.devices_merged = true,
		.members = true,
	};
	match_parse("auto", base, now, &view->query.match);
	count_kept(view, base, now);
	return delta_by_compute(base, now, &view->query, &view->rows);
}

void delta_view_clear(struct delta_view *view)
{
	delta_by_free(view->rows);
	view->rows = NULL;
}

void delta_view_next_group(struct delta_view *view)
{
	view->group = (view->group + 1) % GROUP_COUNT;
	delta_view_clear(view);
}

const char *delta_view_choice(const struct delta_view *view)
{
	return groups[view->group].name;
}

bool delta_view_has_process(const struct delta_view *view)
{
	return groups[view->group].by & DELTA_PROC && view->query.match == MATCH_ADDRESS;
}
