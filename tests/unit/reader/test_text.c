/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <string.h>

#include "clock.h"
#include "text.h"

static const char *clean(const char *from, size_t size)
{
	static char to[64];

	memset(to, 'x', sizeof(to));
	tta__text_copy(to, sizeof(to), from, size);
	return to;
}

#define CLEAN(literal) clean(literal, sizeof(literal))

Test(text, keeps_what_can_be_shown)
{
	cr_assert_str_eq(CLEAN("kv_cache [3] \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
			 "kv_cache [3] \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	cr_assert_str_empty(CLEAN(""));
}

Test(text, leaves_control_characters_out)
{
	cr_assert_str_eq(CLEAN("a\033[31mb\x07\x7f"), "a[31mb");
	cr_assert_str_eq(CLEAN("c\xc2\x9b"
			       "1m"),
			 "c1m");
	cr_assert_str_eq(CLEAN("rtl\xe2\x80\xae!"), "rtl!");
	cr_assert_str_eq(CLEAN("a\tb\nc\rd"), "a b c d");
}

Test(text, leaves_out_what_is_not_utf8)
{
	cr_assert_str_eq(CLEAN("a\xff"
			       "b\x80"
			       "c"),
			 "abc");
	cr_assert_str_eq(CLEAN("over\xc0\xaf"
			       "long\xe0\x80\xaf"),
			 "overlong");
	cr_assert_str_eq(CLEAN("half\xed\xa0\x80"), "half");
	cr_assert_str_eq(CLEAN("big\xf4\x90\x80\x80\xf5"), "big");
	cr_assert_str_eq(clean("cut\xe2\x82", 5), "cut");
}

Test(text, ends_without_a_terminator_and_fits)
{
	char small[4];

	cr_assert_str_eq(clean("abcdef", 3), "abc");
	tta__text_copy(small, sizeof(small), "ab\xe2\x82\xac", 5);
	cr_assert_str_eq(small, "ab", "no half character");
	tta__text_copy(small, sizeof(small), "abcdef", 6);
	cr_assert_str_eq(small, "abc");
}

Test(clock, ticks_become_nanoseconds)
{
	struct tta_clock clock = {
		.kind = TTA_CLOCK_TSC,
		.shift = 32,
		.base_ticks = 1000000,
		.base_ns = 5000,
		.mult = UINT64_C(1) << 31, /* two ticks are a nanosecond */
	};

	cr_assert_eq(tta__clock_ns(&clock, 1000000), 5000);
	cr_assert_eq(tta__clock_ns(&clock, 1002000), 6000);
	cr_assert_eq(tta__clock_ns(&clock, 998000), 4000, "before the base");
	cr_assert_eq(tta__clock_ns(&clock, 1000000 + (UINT64_C(1) << 60)),
		     5000 + (UINT64_C(1) << 59), "no overflow in between");
	cr_assert_eq(tta__clock_ns(&clock, 0), 0, "no time");
	clock.kind = TTA_CLOCK_MONOTONIC;
	cr_assert_eq(tta__clock_ns(&clock, 1234), 1234);
}
