/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>

#include <string.h>

#include "text.h"

Test(sim_text, words_keep_quoted_blanks_and_end_at_a_comment)
{
	char line[] = "  process a cmdline \"python serve.py\" x# # not a word\n";
	struct sim_words words;

	cr_assert_null(sim_words_split(line, &words));
	cr_assert_eq(words.count, 5);
	cr_assert_str_eq(words.word[3], "python serve.py");
	cr_assert_str_eq(words.word[4], "x#");
}

Test(sim_text, words_refuse_open_quotes_and_too_many)
{
	char open[] = "mark a \"after close";
	char glued[] = "mark a \"b\"c";
	char many[2 * SIM_WORD_LIMIT + 3];
	struct sim_words words;

	for (size_t i = 0; i < sizeof(many) - 1; i++)
		many[i] = i % 2 ? ' ' : 'a';
	many[sizeof(many) - 1] = '\0';
	cr_assert_not_null(sim_words_split(open, &words));
	cr_assert_not_null(sim_words_split(glued, &words));
	cr_assert_not_null(sim_words_split(many, &words));
}

Test(sim_text, numbers_are_decimal_or_hex_and_do_not_wrap)
{
	uint64_t value = 7;

	cr_assert_eq(sim_parse_u64("1073739776", &value), 0);
	cr_assert_eq(value, 1073739776);
	cr_assert_eq(sim_parse_u64("0x3FFFf800", &value), 0);
	cr_assert_eq(value, 0x3ffff800);
	cr_assert_eq(sim_parse_u64("18446744073709551615", &value), 0);
	cr_assert_eq(value, UINT64_MAX);
	value = 7;
	cr_assert(sim_parse_u64("18446744073709551616", &value) < 0);
	cr_assert(sim_parse_u64("0x", &value) < 0);
	cr_assert(sim_parse_u64("", &value) < 0);
	cr_assert(sim_parse_u64("12a", &value) < 0);
	cr_assert(sim_parse_u64("-1", &value) < 0);
	cr_assert_eq(value, 7, "an output was touched on failure");
}

Test(sim_text, sizes_have_suffixes)
{
	uint64_t bytes, most;
	int64_t delta;

	cr_assert_eq(sim_parse_size("24K", &bytes), 0);
	cr_assert_eq(bytes, 24576);
	cr_assert_eq(sim_parse_size("12G", &bytes), 0);
	cr_assert_eq(bytes, UINT64_C(12) << 30);
	cr_assert(sim_parse_size("24KB", &bytes) < 0);
	cr_assert(sim_parse_size("16777216T", &bytes) < 0);
	cr_assert_eq(sim_parse_delta("-2M", &delta), 0);
	cr_assert_eq(delta, -2097152);
	cr_assert_eq(sim_parse_delta("+1", &delta), 0);
	cr_assert_eq(delta, 1);
	cr_assert_eq(sim_parse_sizes("4K-1M", &bytes, &most), 0);
	cr_assert_eq(bytes, 4096);
	cr_assert_eq(most, 1 << 20);
	cr_assert(sim_parse_sizes("1M-4K", &bytes, &most) < 0);
	cr_assert(sim_parse_sizes("4K:1M", &bytes, &most) < 0);
}

Test(sim_text, devices_are_one_or_a_range)
{
	uint32_t first, last;

	cr_assert_eq(sim_parse_devices("3", &first, &last), 0);
	cr_assert_eq(first, 3);
	cr_assert_eq(last, 3);
	cr_assert_eq(sim_parse_devices("0-17", &first, &last), 0);
	cr_assert_eq(last, 17);
	cr_assert(sim_parse_devices("7-0", &first, &last) < 0);
	cr_assert(sim_parse_devices("65536", &first, &last) < 0);
	cr_assert(sim_parse_devices("0,2", &first, &last) < 0);
}

Test(sim_text, durations_need_a_unit)
{
	uint64_t ns;

	cr_assert_eq(sim_parse_duration("50ms", &ns), 0);
	cr_assert_eq(ns, 50000000);
	cr_assert_eq(sim_parse_duration("2m", &ns), 0);
	cr_assert_eq(ns, UINT64_C(120000000000));
	cr_assert(sim_parse_duration("50", &ns) < 0);
	cr_assert(sim_parse_duration("1h", &ns) < 0);
	cr_assert(sim_parse_duration("99999999999999999s", &ns) < 0);
}
