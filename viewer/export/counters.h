/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * counters.h - counts that never fall while an exporter runs.
 *
 * What publishers count ends with their segments. So what every segment has counted since
 * the look before is added up here, by labels, and stays when the segment goes:
 *
 *	look 1	A 5, B 7	12
 *	look 2	A 6		13	B is gone, its 7 stay
 *
 * After one look they are the sums over the segments that are there, dead ones included.
 */
#ifndef TTATOP_COUNTERS_H
#define TTATOP_COUNTERS_H

#include "snapshot.h"

enum counter_kind {
	COUNTER_ALLOCS,	     /* device, type, uid */
	COUNTER_FREES,	     /* device, type, uid */
	COUNTER_SUSPICIOUS,  /* kind */
	COUNTER_LOST,	     /* no label */
	COUNTER_READ_ERRORS, /* reason */
};

/* Series at most: what strangers call their types shall not fill the memory. */
#define COUNTERS_LIMIT 4096u
/* Looks without a segment before its counts are forgotten; until then it may come back.
 */
#define COUNTERS_PATIENCE 60u

#define COUNTER_LABELS 3

struct counter {
	enum counter_kind kind;
	char *labels[COUNTER_LABELS]; /* NULL = none */
	uint64_t value;
	bool unknown; /* a count that nobody knows went in */
};

/* What a segment had counted when it was last seen. */
struct counter_seen {
	uint64_t segment;
	size_t counter;
	uint64_t value;
	unsigned absent; /* looks */
};

struct counters {
	struct counter *list;
	size_t count, room;
	struct counter_seen *seen; /* sorted by (segment, counter) */
	size_t seen_count;
};

/* With everything that has a fixed name, at 0. 0 or -ENOMEM, then it is empty. */
int counters_init(struct counters *counters);
void counters_fini(struct counters *counters);
/* Count on to @snapshot, and what it could not read. 0 or -ENOMEM, then as before. */
int counters_take(struct counters *counters, const struct snapshot *snapshot);
/* A look that failed: nothing of it could be read. */
void counters_failed(struct counters *counters);

#endif
