/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * clock.h - ticks of the header's clock: the TSC where the kernel trusts it, else
 * nanoseconds of CLOCK_MONOTONIC.
 */
#ifndef TTA_PUBLISHER_CLOCK_H
#define TTA_PUBLISHER_CLOCK_H

#include <stdint.h>
#include <time.h>

#include <tta/export.h>
#include <tta/layout.h>

#include "tsc.h"

/* enum tta_clock_kind; 0 until the first call decides, for the life of the process. */
extern tta_a32 tta__clock_kind __attribute__((visibility("hidden")));

uint64_t tta__clock_ticks_slow(void);

static inline uint64_t tta__clock_ticks(void)
{
	if (TTA_LIKELY(tta_load_relaxed32(&tta__clock_kind) == TTA_CLOCK_TSC))
		return tta__tsc_read();
	return tta__clock_ticks_slow();
}

/* Nanoseconds of @clock, also where the time-stamp counter may not be read. */
uint64_t tta__clock_now_ns(clockid_t clock);
/* At load: the earlier the first instant is taken, the better the slope. */
void tta__clock_start(void);
/* Kind, base and slope for viewers; may spin for some ten microseconds. */
void tta__clock_fill(struct tta_header *header);

#endif
