/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_reuse.c - a segment in which nothing moved is not copied again, and whatever
 * moves is seen by the next sample.
 *
 * One test per thing that may move alone. Each looks once before and once after.
 */
#include <fcntl.h>
#include <string.h>

#include "fixture.h"

static struct tta_slot *slot;

/* One buffer of 100 bytes, which was seen. */
static void setup_seen(void)
{
	setup();
	slot = image_alloc(&image, 0, TTA_DRAM, 4096, 100);
	look();
}

/* A change that no owner makes outside an event shows whether its table was copied. */
static bool next_look_copies(void)
{
	uint64_t site = (tta_load_relaxed64(&slot->origin) >> 16) + 1;

	tta_store_relaxed64(&slot->origin, site << 16);
	return look()->buffers[0].site == site;
}

TestSuite(reuse, .init = setup_seen, .fini = teardown);

Test(reuse, nothing_moved_nothing_is_copied)
{
	const struct tta_process *p;

	cr_assert_not(next_look_copies());
	p = look();
	cr_assert_eq(p->memory_count, 1);
	cr_assert_eq(p->memory[0].used, 100);
	cr_assert_eq(p->buffer_count, 1);
	cr_assert_eq(p->events, 1);
	cr_assert_eq(p->totals_inexact | p->buffers_inexact, 0);
	cr_assert(p->residue);
}

Test(reuse, a_sample_stays_as_it_was)
{
	struct tta_sample *kept = sample, *second;

	sample = NULL;
	for (uint64_t i = 1; i <= 3; i++) {
		image_alloc(&image, 0, TTA_DRAM, 4096 - i * 64, 100);
		second = sample;
		sample = NULL;
		cr_assert_eq(look()->buffer_count, i + 1);
		cr_assert_eq(look()->buffer_count, i + 1);
		tta_sample_free(second);
		cr_assert_eq(kept->processes[0].buffer_count, 1);
		cr_assert_eq(kept->processes[0].buffers[0].address, 4096);
		cr_assert_eq(kept->processes[0].memory[0].used, 100);
	}
	tta_sample_free(kept);
}

Test(reuse, a_finished_event_is_seen)
{
	image_alloc(&image, 0, TTA_DRAM, 64, 11);
	cr_assert_eq(look()->memory[0].used, 111);
	cr_assert_eq(look()->buffers[0].address, 64);
	cr_assert_eq(look()->events, 2);
}

Test(reuse, an_event_in_flight_is_seen_and_stays)
{
	tta_store_relaxed64(&lane->note, 2);
	cr_assert_eq(look()->buffers_inexact, TTA_INEXACT_BUSY);
	cr_assert_eq(look()->totals_inexact, TTA_INEXACT_BUSY);
	tta_store_relaxed64(&lane->note, 1);
	cr_assert_eq(look()->buffers_inexact, 0);
}

Test(reuse, an_event_of_the_overflow_lane_is_seen)
{
	image_slot(&image, 0, TTA_DRAM, 64, 11, 1);
	image_event(&image.header->overflow);
	cr_assert_eq(look()->buffer_count, 2);
}

Test(reuse, a_new_lane_is_seen)
{
	image_slot(&image, 0, TTA_DRAM, 64, 11, 1);
	image_event(image_lane(&image, 12, 0));
	cr_assert_eq(look()->buffer_count, 2);
}

Test(reuse, added_bytes_are_seen_without_an_event)
{
	struct tta_counter_line *line = image_line(&image, 0, 3, TTA_L1, TTA_LINE_ADD);

	uint64_t seen;

	cr_assert_eq(look()->memory_count, 2, "a new line");
	cr_assert_eq(look()->last_add_ns, 0);
	image_book(line, 77, 1, 0, 0);
	cr_assert_eq(look()->memory[1].add_bytes_up, 77);
	seen = look()->last_add_ns;
	cr_assert_gt(seen, 0);
	cr_assert_eq(look()->last_add_ns, seen, "nothing was added since");
	cr_assert_eq(look()->events, 2, "one in the lane, one in the line");
	image_book(line, 0, 0, 7, 1);
	cr_assert_eq(look()->memory[1].add_bytes_down, 7);
	cr_assert_eq(look()->events, 3);
	cr_assert_gt(look()->last_add_ns, seen);
	cr_assert_eq(look()->events, 3, "also when nothing is copied");
	image_book(line, 0, 1, 0, 0);
	cr_assert(next_look_copies());
	cr_assert_not(next_look_copies());
}

