/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * load.h - a publisher that follows a script until it is killed, and the truth about it,
 * kept outside of its segment.
 */
#ifndef TTA_LOAD_H
#define TTA_LOAD_H

#include <tta/atomic.h>

#include "script.h"

/* Of one thread; written by it before and after each call. */
struct done {
	tta_a64 begun, done; /* calls */
	tta_a32 thread;	     /* kernel id */
	uint32_t reserved[11];
};

/* In a child: publish until death. @done lies in shared memory. */
_Noreturn void load_publish(const struct load *load, struct done done[SCRIPT_THREADS]);

#endif
