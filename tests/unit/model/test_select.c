/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <errno.h>

#include "sample_builder.h"
#include "select.h"

Test(select, lists_are_parsed)
{
	struct selection s = {0};

	cr_assert_eq(selection_add_pids(&s, "1,4294967295"), 0);
	cr_assert_eq(selection_add_devices(&s, "0,2-5"), 0);
	cr_assert_eq(selection_add_types(&s, "l1,cb"), 0);
	cr_assert_eq(selection_add_users(&s, "ml01,0"), 0);
	cr_assert_eq(s.pid_count, 2);
	cr_assert_eq(s.pids[1], UINT32_MAX);
	cr_assert_eq(s.device_count, 5);
	cr_assert_eq(s.devices[4], 5);
	cr_assert_str_eq(s.types[1], "CB");
	cr_assert_str_eq(s.users[0], "ml01");
	selection_fini(&s);
	cr_assert_eq(s.pid_count, 0);
}

Test(select, lists_that_make_no_sense_are_refused)
{
	static const char *const wrong[] = {"",		  "x",	 "1,",	",1",
					    "-1",	  "1-",	 "3-1", "0-65536",
					    "4294967296", "1 2", "+1"};
	struct selection s = {0};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_assert_eq(selection_add_devices(&s, wrong[i]), -EINVAL, "%s",
			     wrong[i]);
	cr_assert_eq(selection_add_pids(&s, "1-3"), -EINVAL);
	cr_assert_eq(selection_add_types(&s, "l1,,cb"), -EINVAL);
	selection_fini(&s);
}

/* 10: DRAM on 0 and 1, L1 on 0. 20: orphan, DRAM on 1. 30: dead. */
static struct snapshot *example(void)
{
	struct sample_builder *b = sample_new();
	struct snapshot *snapshot;

	sample_process(b, 10);
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 100)->label_text = "kv_cache";
	sample_buffer(b, 0, TTA_L1, 0x2000, 10);
	sample_buffer(b, 1, TTA_DRAM, 0x1000, 1000);
	sample_mark(b, "closed", 5);
	sample_process(b, 20)->verdict = TTA_VERDICT_ORPHAN;
	sample_buffer(b, 1, TTA_DRAM, 0x9000, 7);
	sample_process(b, 30)->verdict = TTA_VERDICT_DEAD;
	snapshot = sample_snapshot(b);
	sample_delete(b);
	return snapshot;
}

static struct snapshot *reduced(struct selection *s)
{
	struct snapshot *all = example(), *some = NULL;

	cr_assert_eq(selection_apply(s, all, &some), 0);
	snapshot_free(all); /* what is selected lives on */
	selection_fini(s);
	return some;
}

Test(select, nothing_asked_for_hides_the_dead_alone)
{
	struct selection s = {0};
	struct snapshot *some = reduced(&s);

	cr_assert_eq(some->process_count, 2);
	cr_assert_eq(some->buffer_count, 4);
	cr_assert_eq(some->device_count, 2);
	cr_assert_eq(some->mark_count, 1);
	cr_assert_eq(some->totals.used, 1110);
	cr_assert_eq(some->totals.orphan_bytes, 7);
	snapshot_free(some);
	s.dead = true;
	some = reduced(&s);
	cr_assert_eq(some->process_count, 3);
	snapshot_free(some);
}

Test(select, a_device_takes_its_processes_rows_and_buffers)
{
	struct selection s = {0};
	struct snapshot *some;

	selection_add_devices(&s, "1");
	some = reduced(&s);
	cr_assert_eq(some->device_count, 1);
	cr_assert_eq(some->devices[0].number, 1);
	cr_assert_eq(some->devices[0].id, 0);
	cr_assert_eq(some->process_count, 2);
	cr_assert_eq(some->buffer_count, 2);
	cr_assert_eq(some->buffers[0].device, 0);
	cr_assert_eq(some->processes[0].memory_count, 1);
	cr_assert_eq(some->processes[0].memory[0].device, 0);
	cr_assert_eq(some->totals.used, 1000);
	cr_assert_eq(some->devices[0].memory[0].orphan_bytes, 7);
	cr_assert_eq(some->marks[0].memory_count, 0);
	snapshot_free(some);
}

/* Else a map would take what was left out for free. */
Test(select, what_was_left_out_is_remembered_by_its_device)
{
	struct selection pid = {0}, device = {0};
	struct snapshot *s;

	cr_assert_eq(selection_add_pids(&pid, "10"), 0);
	s = reduced(&pid);
	cr_assert_not(find_row(s, 0, "DRAM")->hidden);
	cr_assert(find_row(s, 1, "DRAM")->hidden);
	snapshot_free(s);
	selection_fini(&pid);
	cr_assert_eq(selection_add_devices(&device, "1"), 0);
	s = reduced(&device);
	cr_assert_not(find_row(s, 0, "DRAM")->hidden);
	snapshot_free(s);
	selection_fini(&device);
}

