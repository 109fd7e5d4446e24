/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "book_fill.h"
#include "series.h"

/* Items of all segments, by class, so that those of one class lie together. */
struct evidence {
	const struct check_item *item;
	bool ended;
};

struct judging {
	struct check_book *book;
	const struct check_limits *limits;
	struct suppressions *suppressions;
	struct check_report *report;
	struct evidence *evidence;
	size_t evidence_count;
};

static int compare_evidence(const void *left, const void *right)
{
	const struct check_item *a = ((const struct evidence *)left)->item;
	const struct check_item *b = ((const struct evidence *)right)->item;

	if (a->class != b->class)
		return a->class < b->class ? -1 : 1;
	return (a->address > b->address) - (a->address < b->address);
}

static int collect_evidence(struct judging *judging)
{
	const struct check_book *book = judging->book;
	size_t count = 0;

	for (size_t i = 0; i < book->segment_count; i++)
		count += book->segments[i].item_count;
	judging->evidence = arena_array(book->arena, count, sizeof(struct evidence));
	if (!judging->evidence)
		return -ENOMEM;
	for (size_t i = 0; i < book->segment_count; i++)
		for (size_t j = 0; j < book->segments[i].item_count; j++)
			judging->evidence[judging->evidence_count++] = (struct evidence){
				.item = &book->segments[i].items[j],
				.ended = book->segments[i].ended,
			};
	qsort(judging->evidence, count, sizeof(struct evidence), compare_evidence);
	return 0;
}

/* ---- one class ---- */

static int compare_numbers(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* Sorted, each once, without zeros, which mean "none". Returns how many are left. */
static size_t make_unique(uint64_t *numbers, size_t count)
{
	size_t kept = 0;

	qsort(numbers, count, sizeof(*numbers), compare_numbers);
	for (size_t i = 0; i < count; i++)
		if (numbers[i] != 0 && (kept == 0 || numbers[i] != numbers[kept - 1]))
			numbers[kept++] = numbers[i];
	return kept;
}

static void widen(struct check_range *range, uint64_t value, bool first)
{
	if (first || value < range->low)
		range->low = value;
	if (first || value > range->high)
		range->high = value;
}

/* What is known of a class from those who hold it at the end. */
static int describe(const struct judging *judging, const struct evidence *evidence,
		    size_t count, struct check_class *class)
{
	uint64_t *addresses =
		arena_array(judging->book->arena, count, sizeof(*addresses));
	uint64_t *sites = arena_array(judging->book->arena, count, sizeof(*sites));

	if (!addresses || !sites)
		return -ENOMEM;
	class->exit_residue = count > 0;
	for (size_t i = 0; i < count; i++) {
		addresses[i] = evidence[i].item->address;
		sites[i] = evidence[i].item->site;
		widen(&class->allocs, evidence[i].item->allocs, i == 0);
		widen(&class->frees, evidence[i].item->frees, i == 0);
		class->exit_residue &= evidence[i].ended;
	}
	class->addresses = addresses;
	class->address_count = make_unique(addresses, count);
	class->sites = sites;
	class->site_count = make_unique(sites, count);
	return 0;
}

/* The evidence of @class. */
static const struct evidence *find_evidence(const struct judging *judging, size_t class,
					    size_t *ret_count)
{
	size_t low = 0, high = judging->evidence_count, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (judging->evidence[middle].item->class < class)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < judging->evidence_count &&
			judging->evidence[end].item->class == class;)
		end++;
	*ret_count = end - low;
	return judging->evidence + low;
}

static void suppress(struct suppression *by, struct check_class *class)
{
	class->suppressed = by;
	by->used++;
	for (int m = 0; m < CHECK_MEASURES; m++)
		by->growth.value[m] =
			class->series.growth[m].verdict == GROWTH_UNJUDGED
				? SNAP_UNKNOWN
				: snap_sum(by->growth.value[m],
					   (uint64_t) class->series.growth[m].total);
}

static int judge_class(struct judging *judging, size_t index, struct check_class *class)
{
	const struct check_book *book = judging->book;
	struct check_allowed allowed;
	const struct evidence *evidence;
	struct suppression *by;
	size_t count;

	*class = (struct check_class){.key = book->classes[index]};
	if (check_series_open(book, &class->series))
		return -ENOMEM;
	allowed = check_limits_for(judging->limits, class->key->type);
	check_series_add(book, index, &class->series);
	check_series_judge(book, &allowed, &class->series);
	class->verdict = check_series_verdict(&class->series);
	class->fails = check_series_fails(&class->series);
	if (class->verdict == GROWTH_CLEAN)
		return 0;
	by = suppressions_find(judging->suppressions, class->key);
	if (by)
		suppress(by, class);
	evidence = find_evidence(judging, index, &count);
	return describe(judging, evidence, count, class);
}

/* ---- order ---- */

