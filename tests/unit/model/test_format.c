/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <string.h>

#include "format.h"
#include "snapshot.h"

Test(format, bytes_take_five_cells_and_round_to_the_next_unit)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
		{0, "0"},
		{1, "1"},
		{512, "512"},
		{1023, "1023"},
		{1024, "1.00K"},
		{1030, "1.01K"},
		{10240, "10.0K"},
		{36864, "36.0K"},
		{102400, "100K"},
		{294912, "288K"},
		{1023 * 1024, "1023K"},
		{1023 * 1024 + 700, "1.00M"},
		{1024 * 1024, "1.00M"},
		{UINT64_C(9126805504), "8.50G"},
		{UINT64_C(12) << 30, "12.0G"},
		{UINT64_C(1) << 40, "1.00T"},
		{UINT64_C(1) << 62, "4.00E"},
		{UINT64_MAX - 1, "16.0E"},
		{SNAP_UNKNOWN, "?"},
	};
	char text[FORMAT_SIZE];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_assert_str_eq(format_bytes(text, rows[i].bytes, false, false),
				 rows[i].text);
		cr_assert_leq(strlen(text), 5);
	}
	cr_assert_str_eq(format_bytes(text, 0, true, false), "-");
	cr_assert_str_eq(format_bytes(text, 36864, true, true), "36864");
	cr_assert_str_eq(format_bytes(text, SNAP_UNKNOWN, true, true), "?");
}

Test(format, bytes_never_take_more_than_five_cells)
{
	char text[FORMAT_SIZE];

	for (uint64_t bytes = 1; bytes < UINT64_MAX / 3; bytes += bytes / 3 + 1)
		for (uint64_t near = bytes - 1; near <= bytes + 1; near++)
			cr_assert_leq(strlen(format_bytes(text, near, false, false)), 5,
				      "%s", text);
}

Test(format, changes_carry_a_sign)
{
	char text[FORMAT_SIZE];

	cr_assert_str_eq(format_change(text, 36864, true, false), "+36.0K");
	cr_assert_str_eq(format_change(text, -1258291, true, false), "-1.20M");
	cr_assert_str_eq(format_change(text, 0, true, false), "0");
	cr_assert_str_eq(format_change(text, 0, false, false), "?");
	cr_assert_str_eq(format_change(text, -36864, true, true), "-36864");
	cr_assert_str_eq(format_change(text, INT64_MIN, true, false), "-8.00E");
}

Test(format, counts_take_six_cells)
{
	static const struct {
		uint64_t count;
		const char *text;
	} rows[] = {
		{0, "0"},
		{1224, "1224"},
		{9999, "9999"},
		{10000, "10.0k"},
		{12345, "12.3k"},
		{999499, "999k"},
		{999999, "1.00M"},
		{12345678, "12.3M"},
		{SNAP_UNKNOWN, "?"},
		{UINT64_MAX - 1, "18.4E"},
	};
	char text[FORMAT_SIZE];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_str_eq(format_count(text, rows[i].count, false), rows[i].text);
	cr_assert_str_eq(format_count(text, 0, true), "-");
}

Test(format, ages_take_four_cells)
{
	static const struct {
		uint64_t seconds;
		const char *text;
	} rows[] = {{0, "<1s"},		 {4, "4s"},	    {59, "59s"},
		    {60, "1m"},		 {1560, "26m"},	    {3600, "1h"},
		    {86399, "23h"},	 {86400 * 9, "9d"}, {86400 * 999, "999d"},
		    {86400 * 1000, "2y"}};
	char text[FORMAT_SIZE];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_str_eq(format_age(text, rows[i].seconds * 1000000000 + 5),
				 rows[i].text);
	cr_assert_str_eq(format_age(text, SNAP_UNKNOWN), "?");
}

Test(format, times_go_there_and_back)
{
	char text[FORMAT_TIME_SIZE];
	uint64_t time;

	format_time(text, UINT64_C(1767616496123456789));
	cr_assert_str_eq(text, "2026-01-05T12:34:56.123456789Z");
	cr_assert(format_time_parse(text, &time));
	cr_assert_eq(time, UINT64_C(1767616496123456789));
	cr_assert(format_time_parse("2026-01-05T12:34:56Z", &time));
	cr_assert_eq(time, UINT64_C(1767616496000000000));
	cr_assert_str_eq(format_time(text, SNAP_UNKNOWN), "?");
}

Test(format, what_is_no_time_is_refused)
{
	static const char *const wrong[] = {"",
					    "now",
					    "2026-01-05",
					    "2026-01-05T12:34:56",
					    "2026-01-05T12:34:56.Z",
					    "2026-01-05T12:34:56.1Zx",
					    "1026-01-05T12:34:56Z",
					    "9026-01-05T12:34:56Z"};
	uint64_t time;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_assert_not(format_time_parse(wrong[i], &time), "%s", wrong[i]);
}

Test(format, ranges_are_cut_with_a_plus)
{
	const uint32_t numbers[] = {0, 1, 2, 3, 5, 9, 10};
	char text[32];

	cr_assert_str_eq(format_ranges(text, sizeof(text), numbers, 7), "0-3,5,9-10");
	cr_assert_str_eq(format_ranges(text, 11, numbers, 7), "0-3,5,9-10");
	cr_assert_str_eq(format_ranges(text, 10, numbers, 7), "0-3,5+");
	cr_assert_str_eq(format_ranges(text, 6, numbers, 7), "0-3+");
	cr_assert_str_eq(format_ranges(text, 2, numbers, 7), "+");
	cr_assert_str_eq(format_ranges(text, 1, numbers, 7), "");
	cr_assert_str_eq(format_ranges(text, sizeof(text), numbers, 0), "");
}
