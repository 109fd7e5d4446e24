/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * delta_view.h - what the delta screen shows: changes since the baseline in groups, and
 * what of it nobody frees.
 */
#ifndef TTATOP_DELTA_VIEW_H
#define TTATOP_DELTA_VIEW_H

#include "delta_by.h"

#define DELTA_VIEW_OLD_NS UINT64_C(60000000000) /* "never freed" from this age on */

struct delta_view {
	size_t group;
	struct delta_by *rows; /* NULL: not computed, or no baseline */
	struct delta_query query;
	uint64_t kept_buffers, kept_bytes; /* new and old by now; SNAP_UNKNOWN */
};

/* Of the two snapshots, once. 0 or -ENOMEM. */
int delta_view_compute(struct delta_view *view, const struct snapshot *base,
		       const struct snapshot *now);
/* The snapshots are others from now on; the group stays. */
void delta_view_clear(struct delta_view *view);

void delta_view_next_group(struct delta_view *view);
/* "Group: process", ... */
const char *delta_view_choice(const struct delta_view *view);
/* One row is one process, or what it was. */
bool delta_view_has_process(const struct delta_view *view);

#endif