/* Equal but for the device? That is what merges them in the text. */
static int compare_alike(const struct check_class *a, const struct check_class *b)
{
	int order = snap_type_compare(a->key->type, b->key->type);

	if (order == 0)
		order = (a->key->size < b->key->size) - (a->key->size > b->key->size);
	if (order == 0)
		order = strcmp(a->key->label, b->key->label);
	if (order == 0)
		order = strcmp(a->key->kind, b->key->kind);
	return order;
}

static int compare_classes(const void *left, const void *right)
{
	const struct check_class *a = left, *b = right;
	int order = !!a->suppressed - !!b->suppressed;
	double by = b->series.slope[CHECK_BYTES] - a->series.slope[CHECK_BYTES];

	if (order == 0)
		order = check_severity(b->verdict, b->fails) -
			check_severity(a->verdict, a->fails);
	if (order == 0)
		order = (by > 0) - (by < 0);
	if (order == 0)
		order = compare_alike(a, b);
	return order ? order : check_key_compare_place(a->key, b->key);
}

/* ---- totals ---- */

static struct check_total *find_total(struct judging *judging,
				      const struct check_key *key)
{
	struct check_report *report = judging->report;
	struct check_total *total;

	for (size_t i = 0; i < report->total_count; i++)
		if (check_key_compare_place(report->totals[i].key, key) == 0)
			return &report->totals[i];
	total = &report->totals[report->total_count];
	*total = (struct check_total){.key = key};
	if (check_series_open(judging->book, &total->series))
		return NULL;
	report->total_count++;
	return total;
}

static int compare_totals(const void *left, const void *right)
{
	const struct check_total *a = left, *b = right;

	return check_key_compare_place(a->key, b->key);
}

static int make_totals(struct judging *judging)
{
	static const struct check_allowed nothing;
	const struct check_book *book = judging->book;
	struct check_report *report = judging->report;

	report->totals =
		arena_array(book->arena, book->class_count, sizeof(*report->totals));
	if (!report->totals)
		return -ENOMEM;
	for (size_t i = 0; i < book->class_count; i++) {
		struct check_total *total = find_total(judging, book->classes[i]);

		if (!total)
			return -ENOMEM;
		check_series_add(book, i, &total->series);
	}
	for (size_t i = 0; i < report->total_count; i++)
		check_series_judge(book, &nothing, &report->totals[i].series);
	qsort(report->totals, report->total_count, sizeof(*report->totals),
	      compare_totals);
	return 0;
}

/* ---- all ---- */

static void judge_all(struct check_report *report, bool strict)
{
	int worst = 0;
	bool unjudged = report->reason_count > 0 || report->runs == 0, constant = false;

	report->verdict = GROWTH_CLEAN;
	for (size_t i = 0; i < report->class_count; i++) {
		const struct check_class *class = &report->classes[i];
		int severity = check_severity(class->verdict, class->fails);

		if (class->suppressed)
			continue;
		report->failing += class->fails;
		constant |= class->verdict == GROWTH_CONSTANT;
		unjudged |= class->verdict == GROWTH_UNJUDGED;
		if (severity <= worst)
			continue;
		worst = severity;
		report->verdict = class->verdict;
	}
	if (report->failing > 0 || (strict && constant))
		report->exit_code = CHECK_EXIT_GROWTH;
	else if (unjudged)
		report->exit_code = CHECK_EXIT_UNKNOWN;
	if (report->exit_code == CHECK_EXIT_UNKNOWN)
		report->verdict = GROWTH_UNJUDGED;
}

static int judge_classes(struct judging *judging)
{
	const struct check_book *book = judging->book;
	struct check_report *report = judging->report;

	report->classes =
		arena_array(book->arena, book->class_count, sizeof(*report->classes));
	if (!report->classes || collect_evidence(judging))
		return -ENOMEM;
	for (size_t i = 0; i < book->class_count; i++) {
		struct check_class *class = &report->classes[report->class_count];

		if (judge_class(judging, i, class))
			return -ENOMEM;
		report->class_count += class->verdict != GROWTH_CLEAN;
	}
	qsort(report->classes, report->class_count, sizeof(*report->classes),
	      compare_classes);
	return 0;
}

int check_judge(struct check_book *book, const struct check_limits *limits,
		struct suppressions *suppressions, bool strict,
		struct check_report *report)
{
	struct judging judging = {
		.book = book,
		.limits = limits,
		.suppressions = suppressions,
		.report = report,
	};

	report->runs = book->look_count > 0 ? book->look_count - 1 : 0;
	report->strict = strict;
	report->limits = limits;
	report->suppressions = suppressions;
	report->reasons = book->reasons;
	report->reason_count = book->reason_count;
	report->exit_code = CHECK_EXIT_CLEAN;
	report->failing = report->class_count = report->total_count = 0;
	if (report->runs > 0 && (judge_classes(&judging) || make_totals(&judging)))
		return -ENOMEM;
	judge_all(report, strict);
	return 0;
}
