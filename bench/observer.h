/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * observer.h - looks as the live view does: the reader stays open, and snapshots get the
 * memory of those before.
 */
#ifndef TTA_BENCH_OBSERVER_H
#define TTA_BENCH_OBSERVER_H

#include <tta/reader.h>

#include "arena_pool.h"
#include "snapshot.h"

struct observer {
	struct tta_reader *reader;
	struct arena_pool *pool;
};

/* 0 or -errno; observer_close() either way. */
int observer_open(const char *directory, struct observer *observer);
void observer_close(struct observer *observer);
/* @parts: TTA_SAMPLE_*. 0 or -errno; snapshot_free() it. */
int observer_look(const struct observer *observer, unsigned parts,
		  struct snapshot **ret_snapshot);

#endif
