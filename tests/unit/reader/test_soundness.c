/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_soundness.c - totals, and when a part is exact.
 */
#include "fixture.h"

TestSuite(soundness, .init = setup, .fini = teardown);

static void exact(uint32_t totals, uint32_t buffers)
{
	const struct tta_process *p = look();

	cr_assert_eq(p->totals_inexact, totals, "totals %x", p->totals_inexact);
	cr_assert_eq(p->buffers_inexact, buffers, "buffers %x", p->buffers_inexact);
}

Test(soundness, at_rest_all_is_exact)
{
	const struct tta_memory *m;

	image_alloc(&image, 2, TTA_L1, 4096, 100);
	image_alloc(&image, 2, TTA_L1, 8192, 50);
	image_alloc(&image, 0, TTA_DRAM, 4096, 7);
	exact(0, 0);
	cr_assert_eq(look()->events, 3);
	cr_assert_eq(look()->last_event_ns, 1003);
	cr_assert_eq(look()->memory_count, 2);
	m = &look()->memory[1];
	cr_assert_eq(m->device, 2);
	cr_assert_eq(m->type, TTA_L1);
	cr_assert_eq(m->used, 150);
	cr_assert_eq(m->table_bytes, 150);
	cr_assert_eq(m->detail_bytes, 150);
	cr_assert_eq(m->no_detail_bytes, 0);
	cr_assert_eq(m->buffers, 2);
	cr_assert_eq(m->refs, 2);
	cr_assert_eq(m->allocs, 2);
	cr_assert_eq(m->frees, 0);
}

Test(soundness, adds_lanes_and_kinds_up)
{
	struct tta_counter_line *a =
		image_line(&image, 0, 0, TTA_DRAM, TTA_LINE_NO_DETAIL);
	struct tta_counter_line *b =
		image_line(&image, TTA_LANE_OVERFLOW, 0, TTA_DRAM, TTA_LINE_NO_DETAIL);
	const struct tta_memory *m;

	image_alloc(&image, 0, TTA_DRAM, 4096, 100);
	image_book(a, 10, 1, 0, 0);
	image_book(b, 1000, 2, 10, 1);
	image_book(image_line(&image, 0, 0, TTA_DRAM, TTA_LINE_ADD), 70, 3, 20, 1);
	tta_store_relaxed64(&a->peak, 5000);
	tta_store_relaxed64(&b->peak, 4000);
	exact(0, 0);
	m = look()->memory;
	cr_assert_eq(m->used, 1100);
	cr_assert_eq(m->no_detail_bytes, 1000);
	cr_assert_eq(m->allocs, 4);
	cr_assert_eq(m->frees, 1);
	cr_assert_eq(m->refs, 3);
	cr_assert_eq(m->peak, 5000);
	cr_assert_eq(m->add_bytes_up, 70);
	cr_assert_eq(m->add_bytes_down, 20);
}

Test(soundness, what_went_with_an_old_table_is_bytes_without_detail)
{
	const struct tta_memory *m;

	image_alloc(&image, 0, TTA_DRAM, 4096, 100);
	image_book(image_line(&image, 1, 0, TTA_DRAM, TTA_LINE_DETAIL), 1000, 2, 300, 1);
	image_book(image_line(&image, 1, 0, TTA_DRAM, TTA_LINE_DISOWNED), 700, 1, 0, 0);
	exact(0, 0);
	m = look()->memory;
	cr_assert_eq(m->used, 800);
	cr_assert_eq(m->detail_bytes, 100);
	cr_assert_eq(m->no_detail_bytes, 700);
	cr_assert_eq(m->allocs, 3);
	cr_assert_eq(m->frees, 1);
	image_book(image_line(&image, 0, 0, TTA_DRAM, TTA_LINE_DISOWNED), 1, 0, 0, 0);
	exact(TTA_INEXACT_MISMATCH, TTA_INEXACT_MISMATCH);
}

Test(soundness, without_detail_more_frees_than_allocs_are_clamped)
{
	struct tta_counter_line *line =
		image_line(&image, 0, 0, TTA_DRAM, TTA_LINE_NO_DETAIL);

	image_book(line, 10, 1, 500, 3);
	cr_assert_eq(look()->memory[0].used, 0);
	cr_assert_eq(look()->memory[0].refs, 0);
	exact(0, 0);
}

Test(soundness, an_unsized_free_makes_bytes_unknown_not_zero)
{
	struct tta_counter_line *line =
		image_line(&image, 0, 0, TTA_DRAM, TTA_LINE_NO_DETAIL);

	image_book(line, 10, 2, 0, 1);
	tta_store_relaxed64(&line->unsized, 1);
	image_alloc(&image, 1, TTA_DRAM, 64, 5);
	exact(TTA_INEXACT_UNSIZED, 0);
	cr_assert_eq(look()->memory[0].used, TTA_UNKNOWN);
	cr_assert_eq(look()->memory[0].peak, TTA_UNKNOWN);
	cr_assert_eq(look()->memory[0].refs, 1, "events are still known");
	cr_assert_eq(look()->memory[1].used, 5, "other devices are not touched");
}

