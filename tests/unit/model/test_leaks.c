/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <errno.h>

#include "leaks.h"
#include "sample_builder.h"

#define SECOND UINT64_C(1000000000)

static struct tta_buffer *aged(struct sample_builder *b, uint32_t device, uint32_t type,
			       uint64_t address, uint64_t size, uint64_t seconds)
{
	struct tta_buffer *buffer = sample_buffer(b, device, type, address, size);

	buffer->time_ns = SAMPLE_MONO_NS - seconds * SECOND;
	return buffer;
}

/* kv: 100 on devices 0 and 2, a minute old; L1 of 10, two days old; a young one of 999.
 */
static struct snapshot *example(bool more)
{
	struct sample_builder *b = sample_new();
	struct snapshot *snapshot;

	sample_process(b, 10);
	aged(b, 0, TTA_DRAM, 0x1000, 100, 60)->label_text = "kv";
	aged(b, 0, TTA_L1, 0x2000, 10, 2 * 86400)->group = 7;
	aged(b, 0, TTA_DRAM, 0x5000, 999, 1);
	sample_mark(b, "warm", 5)->time_ns = SAMPLE_MONO_NS - 90 * SECOND;
	if (more)
		aged(b, 1, TTA_DRAM, 0x7000, 100, 0)->label_text = "kv";
	sample_process(b, 20)->verdict = TTA_VERDICT_ORPHAN;
	aged(b, 2, TTA_DRAM, 0x1000, 100, 70)->label_text = "kv";
	aged(b, 2, TTA_L1, 0x9000, 10, 2 * 86400)->group = 7;
	snapshot = sample_snapshot(b);
	sample_delete(b);
	return snapshot;
}

static struct leaks *found(const struct snapshot *now, const struct leaks_query *query)
{
	struct leaks *leaks = NULL;

	cr_assert_eq(leaks_find(now, query, &leaks), 0);
	return leaks;
}

Test(leaks, groups_are_merged_over_devices_the_largest_first)
{
	struct leaks_query query = {.by = LEAKS_KEYS_DEFAULT, .older_ns = 10 * SECOND};
	struct snapshot *now = example(false);
	struct leaks *leaks = found(now, &query);
	uint32_t numbers[8];

	cr_assert_eq(leaks->group_count, 2);
	cr_assert_eq(leaks->buffer_count, 4);
	cr_assert_eq(leaks->bytes, 220);
	cr_assert_str_eq(leaks->groups[0].first->label, "kv");
	cr_assert_eq(leaks->groups[0].bytes, 200);
	cr_assert_eq(leaks->groups[0].count, 2);
	cr_assert_eq(leaks->groups[0].refs, 2);
	cr_assert_eq(leaks->groups[0].oldest_ns, 70 * SECOND);
	cr_assert_eq(leaks->groups[0].orphan, 1);
	cr_assert_eq(leaks_devices(leaks, &leaks->groups[0], numbers), 2);
	cr_assert_eq(numbers[0], 0);
	cr_assert_eq(numbers[1], 2);
	cr_assert_eq(leaks->groups[0].trend, LEAKS_UNWATCHED);
	cr_assert_eq(leaks->orphan, 2);
	leaks_free(leaks);
	leaks_free(NULL);
	snapshot_free(now);
}

Test(leaks, each_key_alone_makes_its_groups)
{
	static const struct {
		const char *by;
		size_t groups;
	} rows[] = {{"label", 2},   {"type", 2},
		    {"size", 3},    {"dev", 2},
		    {"group", 3},   {"site", 1},
		    {"process", 2}, {"label,type,size,dev", 5}};
	struct snapshot *now = example(false);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct leaks_query query = {0};
		struct leaks *leaks;

		cr_assert_eq(leaks_keys_parse(rows[i].by, &query.by), 0);
		leaks = found(now, &query);
		cr_assert_eq(leaks->group_count, rows[i].groups, "%s: %zu", rows[i].by,
			     leaks->group_count);
		cr_assert_eq(leaks->bytes, 1219);
		leaks_free(leaks);
	}
	cr_assert_eq(leaks_keys_parse("dev,", &(unsigned){0}), -EINVAL);
	cr_assert_eq(leaks_keys_parse("", &(unsigned){0}), -EINVAL);
	cr_assert_eq(leaks_keys_parse("lab", &(unsigned){0}), -EINVAL);
	snapshot_free(now);
}

