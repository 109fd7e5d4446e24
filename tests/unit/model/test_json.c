/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "delta_json.h"
#include "sample_builder.h"
#include "snapshot_json.h"

static struct snapshot *example(void)
{
	struct sample_builder *b = sample_new();
	struct tta_buffer *buffer;
	struct snapshot *snapshot;

	sample_skipped(b, "tta.1.x", EACCES, "Permission denied");
	sample_process(b, 10)->totals_inexact = TTA_INEXACT_BUSY;
	sample_device(b, 0, "tenstorrent", "0xabc");
	sample_geometry(b, TTA_L1, 64, 0x10000);
	buffer = sample_buffer(b, 0, TTA_L1, 0xb000, 4096);
	buffer->label_text = "kv \"cache\"";
	buffer->group = 7;
	buffer->site = UINT64_C(0xffffffffffffff01);
	buffer->bank_size = 64;
	buffer->flags = TTA_SLOT_FLAG_DUP | TTA_SLOT_FLAG_SIZE;
	sample_buffer(b, 1, TTA_DRAM, 0x1000, 10);
	sample_memory(b, 1, TTA_DRAM)->used = TTA_UNKNOWN;
	sample_mark(b, "after close", 5);
	sample_process(b, 20)->verdict = TTA_VERDICT_ORPHAN;
	sample_buffer(b, 1, TTA_DRAM, 0x1000, 10);
	snapshot = sample_snapshot(b);
	sample_delete(b);
	return snapshot;
}

static char *written(const struct snapshot *snapshot, unsigned flags)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	cr_assert_eq(snapshot_write(snapshot, file, flags), 0);
	fclose(file);
	return text;
}

static int loaded(const char *text, struct snapshot **ret_snapshot, char *error)
{
	FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	int err = snapshot_load(file, "x.json", ret_snapshot, error);

	fclose(file);
	return err;
}

Test(json, written_read_and_written_again_is_the_same)
{
	struct snapshot *first = example(), *second = NULL;
	char error[SNAPSHOT_ERROR_SIZE] = "", *before = written(first, 0), *after;

	cr_assert_eq(loaded(before, &second, error), 0, "%s", error);
	after = written(second, 0);
	cr_assert_str_eq(after, before);
	cr_assert_eq(second->processes[0].memory_count, first->processes[0].memory_count);
	cr_assert_eq(second->totals.used, SNAP_UNKNOWN);
	cr_assert_eq(second->totals.orphan_bytes, 10);
	cr_assert_eq(find_buffer(second, 10, 0xb000)->site, UINT64_C(0xffffffffffffff01));
	cr_assert_eq(find_buffer(second, 10, 0xb000)->flags,
		     SNAP_FLAG_DUP | SNAP_FLAG_SIZE);
	cr_assert_eq(find_buffer(second, 20, 0x1000)->process, 1);
	free(before);
	free(after);
	snapshot_free(first);
	snapshot_free(second);
}

Test(json, one_line_is_one_line)
{
	struct snapshot *s = example();
	char *text = written(s, SNAPSHOT_ONE_LINE);

	cr_assert_eq(strchr(text, '\n'), text + strlen(text) - 1);
	free(text);
	snapshot_free(s);
}

Test(json, redacted_documents_tell_no_names_and_stay_readable)
{
	struct snapshot *s = example(), *back = NULL;
	char error[SNAPSHOT_ERROR_SIZE] = "", *text = written(s, SNAPSHOT_REDACT);

	cr_assert_null(strstr(text, "serve.py"));
	cr_assert_null(strstr(text, "\"root\""));
	cr_assert_eq(loaded(text, &back, error), 0, "%s", error);
	cr_assert_str_eq(back->processes[0].user, "");
	snapshot_free(back);
	free(text);
	snapshot_free(s);
}

Test(json, what_is_not_asked_for_is_missing)
{
	struct snapshot *s = example(), *back = NULL;
	char error[SNAPSHOT_ERROR_SIZE], *text = written(s, SNAPSHOT_NO_BUFFERS);

	cr_assert_null(strstr(text, "\"serial\""));
	cr_assert_eq(loaded(text, &back, error), 0);
	cr_assert_not(back->has_buffers);
	snapshot_free(back);
	free(text);
	text = written(s, SNAPSHOT_NO_DEVICES | SNAPSHOT_NO_MARKS);
	cr_assert_null(strstr(text, "\"capacity\""));
	cr_assert_null(strstr(text, "after close"));
	cr_assert_eq(loaded(text, &back, error), -EINVAL);
	cr_assert_str_eq(error, "x.json: 'devices' is missing");
	free(text);
	snapshot_free(s);
}

