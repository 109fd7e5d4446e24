/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>

#include "growth.h"
#include "snapshot.h"

Test(growth, each_verdict_of_the_definition)
{
	static const struct {
		uint64_t after[6];
		size_t runs;
		uint64_t limit;
		enum growth_verdict verdict;
		bool fails;
		int64_t total;
	} rows[] = {
		{{0, 0, 0, 0}, 3, 0, GROWTH_CLEAN, false, 0},
		{{5, 5, 0}, 2, 0, GROWTH_CLEAN, false, -5},
		{{7, 7, 7, 7}, 3, 0, GROWTH_CONSTANT, false, 0},
		{{0, 14, 28, 42}, 3, 0, GROWTH_GROWING, true, 42},
		{{0, 14, 28, 42}, 3, 13, GROWTH_GROWING, true, 42},
		{{0, 14, 28, 42}, 3, 14, GROWTH_NOISY, false, 42},
		{{0, 14, 14, 28}, 3, 0, GROWTH_NOISY, true, 28},
		{{0, 14, 0, 14}, 3, 14, GROWTH_NOISY, false, 14},
		{{9, 20, 1, 5}, 3, 0, GROWTH_NOISY, false, -4},
		{{0, 100, 101, 102}, 3, 1, GROWTH_NOISY, true, 102},
		{{0, 1}, 1, UINT64_MAX, GROWTH_NOISY, false, 1},
		{{5}, 0, 0, GROWTH_UNJUDGED, false, 0},
		{{0, SNAP_UNKNOWN, 3}, 2, 0, GROWTH_UNJUDGED, false, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct growth g =
			growth_judge(rows[i].after, rows[i].runs, rows[i].limit);

		cr_assert_eq(g.verdict, rows[i].verdict, "row %zu: %s", i,
			     growth_verdict_name(g.verdict));
		cr_assert_eq(g.fails, rows[i].fails, "row %zu", i);
		cr_assert_eq(g.total, rows[i].total, "row %zu", i);
	}
}

Test(growth, of_one_run_may_be_negative_or_unknown)
{
	const uint64_t after[] = {10, 4, SNAP_UNKNOWN};
	int64_t growth;

	cr_assert(growth_of_run(after, 1, &growth));
	cr_assert_eq(growth, -6);
	cr_assert_not(growth_of_run(after, 2, &growth));
}
