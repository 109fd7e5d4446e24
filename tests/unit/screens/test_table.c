/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>

#include "rows.h"
#include "table.h"

static const struct table_column columns[] = {
	{"id", "ID", NULL, 4, 8, 100, 0, TABLE_RIGHT},
	{"light", "LIGHT", NULL, 5, 10, 10, 0, TABLE_RIGHT},
	{"mid", "MID", NULL, 5, 10, 50, 0, TABLE_RIGHT},
	{"wide", "WIDE", NULL, 5, 10, 20, 100, 0},
	{"asked", "ASKED", NULL, 5, 10, 0, 0, 0},
	{"rest", "REST", NULL, 6, 0, 60, 0, TABLE_REST},
};
#define COLUMNS (sizeof(columns) / sizeof(*columns))

static void format(const void *context, size_t row, size_t column,
		   struct table_text *text)
{
	const size_t *length = context;

	snprintf(text->text, sizeof(text->text), "%0*zu", (int)*length,
		 row * 10 + column);
}

static struct table_plan fit(size_t length, int cols, const char *list)
{
	struct table table = {columns, COLUMNS, format, &length};
	struct table_choice choice;
	struct table_plan plan;

	cr_assert_eq(table_choose(columns, COLUMNS, list, &choice), 0);
	table_fit(&plan, &table, &choice, 0, NULL, 0, 3, cols);
	return plan;
}

static bool shows(const struct table_plan *plan, const char *key)
{
	for (size_t i = 0; i < plan->count; i++)
		if (table_find(columns, COLUMNS, key) == plan->slots[i].column)
			return true;
	return false;
}

Test(table, columns_drop_by_weight_when_it_gets_narrow)
{
	struct table_plan plan = fit(2, 80, NULL);

	cr_assert(shows(&plan, "light") && shows(&plan, "mid") && shows(&plan, "rest"));
	plan = fit(2, 22, NULL);
	cr_assert_not(shows(&plan, "light"));
	cr_assert(shows(&plan, "mid"));
	plan = fit(2, 12, NULL);
	cr_assert_not(shows(&plan, "mid"));
	cr_assert(shows(&plan, "rest"));
	plan = fit(2, 3, NULL);
	cr_assert_eq(plan.count, 1);
	cr_assert(shows(&plan, "id"));
}

Test(table, slots_never_overlap_and_fit_the_width)
{
	for (int cols = 4; cols < 200; cols++) {
		struct table_plan plan = fit(7, cols, NULL);

		for (size_t i = 1; i < plan.count; i++)
			cr_assert(plan.slots[i].at >= plan.slots[i - 1].at +
							      plan.slots[i - 1].width +
							      TABLE_GAP);
		if (plan.count > 1)
			cr_assert(plan.slots[plan.count - 1].at +
					  plan.slots[plan.count - 1].width <=
				  cols);
	}
}

Test(table, wide_columns_need_a_wide_screen_and_quiet_ones_a_request)
{
	struct table_plan plan = fit(2, 99, NULL);

	cr_assert_not(shows(&plan, "wide"));
	plan = fit(2, 100, NULL);
	cr_assert(shows(&plan, "wide"));
	cr_assert_not(shows(&plan, "asked"));
	plan = fit(2, 80, "+asked,-mid");
	cr_assert(shows(&plan, "asked"));
	cr_assert_not(shows(&plan, "mid"));
}

Test(table, named_columns_keep_their_order_and_stay)
{
	struct table_plan plan = fit(2, 4, "rest,WIDE,id");

	cr_assert_eq(plan.count, 3);
	cr_assert_eq(plan.slots[0].column, 5);
	cr_assert_eq(plan.slots[2].column, 0);
}

Test(table, unknown_and_empty_lists_are_refused)
{
	struct table_choice choice;

	cr_assert_eq(table_choose(columns, COLUMNS, "id,nope", &choice), -EINVAL);
	cr_assert_eq(table_choose(columns, COLUMNS, "", &choice), -EINVAL);
	cr_assert_eq(table_choose(columns, COLUMNS, "id,,mid", &choice), -EINVAL);
	cr_assert_eq(table_choose(columns, COLUMNS, "+", &choice), -EINVAL);
}

Test(table, a_column_grows_with_its_values_up_to_its_limit)
{
	struct table_plan plan = fit(7, 200, NULL);

	cr_assert_eq(plan.slots[0].width, 7);
	plan = fit(30, 200, NULL);
	cr_assert_eq(plan.slots[0].width, 8);
}

static void add(struct row_list *list, uint64_t number, uint64_t segment)
{
	struct row *row = rows_add(list);

	cr_assert_neq(row, NULL);
	row->number = number;
	row->id.segment = segment;
}

Test(rows, ties_stay_as_collected_in_both_directions)
{
	struct row_list list = {0};

	for (uint64_t i = 0; i < 300; i++)
		add(&list, i % 3, i);
	for (int falling = 0; falling < 2; falling++) {
		rows_sort(&list, falling);
		for (size_t i = 1; i < list.count; i++)
			if (list.rows[i].number == list.rows[i - 1].number)
				cr_assert(list.rows[i].id.segment >
					  list.rows[i - 1].id.segment);
	}
	cr_assert_eq(list.rows[0].number, 2);
	rows_fini(&list);
}

Test(rows, unknown_numbers_come_last_in_both_directions)
{
	struct row_list list = {0};

	add(&list, SNAP_UNKNOWN, 1);
	add(&list, 5, 2);
	add(&list, 0, 3);
	rows_sort(&list, true);
	cr_assert_eq(list.rows[0].id.segment, 2);
	cr_assert_eq(list.rows[2].id.segment, 1);
	rows_sort(&list, false);
	cr_assert_eq(list.rows[0].id.segment, 3);
	cr_assert_eq(list.rows[2].id.segment, 1);
	rows_fini(&list);
}

Test(rows, signed_keys_sort_losses_below_growth)
{
	cr_assert_lt(row_signed(-5), row_signed(0));
	cr_assert_lt(row_signed(0), row_signed(7));
}