Test(leaks, ages_are_counted)
{
	struct leaks_query query = {.by = LEAKS_TYPE};
	struct snapshot *now = example(false);
	struct leaks *leaks;

	find_buffer(now, 10, 0x5000)->age_ns = SNAP_UNKNOWN;
	leaks = found(now, &query);
	cr_assert_eq(leaks->unknown_age, 1);
	cr_assert_eq(leaks->ages[0].buffers, 0);
	cr_assert_eq(leaks->ages[2].buffers, 2); /* a minute to ten */
	cr_assert_eq(leaks->ages[2].bytes, 200);
	cr_assert_eq(leaks->ages[5].buffers, 2);
	cr_assert_eq(leaks->ages[5].to_ns, SNAP_UNKNOWN);
	leaks_free(leaks);
	snapshot_free(now);
}

Test(leaks, since_a_time_a_mark_or_a_baseline)
{
	struct snapshot *now = example(true), *before = example(false);
	struct leaks_query query = {.by = LEAKS_TYPE};
	struct leaks *leaks;

	query.since_ns = SAMPLE_REALTIME_NS - 65 * SECOND;
	leaks = found(now, &query);
	cr_assert_eq(leaks->buffer_count, 3); /* 60 s, 1 s, 0 s */
	leaks_free(leaks);
	query.since_ns = 0;
	query.since_mark = "warm";
	leaks = found(now, &query);
	cr_assert_eq(leaks->buffer_count, 4); /* the orphan's of 70 s: another's mark */
	leaks_free(leaks);
	query.since_mark = NULL;
	query.baseline = before;
	leaks = found(now, &query);
	cr_assert_eq(leaks->buffer_count, 1);
	cr_assert_eq(leaks->buffers[0]->addr, 0x7000);
	leaks_free(leaks);
	snapshot_free(now);
	snapshot_free(before);
}

Test(leaks, trends_look_at_buffers_of_any_age)
{
	struct snapshot *now = example(true), *before = example(false);
	struct leaks_query query = {
		.by = LEAKS_KEYS_DEFAULT, .older_ns = 10 * SECOND, .earlier = before};
	struct leaks *leaks = found(now, &query);

	cr_assert_eq(leaks->groups[0].bytes, 200);
	cr_assert_eq(leaks->groups[0].trend, LEAKS_GROWS);
	cr_assert_eq(leaks->groups[0].change, 100);
	cr_assert_eq(leaks->groups[1].trend, LEAKS_CONSTANT);
	leaks_free(leaks);
	query.earlier = now;
	leaks = found(before, &query);
	cr_assert_eq(leaks->groups[0].trend, LEAKS_SHRINKS);
	leaks_free(leaks);
	find_buffer(now, 10, 0x2000)->refs++;
	query.earlier = before;
	leaks = found(now, &query);
	cr_assert_eq(leaks->groups[1].trend, LEAKS_GROWS, "references count");
	leaks_free(leaks);
	find_buffer(now, 10, 0x2000)->size = SNAP_UNKNOWN;
	leaks = found(now, &query);
	cr_assert_eq(leaks->groups[0].bytes, SNAP_UNKNOWN, "unknown comes first");
	cr_assert_eq(leaks->groups[0].trend, LEAKS_UNWATCHED);
	cr_assert_eq(leaks->bytes, SNAP_UNKNOWN);
	leaks_free(leaks);
	snapshot_free(now);
	snapshot_free(before);
}
