/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>

#include "residue.h"
#include "segment_image.h"
#include "test_dir.h"

static struct image image;
static struct tta_lane *lane;
static bool host_only;

static void setup(void)
{
	test_dir_make();
	image_make(&image, NULL);
	lane = image_lane(&image, 1, 0);
}

static void teardown(void)
{
	image_close(&image);
	test_dir_remove();
}

TestSuite(residue, .init = setup, .fini = teardown);

static bool left(void)
{
	struct tta_layout_map map;
	char problem[TTA_PROBLEM_SIZE];

	host_only = true;
	cr_assert_eq(tta__layout_validate(image.header, image.size, &map, problem), 0);
	return tta__mapping_has_residue(image.header, &map, &host_only);
}

Test(residue, nothing_is_left_of_balanced_books)
{
	struct tta_counter_line *a =
		image_line(&image, 0, 0, TTA_DRAM, TTA_LINE_NO_DETAIL);
	struct tta_counter_line *b =
		image_line(&image, 1, 0, TTA_DRAM, TTA_LINE_NO_DETAIL);

	image_event(lane);
	image_book(a, 100, 1, 0, 0);
	image_book(b, 0, 0, 100, 1);
	image_line(&image, 0, 0, TTA_DRAM, TTA_LINE_ADD);
	image_add(&image, TTA_SECTION_LIVE);
	image_add(&image, TTA_SECTION_POOL);
	cr_assert_not(left());
	cr_assert_not(host_only);
}

Test(residue, a_live_entry_is)
{
	struct tta_slot *slot = image_slot(&image, 0, TTA_DRAM, 64, 0, 1);

	cr_assert(left());
	cr_assert_not(host_only);
	tta_store_relaxed64(&slot->word, tta_slot_word(7, 0, 1, TTA_SLOT_TENTATIVE));
	cr_assert_not(left());
	tta_store_relaxed64(&slot->word, tta_slot_word(7, 0, 1, TTA_SLOT_RETIRED));
	cr_assert_not(left());
}

Test(residue, live_bytes_are)
{
	struct tta_live *live = image_add(&image, TTA_SECTION_LIVE);

	tta_store_relaxed64(&live->key, tta_live_key(0, TTA_L1));
	tta_store_relaxed64(&live->bytes, 1);
	cr_assert(left());
	cr_assert_not(host_only);
}

Test(residue, bytes_and_events_without_detail_are)
{
	struct tta_counter_line *line =
		image_line(&image, 0, 0, TTA_DRAM, TTA_LINE_NO_DETAIL);

	image_book(line, 0, 1, 0, 0);
	cr_assert(left(), "an event of no bytes is outstanding");
	image_book(line, 10, 0, 0, 1);
	cr_assert(left(), "bytes are outstanding");
	image_book(line, 0, 0, 10, 0);
	cr_assert_not(left());
	image_book(line, 0, 0, 10, 1);
	cr_assert_not(left(), "an unmatched free is nothing left");
}

/* Its frees have no entry any more: they are booked without detail. */
Test(residue, what_went_with_an_old_table_is_until_it_is_freed)
{
	struct tta_counter_line *gone =
		image_line(&image, 0, 0, TTA_DRAM, TTA_LINE_DISOWNED);
	struct tta_counter_line *line =
		image_line(&image, 0, 0, TTA_DRAM, TTA_LINE_NO_DETAIL);

	image_book(gone, 10, 1, 0, 0);
	cr_assert(left());
	image_book(line, 0, 0, 10, 1);
	cr_assert_not(left());
}

Test(residue, added_bytes_are_in_either_direction)
{
	struct tta_counter_line *line = image_line(&image, 0, 0, TTA_DRAM, TTA_LINE_ADD);

	image_book(line, 10, 1, 0, 0);
	cr_assert(left());
	image_book(line, 0, 0, 20, 1);
	cr_assert(left());
	image_book(line, 10, 1, 0, 0);
	cr_assert_not(left());
}

Test(residue, an_event_in_flight_or_uncertain_is)
{
	image_event(lane);
	cr_assert_not(left());
	tta_store_relaxed64(&lane->note, 2);
	cr_assert(left());
	tta_store_relaxed64(&lane->note, 1);
	tta_store_relaxed64(&lane->uncertain, 1);
	cr_assert(left());
	cr_assert_not(host_only);
	tta_store_relaxed64(&lane->uncertain, 0);
	tta_store_relaxed64(&image.header->overflow.note, 1);
	cr_assert(left());
}

Test(residue, says_when_all_of_it_is_host_memory)
{
	image_slot(&image, 0, TTA_HOST, 64, 1, 1);
	cr_assert(left());
	cr_assert(host_only);
	image_book(image_line(&image, 0, 0, TTA_HOST, TTA_LINE_ADD), 1, 1, 0, 0);
	cr_assert(left());
	cr_assert(host_only);
	image_book(image_line(&image, 0, 0, TTA_DRAM, TTA_LINE_ADD), 1, 1, 0, 0);
	cr_assert(left());
	cr_assert_not(host_only);
}

Test(residue, reads_no_further_than_proven)
{
	struct tta_layout_map map;
	char problem[TTA_PROBLEM_SIZE];

	image_slot(&image, 0, TTA_DRAM, 64, 1, 1);
	cr_assert_eq(tta__layout_validate(image.header, image.size, &map, problem), 0);
	map.section[TTA_SECTION_POOL].capacity = 0;
	cr_assert_not(tta__mapping_has_residue(image.header, &map, NULL));
}

Test(residue, more_pairs_than_can_be_netted_count_as_left)
{
	for (uint32_t device = 0; device < 300; device++)
		image_line(&image, 0, device, TTA_DRAM, TTA_LINE_ADD);
	cr_assert(left());
}
