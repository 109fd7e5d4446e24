/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <string.h>

#include "report.h"
#include "sample_builder.h"

#define RUNS 3

/* What one class holds after each look: one dead process per look adds to it, or one
 * living process holds it all. */
struct story {
	uint64_t bytes[RUNS + 1]; /* of the one buffer, 0 = none */
	uint32_t refs[RUNS + 1];
	const char *limit;
	bool strict;
	enum growth_verdict verdict;
	int exit_code;
};

static void look(struct check_book *book, uint64_t bytes, uint32_t refs)
{
	struct sample_builder *builder = sample_new();
	struct tta_process *process = sample_process(builder, 9);
	struct snapshot *snapshot;

	strcpy(process->run_id, "r");
	for (uint64_t i = 0; i < bytes; i++)
		sample_buffer(builder, 0, TTA_DRAM, 0x1000 + i, 1)->refs = refs;
	sample_memory(builder, 0, TTA_DRAM)->refs = refs * (uint32_t)bytes;
	snapshot = sample_snapshot(builder);
	cr_assert_eq(check_book_look(book, snapshot), 0);
	snapshot_free(snapshot);
	sample_delete(builder);
}

static void judge(const struct story *story, struct check_book *book,
		  struct suppressions *known, struct check_report *report)
{
	static struct check_limits limits;

	limits = (struct check_limits){0};
	*report = (struct check_report){0};
	cr_assert_eq(check_limits_parse(story->limit, &limits), 0);
	cr_assert_eq(check_book_open(book, "r"), 0);
	for (int i = 0; i <= RUNS; i++)
		look(book, story->bytes[i], story->refs[i]);
	cr_assert_eq(check_judge(book, &limits, known, story->strict, report), 0);
}

Test(judge, verdict_and_exit_code)
{
	static const struct story stories[] = {
		{{0, 0, 0, 0}, {1, 1, 1, 1}, "0", false, GROWTH_CLEAN, 0},
		{{2, 2, 2, 2}, {1, 1, 1, 1}, "0", false, GROWTH_CONSTANT, 0},
		{{2, 2, 2, 2}, {1, 1, 1, 1}, "0", true, GROWTH_CONSTANT, 1},
		{{0, 1, 2, 3}, {1, 1, 1, 1}, "0", false, GROWTH_GROWING, 1},
		{{0, 1, 2, 3}, {1, 1, 1, 1}, "1", false, GROWTH_NOISY, 0},
		{{0, 1, 2, 3}, {1, 1, 1, 1}, "1,refs=0", false, GROWTH_GROWING, 1},
		{{0, 1, 2, 3}, {1, 1, 1, 1}, "1,refs=1", false, GROWTH_NOISY, 0},
		{{1, 2, 1, 2}, {1, 1, 1, 1}, "1", false, GROWTH_NOISY, 0},
		{{2, 1, 2, 2}, {1, 1, 1, 1}, "0", false, GROWTH_NOISY, 0},
		{{2, 1, 2, 3}, {1, 1, 1, 1}, "0", false, GROWTH_NOISY, 1},
		{{1, 1, 1, 1}, {1, 2, 3, 4}, "0", false, GROWTH_GROWING, 1},
		{{1, 1, 1, 1}, {1, 2, 3, 4}, "64K", false, GROWTH_GROWING, 1},
		{{1, 1, 1, 1}, {1, 2, 3, 4}, "refs=1", false, GROWTH_NOISY, 0},
	};

	for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++) {
		struct suppressions none = {0};
		struct check_report report;
		struct check_book book;

		judge(&stories[i], &book, &none, &report);
		cr_assert_eq(report.verdict, stories[i].verdict, "story %zu: %s", i,
			     growth_verdict_name(report.verdict));
		cr_assert_eq(report.exit_code, stories[i].exit_code, "story %zu", i);
		check_book_close(&book);
	}
}

Test(judge, a_doubt_is_125_but_growth_is_growth)
{
	struct story growing = {{0, 1, 2, 3}, {1, 1, 1, 1}, "0", false, 0, 0};
	struct story clean = {{0}, {1, 1, 1, 1}, "0", false, 0, 0};
	struct check_limits limits = {0};
	struct suppressions none = {0};
	struct check_report report;
	struct check_book book;

	judge(&growing, &book, &none, &report);
	check_book_doubt(&book, "a reason");
	cr_assert_eq(check_judge(&book, &limits, &none, false, &report), 0);
	cr_assert_eq(report.exit_code, CHECK_EXIT_GROWTH);
	check_book_close(&book);
	judge(&clean, &book, &none, &report);
	report = (struct check_report){0};
	check_book_doubt(&book, "a reason");
	cr_assert_eq(check_judge(&book, &limits, &none, false, &report), 0);
	cr_assert_eq(report.exit_code, CHECK_EXIT_UNKNOWN);
	cr_assert_eq(report.verdict, GROWTH_UNJUDGED);
	check_book_close(&book);
}

Test(judge, suppressed_classes_do_not_fail_and_are_counted)
{
	struct story growing = {{0, 1, 2, 3}, {1, 1, 1, 1}, "0", false, 0, 0};
	char text[] = "leak:type=DRAM\n", error[SUPPRESS_ERROR_SIZE];
	FILE *file = fmemopen(text, strlen(text), "r");
	struct suppressions known;
	struct check_report report;
	struct check_book book;

	cr_assert_eq(suppressions_read(file, "f", &known, error), 0);
	fclose(file);
	judge(&growing, &book, &known, &report);
	cr_assert_eq(report.exit_code, 0);
	cr_assert_eq(known.list[0].used, 1);
	cr_assert_eq(known.list[0].growth.value[CHECK_BYTES], 3);
	check_book_close(&book);
	suppressions_free(&known);
}

Test(judge, figures_of_a_class)
{
	struct story growing = {{0, 1, 2, 3}, {1, 1, 1, 1}, "0", false, 0, 0};
	struct suppressions none = {0};
	const struct check_class *class;
	struct check_report report;
	struct check_book book;

	judge(&growing, &book, &none, &report);
	cr_assert_eq(report.class_count, 1);
	class = &report.classes[0];
	cr_assert_eq(class->address_count, 3);
	cr_assert_eq(class->addresses[2], 0x1002);
	cr_assert_not(class->exit_residue);
	cr_assert_float_eq(class->series.slope[CHECK_BYTES], 1, 1e-9);
	cr_assert_eq(class->series.after[CHECK_BYTES][2], 2);
	cr_assert_eq(report.total_count, 1);
	check_book_close(&book);
}
