/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publishing.h - a row's own segment: begun at a level, proven sound at the end.
 */
#ifndef TTA_BENCH_PUBLISHING_H
#define TTA_BENCH_PUBLISHING_H

#include <tta/tta.h>

#include "bench.h"

/* Attaches this process at @level with up to 2 GiB; 0, or the row's failure. */
int publishing_begin(enum tta_level level, struct row_result *result);
/*
 * Everything that was published was kept: no detail dropped, no unknown free, no dup. A
 * fast path that loses events would be no result.
 */
int publishing_check(const struct plan *plan, struct row_result *result);

#endif
