/* SPDX-License-Identifier: BSD-2-Clause */
/* JUnit XML, as CI systems read it: one test case per class, one for the whole. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

/* XML has no way to write U+FFFE and U+FFFF. */
static size_t print_character(const char *at, FILE *file)
{
	switch (*at) {
	case '&':
		fputs("&amp;", file);
		return 1;
	case '<':
		fputs("&lt;", file);
		return 1;
	case '>':
		fputs("&gt;", file);
		return 1;
	case '"':
		fputs("&quot;", file);
		return 1;
	default:
		break;
	}
	if (strncmp(at, "\xef\xbf\xbe", 3) == 0 || strncmp(at, "\xef\xbf\xbf", 3) == 0) {
		fputc('?', file);
		return 3;
	}
	fputc(*at, file);
	return 1;
}

static int print_text(const char *text, FILE *file)
{
	char *clean = check_clean_text(text);

	if (!clean)
		return -ENOMEM;
	for (const char *at = clean; *at;)
		at += print_character(at, file);
	free(clean);
	return 0;
}

static int print_case(const struct check_key *key, FILE *file)
{
	char name[64];
	int err;

	fputs("  <testcase classname=\"ttatop.check\" name=\"dev ", file);
	err = print_text(check_device_name(key, name), file);
	fputc(' ', file);
	if (!err)
		err = print_text(key->type, file);
	if (key->size != SNAP_UNKNOWN)
		fprintf(file, " %" PRIu64, key->size);
	fputs(key->label[0] ? " " : "", file);
	if (!err)
		err = print_text(key->label, file);
	fputs("\"", file);
	return err;
}

static void print_series(const struct check_report *report,
			 const struct check_series *series, FILE *file)
{
	for (int m = 0; m < CHECK_MEASURES; m++) {
		fprintf(file, "%s:", check_measure_name((enum check_measure)m));
		for (size_t i = 0; i <= report->runs; i++)
			if (series->after[m][i] == SNAP_UNKNOWN)
				fputs(" ?", file);
			else
				fprintf(file, " %" PRIu64, series->after[m][i]);
		fputc('\n', file);
	}
	for (int m = 0; m < CHECK_MEASURES; m++)
		fprintf(file, "%s per run: %.6g\n",
			check_measure_name((enum check_measure)m), series->slope[m]);
}

static bool class_fails(const struct check_report *report,
			const struct check_class *class)
{
	if (class->suppressed)
		return false;
	return class->fails || (report->strict && class->verdict == GROWTH_CONSTANT);
}

static int print_class(const struct check_report *report, const struct check_class *class,
		       FILE *file)
{
	int err = print_case(class->key, file);

	if (class->suppressed) {
		fputs("><skipped message=\"suppressed\"/></testcase>\n", file);
		return err;
	}
	if (!class_fails(report, class)) {
		fputs("/>\n", file);
		return err;
	}
	fprintf(file, ">\n    <failure type=\"%s\" message=\"%s%s\">",
		growth_verdict_name(class->verdict), growth_verdict_name(class->verdict),
		class->exit_residue ? ", exit residue" : "");
	print_series(report, &class->series, file);
	fputs("</failure>\n  </testcase>\n", file);
	return err;
}

/* Passes unless it cannot be judged; then it says why. */
static int print_whole(const struct check_report *report, FILE *file)
{
	bool unjudged = report->exit_code > CHECK_EXIT_GROWTH;
	int err = 0;

	fputs("  <testcase classname=\"ttatop.check\" name=\"judged\"", file);
	if (!unjudged) {
		fputs("/>\n", file);
		return 0;
	}
	fputs(">\n    <error type=\"unjudged\" message=\"cannot judge\">", file);
	for (size_t i = 0; i < report->reason_count && !err; i++) {
		err = print_text(report->reasons[i], file);
		fputc('\n', file);
	}
	fputs("</error>\n  </testcase>\n", file);
	return err;
}

static double total_seconds(const struct check_report *report)
{
	uint64_t ns = 0;

	for (size_t i = 0; i < report->executed_count; i++)
		ns += report->executed[i].duration_ns;
	return (double)ns / 1e9;
}

static int print_suite_name(const struct check_report *report, FILE *file)
{
	int err = 0;

	for (char *const *word = report->command; *word && !err; word++) {
		if (word != report->command)
			fputc(' ', file);
		err = print_text(*word, file);
	}
	return err;
}

int check_junit_write(const struct check_report *report, FILE *file)
{
	size_t failures = 0, skipped = 0;
	int err;

	for (size_t i = 0; i < report->class_count; i++) {
		failures += class_fails(report, &report->classes[i]);
		skipped += report->classes[i].suppressed != NULL;
	}
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"", file);
	err = print_suite_name(report, file);
	fprintf(file,
		"\" tests=\"%zu\" failures=\"%zu\" errors=\"%d\" skipped=\"%zu\" "
		"time=\"%.3f\">\n",
		report->class_count + 1, failures, report->exit_code > CHECK_EXIT_GROWTH,
		skipped, total_seconds(report));
	if (!err)
		err = print_whole(report, file);
	for (size_t i = 0; i < report->class_count && !err; i++)
		err = print_class(report, &report->classes[i], file);
	fputs("</testsuite>\n", file);
	if (!err && ferror(file))
		err = -EIO;
	return err;
}
