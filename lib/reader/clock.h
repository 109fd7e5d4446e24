/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * clock.h - ticks of a segment's clock to nanoseconds of CLOCK_MONOTONIC.
 */
#ifndef TTA_CLOCK_H
#define TTA_CLOCK_H

#include <stdint.h>

#include <tta/layout.h>

struct tta_clock {
	uint32_t kind; /* enum tta_clock_kind */
	uint32_t shift;
	uint64_t base_ticks;
	uint64_t base_ns;
	uint64_t mult;
};

/* From a header that was validated. */
struct tta_clock tta__clock_of(const struct tta_header *header);
/* 0 stays 0: no time. Times before the clock's base are fine. */
uint64_t tta__clock_ns(const struct tta_clock *clock, uint64_t ticks);

#endif
