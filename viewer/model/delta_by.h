/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * delta_by.h - what changed between two snapshots, a row for each of what is asked for:
 * processes, devices, types, labels, sizes, single buffers.
 */
#ifndef TTATOP_DELTA_BY_H
#define TTATOP_DELTA_BY_H

#include "delta.h"
#include "match.h"

/* A set. */
enum delta_key {
	DELTA_PROC = 1, /* by class: the command's name, as no process is in both */
	DELTA_USER = 2,
	DELTA_DEV = 4,
	DELTA_TYPE = 8,
	DELTA_SIZE = 16,
	DELTA_LABEL = 32,
	DELTA_ADDR = 64, /* single buffers */
};
#define DELTA_KEYS_DEFAULT (DELTA_PROC | DELTA_DEV | DELTA_TYPE)
/* These are known of buffers alone. */
#define DELTA_KEYS_BUFFER (DELTA_SIZE | DELTA_LABEL | DELTA_ADDR)

enum delta_change {
	DELTA_SAME = 1,
	DELTA_NEW = 2, /* nothing of it was there */
	DELTA_GONE = 4,
	DELTA_GROWN = 8,
	DELTA_SHRUNK = 16,
	DELTA_CHANGED = 32, /* nobody knows in which direction */
};

#define DELTA_NO_BUFFER UINT32_MAX

struct delta_query {
	unsigned by; /* set of enum delta_key */
	enum match_mode match;
	unsigned only;	     /* set of enum delta_change to list */
	uint64_t min;	     /* bytes of change; an unknown change is listed */
	bool devices_merged; /* one row for devices that changed alike */
	bool members;	     /* each row tells which buffers it has now */
};

struct delta_by_row {
	/* Of what is now, else as it was; what is not asked for is one of several. */
	const struct snap_process *process;
	const struct snap_device *device;
	const struct snap_buffer *buffer; /* NULL without a key of buffers */
	const char *type;
	bool is_new, is_gone; /* the process, or all that is asked for */
	enum delta_change change;
	struct delta_measure bytes, buffers, refs;
	uint32_t *devices; /* numbers, sorted; one unless merged */
	size_t device_count;
	size_t order;
	uint32_t first,
		last; /* of its buffers now, with query.members; DELTA_NO_BUFFER */
};

struct delta_by {
	struct delta_by_row *rows;
	size_t row_count;
	bool different; /* some row that is listed differs */
	uint32_t *numbers;
	uint32_t
		*next; /* per buffer of `now`: another of the same row; NULL: not asked */
};

/* 0 or -ENOMEM; the snapshots must outlive it. */
int delta_by_compute(const struct snapshot *base, const struct snapshot *now,
		     const struct delta_query *query, struct delta_by **ret_delta);
void delta_by_free(struct delta_by *delta);

/* "proc,dev,type". 0 or -EINVAL. */
int delta_keys_parse(const char *list, unsigned *ret_by);
/* NULL: no such key. */
const char *delta_key_name(unsigned key);
/* "new", ... and the reverse, 0: no such change. */
const char *delta_change_name(enum delta_change change);
unsigned delta_change_parse(const char *name);

/* One row for those that are alike on several devices; private to delta_by*.c. */
void delta_by_merge(struct delta_by *delta, const struct delta_query *query);

#endif
