/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "filter_values.h"
#include "sample_builder.h"

/*
 * 10: kv_cache of 2 MiB on device 0, refs 3, and 4 KiB of L1 on device 3, allocated
 * twice. 20: an orphan, run "nightly-7", DRAM on device 1.
 */
static struct snapshot *example(void)
{
	struct sample_builder *b = sample_new();
	struct snapshot *snapshot;
	struct tta_buffer *buffer;

	sample_process(b, 10);
	buffer = sample_buffer(b, 0, TTA_DRAM, 0x3ffff000, 2 << 20);
	buffer->label_text = "KV_cache 7";
	buffer->refs = 3;
	buffer->time_ns = SAMPLE_MONO_NS - UINT64_C(90000000000);
	buffer = sample_buffer(b, 3, TTA_L1, 0x1000, 4096);
	buffer->flags = TTA_SLOT_FLAG_DUP;
	buffer->time_ns = SAMPLE_MONO_NS - UINT64_C(200000000);
	sample_process(b, 20)->verdict = TTA_VERDICT_ORPHAN;
	sample_buffer(b, 1, TTA_DRAM, 0x9000, 7);
	snapshot = sample_snapshot(b);
	find_process(snapshot, 20)->run_id = "nightly-7";
	find_process(snapshot, 10)->user = "ml01";
	sample_delete(b);
	return snapshot;
}

static struct filter *parsed(const char *text)
{
	struct filter *filter = NULL;
	struct filter_error error = {0};

	cr_assert_eq(filter_parse(text, &filter, &error), 0, "%s: %zu: %s", text,
		     error.column, error.message);
	return filter;
}

static bool text_matches(const char *text, const char *haystack)
{
	struct filter_row row = {.text = haystack};
	struct filter *filter = parsed(text);
	bool matches = filter_matches(filter, &row);

	filter_free(filter);
	return matches;
}

