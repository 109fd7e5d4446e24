/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>

#include "delta_by.h"
#include "sample_builder.h"

#define DIFFERENT (DELTA_NEW | DELTA_GONE | DELTA_GROWN | DELTA_SHRUNK | DELTA_CHANGED)

/* One process: on each of four devices @copies DRAM buffers of 100, and L1 on device 0.
 */
static struct snapshot *run(uint32_t pid, unsigned copies)
{
	struct sample_builder *b = sample_new();
	struct snapshot *snapshot;

	sample_process(b, pid);
	for (uint32_t device = 0; device < 4; device++)
		for (unsigned i = 0; i < copies && i < 3; i++)
			sample_buffer(b, device, TTA_DRAM, 0x1000 + i * 0x100, 100)
				->label_text = "kv";
	sample_buffer(b, 0, TTA_L1, 0x9000, 10);
	snapshot = sample_snapshot(b);
	sample_delete(b);
	return snapshot;
}

static struct delta_by *compared(const struct snapshot *base, const struct snapshot *now,
				 const struct delta_query *query)
{
	struct delta_by *delta = NULL;

	cr_assert_eq(delta_by_compute(base, now, query, &delta), 0);
	return delta;
}

Test(delta_by, identical_documents_do_not_differ)
{
	static const unsigned keys[] = {DELTA_KEYS_DEFAULT, DELTA_ADDR, DELTA_SIZE,
					DELTA_LABEL | DELTA_USER, 127};
	struct snapshot *s = run(10, 2);

	for (size_t i = 0; i < 5; i++)
		for (int mode = 0; mode < 2; mode++) {
			struct delta_query query = {.by = keys[i],
						    .match = (enum match_mode)mode,
						    .only = DIFFERENT};
			struct delta_by *delta = compared(s, s, &query);

			cr_assert_eq(delta->row_count, 0);
			cr_assert_not(delta->different);
			delta_by_free(delta);
		}
	delta_by_free(NULL);
	snapshot_free(s);
}

Test(delta_by, rows_are_what_is_asked_for)
{
	static const struct {
		const char *by;
		size_t rows, all;
	} rows[] = {{"proc", 1, 1},	{"dev", 4, 4},
		    {"type", 1, 2},	{"size", 1, 2},
		    {"label", 1, 2},	{"user", 1, 1},
		    {"dev,type", 4, 5}, {"proc,dev,type,size,label", 4, 5}};
	struct snapshot *base = run(10, 1), *now = run(10, 2);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct delta_query query = {.only = DIFFERENT};
		struct delta_by *delta;

		cr_assert_eq(delta_keys_parse(rows[i].by, &query.by), 0);
		delta = compared(base, now, &query);
		cr_assert(delta->different);
		cr_assert_eq(delta->row_count, rows[i].rows, "%s: %zu", rows[i].by,
			     delta->row_count);
		delta_by_free(delta);
		query.only |= DELTA_SAME;
		delta = compared(base, now, &query);
		cr_assert_eq(delta->row_count, rows[i].all, "%s: %zu", rows[i].by,
			     delta->row_count);
		delta_by_free(delta);
	}
	cr_assert_eq(delta_keys_parse("proc,", &(unsigned){0}), -EINVAL);
	cr_assert_eq(delta_keys_parse("bank", &(unsigned){0}), -EINVAL);
	snapshot_free(base);
	snapshot_free(now);
}

Test(delta_by, address_means_the_same_segment_and_serial)
{
	struct delta_query query = {.by = DELTA_ADDR, .only = DIFFERENT};
	struct snapshot *base = run(10, 1), *now = run(10, 1);
	struct delta_by *delta;

	find_buffer(now, 10, 0x9000)->serial += 100; /* freed and allocated again */
	delta = compared(base, now, &query);
	cr_assert_eq(delta->row_count, 2);
	cr_assert_eq(delta->rows[0].change | delta->rows[1].change,
		     DELTA_NEW | DELTA_GONE);
	delta_by_free(delta);
	query.match = MATCH_CLASS;
	delta = compared(base, now, &query);
	cr_assert_eq(delta->row_count, 0);
	delta_by_free(delta);
	snapshot_free(base);
	snapshot_free(now);
}

