/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lttng_probe.h - the provider: one event with the fields of a record.
 */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER tta_bench

#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "./lttng_probe.h"

#if !defined(TTA_BENCH_LTTNG_PROBE_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define TTA_BENCH_LTTNG_PROBE_H

#include <lttng/tracepoint.h>

/* clang-format off */
LTTNG_UST_TRACEPOINT_EVENT(
	tta_bench, event,
	LTTNG_UST_TP_ARGS(uint64_t, address, uint64_t, size, uint32_t, what,
			  uint32_t, thread, uint32_t, refs, uint32_t, extra,
			  uint64_t, site, uint64_t, group),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, address, address)
		lttng_ust_field_integer(uint64_t, size, size)
		lttng_ust_field_integer(uint32_t, what, what)
		lttng_ust_field_integer(uint32_t, thread, thread)
		lttng_ust_field_integer(uint32_t, refs, refs)
		lttng_ust_field_integer(uint32_t, extra, extra)
		lttng_ust_field_integer(uint64_t, site, site)
		lttng_ust_field_integer(uint64_t, group, group)))
/* clang-format on */

#endif

#include <lttng/tracepoint-event.h>
