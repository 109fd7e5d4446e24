/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * snapshot.h - everything known at one instant: the document that all commands share.
 *
 * Made from a reader's sample or from a JSON file; private copies only. Devices of
 * different processes are merged: by (kind, stable id) when described, else by
 * (kind, number), never across kinds. Numbers that nobody knows are SNAP_UNKNOWN.
 * A snapshot owns all it points to; strings are never NULL ("" = none).
 */
#ifndef TTATOP_SNAPSHOT_H
#define TTATOP_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tta/reader.h>

#include "arena_pool.h"

#define SNAP_UNKNOWN	 UINT64_MAX
#define SNAP_UID_UNKNOWN UINT32_MAX
/* Where a process is known from. */
#define SNAP_SOURCE_NATIVE   "native"	/* a segment */
#define SNAP_SOURCE_BRIDGE   "bridge"	/* one that somebody publishes for it */
#define SNAP_SOURCE_TT_METAL "tt-metal" /* totals alone */
#define SNAP_SOURCE_DRIVER   "driver"	/* it publishes nothing */

struct region_list;

enum snap_state {
	SNAP_LIVE,
	SNAP_IDLE, /* no event for 10 s */
	SNAP_ORPHAN,
	SNAP_EXITED,
	SNAP_DEAD, /* nothing left; hidden by default */
	SNAP_CORRUPT,
	SNAP_STATE_UNKNOWN,
	SNAP_STATE_COUNT,
};

enum snap_flag {
	SNAP_FLAG_DUP = 1,
	SNAP_FLAG_SIZE = 2,
	SNAP_FLAG_DANGLING = 4,
	SNAP_FLAG_OVERLAP = 8,
	SNAP_FLAG_ORPHAN = 16,
	SNAP_FLAG_STALE = 32,
};

/* What a process holds of one (device, type). */
struct snap_memory {
	uint32_t device;  /* index in snapshot.devices */
	const char *type; /* "DRAM" */
	uint64_t used, peak, buffers, refs, allocs, frees;
	uint64_t added; /* by tta_add(), net; not in the document */
};

struct snap_process {
	uint64_t segment; /* nonce */
	const char *file; /* segment file name, "" when from a file */
	uint64_t inode;
	uint32_t pid;
	uint64_t start_time;	    /* clock ticks after boot, SNAP_UNKNOWN */
	uint64_t start_realtime_ns; /* of the segment's birth */
	uint64_t pidns;
	uint32_t uid;
	const char *user; /* name, else the number */
	const char *comm, *cmdline, *run_id;
	enum snap_state state;
	const char *source; /* SNAP_SOURCE_* */
	const char *note;   /* why this state, in words; "" = nothing to say */
	bool exact;
	const char **inexact_reasons;
	size_t inexact_reason_count;
	uint64_t events, last_event_ns; /* realtime, SNAP_UNKNOWN = none */
	uint64_t lost, uncertain, unknown_frees, unmatched, closed;
	/* Not in the document: SNAP_UNKNOWN when from a file. */
	uint64_t dups, size_changes, dangling, alloc_failed;
	uint64_t dropped;	    /* events that could not be published at all */
	struct snap_memory *memory; /* sorted by (device, type) */
	size_t memory_count;
	bool has_buffers; /* false: totals only */
	bool unpublished; /* known from the driver alone: see snapshot_unpublished.h */
	const uint32_t *held; /* devices by the driver's numbers, when unpublished */
	size_t held_count;
};

struct snap_device_memory {
	const char *type;
	uint64_t capacity, used, peak, free, largest_free, banks, bank_size, buffers;
	uint64_t orphan_bytes, allocs, frees;
	/* not in the document: */
	uint64_t processes; /* that hold something of it */
	uint64_t base;	    /* first address of a bank; SNAP_UNKNOWN = not described */
	bool hidden;	    /* more is held than the buffers of the snapshot show */
};

struct snap_device {
	uint32_t id;		       /* = its index */
	uint32_t number;	       /* the publisher's */
	const char *kind, *uid, *arch; /* uid = stable id, "" = not described */
	struct snap_device_memory *memory;
	size_t memory_count;
	uint64_t l1_headroom, cb_end, lowest_l1; /* SNAP_UNKNOWN = not known */
};

