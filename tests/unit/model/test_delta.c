/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>

#include "delta.h"
#include "sample_builder.h"

/* pid 10 with DRAM on device 0 (described by uid) and L1. */
static struct sample_builder *example(void)
{
	struct sample_builder *b = sample_new();

	sample_process(b, 10);
	sample_device(b, 0, "tenstorrent", "0x1");
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 100);
	sample_buffer(b, 0, TTA_L1, 0x1000, 10);
	return b;
}

static struct snapshot *finish(struct sample_builder *b)
{
	struct snapshot *snapshot = sample_snapshot(b);

	sample_delete(b);
	return snapshot;
}

static struct delta *compared(const struct snapshot *base, const struct snapshot *now,
			      bool all)
{
	struct delta *delta = NULL;

	cr_assert_eq(delta_compute(base, now, all, &delta), 0);
	return delta;
}

Test(delta, of_a_snapshot_with_itself_is_empty)
{
	struct snapshot *s = finish(example());
	struct delta *delta = compared(s, s, false);

	cr_assert_not(delta->different);
	cr_assert_eq(delta->row_count, 0);
	cr_assert_eq(delta->total_count, 0);
	cr_assert(delta->bytes.known);
	cr_assert_eq(delta->bytes.base, 110);
	delta_free(delta);
	delta = compared(s, s, true);
	cr_assert_not(delta->different);
	cr_assert_eq(delta->row_count, 2);
	cr_assert_eq(delta->total_count, 2);
	delta_free(delta);
	delta_free(NULL);
	snapshot_free(s);
}

Test(delta, times_peaks_and_events_are_no_difference)
{
	struct snapshot *base = finish(example()), *now;
	struct sample_builder *b = example();
	struct delta *delta;

	sample_of(b)->realtime_ns += 5;
	sample_memory(b, 0, TTA_DRAM)->peak += 7;
	sample_memory(b, 0, TTA_DRAM)->allocs += 7;
	sample_memory(b, 0, TTA_DRAM)->frees += 7;
	now = finish(b);
	delta = compared(base, now, false);
	cr_assert_not(delta->different);
	delta_free(delta);
	snapshot_free(base);
	snapshot_free(now);
}

Test(delta, each_measure_alone_is_a_difference)
{
	for (int which = 0; which < 3; which++) {
		struct snapshot *base = finish(example()), *now;
		struct sample_builder *b = example();
		struct tta_memory *memory = sample_memory(b, 0, TTA_DRAM);
		struct delta *delta;

		*(which == 0   ? &memory->used
		  : which == 1 ? &memory->buffers
			       : &memory->refs) += 3;
		now = finish(b);
		delta = compared(base, now, false);
		cr_assert(delta->different);
		cr_assert_eq(delta->row_count, 1);
		cr_assert_str_eq(delta->rows[0].type, "DRAM");
		cr_assert_eq(delta->rows[0].bytes.change, which == 0 ? 3 : 0);
		cr_assert_eq(delta->rows[0].buffers.change, which == 1 ? 3 : 0);
		cr_assert_eq(delta->rows[0].refs.change, which == 2 ? 3 : 0);
		cr_assert_eq(delta->total_count, 1);
		delta_free(delta);
		snapshot_free(base);
		snapshot_free(now);
	}
}

Test(delta, new_and_gone_and_ended_segments_count)
{
	struct sample_builder *b = example();
	struct snapshot *base = finish(b), *now;
	struct delta *delta;

	b = sample_new();
	sample_process(b, 20)->verdict = TTA_VERDICT_EXITED;
	sample_device(b, 3, "tenstorrent", "0x1"); /* the same device, renumbered */
	sample_buffer(b, 3, TTA_DRAM, 0x5000, 1000);
	now = finish(b);
	delta = compared(base, now, false);
	cr_assert_eq(delta->row_count, 3);
	cr_assert(delta->rows[0].is_gone && !delta->rows[0].is_new);
	cr_assert_eq(delta->rows[0].bytes.change, -100);
	cr_assert(delta->rows[1].is_new && !delta->rows[1].is_gone);
	cr_assert_eq(delta->rows[1].state, SNAP_EXITED);
	cr_assert_eq(delta->rows[1].bytes.change, 1000);
	cr_assert_eq(delta->bytes.change, 890);
	cr_assert_eq(delta->buffers.change, -1);
	delta_free(delta);
	snapshot_free(base);
	snapshot_free(now);
}

Test(delta, unknown_is_no_number)
{
	struct snapshot *base = finish(example()), *now;
	struct sample_builder *b = example();
	struct delta *delta;

	sample_memory(b, 0, TTA_DRAM)->used = TTA_UNKNOWN;
	now = finish(b);
	delta = compared(base, now, false);
	cr_assert(delta->different); /* it was known */
	cr_assert_not(delta->rows[0].bytes.known);
	cr_assert_eq(delta->rows[0].bytes.change, 0);
	cr_assert_not(delta->bytes.known);
	delta_free(delta);
	delta = compared(now, now, false);
	cr_assert_not(delta->different);
	delta_free(delta);
	snapshot_free(base);
	snapshot_free(now);
}

Test(delta, of_one_process_and_one_buffer)
{
	struct snapshot *base = finish(example()), *now;
	struct sample_builder *b = example();
	bool known;

	sample_buffer(b, 0, TTA_DRAM, 0x3000, 50);
	sample_process(b, 20);
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 7);
	now = finish(b);
	cr_assert_eq(delta_process_bytes(base, find_process(now, 10), &known), 50);
	cr_assert(known);
	cr_assert_eq(delta_process_bytes(base, find_process(now, 20), &known), 7);
	cr_assert_not(delta_buffer_is_new(base, find_buffer(now, 10, 0x1000)));
	cr_assert(delta_buffer_is_new(base, find_buffer(now, 10, 0x3000)));
	cr_assert(delta_buffer_is_new(base, find_buffer(now, 20, 0x1000)));
	base->has_buffers = false;
	cr_assert_not(delta_buffer_is_new(base, find_buffer(now, 20, 0x1000)));
	snapshot_free(base);
	snapshot_free(now);
}

Test(delta, a_buffer_at_the_same_address_with_another_serial_is_new)
{
	struct snapshot *base = finish(example()), *now = finish(example());
	struct snap_buffer *buffer = find_buffer(now, 10, 0x1000);

	buffer->serial += 100;
	cr_assert(delta_buffer_is_new(base, buffer));
	snapshot_free(base);
	snapshot_free(now);
}
