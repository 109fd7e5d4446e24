/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_line.c - the latch at rest, in the middle of a write, and under a writer.
 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

#include "line.h"
#include "segment_image.h"

static struct tta_counter_line line;
static struct tta_line_id id;
static struct tta_line_sums sums;

static void key(uint32_t lane)
{
	tta_store_relaxed64(&line.key, tta_line_key(lane, 65535, 255, TTA_LINE_DETAIL));
	cr_assert(tta__line_identify(&line, &id));
}

Test(line, identifies_all_parts_of_a_key)
{
	cr_assert_not(tta__line_identify(&line, &id), "key 0 is not handed out");
	key(0x123456);
	cr_assert_eq(id.lane, 0x123456);
	cr_assert_eq(id.device, 65535);
	cr_assert_eq(id.type, 255);
	cr_assert_eq(id.kind, TTA_LINE_DETAIL);
}

Test(line, reads_the_whole_copy_while_the_other_is_half_written)
{
	key(0);
	image_book(&line, 100, 1, 0, 0);
	image_book(&line, 50, 1, 30, 1);
	for (int i = 0; i < 2; i++) {
		uint64_t sequence = tta_load_relaxed64(&line.sequence);

		/* Killed between two stores of the next copy. */
		tta_store_relaxed64(&line.copy[(sequence + 1) & 1].alloc_bytes, 999999);
		cr_assert(tta__line_read(&line, &id, &sums));
		cr_assert_eq(sums.alloc_bytes, 150 + (uint64_t)i);
		cr_assert_eq(sums.alloc_count, 2);
		cr_assert_eq(sums.free_bytes, 30);
		cr_assert_eq(sums.free_count, 1);
		image_book(&line, 1, 0, 0, 0);
	}
}

Test(line, reads_copy_0_of_the_overflow_lane)
{
	key(TTA_LANE_OVERFLOW);
	image_book(&line, 100, 1, 0, 0);
	image_book(&line, 100, 1, 40, 1);
	cr_assert_eq(tta_load_relaxed64(&line.sequence), 0);
	cr_assert(tta__line_read(&line, &id, &sums));
	cr_assert_eq(sums.alloc_bytes, 200);
	cr_assert_eq(sums.free_bytes, 40);
}

static tta_a32 stop;

/* Every whole copy holds one number four times; as fast as an owner can go. */
static void *writer(void *arg)
{
	(void)arg;
	for (uint64_t i = 1; !tta_load_relaxed32(&stop); i++) {
		struct tta_sums *to = &line.copy[i & 1];

		tta_store_relaxed64(&to->alloc_bytes, i);
		tta_store_relaxed64(&to->alloc_count, i);
		tta_store_relaxed64(&to->free_bytes, i);
		tta_store_relaxed64(&to->free_count, i);
		tta_store_release64(&line.sequence, i);
	}
	return NULL;
}

Test(line, never_accepts_a_torn_copy)
{
	pthread_t thread;
	int read = 0, refused = 0, torn = 0;

	key(1);
	cr_assert_eq(pthread_create(&thread, NULL, writer, NULL), 0);
	while (read < 2000000) {
		if (!tta__line_read(&line, &id, &sums)) {
			refused++;
			continue;
		}
		read++;
		torn += sums.alloc_bytes != sums.alloc_count ||
			sums.free_bytes != sums.free_count ||
			sums.alloc_bytes != sums.free_bytes;
	}
	tta_store_relaxed32(&stop, 1);
	pthread_join(thread, NULL);
	cr_assert_eq(torn, 0, "%d torn", torn);
	cr_assert_gt(sums.alloc_count, 0, "the writer never ran; %d refused", refused);
}
