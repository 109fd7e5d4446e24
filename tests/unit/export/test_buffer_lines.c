/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "buffer_lines.h"
#include "sample_builder.h"

static struct snapshot *machine(void)
{
	struct sample_builder *b = sample_new();
	struct tta_buffer *buffer;
	struct snapshot *snapshot;

	strcpy(sample_process(b, 10)->comm, "=cmd;x");
	sample_device(b, 2, "tenstorrent", "");
	buffer = sample_buffer(b, 2, TTA_DRAM, 0x1000, 100);
	buffer->label_text = "kv \"a\", b";
	buffer->flags = TTA_SLOT_FLAG_DUP | TTA_SLOT_FLAG_SIZE;
	buffer->group = 9;
	sample_buffer(b, 2, TTA_DRAM, 0x2000, 11)->label_text = "kv \"a\", b";
	sample_buffer(b, 2, TTA_L1, 0x1000, TTA_UNKNOWN);
	sample_process(b, 20)->verdict = TTA_VERDICT_ORPHAN;
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 5);
	snapshot = sample_snapshot(b);
	sample_delete(b);
	return snapshot;
}

static char *csv(const struct snapshot *snapshot, bool header)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	cr_assert_eq(buffer_lines_csv(snapshot, header, file), 0);
	fclose(file);
	return text;
}

Test(buffer_lines, csv_has_a_column_for_all_that_is_known)
{
	struct snapshot *s = machine();
	char *text = csv(s, false), *with = csv(s, true);
	const char *line = strstr(text, "0xa,10,");

	cr_assert(line && strncmp(line,
				  "0xa,10,\"=cmd;x\",root,live,2,tenstorrent,DRAM,0x1000,"
				  "100,,0x1,1,0,1,0,2026-01-05T12:34:51.123456789Z,"
				  "5000000000,\"kv \"\"a\"\", b\",0x9,,dup+size\n",
				  strlen("0xa,10,\"=cmd;x\",root,live,2,tenstorrent,DRAM,"
					 "0x1000,100,,0x1,1,0,1,0,")) == 0,
		  "%s", text);
	cr_assert(strstr(text, "5000000000,\"kv \"\"a\"\", b\",0x9,,dup+size\n"), "%s",
		  text);
	cr_assert(strstr(text, ",L1,0x1000,,,"), "unknown is empty: %s", text);
	cr_assert(strstr(text, ",orphan,0,,DRAM,"), "%s", text);
	cr_assert_str_eq(strchr(with, '\n') + 1, text);
	cr_assert(strncmp(with, "segment,pid,comm,", 17) == 0);
	free(text);
	free(with);
	snapshot_free(s);
}

Test(buffer_lines, every_line_has_as_many_cells_as_titles)
{
	struct snapshot *s = machine();
	char *text = csv(s, true);
	unsigned expected = 0, cells = 1;
	bool quoted = false;

	for (const char *c = text; *c; c++) {
		quoted ^= *c == '"';
		cells += *c == ',' && !quoted;
		if (*c != '\n')
			continue;
		expected = expected ? expected : cells;
		cr_assert_eq(cells, expected, "%s", text);
		cells = 1;
	}
	cr_assert_eq(expected, 22);
	free(text);
	snapshot_free(s);
}

Test(buffer_lines, equal_stacks_are_folded_into_one)
{
	struct snapshot *s = machine();
	char *text = NULL;
	size_t size, unknown = 0;
	FILE *file = open_memstream(&text, &size);

	cr_assert_eq(buffer_lines_folded(s, file, &unknown), 0);
	fclose(file);
	cr_assert_str_eq(text, "=cmd,x 10;dev tenstorrent:2;DRAM;kv \"a\", b 111\n"
			       "python 20;dev 0;DRAM;(no label) 5\n");
	cr_assert_eq(unknown, 1);
	free(text);
	snapshot_free(s);
}
