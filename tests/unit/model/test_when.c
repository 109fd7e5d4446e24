/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "when.h"

#define S UINT64_C(1000000000)
/* 2026-01-05T12:34:56Z */
#define NOW (UINT64_C(1767616496) * S)

static void in_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

Test(when, every_way_of_writing_a_time)
{
	static const struct {
		const char *text;
		int64_t from_now; /* seconds */
	} rows[] = {
		{"now", 0},
		{"10m ago", -600},
		{"1.5h ago", -5400},
		{"500s ago", -500},
		{"2d ago", -2 * 86400},
		{"@1767616496", 0},
		{"@1767616490", -6},
		{"12:34", -56},
		{"12:34:50", -6},
		{"13:00", 25 * 60 + 4},
		{"yesterday 12:34:56", -86400},
		{"2026-01-05T12:34:56Z", 0},
		{"2026-01-05t12:34:56z", 0},
		{"2026-01-05T13:34:56+01:00", 0},
		{"2026-01-05T04:04:56-08:30", 0},
		{"2026-01-05T12:34Z", -56},
		{"2026-01-05 12:34:56", 0},
		{"2026-01-05", -(12 * 3600 + 34 * 60 + 56)},
	};

	in_zone("UTC0");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t ns = 0;

		cr_assert_eq(when_parse(rows[i].text, NOW, &ns), 0, "%s", rows[i].text);
		cr_assert_eq((int64_t)(ns - NOW), rows[i].from_now * (int64_t)S, "%s",
			     rows[i].text);
	}
}

Test(when, fractions_are_kept_to_the_nanosecond)
{
	uint64_t ns;

	in_zone("UTC0");
	cr_assert_eq(when_parse("@1767616496.5", NOW, &ns), 0);
	cr_assert_eq(ns, NOW + S / 2);
	cr_assert_eq(when_parse("2026-01-05T12:34:56.000000001Z", NOW, &ns), 0);
	cr_assert_eq(ns, NOW + 1);
	cr_assert_eq(when_parse("12:34:56.25", NOW, &ns), 0);
	cr_assert_eq(ns, NOW + S / 4);
}

Test(when, without_a_zone_times_are_local)
{
	uint64_t ns;

	in_zone("XST-2"); /* two hours ahead of UTC */
	cr_assert_eq(when_parse("14:34:56", NOW, &ns), 0);
	cr_assert_eq(ns, NOW);
	cr_assert_eq(when_parse("2026-01-05T14:34:56", NOW, &ns), 0);
	cr_assert_eq(ns, NOW);
}

Test(when, what_is_no_time_may_be_a_mark)
{
	static const char *const texts[] = {
		"",
		"after close",
		"ago",
		"10m",
		"10m ago ",
		"m ago",
		"14",
		"14:3x",
		"25:00",
		"@",
		"@-1",
		"@1x",
		"2026-13-01",
		"2026-02-31",
		"@1.",
		"12:34:",
		"yesterday",
		"2026-01-05T",
		"2026-01-05T12Z",
		"-5m ago",
		"nowhere",
		"12:34:56.",
		"2026-01-05T12:34:56+1:00",
	};
	uint64_t ns;

	in_zone("UTC0");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		cr_assert_eq(when_parse(texts[i], NOW, &ns), -EINVAL, "'%s'", texts[i]);
}

Test(when, what_cannot_be_counted_is_out_of_range)
{
	uint64_t ns;

	cr_assert_eq(when_parse("@99999999999999999999", NOW, &ns), -ERANGE);
	cr_assert_eq(when_parse("@9223372036854775807", NOW, &ns), -ERANGE);
	cr_assert_eq(when_parse("3d ago", S, &ns), -ERANGE);
	cr_assert_eq(when_parse("1960-01-01T00:00:00Z", NOW, &ns), -ERANGE);
}