Test(filter, words_must_all_match_and_bars_are_or)
{
	static const struct {
		const char *text, *haystack;
		bool matches;
	} rows[] = {
		{"", "x", true},
		{" | ", "x", true},
		{"PyTh", "12 python", true},
		{"python 12", "12 python", true},
		{"python 13", "12 python", false},
		{"13|python", "12 python", true},
		{"13|", "12 python", false},
		{"a b|c d", "d c", true},
		{"a b|c d", "a d", false},
		{"longer than it", "long", false},
		{"'a b'", "a b", true},
		{"\"a b\"", "b a", false},
		{"'a|b'", "xa|bx", true},
		{"--model=x", "run --model=x", true},
		{"'size>'", "size> 1", true},
		{"l1_small", "L1_SMALL", true},
		{"a*", "ab", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_eq(text_matches(rows[i].text, rows[i].haystack),
			     rows[i].matches, "row %zu", i);
	cr_assert(filter_matches(NULL, &(struct filter_row){.text = "x"}));
}

/* Which of the three buffers match: bit 0 = kv_cache, 1 = L1, 2 = the orphan's. */
static unsigned matching(const struct snapshot *snapshot, const char *text)
{
	static const struct {
		uint32_t pid;
		uint64_t addr;
	} buffers[] = {{10, 0x3ffff000}, {10, 0x1000}, {20, 0x9000}};
	struct filter *filter = parsed(text);
	unsigned found = 0;

	for (size_t i = 0; i < 3; i++) {
		struct filter_row row = filter_row_of_buffer(
			snapshot, find_buffer(snapshot, buffers[i].pid, buffers[i].addr));

		row.text = row.process->comm;
		found |= (unsigned)filter_matches(filter, &row) << i;
	}
	filter_free(filter);
	return found;
}

Test(filter, terms_know_every_key_and_operator)
{
	static const struct {
		const char *text;
		unsigned matches;
	} rows[] = {
		{"pid=10", 3},
		{"pid!=10", 4},
		{"pid<20", 3},
		{"pid<=20", 7},
		{"pid>10", 4},
		{"pid>=10", 7},
		{"pid=20,10", 7},
		{"pid=11-30", 4},
		{"dev=0,2-5", 3},
		{"dev!=0,2-5", 4},
		{"dev>0", 6},
		{"type=dram", 5},
		{"type=L*", 2},
		{"type!=dram", 2},
		{"type=l1,cb", 2},
		{"size>1M", 1},
		{"size>=2m", 1},
		{"size>1.5M", 1},
		{"size<4K", 4},
		{"size=4096", 2},
		{"size=4K,7", 6},
		{"size!=4K", 5},
		{"addr=0x1000", 2},
		{"addr=3FFFF000", 1},
		{"addr>=0x1000 addr<0xa000", 6},
		{"age>1m", 1},
		{"age<500ms", 2},
		{"age>=90", 1},
		{"age>0.1s age<1h", 7},
		{"refs=3", 1},
		{"refs>1", 1},
		{"label=kv*", 1},
		{"label='kv_cache 7'", 1},
		{"label=kv", 0},
		{"label=''", 6},
		{"label!=kv*", 6},
		{"user=ml*", 3},
		{"user=0", 7},
		{"user!=ml01", 4},
		{"state=orphan", 4},
		{"state!=orphan", 3},
		{"state=live,orphan", 7},
		{"flag=dup", 2},
		{"flag!=dup", 5},
		{"flag=dup,orphan", 6},
		{"run=nightly-*", 4},
		{"run=''", 3},
		{"SIZE > 1M", 1},
		{"size >1M|flag = dup", 3},
		/* or binds least */
		{"pid=10 size>1M | pid=20", 5},
		{"pid=20 | pid=10 size>1M", 5},
		{"pid=10 | pid=20 size>1M", 3},
	};
	struct snapshot *snapshot = example();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_eq(matching(snapshot, rows[i].text), rows[i].matches, "%s: %u",
			     rows[i].text, matching(snapshot, rows[i].text));
	snapshot_free(snapshot);
}

Test(filter, what_nobody_knows_matches_no_comparison)
{
	static const char *const texts[] = {"size<1T", "size>0",  "size=0", "size!=0",
					    "age<9d",  "age>=0s", "refs!=9"};
	struct snapshot *snapshot = example();
	struct snap_buffer *buffer = find_buffer(snapshot, 20, 0x9000);

	buffer->size = buffer->age_ns = buffer->refs = SNAP_UNKNOWN;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		cr_assert_eq(matching(snapshot, texts[i]) & 4, 0, "%s", texts[i]);
	snapshot_free(snapshot);
}

static unsigned matching_processes(const struct snapshot *snapshot, const char *text)
{
	struct filter *filter = parsed(text);
	unsigned found = 0;

	for (uint32_t i = 0; i < 2; i++) {
		struct filter_row row = {.snapshot = snapshot,
					 .process = &snapshot->processes[i],
					 .text = i ? "vllm" : "python"};

		found |= (unsigned)filter_matches(filter, &row) << i;
	}
	filter_free(filter);
	return found;
}

Test(filter, a_process_matches_through_one_of_its_buffers)
{
	struct snapshot *snapshot = example();

	cr_assert_eq(matching_processes(snapshot, "size>1M"), 1);
	cr_assert_eq(matching_processes(snapshot, "size<1K"), 2);
	cr_assert_eq(matching_processes(snapshot, "size>1M type=dram"), 1);
	cr_assert_eq(matching_processes(snapshot, "size>1M type=l1"), 0,
		     "no single buffer is both");
	cr_assert_eq(matching_processes(snapshot, "vllm size>1M"), 0);
	cr_assert_eq(matching_processes(snapshot, "python size>1M|state=orphan"), 3);
	snapshot->buffer_count = 0; /* totals know devices and types */
	cr_assert_eq(matching_processes(snapshot, "dev=3 type=l1"), 1);
	cr_assert_eq(matching_processes(snapshot, "dev=3 type=dram"), 0);
	cr_assert_eq(matching_processes(snapshot, "size>1M"), 0);
	snapshot_free(snapshot);
}

static unsigned matching_devices(const struct snapshot *snapshot, const char *text)
{
	struct filter *filter = parsed(text);
	unsigned found = 0;

	for (size_t i = 0; i < snapshot->device_count; i++) {
		struct filter_row row = {.snapshot = snapshot,
					 .device = &snapshot->devices[i],
					 .text = "dev"};

		found |= (unsigned)filter_matches(filter, &row)
			 << snapshot->devices[i].number;
	}
	filter_free(filter);
	return found;
}

Test(filter, a_device_matches_through_what_is_on_it)
{
	struct snapshot *snapshot = example();

	cr_assert_eq(matching_devices(snapshot, "dev=0,3"), 9);
	cr_assert_eq(matching_devices(snapshot, "type=dram"), 3);
	cr_assert_eq(matching_devices(snapshot, "pid=10"), 9);
	cr_assert_eq(matching_devices(snapshot, "pid=10 type=l1"), 8);
	cr_assert_eq(matching_devices(snapshot, "label=kv*"), 1);
	cr_assert_eq(matching_devices(snapshot, "state=orphan"), 2);
	snapshot_free(snapshot);
}

Test(filter, errors_tell_the_column)
{
	static const struct {
		const char *text;
		size_t column;
		const char *words;
	} rows[] = {
		{"size>", 6, "a number is missing"},
		{"size> ", 7, "a number is missing"},
		{"a|size>|b", 8, "a number is missing"},
		{"label=", 7, "a name is missing"},
		{"size>x", 6, "not a size"},
		{"size>1Q", 6, "not a size"},
		{"size>-1", 6, "not a size"},
		{"size>99999999999T", 6, "not a size"},
		{"dev=0,x", 7, "not a device"},
		{"dev=5-2", 5, "not a device"},
		{"dev=1,,2", 7, "a number is missing"},
		{"addr=0xzz", 6, "not an address"},
		{"age>1w", 5, "not an age"},
		{"state=asleep", 7, "not a state"},
		{"flag=dup,bad", 10, "not a flag"},
		{"label<kv", 6, "only = and != go"},
		{"pid<1,2", 5, "only one number"},
		{"pid<1-2", 5, "only one number"},
		{"foo=bar", 1, "no such key"},
		{"x foo=bar", 3, "no such key"},
		{"=3", 1, "a key is missing"},
		{"x > 3", 3, "a key is missing"},
		{"a 'b c", 3, "quote is not closed"},
		{"label='b c", 7, "quote is not closed"},
		{"\xc3\xa4\xc3\xb6 size>", 9, "a number is missing"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct filter_error error = {0};
		struct filter *filter = NULL;

		cr_assert_eq(filter_parse(rows[i].text, &filter, &error), -EINVAL, "%s",
			     rows[i].text);
		cr_assert_null(filter);
		cr_assert_eq(error.column, rows[i].column, "%s: %zu", rows[i].text,
			     error.column);
		cr_assert_not_null(strstr(error.message, rows[i].words), "%s: %s",
				   rows[i].text, error.message);
	}
}

Test(filter, length_is_bounded)
{
	char text[FILTER_LENGTH_MAX + 2];
	struct filter_error error;
	struct filter *filter;

	memset(text, 'a', sizeof(text));
	text[FILTER_LENGTH_MAX + 1] = '\0';
	cr_assert_eq(filter_parse(text, &filter, &error), -EINVAL);
	cr_assert_eq(error.column, FILTER_LENGTH_MAX + 1);
	text[FILTER_LENGTH_MAX] = '\0';
	filter_free(parsed(text));
	for (size_t i = 0; i < FILTER_LENGTH_MAX; i++)
		text[i] = i % 2 ? '|' : 'a';
	filter_free(parsed(text));
	filter_free(NULL);
}

/* Stars that backtrack, on a text that disappoints late. */
Test(filter, patterns_take_no_exponential_time)
{
	struct snapshot *snapshot = example();
	char label[2001], text[256] = "label=";

	memset(label, 'a', sizeof(label) - 1);
	label[sizeof(label) - 1] = '\0';
	find_buffer(snapshot, 10, 0x1000)->label = label;
	for (int i = 0; i < 60; i++)
		strcat(text, "*a");
	strcat(text, "*b");
	cr_assert_eq(matching(snapshot, text), 0);
	strcpy(text + strlen(text) - 1, "a");
	cr_assert_eq(matching(snapshot, text), 2);
	snapshot_free(snapshot);
}

/* Made of what the grammar knows, and of anything. */
static void random_text(char *text, size_t length)
{
	static const char *const pieces[] = {"size",  "dev", "label", "state", "flag",
					     "addr",  "age", "=",     "!=",    "<",
					     ">=",    "|",   " ",     "\"",    "'",
					     ",",     "-",   "*",     "4K",    "0x1f",
					     "0,2-5", "dup", "live",  "kv*",   "."};
	size_t used = 0;

	while (used < length) {
		const char *piece =
			pieces[(size_t)rand() % (sizeof(pieces) / sizeof(*pieces))];

		if (rand() % 4 == 0)
			text[used++] = (char)(rand() % 255 + 1);
		else if (used + strlen(piece) <= length)
			used += (size_t)(stpcpy(text + used, piece) - (text + used));
		else
			text[used++] = '|';
	}
	text[used] = '\0';
}

Test(filter, any_bytes_are_an_expression_or_an_error)
{
	struct snapshot *snapshot = example();
	size_t good = 0, bad = 0;
	char text[128];

	srand(3);
	for (int i = 0; i < 30000; i++) {
		struct filter_error error = {0};
		struct filter *filter;

		random_text(text, (size_t)rand() % 100);
		if (filter_parse(text, &filter, &error) == 0) {
			filter_free(filter);
			matching(snapshot, text);
			matching_processes(snapshot, text);
			matching_devices(snapshot, text);
			good++;
		} else {
			cr_assert_leq(error.column, strlen(text) + 1);
			cr_assert_gt(strlen(error.message), 0);
			bad++;
		}
	}
	cr_assert_gt(good, 1000);
	cr_assert_gt(bad, 1000);
	snapshot_free(snapshot);
}

Test(filter, values_are_whole_numbers_that_fit)
{
	uint64_t value;

	cr_assert(filter_value_bytes("1.5K", &value) && value == 1536);
	cr_assert(filter_value_bytes("16777215T", &value));
	cr_assert_not(filter_value_bytes("16777216T", &value));
	cr_assert_not(filter_value_bytes("", &value));
	cr_assert_not(filter_value_bytes("1.", &value));
	cr_assert_not(filter_value_bytes("K", &value));
	cr_assert(filter_value_number("18446744073709551614", &value));
	cr_assert_not(filter_value_number("18446744073709551615", &value));
	cr_assert_not(filter_value_number("18446744073709551616", &value));
	cr_assert(filter_value_ns("0.25s", &value) && value == 250000000);
	cr_assert(filter_value_address("0xFFFFFFFFFFFFFFFE", &value));
	cr_assert_not(filter_value_address("0x11111111111111111", &value));
	cr_assert_not(filter_value_address("0x", &value));
}
