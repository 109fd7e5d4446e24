/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export_job.h - the parts of `export`. They return the exit code.
 */
#ifndef TTATOP_EXPORT_JOB_H
#define TTATOP_EXPORT_JOB_H

#include <errno.h>
#include <stdio.h>

#include "metrics_text.h"
#include "options.h"

/* A writer has complained itself. */
#define EXPORT_SAID (-ECANCELED)

/*
 * Write to -o or standard output. @write returns 0 or -errno. Without @replace, and
 * without --force, a file must not exist.
 */
int export_output(const struct options *options, bool replace,
		  int (*write)(FILE *file, void *arg), void *arg);
/* Once, every --interval, or for whoever asks at --listen. */
int export_metrics(const struct options *options, enum metrics_dialect dialect);
int export_trace(const struct options *options);

#endif
