/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * leaks.h - live buffers that are old, in groups. What ended processes left is included.
 */
#ifndef TTATOP_LEAKS_H
#define TTATOP_LEAKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snapshot.h"

/* What the buffers of a group have in common; a set. */
enum leaks_key {
	LEAKS_LABEL = 1,
	LEAKS_TYPE = 2,
	LEAKS_SIZE = 4,
	LEAKS_DEV = 8,
	LEAKS_GROUP = 16,
	LEAKS_SITE = 32,
	LEAKS_PROCESS = 64,
};
#define LEAKS_KEYS_DEFAULT (LEAKS_LABEL | LEAKS_TYPE | LEAKS_SIZE)

enum leaks_trend {
	LEAKS_UNWATCHED, /* one look, or a size that nobody knows */
	LEAKS_CONSTANT,
	LEAKS_GROWS,
	LEAKS_SHRINKS,
};

struct leaks_query {
	unsigned by;			 /* set of enum leaks_key */
	uint64_t older_ns;		 /* an unknown age is old */
	uint64_t since_ns;		 /* allocated at or after this time; 0 = any */
	const char *since_mark;		 /* after the process's last such mark, or NULL */
	const struct snapshot *baseline; /* not in here, or NULL */
	const struct snapshot *earlier;	 /* another look, for the trend; NULL = none */
};

struct leaks_group {
	const struct snap_buffer *first; /* tells what they have in common */
	size_t begin, count;		 /* in leaks.buffers */
	uint64_t bytes, refs, oldest_ns; /* SNAP_UNKNOWN possible */
	uint64_t orphan, exited;	 /* buffers of ended processes */
	enum leaks_trend trend;		 /* of all its buffers, of any age */
	int64_t change;			 /* in bytes, between the two looks */
};

#define LEAKS_AGES 6

struct leaks_age {
	uint64_t from_ns, to_ns; /* to_ns SNAP_UNKNOWN = without end */
	uint64_t buffers, bytes;
};

struct leaks {
	const struct snapshot *now;	    /* borrowed */
	const struct snap_buffer **buffers; /* group by group, by device and address */
	size_t buffer_count;
	struct leaks_group *groups; /* the largest first */
	size_t group_count;
	uint64_t bytes, refs, orphan, exited;
	struct leaks_age ages[LEAKS_AGES];
	uint64_t unknown_age; /* buffers */
};

/* 0 or -ENOMEM; @now must outlive it. */
int leaks_find(const struct snapshot *now, const struct leaks_query *query,
	       struct leaks **ret_leaks);
void leaks_free(struct leaks *leaks);

/* "label", ... from a list "label,dev". 0 or -EINVAL. */
int leaks_keys_parse(const char *list, unsigned *ret_by);
/* NULL: no such key. */
const char *leaks_key_name(unsigned key);
/* "constant", "grows", "shrinks", "" */
const char *leaks_trend_name(enum leaks_trend trend);
/* Numbers of the group's devices, each once, sorted; room for as many as buffers. */
size_t leaks_devices(const struct leaks *leaks, const struct leaks_group *group,
		     uint32_t *numbers);

#endif
