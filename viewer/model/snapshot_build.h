/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * snapshot_build.h - what the steps of snapshot_from_sample() share; private to the
 * model.
 */
#ifndef TTATOP_SNAPSHOT_BUILD_H
#define TTATOP_SNAPSHOT_BUILD_H

#include "arena.h"
#include "snapshot.h"

/* Where the devices of one process went in the merged list; sorted by number. */
struct build_place {
	uint32_t number;		    /* the process's own */
	uint32_t device;		    /* index in snapshot.devices */
	const struct tta_device *described; /* NULL = not */
	const struct build_place *like;	    /* the same in another process, or NULL */
};

struct build_places {
	struct build_place *list;
	size_t count;
};

/* Where buffers lie, while it is being found out. */
struct build_extents {
	struct extent *list; /* a device's begin where its buffers do */
	size_t *count;	     /* by device */
	bool *unplaced;	     /* by memory row: some buffer has no known range */
};

struct build_origin;
struct region_list;

struct build {
	const struct tta_sample *sample;
	const struct region_list *regions; /* NULL = not asked for */
	struct build_origin *origins;	   /* beside the processes; NULL: no regions */
	struct snapshot *snapshot;
	struct arena *arena;	     /* the snapshot's */
	struct arena *scratch;	     /* gone when the snapshot is built */
	struct build_places *places; /* per process, in the order of the sample */
	const char **named_types;    /* each name once */
	size_t named_type_count;
	size_t *buffers_begin; /* by device: its first buffer */
	size_t *buffers_end;   /* by device: behind its last buffer */
	struct build_extents extents;
	struct snap_device_memory *memory; /* rows of all devices, one after the other */
};

/* Name of @type in @process, the same pointer for the same name; "?" when unknown. */
const char *build_type(struct build *build, const struct tta_process *process,
		       uint32_t type);
/* The row of (device, type), NULL = there is none. */
struct snap_device_memory *build_row(const struct build *build, uint32_t device,
				     const char *type);
/* Index of a process's device in the merged list. */
uint32_t build_device(const struct build *build, size_t process, uint32_t number);
/* Behind the last buffer on the device of buffer @begin: they are sorted by device. */
size_t build_run_end(const struct tta_process *process, size_t begin);
/* CLOCK_MONOTONIC of @process's boot to CLOCK_REALTIME. */
uint64_t build_realtime(const struct build *build, const struct tta_process *process,
			uint64_t mono_ns);

/* Merge the devices of all processes; places and snapshot.devices. 0 or -ENOMEM. */
int build_devices(struct build *build);
/* Memory rows of devices, once the processes have theirs. 0 or -ENOMEM. */
int build_device_memory(struct build *build);
/* Buffers of all processes and their extents, once all of that is there. 0 or -ENOMEM. */
int build_buffers(struct build *build);
/* Room for extents, once the buffers are counted and the rows are there. 0 or -ENOMEM. */
int build_extents_begin(struct build *build);
/* Take note of @count buffers of @device, which stay where they are. */
void build_extents_add(struct build *build, uint32_t device, struct snap_buffer *first,
		       size_t count);
/* Overlap flags, largest gap and L1 headroom, once all buffers are noted. 0 or -ENOMEM.
 */
int build_extents(struct build *build);
/* Why this state, in words. */
const char *build_note(struct build *build, const struct tta_process *process);
/* Why the numbers are not exact, in words; sets exact as well. 0 or -ENOMEM. */
int build_reasons(struct build *build, size_t process, struct snap_process *to);
/* What could not be read. 0 or -ENOMEM. */
int build_warnings(struct build *build);

#endif
