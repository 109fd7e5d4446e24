/* SPDX-License-Identifier: BSD-2-Clause */
/* Overlaps, gaps and headroom: per bank, and unknown without geometry. */
#include <criterion/criterion.h>

#include "sample_builder.h"

static bool overlaps(const struct snapshot *s, uint32_t pid, uint64_t addr)
{
	return find_buffer(s, pid, addr)->flags & SNAP_FLAG_OVERLAP;
}

static struct snapshot *finish(struct sample_builder *b)
{
	struct snapshot *snapshot = sample_snapshot(b);

	sample_delete(b);
	return snapshot;
}

/* A process with a described device 0: DRAM 12 x 0x10000, L1 64 x 0x10000. */
static struct tta_process *described(struct sample_builder *b, uint32_t pid)
{
	struct tta_process *process = sample_process(b, pid);

	sample_device(b, 0, "tenstorrent", "");
	sample_geometry(b, TTA_DRAM, 12, 0x10000);
	sample_geometry(b, TTA_L1, 64, 0x10000);
	return process;
}

Test(extents, sizes_are_spread_over_the_banks)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	described(b, 10);
	/* 24 KiB over 12 banks: 2 KiB of addresses each */
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 24576);
	sample_buffer(b, 0, TTA_DRAM, 0x1800, 24577);
	sample_buffer(b, 0, TTA_DRAM, 0x2000, 12); /* the odd byte above took this one */
	s = finish(b);
	cr_assert_not(overlaps(s, 10, 0x1000));
	cr_assert(overlaps(s, 10, 0x1800));
	cr_assert(overlaps(s, 10, 0x2000));
	snapshot_free(s);
}

Test(extents, overlap_is_not_known_without_a_bank_size)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	sample_process(b, 10);
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 0x2000);
	sample_buffer(b, 0, TTA_DRAM, 0x2000, 0x1000);
	sample_buffer(b, 1, TTA_DRAM, 0x3000, 0x2000)->bank_size = 0x2000;
	sample_buffer(b, 1, TTA_DRAM, 0x4000, 0x1000)->bank_size = 0x1000;
	s = finish(b);
	cr_assert_not(overlaps(s, 10, 0x1000));
	cr_assert_not(overlaps(s, 10, 0x2000));
	cr_assert(overlaps(s, 10, 0x3000));
	cr_assert(overlaps(s, 10, 0x4000));
	snapshot_free(s);
}

Test(extents, a_large_buffer_overlaps_everything_in_it)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	sample_process(b, 10);
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 1)->bank_size = 0x1000;
	sample_buffer(b, 0, TTA_DRAM, 0x1100, 1)->bank_size = 0x10;
	sample_buffer(b, 0, TTA_DRAM, 0x1200, 1)->bank_size = 0x10;
	sample_buffer(b, 0, TTA_DRAM, 0x2000, 1)->bank_size = 0x10; /* right behind */
	s = finish(b);
	cr_assert(overlaps(s, 10, 0x1000));
	cr_assert(overlaps(s, 10, 0x1100));
	cr_assert(overlaps(s, 10, 0x1200));
	cr_assert_not(overlaps(s, 10, 0x2000));
	snapshot_free(s);
}

Test(extents, only_living_processes_overlap_each_other_and_not_in_host_memory)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	sample_process(b, 10);
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 16)->bank_size = 16;
	sample_buffer(b, 0, TTA_HOST, 0x5000, 16)->bank_size = 16;
	sample_buffer(b, 0, TTA_TRACE, 0x7000, 16)->bank_size = 16;
	sample_process(b, 20);
	sample_buffer(b, 0, TTA_DRAM, 0x1008, 16)->bank_size = 16;
	sample_buffer(b, 0, TTA_HOST, 0x5008, 16)->bank_size = 16;
	sample_process(b, 30)->verdict = TTA_VERDICT_ORPHAN;
	sample_buffer(b, 0, TTA_TRACE, 0x7000, 16)->bank_size = 16;
	s = finish(b);
	cr_assert(overlaps(s, 10, 0x1000));
	cr_assert(overlaps(s, 20, 0x1008));
	cr_assert_not(overlaps(s, 10, 0x5000));
	cr_assert_not(overlaps(s, 10, 0x7000));
	cr_assert_not(overlaps(s, 30, 0x7000));
	snapshot_free(s);
}

Test(extents, views_alone_overlap_nothing)
{
	struct sample_builder *b = sample_new();
	struct tta_buffer *view;
	struct snapshot *s;

	described(b, 10);
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 24576);
	view = sample_buffer(b, 0, TTA_DRAM, 0x1400, 1200);
	view->refs = 0;
	view->views = 1;
	s = finish(b);
	cr_assert_eq(find_buffer(s, 10, 0x1000)->flags, 0);
	cr_assert_eq(find_buffer(s, 10, 0x1400)->flags, SNAP_FLAG_DANGLING);
	snapshot_free(s);
}

Test(extents, largest_free_is_the_largest_gap_of_a_bank)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	described(b, 10);
	sample_buffer(b, 0, TTA_DRAM, 0x2000, UINT64_C(12) * 0x1000);
	sample_buffer(b, 0, TTA_DRAM, 0xc000, UINT64_C(12) * 0x4000);
	s = finish(b);
	cr_assert_eq(find_row(s, 0, "DRAM")->largest_free, 0x9000);
	cr_assert_eq(find_row(s, 0, "L1")->largest_free, 0x10000);
	snapshot_free(s);
}

