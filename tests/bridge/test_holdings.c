/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>

#include "holdings.h"

static struct holdings held;

Test(holdings, a_free_has_the_type_of_the_last_alloc)
{
	holdings_add(&held, 0, 4096, 1);
	holdings_add(&held, 1, 4096, 0);
	cr_assert_eq(holdings_take(&held, 0, 4096, 9), 1);
	cr_assert_eq(holdings_take(&held, 0, 4096, 9), 9, "it is gone");
	cr_assert_eq(holdings_take(&held, 1, 4096, 9), 0, "another device");
	cr_assert_eq(held.count, 0);
}

/* An address of DRAM may also be one of L1; the old server mixed them up. */
Test(holdings, equal_addresses_of_two_memories_end_one_by_one)
{
	holdings_add(&held, 0, 4096, 0);
	holdings_add(&held, 0, 4096, 1);
	holdings_add(&held, 0, 4096, 1);
	cr_assert_eq(held.count, 1);
	cr_assert_eq(holdings_take(&held, 0, 4096, 9), 1);
	cr_assert_eq(holdings_take(&held, 0, 4096, 9), 1);
	cr_assert_eq(holdings_take(&held, 0, 4096, 9), 0);
	cr_assert_eq(holdings_take(&held, 0, 4096, 9), 9);
}

Test(holdings, are_bounded)
{
	for (uint64_t id = 0; id < HOLDINGS_MOST + 10; id++)
		holdings_add(&held, 0, id, 1);
	cr_assert_eq(held.count, HOLDINGS_MOST);
	cr_assert_eq(held.forgotten, 10);
	cr_assert_eq(holdings_take(&held, 0, HOLDINGS_MOST + 1, 9), 9);
	cr_assert_eq(holdings_take(&held, 0, 1, 9), 1);
	holdings_add(&held, 0, HOLDINGS_MOST + 1, 1);
	cr_assert_eq(holdings_take(&held, 0, HOLDINGS_MOST + 1, 9), 1);
}
