/* SPDX-License-Identifier: BSD-2-Clause */
#include "clock.h"

__extension__ typedef __int128 wide;

struct tta_clock tta__clock_of(const struct tta_header *header)
{
	return (struct tta_clock){
		.kind = header->clock_kind,
		.shift = header->clock_shift,
		.base_ticks = header->clock_base_ticks,
		.base_ns = header->clock_base_ns,
		.mult = header->clock_mult & INT64_MAX,
	};
}

uint64_t tta__clock_ns(const struct tta_clock *clock, uint64_t ticks)
{
	wide delta = (int64_t)(ticks - clock->base_ticks);

	if (ticks == 0 || clock->kind == TTA_CLOCK_MONOTONIC)
		return ticks;
	return clock->base_ns + (uint64_t)(delta * (wide)clock->mult >> clock->shift);
}