Test(soundness, an_event_in_flight_is_busy)
{
	image_alloc(&image, 0, TTA_DRAM, 4096, 100);
	tta_store_relaxed64(&lane->note, 2);
	exact(TTA_INEXACT_BUSY, TTA_INEXACT_BUSY);
	cr_assert_eq(look()->uncertain_count, 0);
	tta_store_relaxed64(&lane->note, 1);
	exact(0, 0);
	tta_add_relaxed64(&image.header->overflow.note, 1);
	exact(TTA_INEXACT_BUSY, TTA_INEXACT_BUSY);
	tta_add_relaxed64(&image.header->overflow.events, 1);
	exact(0, 0);
	cr_assert_eq(look()->events, 2);
}

/* Frees are read first: allocs that came in between would be too much. */
Test(soundness, a_busy_process_holds_no_more_than_its_peak)
{
	struct tta_counter_line *line = image_line(&image, 0, 0, TTA_L1, TTA_LINE_DETAIL);

	image_book(line, 900, 9, 0, 0);
	tta_store_relaxed64(&line->peak, 300);
	tta_store_relaxed64(&lane->note, tta_load_relaxed64(&lane->events) + 1);
	cr_assert_eq(look()->memory[0].used, 300);
	cr_assert_eq(look()->memory[0].peak, 300);
	tta_store_relaxed64(&line->missed, 600); /* no live word took these */
	cr_assert_eq(look()->memory[0].used, 900);
	tta_store_relaxed64(&line->missed, 0);
	tta_store_relaxed64(&lane->note, tta_load_relaxed64(&lane->events));
	cr_assert_eq(look()->memory[0].used, 900, "at rest the counters are right");
	cr_assert_eq(look()->memory[0].peak, 900);
}

static void in_flight(void)
{
	struct tta_record *r = &lane->in_flight;

	tta_store_relaxed32(&r->what, TTA_OP_FREE | TTA_L1 << 8 | 6u << 16);
	tta_store_relaxed64(&r->address, 0x3000);
	tta_store_relaxed64(&r->size, 12);
	tta_store_relaxed32(&r->thread, 11);
	tta_store_relaxed64(&lane->note, tta_load_relaxed64(&lane->events) + 1);
}

Test(soundness, an_event_of_a_dead_thread_is_uncertain_and_named)
{
	const struct tta_process *p;

	image_alloc(&image, 0, TTA_DRAM, 4096, 100);
	in_flight();
	image_lane_word(&image, lane, 11 | 0x40000000u);
	exact(TTA_INEXACT_UNCERTAIN, TTA_INEXACT_UNCERTAIN);
	p = look();
	cr_assert_eq(p->uncertain_count, 1);
	cr_assert_eq(p->uncertain_named, 1);
	cr_assert_eq(p->uncertain[0].op, TTA_OP_FREE);
	cr_assert_eq(p->uncertain[0].device, 6);
	cr_assert_eq(p->uncertain[0].type, TTA_L1);
	cr_assert_eq(p->uncertain[0].thread, 11);
	cr_assert_eq(p->uncertain[0].address, 0x3000);
	cr_assert_eq(p->uncertain[0].size, 12);
	tta_store_relaxed64(&lane->note, 1);
	tta_store_relaxed64(&lane->uncertain, 3);
	exact(TTA_INEXACT_UNCERTAIN, TTA_INEXACT_UNCERTAIN);
	cr_assert_eq(look()->uncertain_count, 3, "taken over, and still not known");
	cr_assert_eq(look()->uncertain_named, 0);
}

Test(soundness, events_in_flight_in_a_dead_process_are_uncertain)
{
	in_flight();
	tta_store_relaxed64(&image.header->overflow.note, 2);
	image_unlock(&image);
	exact(TTA_INEXACT_UNCERTAIN, TTA_INEXACT_UNCERTAIN);
	cr_assert_eq(look()->uncertain_count, 3);
	cr_assert_eq(look()->uncertain_named, 1, "the overflow lane names none");
	cr_assert_eq(look()->verdict, TTA_VERDICT_ORPHAN, "uncertain is residue");
}