Test(reuse, a_line_that_is_handed_out_is_seen)
{
	struct tta_counter_line *line = image_add(&image, TTA_SECTION_COUNTERS);

	cr_assert_eq(look()->memory_count, 1);
	tta_store_relaxed64(&line->copy[0].alloc_bytes, 5);
	tta_store_release64(&line->key, tta_line_key(0, 3, TTA_L1, TTA_LINE_ADD));
	cr_assert_eq(look()->memory_count, 2);
	cr_assert_eq(look()->memory[1].add_bytes_up, 5);
}

Test(reuse, added_bytes_of_the_overflow_lane_are_seen)
{
	struct tta_counter_line *line =
		image_line(&image, TTA_LANE_OVERFLOW, 0, TTA_DRAM, TTA_LINE_ADD);

	look();
	image_book(line, 50, 0, 0, 0);
	cr_assert_eq(look()->memory[0].add_bytes_up, 50);
	image_book(line, 0, 0, 20, 0);
	cr_assert_eq(look()->memory[0].add_bytes_down, 20);
	image_book(line, 0, 1, 0, 0);
	cr_assert(next_look_copies());
	image_book(line, 0, 0, 0, 1);
	cr_assert(next_look_copies());
	cr_assert_not(next_look_copies());
}

Test(reuse, a_table_that_starts_anew_is_seen)
{
	tta_store_relaxed64(&slot->word, tta_slot_word(8, 0, 0, TTA_SLOT_FREE));
	tta_add_acq_rel64(&image.header->table_generation, 1);
	cr_assert_eq(look()->buffer_count, 0);
}

Test(reuse, what_is_described_or_marked_is_seen)
{
	struct tta_type_record *type;
	struct tta_mark_record *mark;
	struct tta_device_memory_record *geometry;

	image_add(&image, TTA_SECTION_DEVICES);
	cr_assert_eq(look()->device_count, 1);
	geometry = image_add(&image, TTA_SECTION_DEVICE_MEMORY);
	geometry->capacity = 9;
	cr_assert_eq(look()->devices[0].geometry[0].capacity, 9);
	type = image_record_at(&image, TTA_SECTION_TYPES, 0);
	type->id = TTA_TYPE_FIRST_NAMED;
	strcpy(type->name, "SCRATCH");
	tta_store_release64(&image_head(&image, TTA_SECTION_TYPES)->count, 1);
	cr_assert_eq(look()->type_count, 1);
	image_add(&image, TTA_SECTION_MARKS);
	cr_assert_eq(look()->mark_count, 1);
	mark = image_record_at(&image, TTA_SECTION_MARKS, 1);
	mark->rows = 1;
	tta_store_release64(&image_head(&image, TTA_SECTION_MARKS)->count, 2);
	cr_assert_eq(look()->mark_count, 1, "its row is not there");
	image_add(&image, TTA_SECTION_MARK_ROWS);
	cr_assert_eq(look()->mark_count, 2);
}

Test(reuse, a_label_is_seen)
{
	tta_store_relaxed64(&slot->origin, 1);
	image_event(lane);
	cr_assert_eq(look()->buffers_inexact, TTA_INEXACT_CORRUPT);
	cr_assert_eq(look()->buffers_inexact, TTA_INEXACT_CORRUPT);
	image_label(&image, "kv_cache");
	cr_assert_str_eq(look()->buffers[0].label_text, "kv_cache");
	cr_assert_eq(look()->buffers_inexact, 0);
}

Test(reuse, other_parts_are_copied)
{
	tta_sample_free(sample);
	sample = NULL;
	cr_assert_eq(tta_reader_sample(reader, TTA_SAMPLE_TOTALS, &sample), 0);
	cr_assert_eq(sample->processes[0].buffer_count, 0);
	cr_assert_eq(sample->processes[0].memory[0].buffers, TTA_UNKNOWN);
	cr_assert_eq(look()->buffer_count, 1);
	cr_assert_eq(look()->memory[0].buffers, 1);
	image_add(&image, TTA_SECTION_MARKS);
	tta_sample_free(sample);
	sample = NULL;
	cr_assert_eq(tta_reader_sample(reader, TTA_SAMPLE_BUFFERS, &sample), 0);
	cr_assert_eq(sample->processes[0].mark_count, 0);
	cr_assert_eq(look()->mark_count, 1);
}

