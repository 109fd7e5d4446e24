/* SPDX-License-Identifier: BSD-2-Clause */
#include "metrics_text.h"

#include <inttypes.h>

#include "snapshot.h"
#include "utf8.h"

static const char *ending(const struct metrics_family *family)
{
	switch (family->kind) {
	case METRICS_COUNTER:
		return "_total";
	case METRICS_INFO:
		return "_info";
	case METRICS_GAUGE:
		break;
	}
	return "";
}

static const char *kind_name(const struct metrics_family *family,
			     enum metrics_dialect dialect)
{
	switch (family->kind) {
	case METRICS_COUNTER:
		return "counter";
	case METRICS_INFO:
		return dialect == METRICS_OPENMETRICS ? "info" : "gauge";
	case METRICS_GAUGE:
		break;
	}
	return "gauge";
}

void metrics_put_family(FILE *file, enum metrics_dialect dialect,
			const struct metrics_family *family)
{
	const char *end = dialect == METRICS_OPENMETRICS ? "" : ending(family);

	fprintf(file, "# HELP %s%s %s\n", family->name, end, family->help);
	fprintf(file, "# TYPE %s%s %s\n", family->name, end, kind_name(family, dialect));
	if (dialect == METRICS_OPENMETRICS && family->unit[0])
		fprintf(file, "# UNIT %s %s\n", family->name, family->unit);
}

/* A server refuses everything when one label is no UTF-8. */
static void put_value(FILE *file, const char *text)
{
	while (*text) {
		struct utf8_char next = utf8_next(text);

		if (*text == '\n')
			fputs("\\n", file);
		else if (*text == '\\' || *text == '"')
			fprintf(file, "\\%c", *text);
		else
			fputs(next.text, file);
		text += next.bytes;
	}
}

static void put_name(FILE *file, const struct metrics_family *family,
		     const struct metrics_label *labels, size_t count)
{
	char before = '{';

	fprintf(file, "%s%s", family->name, ending(family));
	for (size_t i = 0; i < count; i++) {
		if (!labels[i].value || !labels[i].value[0])
			continue;
		fprintf(file, "%c%s=\"", before, labels[i].name);
		put_value(file, labels[i].value);
		fputc('"', file);
		before = ',';
	}
	if (before == ',')
		fputc('}', file);
}

void metrics_put(FILE *file, const struct metrics_family *family,
		 const struct metrics_label *labels, size_t count, uint64_t value)
{
	if (value == SNAP_UNKNOWN)
		return;
	put_name(file, family, labels, count);
	fprintf(file, " %" PRIu64 "\n", value);
}

void metrics_put_seconds(FILE *file, const struct metrics_family *family, uint64_t ns)
{
	if (ns == SNAP_UNKNOWN)
		return;
	put_name(file, family, NULL, 0);
	fprintf(file, " %" PRIu64 ".%09" PRIu64 "\n", ns / METRICS_NS_PER_S,
		ns % METRICS_NS_PER_S);
}

void metrics_put_end(FILE *file, enum metrics_dialect dialect)
{
	if (dialect == METRICS_OPENMETRICS)
		fputs("# EOF\n", file);
}
