/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables, counters and rings that agree, and each way of not agreeing. */
#include <criterion/criterion.h>
#include <string.h>

#include "replay.h"
#include "sample_builder.h"

#define MS UINT64_C(1000000)

static struct sample_builder *builder;
static struct tta_process *process;
static struct replay replay;
static struct doctor_consistency result;

/* A process at rest with one buffer of 64 bytes, and the record that made it. */
static struct tta_buffer *begin(void)
{
	struct tta_buffer *buffer;
	struct tta_memory *memory;

	builder = sample_new();
	process = sample_process(builder, 7);
	buffer = sample_buffer(builder, 0, TTA_DRAM, 0x1000, 64);
	memory = sample_memory(builder, 0, TTA_DRAM);
	memory->detail_bytes = memory->table_bytes = 64;
	memory->no_detail_bytes = 0;
	memory->allocs = 1;
	memory->frees = 0;
	buffer->refs = 1;
	process->events = 1;
	replay_init(&replay);
	return buffer;
}

static void record(uint32_t lane, uint64_t sequence, uint64_t time_ns, uint32_t op,
		   uint32_t refs, uint64_t size)
{
	const struct tta_event event = {
		.nonce = process->nonce,
		.pid = 7,
		.lane = lane,
		.sequence = sequence,
		.time_ns = time_ns,
		.op = op,
		.type = TTA_DRAM,
		.address = 0x1000,
		.size = size,
		.refs = refs,
		.flags = op == TTA_OP_ALLOC && refs > 1 ? TTA_RECORD_DUP : 0,
	};

	cr_assert_eq(replay_record(&replay, &event), 0);
}

static void judge(void)
{
	consistency_judge(sample_of(builder), &replay, &result);
}

static void end(void)
{
	replay_fini(&replay);
	sample_delete(builder);
}

Test(replay, agreement)
{
	begin();
	record(0, 0, MS, TTA_OP_ALLOC, 1, 64);
	judge();
	cr_assert_eq(result.mismatches, 0, "%s", result.first);
	cr_assert_eq(result.compared, 1);
	cr_assert_eq(result.replayed, 1);
	end();
}

Test(replay, the_table_against_the_counters)
{
	begin();
	sample_memory(builder, 0, TTA_DRAM)->detail_bytes = 128;
	judge();
	cr_assert_eq(result.mismatches, 1);
	cr_assert_str_eq(result.first,
			 "pid 7: device 0 DRAM: table 64 bytes, counters 128");
	end();
}

Test(replay, references_against_allocs_and_frees)
{
	begin();
	sample_memory(builder, 0, TTA_DRAM)->allocs = 2;
	judge();
	cr_assert_eq(result.mismatches, 1);
	cr_assert_str_eq(result.first,
			 "pid 7: device 0 DRAM: table 1 references, counters 2");
	process->counts[TTA_COUNT_ADDRESS_ZERO] = 1; /* perhaps that one */
	judge();
	cr_assert_eq(result.mismatches, 0);
	end();
}

Test(replay, the_ring_against_the_table)
{
	begin();
	process->events = 2;
	record(0, 0, MS, TTA_OP_ALLOC, 1, 64);
	record(0, 1, 2 * MS, TTA_OP_ALLOC, 2, 64);
	judge();
	cr_assert_eq(result.mismatches, 1);
	cr_assert_str_eq(result.first,
			 "pid 7: device 0 0x1000: ring 2 references, 0 views, "
			 "table 1, 0");
	end();
}

Test(replay, sizes_are_compared_where_the_ring_has_the_whole_history)
{
	begin();
	record(0, 0, MS, TTA_OP_ALLOC, 1, 96);
	judge();
	cr_assert_eq(result.mismatches, 1);
	cr_assert_str_eq(result.first, "pid 7: device 0 0x1000: ring 96 bytes, table 64");
	end();
}

Test(replay, an_entry_that_the_ring_says_is_gone)
{
	begin();
	process->events = 2;
	record(0, 0, MS, TTA_OP_ALLOC, 1, 64);
	record(0, 1, 2 * MS, TTA_OP_FREE, 0, 64);
	judge();
	cr_assert_eq(result.mismatches, 1);
	end();
}

Test(replay, two_lanes_at_once_decide_nothing)
{
	begin();
	process->events = 2;
	record(0, 0, 5 * MS, TTA_OP_ALLOC, 1, 64);
	record(1, 0, 5 * MS + 10, TTA_OP_FREE, 0, 64);
	judge();
	cr_assert_eq(result.replayed, 0);
	cr_assert_eq(result.mismatches, 0);
	end();
	begin();
	process->events = 2;
	record(0, 0, 5 * MS, TTA_OP_FREE, 0, 64); /* read first, happened last */
	record(1, 0, 2 * MS, TTA_OP_ALLOC, 1, 64);
	judge();
	cr_assert_eq(result.replayed, 1);
	cr_assert_eq(result.mismatches, 1);
	end();
}

Test(replay, events_that_were_not_read_make_the_ring_say_nothing)
{
	begin();
	process->events = 3;
	record(0, 0, MS, TTA_OP_ALLOC, 5, 64);
	judge();
	cr_assert_eq(result.compared, 1);
	cr_assert_eq(result.replayed, 0);
	cr_assert_eq(result.mismatches, 0);
	end();
}

Test(replay, who_is_busy_or_partial_is_not_judged)
{
	begin();
	sample_memory(builder, 0, TTA_DRAM)->detail_bytes = 128;
	process->totals_inexact = TTA_INEXACT_BUSY;
	judge();
	cr_assert_eq(result.busy, 1);
	cr_assert_eq(result.mismatches, 0);
	process->totals_inexact = TTA_INEXACT_DROPPED;
	judge();
	cr_assert_eq(result.unjudged, 1);
	cr_assert_eq(result.compared, 0);
	end();
}
