/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parser: anything is judged, nothing is believed. Versions and files as wholes are
 * in tests/e2e/test_regions.py.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "region.h"

static unsigned char bytes[REGION_BYTES];
static struct region region;

static void put32(size_t at, uint32_t value)
{
	memcpy(bytes + at, &value, 4);
}

static void put64(size_t at, uint64_t value)
{
	memcpy(bytes + at, &value, 8);
}

Test(region, the_last_slot_and_the_last_chip_are_reached)
{
	put32(0, 3);
	put32(856 + 63 * 120, 4711);
	put64(856 + 63 * 120 + 8, 5);
	memset(bytes + 856 + 63 * 120 + 56, 'n', 64);
	put32(88 + 15 * 48, 15);
	put32(88 + 15 * 48 + 4, 1);
	put64(88 + 15 * 48 + 40, 77);
	cr_assert_eq(region_parse(bytes, 8576, &region), REGION_GOOD);
	cr_assert_eq(region.slot_count, 1);
	cr_assert_eq(region.slots[0].pid, 4711);
	cr_assert_eq(region.slots[0].bytes[REGION_DRAM], 5);
	cr_assert_eq(strlen(region.slots[0].name), REGION_NAME_MAX - 1, "terminated");
	cr_assert_eq(region.chip_count, 1);
	cr_assert_eq(region.chips[0].id, 15);
	cr_assert(region.chips[0].remote);
	cr_assert_eq(region.chips[0].bytes[REGION_CB], 77);
}

Test(region, kernels_are_of_version_1_and_its_long_size_alone)
{
	put32(0, 1);
	put64(88, 6);
	put32(992 + 63 * 128, 9);
	put64(992 + 63 * 128 + 48, 6);
	put64(992 + 63 * 128 + 56, 1234);
	cr_assert_eq(region_parse(bytes, 9280, &region), REGION_GOOD);
	cr_assert_eq(region.total[REGION_KERNEL], 6);
	cr_assert_eq(region.slots[0].bytes[REGION_KERNEL], 6);
	cr_assert_eq(region.slots[0].updated, 1234);
	cr_assert_eq(region_phantom(&region, REGION_KERNEL), 0);
	cr_assert_eq(region_parse(bytes, 9248, &region), REGION_GOOD);
	cr_assert_eq(region.total[REGION_KERNEL], 0, "the short table");
}

Test(region, a_chip_0_that_holds_something_is_no_empty_slot)
{
	put32(0, 2);
	put64(88 + 8, 1);
	cr_assert_eq(region_parse(bytes, 8576, &region), REGION_GOOD);
	cr_assert_eq(region.chip_count, 1);
	cr_assert_eq(region.chips[0].bytes[REGION_DRAM], 1);
}

Test(region, phantoms_are_differences_and_wraps_are_none)
{
	put32(0, 3);
	put64(48, 10);
	put32(856, 1);
	put64(856 + 8, 4);
	put32(856 + 120, 2);
	put64(856 + 120 + 8, 5);
	put32(88, 7);
	put64(88 + 8, 12);
	for (int i = 1; i < 16; i++)
		put32(88 + (size_t)i * 48, UINT32_MAX);
	cr_assert_eq(region_parse(bytes, 8576, &region), REGION_GOOD);
	cr_assert_eq(region_phantom(&region, REGION_DRAM), 1);
	cr_assert_eq(region_chip_phantom(&region, REGION_DRAM), -2);
	cr_assert_eq(region_phantom(&region, REGION_L1), 0);
	put64(856 + 8, UINT64_MAX - 4095);
	cr_assert_eq(region_parse(bytes, 8576, &region), REGION_GOOD);
	cr_assert_eq(region_phantom(&region, REGION_DRAM), 0);
	put64(856 + 8, REGION_WRAPPED - 1);
	put64(856 + 120 + 8, REGION_WRAPPED - 1);
	put64(48, 0);
	cr_assert_eq(region_parse(bytes, 8576, &region), REGION_GOOD);
	region_phantom(&region, REGION_DRAM); /* no overflow: the sanitizer watches */
}

Test(region, noise_of_any_length_is_judged)
{
	unsigned seed = 7;

	for (int round = 0; round < 20000; round++) {
		size_t size = (size_t)rand_r(&seed) % (REGION_BYTES + 1);

		for (size_t i = 0; i < 64; i++)
			bytes[(size_t)rand_r(&seed) % REGION_BYTES] =
				(unsigned char)rand_r(&seed);
		put32(0, (uint32_t)rand_r(&seed) % 6);
		region_parse(bytes, size, &region);
		cr_assert_leq(region.slot_count, REGION_SLOTS);
		cr_assert_leq(region.chip_count, REGION_CHIPS);
		for (size_t i = 0; i < region.slot_count; i++)
			cr_assert_lt(strnlen(region.slots[i].name, 64), 64);
	}
}
