/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * metrics_text.h - samples in the two dialects that Prometheus reads: its own text format
 * (0.0.4) and OpenMetrics (1.0.0). No time stamps: the textfile collector refuses them.
 */
#ifndef TTATOP_METRICS_TEXT_H
#define TTATOP_METRICS_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum metrics_dialect { METRICS_PROM, METRICS_OPENMETRICS };

enum metrics_kind {
	METRICS_GAUGE,
	METRICS_COUNTER, /* its samples end in _total */
	METRICS_INFO,	 /* its samples end in _info and are 1 */
};

struct metrics_family {
	const char *name; /* without the ending that its kind has */
	const char *unit; /* the end of the name, "" = none */
	enum metrics_kind kind;
	const char *help;
};

struct metrics_label {
	const char *name;
	const char *value; /* anything; NULL or "": the label is not there */
};

#define METRICS_NS_PER_S UINT64_C(1000000000)

void metrics_put_family(FILE *file, enum metrics_dialect dialect,
			const struct metrics_family *family);
/* Nothing when @value is unknown. */
void metrics_put(FILE *file, const struct metrics_family *family,
		 const struct metrics_label *labels, size_t count, uint64_t value);
/* Seconds, from nanoseconds. */
void metrics_put_seconds(FILE *file, const struct metrics_family *family, uint64_t ns);
void metrics_put_end(FILE *file, enum metrics_dialect dialect);

#endif