Test(reuse, a_table_that_is_no_longer_kept_is_seen)
{
	image_add(&image, TTA_SECTION_POOL);
	tta_store_relaxed64(&image_head(&image, TTA_SECTION_POOL)->count, 0);
	tta_store_relaxed32(&image.header->level, TTA_COUNTERS);
	tta_reader_close(reader);
	cr_assert_eq(tta_reader_open(NULL, &reader), 0);
	cr_assert_eq(look()->memory[0].buffers, TTA_UNKNOWN);
	tta_store_relaxed32(&image.header->level, TTA_LIVE);
	cr_assert_eq(look()->memory[0].buffers, 0);
	tta_store_relaxed32(&image.header->level, TTA_COUNTERS);
	cr_assert_eq(look()->memory[0].buffers, TTA_UNKNOWN);
}

Test(reuse, what_the_header_and_the_lanes_say_is_seen)
{
	const struct tta_process *p;

	tta_store_relaxed64(&image.header->incomplete_since, 55);
	tta_store_relaxed64(&lane->counts[TTA_COUNT_UNKNOWN_FREES], 4);
	tta_store_relaxed64(&lane->last_time, 2000);
	tta_store_relaxed32(&image.header->level, TTA_COUNTERS);
	cr_assert_not(next_look_copies());
	p = &sample->processes[0];
	cr_assert_eq(p->incomplete_since_ns, 55);
	cr_assert_eq(p->counts[TTA_COUNT_UNKNOWN_FREES], 4);
	cr_assert_eq(p->last_event_ns, 2000);
	cr_assert_eq(p->level, TTA_COUNTERS);
	cr_assert_eq(p->buffers_inexact, TTA_INEXACT_DROPPED | TTA_INEXACT_STALE);
	tta_store_relaxed64(&image.header->incomplete_since, 0);
	tta_store_relaxed32(&image.header->level, TTA_LIVE);
	cr_assert_eq(look()->buffers_inexact, 0);
}

Test(reuse, deaths_are_proven_each_time)
{
	image_lane_word(&image, lane, 11 | 0x40000000u);
	cr_assert_eq(look()->lanes_dead, 1);
	image_unlock(&image);
	cr_assert_eq(look()->verdict, TTA_VERDICT_ORPHAN);
	tta_store_relaxed32(&image.header->state, TTA_STATE_CLOSED);
	tta_store_relaxed64(&image.header->closed_time, 66);
	cr_assert_eq(look()->verdict, TTA_VERDICT_EXITED);
	cr_assert_eq(look()->closed_time_ns, 66);
	cr_assert_not(next_look_copies());
}

Test(reuse, an_uncertain_event_is_residue_by_itself)
{
	struct tta_counter_line *line = image_record_at(&image, TTA_SECTION_COUNTERS, 0);

	image_unlock(&image);
	tta_store_relaxed64(&slot->word, tta_slot_word(8, 0, 0, TTA_SLOT_FREE));
	image_book(line, 0, 0, 100, 1);
	image_event(lane);
	cr_assert_eq(look()->verdict, TTA_VERDICT_DEAD);
	tta_store_relaxed64(&lane->uncertain, 1);
	cr_assert_eq(look()->verdict, TTA_VERDICT_ORPHAN);
	cr_assert_eq(look()->uncertain_count, 1);
}

Test(reuse, a_contradiction_is_judged_by_what_is_true_now)
{
	tta_store_relaxed32(&image.header->level, TTA_COUNTERS);
	tta_store_relaxed64(&slot->size, 101);
	image_event(lane);
	cr_assert_eq(look()->buffers_inexact, TTA_INEXACT_STALE);
	tta_store_relaxed32(&image.header->level, TTA_LIVE);
	cr_assert_eq(look()->buffers_inexact, TTA_INEXACT_MISMATCH);
	cr_assert_eq(look()->totals_inexact, TTA_INEXACT_MISMATCH);
}

Test(reuse, memory_that_was_taken_away_is_doubted)
{
	off_t hole = (char *)image_record_at(&image, TTA_SECTION_POOL, 1024) -
		     (char *)image.header;

	memset(image_record_at(&image, TTA_SECTION_POOL, 1024), 0, 4096);
	look();
	cr_assert_not(next_look_copies());
	cr_assert_eq(fallocate(image.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, hole,
			       4096),
		     0);
	cr_assert(next_look_copies());
}