Test(delta_by, class_matches_two_runs)
{
	struct delta_query query = {
		.by = DELTA_ADDR, .match = MATCH_CLASS, .only = DIFFERENT};
	struct snapshot *base = run(10, 2), *now = run(20, 3);
	struct delta_by *delta = compared(base, now, &query);

	cr_assert_eq(delta->row_count, 4); /* one more on each device */
	for (size_t i = 0; i < 4; i++) {
		cr_assert_eq(delta->rows[i].change, DELTA_NEW);
		cr_assert_eq(delta->rows[i].buffer->addr, 0x1200);
		cr_assert_eq(delta->rows[i].bytes.change, 100);
		cr_assert_eq(delta->rows[i].refs.change, 1);
	}
	delta_by_free(delta);
	query.by = DELTA_KEYS_DEFAULT; /* proc: the name of the command */
	delta = compared(base, now, &query);
	cr_assert_eq(delta->row_count, 4);
	cr_assert_eq(delta->rows[0].change, DELTA_GROWN);
	cr_assert_eq(delta->rows[0].bytes.base, 200);
	cr_assert_eq(delta->rows[0].bytes.now, 300);
	cr_assert_not(delta->rows[0].is_new);
	delta_by_free(delta);
	query.match = MATCH_ADDRESS;
	delta = compared(base, now, &query);
	cr_assert_eq(delta->row_count, 10); /* all gone, all new */
	delta_by_free(delta);
	snapshot_free(base);
	snapshot_free(now);
}

Test(delta_by, ordinals_count_through_a_class)
{
	struct snapshot *s = run(10, 3);
	uint32_t *ordinals, sum = 0;

	cr_assert_eq(match_ordinals(s, &ordinals), 0);
	for (size_t i = 0; i < s->buffer_count; i++)
		sum += ordinals[i];
	cr_assert_eq(sum, 4 * (0 + 1 + 2));
	free(ordinals);
	snapshot_free(s);
}

Test(delta_by, auto_asks_for_a_shared_segment)
{
	struct snapshot *a = run(10, 1), *b = run(20, 1), *none;
	enum match_mode mode;

	cr_assert_eq(snapshot_new(NULL, &none), 0);
	cr_assert_eq(match_parse("auto", a, a, &mode), 0);
	cr_assert_eq(mode, MATCH_ADDRESS);
	cr_assert_eq(match_parse("auto", a, b, &mode), 0);
	cr_assert_eq(mode, MATCH_CLASS);
	cr_assert_eq(match_parse("auto", none, b, &mode), 0);
	cr_assert_eq(mode, MATCH_ADDRESS, "nothing there to match");
	cr_assert_eq(match_parse("class", a, a, &mode), 0);
	cr_assert_eq(mode, MATCH_CLASS);
	cr_assert_eq(match_parse("serial", a, a, &mode), -EINVAL);
	cr_assert_str_eq(match_name(MATCH_CLASS), "class");
	snapshot_free(a);
	snapshot_free(b);
	snapshot_free(none);
}

