/* SPDX-License-Identifier: BSD-2-Clause */
#include "clock.h"

#include <stdbool.h>

#include "tsc.h"

#define REFINE_NS  1000000u /* below, the publisher knows better */
#define DOUBT_PART 64u	    /* a slope that differs by more is no slope */

__extension__ typedef __int128 wide;

struct tta_clock tta__clock_of(const struct tta_header *header)
{
	return (struct tta_clock){
		.kind = header->clock_kind,
		.shift = header->clock_shift,
		.base_ticks = header->clock_base_ticks,
		.base_ns = header->clock_base_ns,
		.mult = header->clock_mult & INT64_MAX,
		.told_mult = header->clock_mult & INT64_MAX,
	};
}

static bool plausible(const struct tta_clock *clock, uint64_t mult)
{
	uint64_t told = clock->told_mult;
	uint64_t apart = mult > told ? mult - told : told - mult;

	return mult != 0 && mult < INT64_MAX && apart <= told / DOUBT_PART;
}

void tta__clock_refine(struct tta_clock *clock)
{
	const struct tta_clock_pair birth = {clock->base_ticks, clock->base_ns};
	struct tta_clock_pair now;
	uint64_t mult;

	if (clock->kind != TTA_CLOCK_TSC || clock->shift != TTA_CLOCK_SHIFT ||
	    tta__tsc_read() - clock->base_ticks < 2 * clock->span_ticks)
		return;
	now = tta__clock_pair();
	mult = tta__clock_slope(&birth, &now);
	if (now.ns - birth.ns < REFINE_NS || !plausible(clock, mult))
		return;
	clock->mult = mult;
	clock->span_ticks = now.ticks - birth.ticks;
}

uint64_t tta__clock_ns(const struct tta_clock *clock, uint64_t ticks)
{
	wide delta = (int64_t)(ticks - clock->base_ticks);

	if (ticks == 0 || clock->kind == TTA_CLOCK_MONOTONIC)
		return ticks;
	return clock->base_ns + (uint64_t)(delta * (wide)clock->mult >> clock->shift);
}
