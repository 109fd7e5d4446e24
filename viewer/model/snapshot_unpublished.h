/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * snapshot_unpublished.h - processes that hold devices and publish nothing: the driver
 * knows them, no segment does.
 */
#ifndef TTATOP_SNAPSHOT_UNPUBLISHED_H
#define TTATOP_SNAPSHOT_UNPUBLISHED_H

#include "snapshot.h"

/* The family of devices that the driver numbers. */
#define SNAP_DRIVER_KIND "tenstorrent"

struct snap_unpublished {
	uint32_t pid;
	uint32_t uid;		    /* SNAP_UID_UNKNOWN = not known */
	uint64_t start_time;	    /* clock ticks after boot, SNAP_UNKNOWN */
	uint64_t start_realtime_ns; /* SNAP_UNKNOWN */
	const char *comm;
	const char *why;	 /* it does not publish */
	const uint32_t *devices; /* the driver's numbers, ascending */
	size_t device_count;
};

/*
 * Add them to @snapshot as processes of source "driver" and state unknown: every number
 * is unknown, and no total changes. Texts and lists are copied. 0 or -ENOMEM.
 */
int snapshot_add_unpublished(struct snapshot *snapshot,
			     const struct snap_unpublished *list, size_t count);
/* Identity of such a process instead of a segment's. */
uint64_t snap_unpublished_key(uint32_t pid, uint64_t start_time);
/* Does the driver say that @process holds @device, by its number? */
bool snap_holds_device(const struct snap_process *process,
		       const struct snap_device *device);

#endif
