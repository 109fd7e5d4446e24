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
	uint64_t told_mult;  /* by the publisher, from a short look at both clocks */
	uint64_t span_ticks; /* over which `mult` was measured */
};

/* From a header that was validated. */
struct tta_clock tta__clock_of(const struct tta_header *header);
/*
 * Look at both clocks again: the longer after the birth, the better the slope. Keeps what
 * the publisher told when the two do not fit (the counter jumped: suspended, migrated).
 * Cheap when called often: measures each time the span has doubled.
 */
void tta__clock_refine(struct tta_clock *clock);
/* 0 stays 0: no time. Times before the clock's base are fine. */
uint64_t tta__clock_ns(const struct tta_clock *clock, uint64_t ticks);

#endif
