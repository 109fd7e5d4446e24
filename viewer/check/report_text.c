/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "report.h"
#include "series.h"

#define ADDRESSES_SHOWN 4

/* ---- numbers ---- */

static const char *bytes_text(char text[FORMAT_SIZE], uint64_t bytes, bool exact)
{
	return format_bytes(text, bytes, false, exact);
}

static int64_t rounded(double slope)
{
	return (int64_t)(slope < 0 ? slope - 0.5 : slope + 0.5);
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static void print_clean(const char *text, FILE *file)
{
	char *clean = check_clean_text(text);

	fputs(clean ? clean : "?", file);
	free(clean);
}

/* ---- runs ---- */

void check_text_begin(const struct check_report *report, struct check_text_style style)
{
	fprintf(style.file, "run id %s   command:", report->run_id);
	for (char *const *word = report->command; *word; word++) {
		fputc(' ', style.file);
		print_clean(*word, style.file);
	}
	fputc('\n', style.file);
}

static void print_run_name(const struct check_report *report, const struct check_run *run,
			   FILE *file)
{
	if (report->mark)
		fprintf(file, "  mark %d", run->number);
	else if (!run->ran)
		fputs("  before", file);
	else if (run->number < 1)
		fputs("  warm-up", file);
	else
		fprintf(file, "  run %d/%zu", run->number, report->runs);
	if (run->ran) {
		char status[32];

		fprintf(file, "  %.1fs %s", (double)run->duration_ns / 1e9,
			check_status_text(run, status));
	}
}

void check_text_run(const struct check_report *report, const struct check_run *run,
		    struct check_text_style style)
{
	uint64_t buffers = run->left.value[CHECK_BUFFERS];
	uint64_t refs = run->left.value[CHECK_REFS];
	char left[FORMAT_SIZE], count[FORMAT_SIZE], growth[FORMAT_SIZE];

	print_run_name(report, run, style.file);
	fprintf(style.file, "   left: %s in %s buffer%s",
		bytes_text(left, run->left.value[CHECK_BYTES], style.exact),
		format_count(count, buffers, false), plural(buffers));
	if (refs != buffers)
		fprintf(style.file, ", %s ref%s", format_count(count, refs, false),
			plural(refs));
	if (run->number > 0)
		fprintf(style.file, "   %s",
			format_change(growth, run->growth, run->growth_known,
				      style.exact));
	fputs(run->settled ? "\n" : "   still changing\n", style.file);
}

/* ---- classes ---- */

/* "+192K, +8 buffers, +8 refs per run" */
static void print_growth(const struct check_series *series, size_t times,
			 struct check_text_style style)
{
	static const char *const units[] = {"", " buffer", " ref"};
	const char *before = "";
	char text[FORMAT_SIZE];

	for (int m = 0; m < CHECK_MEASURES; m++) {
		int64_t change = rounded(series->slope[m] * (double)times);

		if (series->growth[m].verdict == GROWTH_UNJUDGED ||
		    series->growth[m].verdict == GROWTH_CONSTANT || change == 0)
			continue;
		fprintf(style.file, "%s%s%s%s", before,
			format_change(text, change, true, style.exact || m > 0), units[m],
			m > 0 ? plural((uint64_t)llabs(change)) : "");
		before = ", ";
	}
	fputs(before[0] ? " per run" : "no trend", style.file);
}

/* Noise is better told by what was held than by its slope. */
static void print_noise(const struct check_report *report,
			const struct check_group *group, struct check_text_style style)
{
	const uint64_t *after = group->first->series.after[CHECK_BYTES];
	uint64_t low = UINT64_MAX, high = 0;
	char text[FORMAT_SIZE];

	for (size_t i = 0; i <= report->runs; i++) {
		low = after[i] < low ? after[i] : low;
		high = after[i] > high ? after[i] : high;
	}
	fprintf(style.file, "%s", bytes_text(text, low * group->count, style.exact));
	fprintf(style.file, " to %s, ",
		bytes_text(text, high * group->count, style.exact));
	print_growth(&group->first->series, group->count, style);
}

static void print_held(const struct check_report *report, const struct check_group *group,
		       struct check_text_style style)
{
	const struct check_series *series = &group->first->series;
	uint64_t bytes = series->after[CHECK_BYTES][report->runs];
	uint64_t buffers = series->after[CHECK_BUFFERS][report->runs];
	char text[FORMAT_SIZE];

	if (bytes == SNAP_UNKNOWN) {
		fputs("bytes unknown", style.file);
		return;
	}
	fprintf(style.file, "%s", bytes_text(text, bytes * group->count, style.exact));
	if (buffers != SNAP_UNKNOWN && buffers > 0)
		fprintf(style.file, " in %" PRIu64 " buffer%s", buffers * group->count,
			plural(buffers * group->count));
}

static void print_times(const char *what, struct check_range range, FILE *file)
{
	if (range.low == range.high)
		fprintf(file, "%s %" PRIu64 "x", what, range.low);
	else
		fprintf(file, "%s %" PRIu64 "-%" PRIu64 "x", what, range.low, range.high);
}

static void print_numbers(const char *what, const uint64_t *numbers, size_t count,
			  FILE *file)
{
	if (count == 0)
		return;
	fprintf(file, "  %s", what);
	for (size_t i = 0; i < count && i < ADDRESSES_SHOWN; i++)
		fprintf(file, "%s0x%" PRIx64, i ? " " : "", numbers[i]);
	if (count > ADDRESSES_SHOWN)
		fprintf(file, " and %zu more", count - ADDRESSES_SHOWN);
}

static const char *verdict_text(const struct check_class *class, char text[16])
{
	const char *name = growth_verdict_name(class->verdict);
	size_t i = 0;

	for (; name[i] && i < 15; i++)
		text[i] =
			(char)(class->fails ? toupper((unsigned char)name[i]) : name[i]);
	text[i] = '\0';
	return text;
}

struct widths {
	int devices, type, label;
};

static void widen(int *width, const char *text)
{
	int cells = 0;

	for (; *text; text++)
		cells += ((unsigned char)*text & 0xc0) != 0x80;
	if (cells > *width)
		*width = cells;
}

/* Padded to @width characters, not bytes. */
static void print_padded(const char *text, int width, FILE *file)
{
	int cells = 0;

	widen(&cells, text);
	fprintf(file, "%s%*s  ", text, width > cells ? width - cells : 0, "");
}

static const char *label_of(const struct check_class *class)
{
	if (class->key->label[0])
		return class->key->label;
	return class->key->size == SNAP_UNKNOWN ? "(no entry)" : "-";
}

static struct widths find_widths(const struct check_report *report)
{
	struct widths widths = {0};

	for (size_t i = 0; i < report->class_count;) {
		struct check_group group = check_group_at(report, i);

		widen(&widths.devices, group.devices);
		widen(&widths.type, group.first->key->type);
		widen(&widths.label, report->mark ? "" : label_of(group.first));
		i += group.count;
	}
	return widths;
}

static void print_group(const struct check_report *report,
			const struct check_group *group, struct widths widths,
			struct check_text_style style)
{
	const struct check_class *class = group->first;
	char verdict[16], size[FORMAT_SIZE];
	bool sized = class->key->size != SNAP_UNKNOWN;

	fprintf(style.file, "%-9s dev ", verdict_text(class, verdict));
	print_padded(group->devices, widths.devices, style.file);
	print_padded(class->key->type, widths.type, style.file);
	if (!report->mark) {
		fprintf(style.file, "%6s  ",
			sized ? bytes_text(size, class->key->size, style.exact) : "-");
		print_padded(label_of(class), widths.label, style.file);
	}
	if (class->verdict == GROWTH_NOISY)
		print_noise(report, group, style);
	else if (class->verdict == GROWTH_GROWING)
		print_growth(&class->series, group->count, style);
	else
		print_held(report, group, style);
	print_numbers("", class->addresses, class->address_count, style.file);
	if (sized && class->address_count > 0) {
		print_times("  allocated", class->allocs, style.file);
		print_times(", freed", class->frees, style.file);
	}
	print_numbers("site ", class->sites, class->site_count, style.file);
	fputs(class->exit_residue ? "  exit residue\n" : "\n", style.file);
}

static void print_groups(const struct check_report *report, struct check_text_style style)
{
	struct widths widths = find_widths(report);

	for (size_t i = 0; i < report->class_count;) {
		struct check_group group = check_group_at(report, i);

		if (i == 0)
			fputc('\n', style.file);
		if (!group.first->suppressed)
			print_group(report, &group, widths, style);
		i += group.count;
	}
}

/* ---- places ---- */

static bool grows_alike(const struct check_total *a, const struct check_total *b)
{
	return strcmp(a->key->type, b->key->type) == 0 &&
	       strcmp(a->key->kind, b->key->kind) == 0 &&
	       rounded(a->series.slope[CHECK_BYTES]) ==
		       rounded(b->series.slope[CHECK_BYTES]);
}

static bool is_told(const struct check_total *total)
{
	enum growth_verdict verdict = total->series.growth[CHECK_BYTES].verdict;

	return (verdict == GROWTH_GROWING || verdict == GROWTH_NOISY) &&
	       rounded(total->series.slope[CHECK_BYTES]) != 0;
}

/* All places that grow like @first, which is the first of them. */
static void print_place(const struct check_report *report, size_t first,
			struct check_text_style style)
{
	const struct check_total *total = &report->totals[first];
	uint32_t *numbers = calloc(report->total_count, sizeof(*numbers));
	size_t count = 0;
	char change[FORMAT_SIZE], ranges[64];

	if (!numbers)
		return;
	for (size_t i = first; i < report->total_count; i++)
		if (is_told(&report->totals[i]) && grows_alike(total, &report->totals[i]))
			numbers[count++] = report->totals[i].key->number;
	format_ranges(ranges, sizeof(ranges), numbers, count);
	free(numbers);
	fprintf(style.file, "%s %s on %sdev %s%s%s",
		format_change(change, rounded(total->series.slope[CHECK_BYTES]), true,
			      style.exact),
		total->key->type, count > 1 ? "each of " : "", total->key->kind,
		total->key->kind[0] ? ":" : "", ranges);
}

static void print_places(const struct check_report *report, struct check_text_style style)
{
	const char *before = "per run: ";

	for (size_t i = 0; i < report->total_count; i++) {
		bool told = !is_told(&report->totals[i]);

		for (size_t j = 0; j < i && !told; j++)
			told = is_told(&report->totals[j]) &&
			       grows_alike(&report->totals[i], &report->totals[j]);
		if (told)
			continue;
		fputs(before, style.file);
		print_place(report, i, style);
		before = ", ";
	}
	if (before[0] == ',')
		fputc('\n', style.file);
}

/* ---- the rest ---- */

static void print_suppressed(const struct check_report *report,
			     struct check_text_style style)
{
	char text[FORMAT_SIZE];

	for (size_t i = 0; i < report->suppressions->count; i++) {
		const struct suppression *s = &report->suppressions->list[i];
		uint64_t bytes = s->growth.value[CHECK_BYTES];

		if (s->used == 0)
			continue;
		fprintf(style.file, "suppressed: %zu class%s, %s in all, by %s:%u ",
			s->used, s->used == 1 ? "" : "es",
			format_change(text, (int64_t)bytes, bytes != SNAP_UNKNOWN,
				      style.exact),
			s->file, s->line);
		print_clean(s->text, style.file);
		fputc('\n', style.file);
	}
}

static void print_reasons(const struct check_report *report, FILE *file)
{
	for (size_t i = 0; i < report->reason_count; i++) {
		fputs("unjudged: ", file);
		print_clean(report->reasons[i], file);
		fputc('\n', file);
	}
}

static const char *outcome(const struct check_report *report)
{
	switch (report->exit_code) {
	case CHECK_EXIT_CLEAN:
		return "pass";
	case CHECK_EXIT_GROWTH:
		return "FAIL";
	default:
		return "cannot judge";
	}
}

static void print_outcome(const struct check_report *report, FILE *file)
{
	fprintf(file, "check: %s  ", outcome(report));
	if (report->exit_code == CHECK_EXIT_GROWTH && report->failing == 0)
		fputs("residue is constant, and --strict", file);
	else if (report->exit_code == CHECK_EXIT_GROWTH)
		fprintf(file, "residue grew in %zu class%s over %zu %s%s",
			report->failing, report->failing == 1 ? "" : "es", report->runs,
			report->mark ? "mark" : "run", plural(report->runs));
	else if (report->exit_code == CHECK_EXIT_CLEAN)
		fputs(growth_verdict_name(report->verdict), file);
	fprintf(file, "   exit %d\n", report->exit_code);
}

int check_text_end(const struct check_report *report, struct check_text_style style)
{
	print_groups(report, style);
	print_places(report, style);
	print_suppressed(report, style);
	print_reasons(report, style.file);
	print_outcome(report, style.file);
	if (report->exit_code == CHECK_EXIT_GROWTH && report->keep && report->runs > 0)
		fprintf(style.file, "next:  ttatop diff %s/run-0.json %s/run-%zu.json\n",
			report->keep, report->keep, report->runs);
	return ferror(style.file) ? -EIO : 0;
}

/* Ranges of numbers stand for devices without a kind; others have a line each. */
static void print_suppressions_of(const struct check_group *group, FILE *file)
{
	char name[64];

	fprintf(file, "# %s\n", growth_verdict_name(group->first->verdict));
	if (group->first->key->kind[0] == '\0' && !strchr(group->devices, '+')) {
		suppression_print(group->first->key, group->devices, file);
		return;
	}
	for (size_t i = 0; i < group->count; i++)
		suppression_print(group->first[i].key,
				  check_device_name(group->first[i].key, name), file);
}

int check_text_suppressions(const struct check_report *report, FILE *file)
{
	for (size_t i = 0; i < report->class_count;) {
		struct check_group group = check_group_at(report, i);

		i += group.count;
		if (!group.first->suppressed)
			print_suppressions_of(&group, file);
	}
	return ferror(file) ? -EIO : 0;
}
