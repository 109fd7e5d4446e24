/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json_delta.h - the delta view for programs: a ttatop.diff document.
 */
#ifndef TTATOP_JSON_DELTA_H
#define TTATOP_JSON_DELTA_H

#include "options.h"
#include "snapshot.h"

/* What changed from @base to now, on stdout; with -b on one line. The exit code. */
int json_delta_print(const struct options *options, const struct snapshot *base,
		     struct tta_reader *reader);

#endif