Test(select, types_pids_and_users_narrow_it_down)
{
	struct selection s = {0};
	struct snapshot *some;

	selection_add_types(&s, "l1");
	some = reduced(&s);
	cr_assert_eq(some->process_count, 1);
	cr_assert_eq(some->totals.used, 10);
	snapshot_free(some);
	selection_add_pids(&s, "20");
	some = reduced(&s);
	cr_assert_eq(some->process_count, 1);
	cr_assert_eq(some->buffers[0].process, 0);
	cr_assert_eq(some->totals.used, 0);
	snapshot_free(some);
	selection_add_users(&s, "nobody-of-that-name");
	some = reduced(&s);
	cr_assert_eq(some->process_count, 0);
	snapshot_free(some);
	selection_add_users(&s, "0");
	some = reduced(&s);
	cr_assert_eq(some->process_count, 2);
	snapshot_free(some);
}

Test(select, text_finds_processes_and_buffers)
{
	struct selection s = {0};
	struct snapshot *some;

	selection_set_text(&s, "KV_");
	some = reduced(&s);
	cr_assert_eq(some->process_count, 1);
	cr_assert_eq(some->buffer_count, 1);
	snapshot_free(some);
	selection_set_text(&s, "orphan");
	some = reduced(&s);
	cr_assert_eq(some->process_count, 1);
	cr_assert_eq(some->processes[0].pid, 20);
	snapshot_free(some);
}

Test(select, dead_processes_are_left_out_and_indices_follow)
{
	struct sample_builder *b = sample_new();
	struct selection s = {0};
	struct snapshot *all, *some;

	sample_process(b, 10)->verdict = TTA_VERDICT_DEAD;
	sample_process(b, 20);
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 16);
	all = sample_snapshot(b);
	sample_delete(b);
	cr_assert_eq(selection_apply(&s, all, &some), 0);
	cr_assert_eq(some->process_count, 1);
	cr_assert_eq(some->buffer_count, 1);
	cr_assert_eq(some->buffers[0].process, 0);
	snapshot_free(some);
	s.dead = true;
	cr_assert_eq(selection_apply(&s, all, &some), 0);
	snapshot_free(all);
	cr_assert_eq(some->process_count, 2);
	cr_assert_eq(some->buffer_count, 1);
	cr_assert_eq(some->buffers[0].process, 1);
	cr_assert_eq(some->buffers[0].addr, 0x1000);
	snapshot_free(some);
}

Test(select, types_choose_among_the_buffers_of_a_device)
{
	struct sample_builder *b = sample_new();
	struct selection s = {0};
	struct snapshot *all, *some;

	sample_process(b, 10);
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 16);
	sample_buffer(b, 0, TTA_L1, 0x2000, 16);
	all = sample_snapshot(b);
	sample_delete(b);
	selection_add_types(&s, "l1");
	cr_assert_eq(selection_apply(&s, all, &some), 0);
	snapshot_free(all);
	cr_assert_eq(some->buffer_count, 1);
	cr_assert_eq(some->buffers[0].addr, 0x2000);
	snapshot_free(some);
	selection_fini(&s);
}

Test(select, devices_that_hold_nothing_are_left_out_and_indices_follow)
{
	struct sample_builder *b = sample_new();
	struct selection s = {0};
	struct snapshot *all, *some;

	sample_process(b, 10);
	sample_device(b, 0, "", "");
	sample_buffer(b, 1, TTA_DRAM, 0x1000, 16);
	all = sample_snapshot(b);
	sample_delete(b);
	cr_assert_eq(all->device_count, 2);
	cr_assert_eq(selection_apply(&s, all, &some), 0);
	snapshot_free(all);
	cr_assert_eq(some->device_count, 1);
	cr_assert_eq(some->buffers[0].device, 0);
	snapshot_free(some);
}

Test(select, an_expression_sums_up_the_buffers_it_chooses)
{
	struct selection s = {0};
	struct snapshot *some;

	selection_set_text(&s, "type=dram size<500");
	some = reduced(&s);
	cr_assert_eq(some->buffer_count, 2);
	cr_assert_eq(some->totals.used, 100);
	cr_assert_eq(some->totals.orphan_bytes, 7);
	cr_assert_eq(find_process(some, 10)->memory_count, 1);
	cr_assert_eq(find_process(some, 10)->memory[0].buffers, 1);
	cr_assert_eq(find_process(some, 10)->memory[0].peak, SNAP_UNKNOWN);
	snapshot_free(some);
	selection_set_text(&s, "pid=10 dev=0 | kv_nothing");
	some = reduced(&s);
	cr_assert_eq(some->device_count, 1);
	cr_assert_eq(some->totals.used, 110);
	cr_assert_neq(find_process(some, 10)->memory[0].peak, SNAP_UNKNOWN);
	snapshot_free(some);
}

Test(select, an_expression_that_makes_no_sense_is_refused)
{
	struct selection s = {0};

	cr_assert_eq(selection_set_text(&s, "kv"), 0);
	cr_assert_eq(selection_set_text(&s, "size>"), -EINVAL);
	cr_assert_str_eq(s.text, "kv");
	selection_fini(&s);
	cr_assert_null(s.filter);
}
