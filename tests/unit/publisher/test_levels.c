/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Levels, marks, labels, types and device descriptions, seen through the reader.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tta/tta.h>

#include "child.h"
#include "observe.h"
#include "test_dir.h"

static void set_up(void)
{
	test_dir_make();
}

TestSuite(levels, .init = set_up, .fini = test_dir_remove);

Test(levels, off_publishes_nothing_and_makes_no_file)
{
	setenv("TTA_LEVEL", "off", 1);
	tta_alloc(0, TTA_DRAM, 4096, 4096);
	tta_mark("x");
	cr_expect_eq(tta_label("x"), 0);
	cr_expect_eq(test_dir_count(), 0);
	cr_expect_eq(tta_level(), TTA_OFF);
}

Test(levels, the_old_switch_also_turns_it_off)
{
	setenv("TT_ALLOC_TRACKING_ENABLED", "0", 1);
	tta_alloc(0, TTA_DRAM, 4096, 4096);
	cr_expect_eq(test_dir_count(), 0);
}

Test(levels, off_can_be_turned_on_later)
{
	struct observation o;

	setenv("TTA_LEVEL", "off", 1);
	tta_alloc(0, TTA_DRAM, 4096, 4096);
	cr_assert_eq(tta_level_set(TTA_EVENTS), 0);
	tta_alloc(0, TTA_DRAM, 8192, 100);
	o = observe(getpid());
	cr_assert_not_null(o.process);
	cr_expect_eq(observe_memory(&o, 0, TTA_DRAM).used, 100);
	observe_end(&o);
}

Test(levels, counters_count_sized_bytes)
{
	struct observation o;

	setenv("TTA_LEVEL", "counters", 1);
	tta_alloc(0, TTA_DRAM, 4096, 1000);
	tta_alloc(0, TTA_DRAM, 8192, 500);
	tta_free_sized(0, TTA_DRAM, 4096, 1000);
	o = observe(getpid());
	cr_expect_eq(observe_memory(&o, 0, TTA_DRAM).used, 500);
	cr_expect_eq(observe_memory(&o, 0, TTA_DRAM).allocs, 2);
	cr_expect_eq(observe_memory(&o, 0, TTA_DRAM).frees, 1);
	observe_end(&o);
	tta_free(0, TTA_DRAM, 8192);
	o = observe(getpid());
	cr_expect_eq(observe_memory(&o, 0, TTA_DRAM).used, TTA_UNKNOWN);
	cr_expect_eq(observe_memory(&o, 0, TTA_DRAM).frees, 2);
	observe_end(&o);
}

Test(levels, add_counts_in_columns_of_its_own)
{
	struct tta_memory m;
	struct observation o;

	tta_alloc(0, TTA_DRAM, 4096, 1000);
	tta_add(0, TTA_DRAM, 300);
	tta_add(0, TTA_DRAM, -100);
	o = observe(getpid());
	m = observe_memory(&o, 0, TTA_DRAM);
	cr_expect_eq(m.used, 1000);
	cr_expect_eq(m.add_bytes_up, 300);
	cr_expect_eq(m.add_bytes_down, 100);
	observe_end(&o);
}

Test(levels, leaving_live_freezes_and_coming_back_starts_anew)
{
	struct observation o;

	tta_alloc(0, TTA_DRAM, 4096, 1000);
	cr_assert_eq(tta_level_set(TTA_COUNTERS), 0);
	tta_alloc(0, TTA_DRAM, 8192, 500);
	o = observe(getpid());
	cr_expect_eq(o.process->level, TTA_COUNTERS);
	cr_expect(o.process->buffers_inexact & TTA_INEXACT_STALE);
	cr_expect_eq(o.process->buffer_count, 1);
	cr_expect_eq(observe_memory(&o, 0, TTA_DRAM).used, 1500);
	observe_end(&o);

	cr_assert_eq(tta_level_set(TTA_EVENTS), 0);
	tta_alloc(0, TTA_DRAM, 12288, 10);
	o = observe(getpid());
	cr_expect_eq(o.process->buffer_count, 1);
	cr_expect_eq(observe_memory(&o, 0, TTA_DRAM).used, 1510,
		     "nothing was given back");
	cr_expect_eq(observe_memory(&o, 0, TTA_DRAM).table_bytes, 10);
	observe_end(&o);

	/* Its entry went with the old table: not an unknown free. */
	tta_free_sized(0, TTA_DRAM, 4096, 1000);
	o = observe(getpid());
	cr_expect_eq(o.process->counts[TTA_COUNT_UNMATCHED], 1);
	cr_expect_eq(o.process->counts[TTA_COUNT_UNKNOWN_FREES], 0);
	cr_expect_eq(observe_memory(&o, 0, TTA_DRAM).used, 510);
	observe_end(&o);
}

