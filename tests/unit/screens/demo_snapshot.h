/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * demo_snapshot.h - the story that the frames show: 8 devices; a server on four of them,
 * a demo on one, an orphan whose buffers were allocated twice, and a process that ended
 * orderly with three L1 buffers left.
 */
#ifndef TTA_TEST_DEMO_SNAPSHOT_H
#define TTA_TEST_DEMO_SNAPSHOT_H

#include <stdbool.h>

#include "history.h"
#include "snapshot.h"

#define DEMO_TIME_NS	UINT64_C(1700000000000000000) /* 22:13:20 UTC */
#define DEMO_ORPHAN_PID 1906102

struct demo;

/* @devices of the same kind; below 8 the story shrinks. Aborts without memory. */
struct demo *demo_new(unsigned devices);
void demo_free(struct demo *demo);
/* The same story with @buffers buffers of the server, for size. */
struct demo *demo_large(unsigned devices, size_t buffers);

/*
 * The same story, told for the map: where L1_SMALL and TRACE lie is described (but for
 * TRACE of device 1), the server has buffers in every memory of device 0, and the last
 * process is known from the driver alone.
 */
struct demo *demo_mapped(void);

struct snapshot *demo_snapshot(struct demo *demo);
/* The state before the orphan and the demo came, and another went: a baseline. */
struct snapshot *demo_base(struct demo *demo);
/* Sixty samples of growth; a death, a mark and a start on the way. */
struct history *demo_history(const struct demo *demo);
/* Nobody publishes. */
struct snapshot *demo_empty(struct demo *demo);

#endif