Test(json, names_that_are_no_utf8_are_still_written)
{
	struct sample_builder *b = sample_new();
	struct snapshot *s, *back = NULL;
	char error[SNAPSHOT_ERROR_SIZE], *text;

	strcpy(sample_process(b, 1)->comm, "bad\xff name");
	s = sample_snapshot(b);
	text = written(s, 0);
	cr_assert_eq(loaded(text, &back, error), 0, "%s", error);
	cr_assert_str_eq(back->processes[0].comm, "bad? name");
	free(text);
	snapshot_free(back);
	snapshot_free(s);
	sample_delete(b);
}

Test(json, broken_files_are_refused_with_the_place)
{
	static const char *const rows[][2] = {
		{"", "x.json: line 1"},
		{"{\n\n,}", "x.json: line 3"},
		{"[]", "'schema' is not ttatop.snapshot"},
		{"{\"schema\":\"ttatop.diff\"}", "'schema' is not ttatop.snapshot"},
		{"{\"schema\":\"ttatop.snapshot\",\"schema_version\":2}",
		 "'schema_version'"},
		{"{\"schema\":\"ttatop.snapshot\",\"schema_version\":1}",
		 "'tool' is missing"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct snapshot *s = NULL;
		char error[SNAPSHOT_ERROR_SIZE] = "";

		/* a file of no bytes needs one to be opened in memory */
		cr_assert_eq(loaded(rows[i][0][0] ? rows[i][0] : " ", &s, error),
			     -EINVAL);
		cr_assert_not_null(strstr(error, rows[i][1]), "%s", error);
	}
}

/* Replace the first @from of a good document and expect to be told @what. */
static void expect_refusal(const char *from, const char *to, const char *what)
{
	struct snapshot *s = example(), *back = NULL;
	char *text = written(s, SNAPSHOT_ONE_LINE), *at = strstr(text, from), *bad;
	char error[SNAPSHOT_ERROR_SIZE] = "";

	cr_assert_not_null(at, "%s", from);
	cr_assert_geq(asprintf(&bad, "%.*s%s%s", (int)(at - text), text, to,
			       at + strlen(from)),
		      0);
	cr_assert_eq(loaded(bad, &back, error), -EINVAL, "%s", from);
	cr_assert_not_null(strstr(error, what), "%s", error);
	free(bad);
	free(text);
	snapshot_free(s);
}

Test(json, every_kind_of_value_is_checked)
{
	expect_refusal("\"pid\":10", "\"pid\":-1",
		       "processes[0]: 'pid' is not a whole number");
	expect_refusal("\"pid\":10", "\"pid\":4294967296", "'pid' is out of range");
	expect_refusal("\"state\":\"orphan\"", "\"state\":\"odd\"",
		       "processes[1]: 'state' is not a state");
	expect_refusal("\"segment\":\"0xa\"", "\"segment\":\"10\"",
		       "'segment' is not a hexadecimal string");
	expect_refusal("\"segment\":\"0xa\"", "\"segment\":\"0x10000000000000000\"",
		       "'segment' is not a hexadecimal string");
	expect_refusal("\"device\":1,", "\"device\":9,", "not in the list of devices");
	expect_refusal("\"exact\":false", "\"exact\":0", "'exact' is not true or false");
	expect_refusal("\"dup\"", "\"dupe\"", "holds something that is no flag");
	expect_refusal("\"time\":\"2026", "\"time\":\"20x6", "is not a time");
	expect_refusal("\"memory\":[", "\"memory\":5,\"_\":[",
		       "'memory' is not an array");
	expect_refusal("\"comm\":\"python\"", "\"comm\":7", "'comm' is not a string");
	expect_refusal("\"id\":0,", "\"id\":1,", "devices[0]: 'id' is not its index");
	expect_refusal("\"buffers\":[{\"segment\":\"0xa\"",
		       "\"buffers\":[{\"segment\":\"0xff\"",
		       "buffers[0]: 'segment' is not in the list of processes");
}

Test(json, deltas_are_written)
{
	struct snapshot *s = example();
	struct delta_query query = {.by = 127, .only = DELTA_SAME};
	struct delta *totals = NULL;
	struct delta_by *delta = NULL;
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	cr_assert_eq(delta_compute(s, s, true, &totals), 0);
	cr_assert_eq(delta_by_compute(s, s, &query, &delta), 0);
	cr_assert_eq(delta_write(totals, delta, &query, "@a", "live", false, file), 0);
	fclose(file);
	cr_assert_not_null(strstr(text, "\"schema\": \"ttatop.diff\""));
	cr_assert_not_null(strstr(text, "\"change\": null")); /* an unknown one */
	cr_assert_not_null(strstr(text, "\"change\": \"same\""));
	cr_assert_not_null(strstr(text, "\"addr\": \"0x"));
	delta_by_free(delta);
	delta_free(totals);
	free(text);
	snapshot_free(s);
}
