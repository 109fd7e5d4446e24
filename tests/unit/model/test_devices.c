/* SPDX-License-Identifier: BSD-2-Clause */
/* Merging devices, and what is known of each (device, type). */
#include <criterion/criterion.h>

#include "sample_builder.h"

static struct snapshot *finish(struct sample_builder *b)
{
	struct snapshot *snapshot = sample_snapshot(b);

	sample_delete(b);
	return snapshot;
}

Test(devices, one_stable_id_is_one_device_under_any_number)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	sample_process(b, 10);
	sample_device(b, 3, "tenstorrent", "0xabc");
	sample_buffer(b, 3, TTA_DRAM, 0x1000, 100);
	sample_process(b, 20); /* sees that device alone */
	sample_device(b, 0, "tenstorrent", "0xabc");
	sample_buffer(b, 0, TTA_DRAM, 0x2000, 50);
	s = finish(b);
	cr_assert_eq(s->device_count, 1);
	cr_assert_eq(s->devices[0].number, 3);
	cr_assert_str_eq(s->devices[0].uid, "0xabc");
	cr_assert_str_eq(s->devices[0].arch, "wormhole_b0");
	cr_assert_eq(find_row(s, 0, "DRAM")->used, 150);
	cr_assert_eq(find_row(s, 0, "DRAM")->processes, 2);
	snapshot_free(s);
}

Test(devices, kinds_are_never_merged)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	sample_process(b, 10);
	sample_device(b, 0, "tenstorrent", "");
	sample_process(b, 20);
	sample_device(b, 0, "cuda", "");
	sample_process(b, 30);
	sample_buffer(b, 0, TTA_DRAM, 1, 1);
	sample_process(b, 40);
	sample_device(b, 0, "tenstorrent", "");
	sample_process(b, 50);
	sample_device(b, 0, "tenstorrent", "0x1");
	s = finish(b);
	cr_assert_eq(s->device_count, 4);
	cr_assert_str_eq(s->devices[0].kind, "");
	cr_assert_str_eq(s->devices[1].kind, "cuda");
	cr_assert_str_eq(s->devices[2].uid, "");
	cr_assert_str_eq(s->devices[3].uid, "0x1");
	for (uint32_t i = 0; i < 4; i++)
		cr_assert_eq(s->devices[i].id, i);
	snapshot_free(s);
}

Test(devices, same_uid_of_two_kinds_stays_two)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	sample_process(b, 10);
	sample_device(b, 0, "tenstorrent", "1");
	sample_process(b, 20);
	sample_device(b, 0, "cuda", "1");
	s = finish(b);
	cr_assert_eq(s->device_count, 2);
	snapshot_free(s);
}

Test(devices, capacity_and_free_come_from_the_description)
{
	struct sample_builder *b = sample_new();
	struct snap_device_memory *row;
	struct snapshot *s;

	sample_process(b, 10);
	sample_device(b, 0, "tenstorrent", "");
	sample_geometry(b, TTA_DRAM, 12, 1000)->reserved = 2000;
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 1500);
	sample_buffer(b, 0, TTA_L1, 0x1000, 10);
	s = finish(b);
	row = find_row(s, 0, "DRAM");
	cr_assert_eq(row->capacity, 12000);
	cr_assert_eq(row->banks, 12);
	cr_assert_eq(row->bank_size, 1000);
	cr_assert_eq(row->free, 8500);
	row = find_row(s, 0, "L1"); /* nobody described it */
	cr_assert_eq(row->used, 10);
	cr_assert_eq(row->capacity, SNAP_UNKNOWN);
	cr_assert_eq(row->free, SNAP_UNKNOWN);
	cr_assert_eq(row->banks, SNAP_UNKNOWN);
	cr_assert_eq(row->largest_free, SNAP_UNKNOWN);
	cr_assert_eq(s->devices[0].l1_headroom, SNAP_UNKNOWN);
	snapshot_free(s);
}

Test(devices, peak_is_known_of_a_single_holder_alone)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	sample_process(b, 10);
	sample_buffer(b, 0, TTA_DRAM, 1, 100);
	sample_memory(b, 0, TTA_DRAM)->peak = 900;
	sample_buffer(b, 1, TTA_DRAM, 1, 100);
	sample_process(b, 20);
	sample_buffer(b, 1, TTA_DRAM, 1, 100);
	sample_process(b, 30)->verdict = TTA_VERDICT_ORPHAN;
	sample_buffer(b, 0, TTA_DRAM, 1, 5000);
	s = finish(b);
	cr_assert_eq(find_row(s, 0, "DRAM")->peak, 900);
	cr_assert_eq(find_row(s, 0, "DRAM")->orphan_bytes, 5000);
	cr_assert_eq(find_row(s, 0, "DRAM")->used, 100);
	cr_assert_eq(find_row(s, 1, "DRAM")->peak, SNAP_UNKNOWN);
	snapshot_free(s);
}

Test(devices, named_types_of_several_processes_are_one_by_name)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	sample_process(b, 10);
	sample_type(b, 16, "HBM");
	sample_type(b, 17, "ALPHA");
	sample_buffer(b, 0, 16, 1, 10);
	sample_buffer(b, 0, TTA_HOST, 1, 10);
	sample_process(b, 20);
	sample_type(b, 40, "HBM");
	sample_buffer(b, 0, 40, 1, 5);
	sample_buffer(b, 0, 99, 1, 3);
	s = finish(b);
	cr_assert_eq(find_row(s, 0, "HBM")->used, 15);
	cr_assert_eq(find_row(s, 0, "?")->used, 3);
	cr_assert_str_eq(s->devices[0].memory[0].type, "HOST"); /* built-in ones first */
	snapshot_free(s);
}

/* Processes mention the same things at the same places, but do not say the same. */
Test(devices, what_a_later_process_adds_is_not_lost)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	sample_process(b, 10);
	sample_memory(b, 0, TTA_DRAM);
	sample_process(b, 11)->verdict = TTA_VERDICT_DEAD;
	sample_device(b, 0, "", "")->arch[0] = '\0';
	sample_geometry(b, TTA_DRAM, 1, 100);
	sample_process(b, 12);
	sample_device(b, 0, "", "");
	sample_geometry(b, TTA_DRAM, 1, 200);
	s = sample_snapshot(b);
	sample_delete(b);
	cr_assert_eq(s->device_count, 1);
	cr_assert_str_eq(s->devices[0].arch, "wormhole_b0");
	cr_assert_eq(s->devices[0].memory_count, 1);
	cr_assert_eq(s->devices[0].memory[0].capacity, 200, "of the living");
	snapshot_free(s);
}

Test(devices, a_description_after_a_holder_counts)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	sample_process(b, 10);
	sample_memory(b, 0, TTA_DRAM);
	sample_process(b, 12);
	sample_device(b, 0, "", "");
	sample_geometry(b, TTA_DRAM, 1, 200);
	s = finish(b);
	cr_assert_eq(s->devices[0].memory[0].capacity, 200);
	snapshot_free(s);
}

Test(devices, rows_of_a_process_are_in_order_of_the_merged_devices)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s;

	sample_process(b, 10);
	sample_device(b, 0, "zeta", "");
	sample_device(b, 1, "alpha", "");
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 1);
	sample_buffer(b, 1, TTA_DRAM, 0x1000, 2);
	s = finish(b);
	for (uint32_t i = 0; i < 2; i++) {
		cr_assert_eq(find_process(s, 10)->memory[i].device, i);
		cr_assert_eq(s->buffers[i].device, i);
	}
	cr_assert_eq(s->buffers[0].size, 2);
	snapshot_free(s);
}