Test(extents, what_the_tables_do_not_show_makes_gaps_unknown)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	described(b, 10);
	sample_buffer(b, 0, TTA_DRAM, 0x2000, 0x1000);
	sample_memory(b, 0, TTA_DRAM)->no_detail_bytes = 5;
	sample_buffer(b, 0, TTA_L1, 0x2000, 0x1000);
	sample_buffer(b, 0, TTA_CB, 0x100, 0x100); /* of unknown bank size, in L1 */
	s = finish(b);
	cr_assert_eq(find_row(s, 0, "DRAM")->largest_free, SNAP_UNKNOWN);
	cr_assert_eq(find_row(s, 0, "L1")->largest_free, SNAP_UNKNOWN);
	cr_assert_eq(s->devices[0].l1_headroom, SNAP_UNKNOWN);
	snapshot_free(s);
}

Test(extents, headroom_is_between_circular_buffers_and_the_lowest_l1_buffer)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	described(b, 10);
	sample_buffer(b, 0, TTA_L1, 0xb000, 0x1000);
	sample_buffer(b, 0, TTA_L1, 0xd000, 0x1000);
	sample_buffer(b, 0, TTA_CB, 0x1000, 0x1000)->bank_size = 0x800;
	s = finish(b);
	cr_assert_eq(s->devices[0].cb_end, 0x1800);
	cr_assert_eq(s->devices[0].lowest_l1, 0xb000);
	cr_assert_eq(s->devices[0].l1_headroom, 0x9800);
	snapshot_free(s);
}

Test(extents, headroom_of_an_empty_l1_is_all_of_a_bank)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	described(b, 10);
	s = finish(b);
	cr_assert_eq(s->devices[0].l1_headroom, 0x10000);
	snapshot_free(s);
}

/* Their buffers come one after the other, and lie between each other. */
Test(extents, two_numbers_of_one_device_are_looked_at_together)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	sample_process(b, 10);
	for (uint32_t number = 0; number < 2; number++) {
		sample_device(b, number, "cuda", "the same");
		sample_geometry(b, TTA_DRAM, 1, 0x10000);
	}
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 0x1000);
	sample_buffer(b, 0, TTA_DRAM, 0x4000, 0x1000);
	sample_buffer(b, 1, TTA_DRAM, 0x1800, 0x1000);
	sample_buffer(b, 1, TTA_DRAM, 0x8000, 0x1000);
	s = finish(b);
	cr_assert_eq(s->device_count, 1);
	for (size_t i = 1; i < 4; i++)
		cr_assert_lt(s->buffers[i - 1].addr, s->buffers[i].addr);
	cr_assert(overlaps(s, 10, 0x1000));
	cr_assert(overlaps(s, 10, 0x1800));
	cr_assert_not(overlaps(s, 10, 0x4000));
	cr_assert_eq(find_row(s, 0, "DRAM")->largest_free, 0x7000);
	snapshot_free(s);
}

Test(extents, many_processes_are_merged)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	for (uint32_t pid = 1; pid <= SAMPLE_ROOM; pid++) {
		described(b, pid);
		for (uint64_t i = 0; i < 8; i++)
			sample_buffer(b, 0, TTA_DRAM, (i * SAMPLE_ROOM + pid) * 0x100,
				      pid == 5 && i == 3 ? 12 * 0x101 : 12 * 0x100);
	}
	s = finish(b);
	for (size_t i = 0; i < s->buffer_count; i++) {
		const struct snap_buffer *buffer = &s->buffers[i];
		uint64_t at = buffer->addr / 0x100;

		cr_assert_eq((buffer->flags & SNAP_FLAG_OVERLAP) != 0,
			     at == 3 * SAMPLE_ROOM + 5 || at == 3 * SAMPLE_ROOM + 6);
	}
	cr_assert_eq(find_row(s, 0, "DRAM")->largest_free,
		     0x10000 - (8 * SAMPLE_ROOM + 1) * 0x100);
	snapshot_free(s);
}

Test(extents, views_alone_take_no_room_in_a_bank)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;
	struct tta_buffer *view;

	described(b, 10);
	view = sample_buffer(b, 0, TTA_DRAM, 0x8000, 0);
	view->refs = 0;
	view->views = 1;
	s = finish(b);
	cr_assert_eq(find_row(s, 0, "DRAM")->largest_free, 0x10000);
	snapshot_free(s);
}

Test(extents, types_between_each_other_are_apart)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	sample_process(b, 10);
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 1)->bank_size = 0x2000;
	sample_buffer(b, 0, TTA_L1, 0x1800, 1)->bank_size = 0x10;
	sample_buffer(b, 0, TTA_DRAM, 0x2000, 1)->bank_size = 0x10;
	s = finish(b);
	cr_assert(overlaps(s, 10, 0x1000));
	cr_assert_not(overlaps(s, 10, 0x1800));
	cr_assert(overlaps(s, 10, 0x2000));
	snapshot_free(s);
}
