/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <sys/prctl.h>

#include "publisher.h"

#define CALIBRATE_NS 50000u

tta_a32 tta__clock_kind;

/* Written once, while the library is loaded; a child goes on with it. */
static struct tta_clock_pair first;

/*
 * The kernel watches the counter and gives it up when processors disagree; a process may
 * have been forbidden to read it (PR_SET_TSC, prctl(2)). Paravirtual clocks are made of
 * the counter too, but may correct it.
 */
static bool tsc_trusted(void)
{
	char source[32];
	int allowed = 0;

	/* Not x86: -EINVAL. */
	if (prctl(PR_GET_TSC, &allowed) || allowed != PR_TSC_ENABLE)
		return false;
	tta__read_text("/sys/devices/system/clocksource/clocksource0/current_clocksource",
		       source, sizeof(source));
	return strcmp(source, "tsc\n") == 0;
}

void tta__clock_start(void)
{
	bool trusted;

	if (tta_load_relaxed32(&tta__clock_kind))
		return;
	trusted = tsc_trusted();
	if (trusted)
		first = tta__clock_pair();
	tta_store_release32(&tta__clock_kind,
			    trusted ? TTA_CLOCK_TSC : TTA_CLOCK_MONOTONIC);
}

uint64_t tta__clock_ticks_slow(void)
{
	/* An event before this library's constructor. */
	tta__clock_start();
	return tta_load_relaxed32(&tta__clock_kind) == TTA_CLOCK_TSC
		       ? tta__tsc_read()
		       : tta__monotonic_ns();
}

void tta__clock_fill(struct tta_header *header)
{
	struct tta_clock_pair now;

	tta__clock_start();
	header->clock_kind = tta_load_acquire32(&tta__clock_kind);
	if (header->clock_kind != TTA_CLOCK_TSC) {
		header->clock_mult = 1;
		return;
	}
	now = tta__clock_pair();
	while (now.ns - first.ns < CALIBRATE_NS)
		now = tta__clock_pair();
	header->clock_base_ticks = now.ticks;
	header->clock_base_ns = now.ns;
	header->clock_shift = TTA_CLOCK_SHIFT;
	header->clock_mult = tta__clock_slope(&first, &now);
}