/* Nothing was published meanwhile; and nothing happened to what is held. */
Test(levels, a_new_table_changes_no_count)
{
	struct tta_memory m;
	struct observation o;

	tta_alloc(0, TTA_DRAM, 4096, 1000);
	tta_alloc(0, TTA_DRAM, 4096, 1000);
	tta_view(0, TTA_DRAM, 4096, 1000);
	tta_alloc(0, TTA_DRAM, 8192, 500);
	tta_free(0, TTA_DRAM, 8192);
	cr_assert_eq(tta_level_set(TTA_COUNTERS), 0);
	cr_assert_eq(tta_level_set(TTA_EVENTS), 0);
	o = observe(getpid());
	m = observe_memory(&o, 0, TTA_DRAM);
	cr_expect_eq(m.allocs, 3);
	cr_expect_eq(m.frees, 1);
	cr_expect_eq(m.refs, 2);
	cr_expect_eq(m.used, 1000);
	cr_expect_eq(m.peak, 1500);
	cr_expect_eq(m.detail_bytes, 0);
	cr_expect_eq(m.no_detail_bytes, 1000);
	cr_expect_eq(o.process->buffer_count, 0);
	cr_expect_eq(o.process->totals_inexact, 0);
	cr_expect_eq(o.process->buffers_inexact, 0);
	observe_end(&o);

	/* Whose entry went with the old table is no unknown free. */
	tta_free_sized(0, TTA_DRAM, 4096, 1000);
	tta_free_sized(0, TTA_DRAM, 4096, 0);
	o = observe(getpid());
	m = observe_memory(&o, 0, TTA_DRAM);
	cr_expect_eq(o.process->counts[TTA_COUNT_UNMATCHED], 2);
	cr_expect_eq(o.process->counts[TTA_COUNT_UNKNOWN_FREES], 0);
	cr_expect_eq(m.used, 0);
	cr_expect_eq(m.refs, 0);
	observe_end(&o);
}

/* There it cannot use RCU: the parent's registry may have been locked. */
static void change_level_and_look(void)
{
	struct observation o;
	bool good;

	tta_alloc(0, TTA_DRAM, 8192, 10);
	good = tta_level_set(TTA_COUNTERS) == 0 && tta_level_set(TTA_EVENTS) == 0;
	tta_alloc(0, TTA_DRAM, 12288, 5);
	o = observe(getpid());
	good = good && o.process && o.process->buffer_count == 1 &&
	       observe_memory(&o, 0, TTA_DRAM).used == 15;
	_exit(good ? 0 : 1);
}

