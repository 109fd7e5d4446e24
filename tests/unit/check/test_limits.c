/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <errno.h>

#include "check_limits.h"

static struct check_allowed allowed(const char *text, const char *type)
{
	struct check_limits limits = {0};

	cr_assert_eq(check_limits_parse(text, &limits), 0, "%s", text);
	return check_limits_for(&limits, type);
}

Test(limits, a_size_alone_is_bytes_of_every_type)
{
	struct check_allowed a = allowed("64K", "DRAM");

	cr_assert_eq(a.value[CHECK_BYTES], 65536);
	cr_assert(a.given[CHECK_BYTES]);
	cr_assert_not(a.given[CHECK_BUFFERS] || a.given[CHECK_REFS]);
	cr_assert_eq(allowed("0", "L1").value[CHECK_BYTES], 0);
}

Test(limits, a_type_overrules_all_types_whatever_the_order)
{
	cr_assert_eq(allowed("dram=1M,4K", "DRAM").value[CHECK_BYTES], 1048576);
	cr_assert_eq(allowed("dram=1M,4K", "L1").value[CHECK_BYTES], 4096);
	cr_assert_eq(allowed("1,2,3", "L1").value[CHECK_BYTES], 3);
}

Test(limits, measures_have_names)
{
	struct check_allowed a = allowed("dram=64K,refs=2,Buffers=3", "DRAM");

	cr_assert_eq(a.value[CHECK_REFS], 2);
	cr_assert_eq(a.value[CHECK_BUFFERS], 3);
	cr_assert(a.given[CHECK_REFS] && a.given[CHECK_BUFFERS]);
	cr_assert_eq(allowed("bytes=7", "X").value[CHECK_BYTES], 7);
}

Test(limits, nonsense_is_refused)
{
	static const char *const wrong[] = {"",
					    "x",
					    "64Q",
					    "-1",
					    "=1",
					    "a=",
					    "1,,2",
					    "refs=x",
					    "1 2",
					    "a=1=2",
					    "refs=99999999999999999999"};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct check_limits limits = {0};

		cr_assert_eq(check_limits_parse(wrong[i], &limits), -EINVAL, "'%s'",
			     wrong[i]);
	}
}