Test(delta_by, only_and_min_choose_what_is_listed_and_told)
{
	struct snapshot *base = run(10, 2), *now = run(10, 1);
	struct delta_query query = {.by = DELTA_DEV | DELTA_TYPE};
	struct delta_by *delta;

	for (unsigned only = DELTA_SAME; only <= DELTA_CHANGED; only <<= 1) {
		size_t expected = only == DELTA_SHRUNK ? 4 : only == DELTA_SAME ? 1 : 0;

		query.only = only;
		delta = compared(base, now, &query);
		cr_assert_eq(delta->row_count, expected, "%u: %zu", only,
			     delta->row_count);
		cr_assert_eq(delta->different, only == DELTA_SHRUNK);
		delta_by_free(delta);
	}
	query.only = DIFFERENT;
	query.min = 100;
	delta = compared(base, now, &query);
	cr_assert_eq(delta->row_count, 4);
	delta_by_free(delta);
	query.min = 101;
	delta = compared(base, now, &query);
	cr_assert_eq(delta->row_count, 0);
	cr_assert_not(delta->different);
	delta_by_free(delta);
	cr_assert_eq(delta_change_parse("grown"), DELTA_GROWN);
	cr_assert_eq(delta_change_parse("changed"), 0);
	snapshot_free(base);
	snapshot_free(now);
}

Test(delta_by, devices_that_changed_alike_are_one_row)
{
	struct snapshot *base = run(10, 1), *now = run(10, 2);
	struct delta_query query = {
		.by = DELTA_KEYS_DEFAULT, .only = DIFFERENT, .devices_merged = true};
	struct delta_by *delta = compared(base, now, &query);

	cr_assert_eq(delta->row_count, 1);
	cr_assert_eq(delta->rows[0].device_count, 4);
	for (uint32_t i = 0; i < 4; i++)
		cr_assert_eq(delta->rows[0].devices[i], i);
	cr_assert_eq(delta->rows[0].bytes.base, 400);
	cr_assert_eq(delta->rows[0].bytes.change, 400);
	cr_assert_eq(delta->rows[0].buffers.change, 4);
	delta_by_free(delta);
	find_process(now, 10)->memory[0].refs++; /* device 0 is unlike the others */
	delta = compared(base, now, &query);
	cr_assert_eq(delta->row_count, 2);
	cr_assert_eq(delta->rows[0].device_count + delta->rows[1].device_count, 4);
	delta_by_free(delta);
	snapshot_free(base);
	snapshot_free(now);
}

Test(delta_by, unknown_has_no_direction)
{
	struct snapshot *base = run(10, 1), *now = run(10, 1);
	struct delta_query query = {
		.by = DELTA_DEV | DELTA_TYPE, .only = DIFFERENT, .min = 1 << 20};
	struct delta_by *delta;

	find_process(now, 10)->memory[0].used = SNAP_UNKNOWN;
	delta = compared(base, now, &query);
	cr_assert_eq(delta->row_count, 1);
	cr_assert_eq(delta->rows[0].change, DELTA_CHANGED);
	cr_assert_not(delta->rows[0].bytes.known);
	delta_by_free(delta);
	snapshot_free(base);
	snapshot_free(now);
}

static size_t member_count(const struct delta_by *delta, size_t row)
{
	size_t count = 0;

	for (uint32_t i = delta->rows[row].first; i != DELTA_NO_BUFFER;
	     i = delta->next[i])
		count++;
	return count;
}

Test(delta_by, rows_tell_their_buffers_now_also_when_merged)
{
	static const unsigned keys[] = {DELTA_KEYS_DEFAULT, DELTA_TYPE,
					DELTA_LABEL | DELTA_DEV | DELTA_TYPE};
	struct snapshot *base = run(10, 1), *now = run(10, 2);

	for (size_t i = 0; i < 3; i++)
		for (int merged = 0; merged < 2; merged++) {
			struct delta_query query = {.by = keys[i],
						    .only = DIFFERENT | DELTA_SAME,
						    .devices_merged = merged,
						    .members = true};
			struct delta_by *delta = compared(base, now, &query);
			size_t members = 0;

			for (size_t row = 0; row < delta->row_count; row++) {
				cr_assert_eq(member_count(delta, row),
					     delta->rows[row].buffers.now);
				members += member_count(delta, row);
			}
			cr_assert_eq(members, now->buffer_count);
			delta_by_free(delta);
		}
	snapshot_free(base);
	snapshot_free(now);
}
