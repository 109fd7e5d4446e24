/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * when.h - points in time as people write them.
 *
 *	now   10m ago   1.5h ago   14:32   14:32:05   yesterday 14:32
 *	2026-01-05T12:34:56[.789]Z   2026-01-05T12:34:56+01:00   2026-01-05 12:34[:56]
 *	2026-01-05   @1767616496[.5]
 *
 * Without a zone a time is local. A time of day is today's.
 */
#ifndef TTATOP_WHEN_H
#define TTATOP_WHEN_H

#include <stdint.h>

/*
 * 0; -EINVAL: not a time, so perhaps the name of a mark; -ERANGE: a time that cannot be
 * counted in nanoseconds since 1970.
 */
int when_parse(const char *text, uint64_t now_realtime_ns, uint64_t *ret_realtime_ns);

/* "0.5", "500ms", "2s", "10m", "1h", "1d": seconds. 0 or -EINVAL. */
int when_seconds(const char *text, double *ret_seconds);

#endif
