/* SPDX-License-Identifier: BSD-2-Clause */
/* Holders that publish nothing: rows without numbers, and no total changes. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "match.h"
#include "sample_builder.h"
#include "select.h"
#include "snapshot_json.h"
#include "snapshot_unpublished.h"

static const uint32_t eight[] = {0, 1, 2, 3, 4, 5, 6, 7};
static const uint32_t third[] = {3};

static const struct snap_unpublished holders[] = {
	{
		.pid = 2210,
		.uid = 0,
		.start_time = 77,
		.start_realtime_ns = SAMPLE_REALTIME_NS - 1000000000,
		.comm = "tt-smi",
		.why = "not linked with libtta",
		.devices = eight,
		.device_count = 8,
	},
	{
		.pid = 15,
		.uid = SNAP_UID_UNKNOWN,
		.start_time = SNAP_UNKNOWN,
		.start_realtime_ns = SNAP_UNKNOWN,
		.comm = "?",
		.why = "in another container, or hidden by /proc",
		.devices = third,
		.device_count = 1,
	},
};

/* Processes 10 and 20 publish, the holders are added. */
static struct snapshot *with_holders(void)
{
	struct sample_builder *b = sample_new();
	struct snapshot *snapshot;

	sample_process(b, 10);
	sample_device(b, 3, "tenstorrent", "");
	sample_buffer(b, 3, TTA_DRAM, 0x1000, 100);
	sample_process(b, 20);
	sample_device(b, 3, "tenstorrent", "");
	sample_buffer(b, 3, TTA_DRAM, 0x2000, 200);
	snapshot = sample_snapshot(b);
	sample_delete(b);
	cr_assert_eq(snapshot_add_unpublished(snapshot, holders, 2), 0);
	return snapshot;
}

Test(unpublished, rows_stand_in_order_and_buffers_keep_their_owner)
{
	struct snapshot *s = with_holders();
	const uint32_t pids[] = {10, 15, 20, 2210};

	cr_assert_eq(s->process_count, 4);
	for (size_t i = 0; i < 4; i++)
		cr_assert_eq(s->processes[i].pid, pids[i]);
	for (size_t i = 0; i < s->buffer_count; i++)
		cr_assert_eq(s->processes[s->buffers[i].process].pid, s->buffers[i].pid);
	cr_assert_neq(s->processes[1].segment, s->processes[3].segment);
	snapshot_free(s);
}

Test(unpublished, nothing_is_known_and_no_total_changes)
{
	struct snapshot *s = with_holders();
	const struct snap_process *smi = find_process(s, 2210);
	struct snap_totals before = s->totals;

	cr_assert_eq(smi->state, SNAP_STATE_UNKNOWN);
	cr_assert_str_eq(smi->source, "driver");
	cr_assert_str_eq(smi->note,
			 "holds device 0-7, does not publish: not linked with libtta");
	cr_assert_eq(smi->events, SNAP_UNKNOWN);
	cr_assert_eq(smi->lost, SNAP_UNKNOWN);
	cr_assert_eq(smi->memory_count, 0);
	cr_assert_eq(s->totals.processes, 2);
	snapshot_sum_up(s);
	cr_assert_eq(memcmp(&s->totals, &before, sizeof(before)), 0);
	cr_assert(snap_holds_device(smi, &s->devices[0]));
	cr_assert_str_eq(find_process(s, 15)->user, "?");
	snapshot_free(s);
}

static size_t selected(const struct snapshot *s, const char *devices, const char *types,
		       bool *ret_exact)
{
	struct selection selection = {0};
	struct snapshot *reduced;
	size_t count = 0;

	cr_assert_eq(selection_add_devices(&selection, devices), 0);
	if (types)
		cr_assert_eq(selection_add_types(&selection, types), 0);
	cr_assert_eq(selection_apply(&selection, s, &reduced), 0);
	for (size_t i = 0; i < reduced->process_count; i++)
		count += reduced->processes[i].unpublished;
	*ret_exact = reduced->exact;
	snapshot_free(reduced);
	selection_fini(&selection);
	return count;
}

Test(unpublished, devices_select_their_holders)
{
	struct snapshot *s = with_holders();
	bool exact;

	cr_assert_eq(selected(s, "3", NULL, &exact), 2);
	cr_assert(exact); /* of what is published */
	cr_assert_eq(selected(s, "5", NULL, &exact), 1);
	cr_assert_eq(selected(s, "9", NULL, &exact), 0);
	cr_assert_eq(selected(s, "3", "dram", &exact), 0); /* of what type is not known */
	snapshot_free(s);
}

/* Two runs that share a holder are two runs all the same. */
Test(unpublished, documents_are_not_matched_by_them)
{
	struct snapshot *a = with_holders(), *b = with_holders();
	enum match_mode mode;

	cr_assert_eq(match_parse("auto", a, b, &mode), 0);
	cr_assert_eq(mode, MATCH_ADDRESS);
	for (size_t i = 0; i < b->process_count; i++)
		if (!b->processes[i].unpublished)
			b->processes[i].segment += 1000;
	cr_assert_eq(match_parse("auto", a, b, &mode), 0);
	cr_assert_eq(mode, MATCH_CLASS);
	snapshot_free(a);
	snapshot_free(b);
}

Test(unpublished, the_document_keeps_them)
{
	struct snapshot *s = with_holders(), *loaded;
	char error[SNAPSHOT_ERROR_SIZE], *text = NULL;
	const struct snap_process *smi;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	cr_assert_eq(snapshot_write(s, file, 0), 0);
	fclose(file);
	cr_assert(strstr(text, "\"segment\": null"));
	cr_assert(strstr(text, "\"source\": \"driver\""));
	file = fmemopen(text, size, "r");
	cr_assert_eq(snapshot_load(file, "memory", &loaded, error), 0, "%s", error);
	fclose(file);
	smi = find_process(loaded, 2210);
	cr_assert(smi->unpublished);
	cr_assert_eq(smi->held_count, 8);
	cr_assert_eq(smi->held[7], 7);
	cr_assert_eq(smi->events, SNAP_UNKNOWN);
	cr_assert_str_eq(smi->note, find_process(s, 2210)->note);
	cr_assert_eq(find_process(loaded, 15)->uid, SNAP_UID_UNKNOWN);
	snapshot_free(loaded);
	snapshot_free(s);
	free(text);
}