struct snap_buffer {
	uint64_t segment;
	uint32_t pid;
	uint32_t device;  /* index in snapshot.devices */
	uint32_t process; /* index in snapshot.processes */
	const char *type;
	uint64_t addr, size, bank_size, serial;
	uint64_t refs, views, allocs, frees;
	uint64_t time_ns; /* realtime */
	uint64_t age_ns;
	const char *label;
	uint64_t group, site; /* 0 = none */
	uint32_t flags;	      /* SNAP_FLAG_* */
};

struct snap_mark_memory {
	uint32_t device;
	const char *type;
	uint64_t bytes, buffers, refs;
};

struct snap_mark {
	uint64_t segment;
	uint32_t pid;
	const char *name;
	uint64_t time_ns; /* realtime */
	bool exact;
	struct snap_mark_memory *memory;
	size_t memory_count;
};

struct snap_warning {
	const char *id, *text;
	uint64_t count;
};

struct snap_totals {
	uint64_t used, buffers, refs, processes; /* not proven dead */
	uint64_t orphans, orphan_bytes, orphan_buffers;
	uint64_t exited, residue_bytes, residue_buffers;
};

struct snapshot {
	const char *host, *boot_id, *tool;
	uint64_t time_ns; /* realtime */
	uint64_t mono_ns;
	bool exact;
	struct snap_warning *warnings;
	size_t warning_count;
	struct snap_device *devices;
	size_t device_count;
	struct snap_process *processes; /* sorted by (pid, start time, segment) */
	size_t process_count;
	struct snap_buffer *buffers; /* sorted by (device, pid, address) */
	size_t buffer_count;
	bool has_buffers;
	struct snap_mark *marks;
	size_t mark_count;
	struct snap_totals totals;
	struct arena *arena; /* owns everything above */
};

/*
 * Build a snapshot from @sample (borrowed for the call). 0 or -ENOMEM.
 * Resolves users, merges devices, computes flags, totals, free and headroom.
 */
int snapshot_from_sample(const struct tta_sample *sample, struct snapshot **ret_snapshot);
/* The same, with memory from @pool (see arena_pool.h): for those who make many. */
int snapshot_from_sample_in(const struct tta_sample *sample, struct arena_pool *pool,
			    struct snapshot **ret_snapshot);
/* With what tt-metal's regions say; NULL = not asked for. @pool may be NULL. */
int snapshot_from_sources(const struct tta_sample *sample,
			  const struct region_list *regions, struct arena_pool *pool,
			  struct snapshot **ret_snapshot);
void snapshot_free(struct snapshot *snapshot);
/* An empty one, to be filled in; @pool as above, NULL = none. 0 or -ENOMEM. */
int snapshot_new(struct arena_pool *pool, struct snapshot **ret_snapshot);

/* "live", "idle", ...; and the reverse (-1: no such state). */
const char *snap_state_name(enum snap_state state);
int snap_state_parse(const char *name);
/* 'L', 'i', 'O', 'X', 'D', 'C', '?' as the screens show them. */
char snap_state_letter(enum snap_state state);
/* "dup", "size", ...: name of one flag bit. */
const char *snap_flag_name(enum snap_flag flag);
/* True for states that count in live totals (not proven dead). */
bool snap_state_counts(enum snap_state state);

/* Name of a built-in memory type, NULL for others. */
const char *snap_builtin_type(uint32_t type);
/* Order of type names: built-in ones as the layout numbers them, then by name. */
int snap_type_compare(const char *a, const char *b);
/* Unknown when either is. */
uint64_t snap_sum(uint64_t a, uint64_t b);

/* By (device, pid, address), then type, segment and serial. */
int snap_buffer_compare(const struct snap_buffer *left, const struct snap_buffer *right);
void snapshot_sort_buffers(struct snapshot *snapshot);

/*
 * Recompute from the processes what sums up over them: per device and type used,
 * buffers, orphan bytes, allocs, frees and holders, and the totals.
 */
void snapshot_sum_up(struct snapshot *snapshot);

#endif