Test(soundness, dropped_detail_is_told)
{
	tta_store_relaxed64(&lane->counts[TTA_COUNT_DUPS], 4);
	tta_store_relaxed64(&lane->counts[TTA_COUNT_NO_RECORD], 4);
	exact(0, 0);
	tta_store_relaxed64(&lane->counts[TTA_COUNT_DROPPED_SLOT], 1);
	exact(TTA_INEXACT_DROPPED, TTA_INEXACT_DROPPED);
	tta_store_relaxed64(&lane->counts[TTA_COUNT_DROPPED_SLOT], 0);
	tta_store_relaxed64(&image.header->overflow.counts[TTA_COUNT_SIZE_RAISE_LOST], 1);
	exact(TTA_INEXACT_DROPPED, TTA_INEXACT_DROPPED);
	cr_assert_eq(look()->counts[TTA_COUNT_SIZE_RAISE_LOST], 1);
	cr_assert_eq(look()->counts[TTA_COUNT_DUPS], 4);
	tta_store_relaxed64(&image.header->overflow.counts[TTA_COUNT_SIZE_RAISE_LOST], 0);
	tta_store_relaxed64(&image.header->incomplete_since, 99);
	exact(TTA_INEXACT_DROPPED, TTA_INEXACT_DROPPED);
	cr_assert_eq(look()->incomplete_since_ns, 99);
}

Test(soundness, what_could_not_be_attributed_is_no_device)
{
	struct tta_counter_line *line =
		image_line(&image, TTA_LANE_OVERFLOW, 65535, 255, TTA_LINE_NO_DETAIL);

	exact(0, 0);
	image_book(line, 10, 1, 10, 1);
	exact(TTA_INEXACT_DROPPED, 0);
	cr_assert_eq(look()->memory_count, 0);
}

Test(soundness, a_table_that_contradicts_the_counters_is_told)
{
	struct tta_slot *slot = image_alloc(&image, 0, TTA_DRAM, 4096, 100);

	exact(0, 0);
	tta_store_relaxed64(&slot->size, 101);
	image_event(lane);
	exact(TTA_INEXACT_MISMATCH, TTA_INEXACT_MISMATCH);
	tta_store_relaxed64(&slot->size, 100);
	tta_store_relaxed64(&slot->word, tta_slot_word(7, 0, 2, TTA_SLOT_LIVE));
	image_event(lane);
	exact(TTA_INEXACT_MISMATCH, TTA_INEXACT_MISMATCH);
	tta_store_relaxed64(&slot->word, tta_slot_word(7, 0, 1, TTA_SLOT_RETIRED));
	image_event(lane);
	exact(TTA_INEXACT_MISMATCH, TTA_INEXACT_MISMATCH);
}

Test(soundness, an_entry_without_any_counter_is_a_mismatch)
{
	image_slot(&image, 5, TTA_DRAM, 64, 8, 1);
	exact(TTA_INEXACT_MISMATCH, TTA_INEXACT_MISMATCH);
	cr_assert_eq(look()->memory_count, 1);
	cr_assert_eq(look()->memory[0].table_bytes, 8);
	cr_assert_eq(look()->memory[0].used, 0);
}

Test(soundness, negative_live_bytes_are_clamped_and_told)
{
	struct tta_counter_line *line =
		image_line(&image, 0, 0, TTA_DRAM, TTA_LINE_DETAIL);

	image_book(line, 10, 1, 20, 2);
	cr_assert_eq(look()->memory[0].used, 0);
	cr_assert(look()->totals_inexact & TTA_INEXACT_MISMATCH);
}

Test(soundness, below_live_entries_are_stale)
{
	image_alloc(&image, 0, TTA_DRAM, 4096, 100);
	tta_store_relaxed32(&image.header->level, TTA_COUNTERS);
	exact(0, TTA_INEXACT_STALE);
	cr_assert_eq(look()->buffer_count, 1);
	cr_assert_eq(look()->level, TTA_COUNTERS);
}

Test(soundness, without_a_table_buffers_are_unknown)
{
	struct tta_counter_line *line =
		image_line(&image, 0, 0, TTA_DRAM, TTA_LINE_NO_DETAIL);

	image_book(line, 10, 1, 0, 0);
	tta_store_relaxed32(&image.header->level, TTA_COUNTERS);
	exact(0, TTA_INEXACT_NO_TABLE);
	cr_assert_eq(look()->memory[0].buffers, TTA_UNKNOWN);
	cr_assert_eq(look()->memory[0].used, 10);
}

Test(soundness, an_entry_that_is_just_ending_is_busy)
{
	struct tta_slot *slot = image_alloc(&image, 0, TTA_DRAM, 4096, 100);

	/* Ended by somebody between two steps: neither counted nor shown. */
	tta_store_relaxed64(&slot->size, TTA_SIZE_TAKEN);
	exact(0, TTA_INEXACT_BUSY);
	cr_assert_eq(look()->buffer_count, 0);
}

Test(soundness, a_user_namespace_is_noted)
{
	image.header->uid = 123456;
	cr_assert_eq(look()->notes, TTA_NOTE_USERNS);
	cr_assert_eq(look()->header_uid, 123456);
	cr_assert_neq(look()->file_uid, 123456);
}
