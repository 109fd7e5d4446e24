/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "publisher.h"

#define CALIBRATE_NS 50000u

tta_a32 tta__clock_kind;

/* Written once, while the library is loaded; a child goes on with it. */
static struct tta_clock_pair first;
static bool tsc_forbidden;

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
	if (prctl(PR_GET_TSC, &allowed))
		return false;
	tsc_forbidden = allowed != PR_TSC_ENABLE;
	if (tsc_forbidden)
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
		       : tta__clock_now_ns(CLOCK_MONOTONIC);
}

uint64_t tta__clock_now_ns(clockid_t clock)
{
	struct timespec now = {0};

	/* The vDSO reads the counter itself: SIGSEGV where that is forbidden. */
	if (tsc_forbidden)
		syscall(SYS_clock_gettime, clock, &now);
	else
		clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
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