Test(levels, a_forked_child_changes_its_level_too)
{
	int status;

	tta_alloc(0, TTA_DRAM, 4096, 1000);
	child_run(change_level_and_look, &status);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

Test(levels, errno_is_left_alone_where_no_segment_can_be_made)
{
	setenv("TTA_DIR", "/nowhere/at/all", 1);
	setenv("TTA_QUIET", "1", 1);
	errno = 4711;
	tta_free_group(0, TTA_DRAM, 1);
	cr_expect_eq(errno, 4711);
	tta_device_close(0);
	cr_expect_eq(errno, 4711);
	cr_expect_eq(tta_thread_attach(), -ENODEV);
	cr_expect_eq(errno, 4711);
	tta_alloc(0, TTA_DRAM, 4096, 1000);
	cr_expect_eq(errno, 4711);
}

Test(levels, level_set_refuses_nonsense)
{
	cr_expect_eq(tta_level_set((enum tta_level)9), -EINVAL);
}

Test(levels, a_mark_keeps_bytes_buffers_and_refs)
{
	const struct tta_mark_info *mark;
	struct observation o;

	tta_alloc(0, TTA_DRAM, 4096, 1000);
	tta_alloc(0, TTA_DRAM, 4096, 1000);
	tta_alloc(1, TTA_L1, 8192, 10);
	cr_assert_eq(tta_mark("after open"), 0);
	tta_free(1, TTA_L1, 8192);
	cr_assert_eq(tta_mark("after close"), 0);
	o = observe(getpid());
	cr_assert_eq(o.process->mark_count, 2);
	mark = &o.process->marks[0];
	cr_expect_str_eq(mark->name, "after open");
	cr_expect(mark->exact);
	cr_assert_eq(mark->memory_count, 2);
	cr_expect_eq(mark->memory[0].bytes, 1000);
	cr_expect_eq(mark->memory[0].buffers, 1);
	cr_expect_eq(mark->memory[0].refs, 2);
	cr_expect_eq(mark->memory[1].bytes, 10);
	cr_expect_eq(o.process->marks[1].memory[1].bytes, 0);
	cr_expect_str_eq(o.process->marks[1].name, "after close");
	observe_end(&o);
}

Test(levels, labels_and_types_are_made_once)
{
	uint32_t label = tta_label("a");

	cr_expect_neq(label, 0);
	cr_expect_eq(tta_label("a"), label);
	cr_expect_neq(tta_label("b"), label);
	cr_expect_eq(tta_label(""), 0);
	cr_expect_eq(tta_label(NULL), 0);
	cr_expect_eq(tta_type("DRAM"), TTA_DRAM);
	cr_expect_eq(tta_type("weights"), TTA_TYPE_FIRST_NAMED);
	cr_expect_eq(tta_type("weights"), TTA_TYPE_FIRST_NAMED);
	cr_expect_eq(tta_type("scratch"), TTA_TYPE_FIRST_NAMED + 1);
}

Test(levels, named_types_run_out_without_harm)
{
	char name[16];
	uint32_t id = 0;

	for (unsigned i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "t%u", i);
		id = tta_type(name);
	}
	cr_expect_eq(id, TTA_TYPE_LIMIT);
	tta_alloc(0, id, 4096, 1); /* rejected, counted */
}

Test(levels, a_device_is_described_and_described_again)
{
	const struct tta_memory_info memory[] = {
		{.type = TTA_DRAM,
		 .banks = 12,
		 .capacity = UINT64_C(12) << 30,
		 .bank_size = UINT64_C(1) << 30},
		{.type = TTA_L1,
		 .banks = 64,
		 .capacity = 64 * 1499136,
		 .bank_size = 1499136},
	};
	struct tta_device_info info = {
		.info_size = sizeof(info),
		.kind = "tenstorrent",
		.stable_id = "0x251732099",
		.arch = "grayskull",
		.memory = memory,
		.memory_count = 2,
	};
	const struct tta_device *device;
	struct observation o;

	cr_assert_eq(tta_device_describe(5, &info), 0);
	info.arch = "wormhole_b0";
	cr_assert_eq(tta_device_describe(5, &info), 0);
	cr_expect_eq(tta_device_describe(TTA_DEVICE_LIMIT, &info), -EINVAL);
	o = observe(getpid());
	cr_assert_eq(o.process->device_count, 1);
	device = &o.process->devices[0];
	cr_expect_eq(device->number, 5);
	cr_expect_str_eq(device->kind, "tenstorrent");
	cr_expect_str_eq(device->arch, "wormhole_b0");
	cr_assert_eq(device->geometry_count, 2);
	cr_expect_eq(device->geometry[0].banks, 12);
	cr_expect_eq(device->geometry[1].bank_size, 1499136);
	observe_end(&o);
}
