/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * metrics_processes.h - what each process holds, as samples of one family.
 */
#ifndef TTATOP_METRICS_PROCESSES_H
#define TTATOP_METRICS_PROCESSES_H

#include "export_names.h"
#include "metrics_text.h"

/*
 * Of processes that are not proven dead: their series vanish with them. Rows with equal
 * labels (a pid may be there twice, in two containers) are one, with the sum. @devices:
 * by index. 0 or -ENOMEM.
 */
int metrics_put_processes(FILE *file, const struct metrics_family *family,
			  const struct snapshot *snapshot,
			  const struct export_device *devices);

#endif
