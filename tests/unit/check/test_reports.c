/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "sample_builder.h"

struct fixture {
	struct check_book book;
	struct check_limits limits;
	struct suppressions none;
	struct check_report report;
};

/* Two looks: nothing, then the same buffer on devices 0 to 2, with a hostile label. */
static void make(struct fixture *f, char **command, const char *label)
{
	struct sample_builder *builder = sample_new();
	struct snapshot *snapshot = sample_snapshot(builder);

	cr_assert_eq(check_book_open(&f->book, "r"), 0);
	cr_assert_eq(check_book_look(&f->book, snapshot), 0);
	snapshot_free(snapshot);
	strcpy(sample_process(builder, 5)->run_id, "r");
	for (uint32_t device = 0; device < 3; device++) {
		struct tta_buffer *buffer =
			sample_buffer(builder, device, TTA_DRAM, 0x1000, 4096);

		buffer->label_text = label;
		buffer->site = 0x4010ab;
	}
	snapshot = sample_snapshot(builder);
	cr_assert_eq(check_book_look(&f->book, snapshot), 0);
	snapshot_free(snapshot);
	sample_delete(builder);
	f->report.command = command;
	f->report.run_id = "check-1";
	cr_assert_eq(check_judge(&f->book, &f->limits, &f->none, false, &f->report), 0);
}

static char *printed(const struct check_report *report,
		     int (*print)(const struct check_report *report, FILE *file))
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	cr_assert_eq(print(report, file), 0);
	fclose(file);
	return text;
}

static int print_text(const struct check_report *report, FILE *file)
{
	struct check_text_style style = {.file = file};

	check_text_begin(report, style);
	return check_text_end(report, style);
}

static void expect(const char *text, const char *part)
{
	cr_assert_not_null(strstr(text, part), "no '%s' in:\n%s", part, text);
}

Test(reports, text_merges_devices_that_are_alike)
{
	char name[] = "a\033[2Jb", bytes[] = "\xff";
	char *command[] = {name, bytes, NULL};
	struct fixture f = {0};
	char *text;

	make(&f, command, "kv");
	text = printed(&f.report, print_text);
	expect(text, "run id check-1   command: a?[2Jb ?\n");
	expect(text,
	       "GROWING   dev 0-2  DRAM   4.00K  kv  +12.0K, +3 buffers, +3 refs per "
	       "run  0x1000  allocated 1x, freed 0x  site 0x4010ab\n");
	expect(text, "per run: +4.00K DRAM on each of dev 0-2\n");
	expect(text, "check: FAIL  residue grew in 3 classes over 1 run   exit 1\n");
	free(text);
	check_book_close(&f.book);
}

Test(reports, junit_escapes_what_xml_does_not_allow)
{
	char name[] = "<&>\"\x01\xff";
	char *command[] = {name, NULL};
	struct fixture f = {0};
	char *text;

	make(&f, command, "<a&b>\"\xef\xbf\xbe");
	text = printed(&f.report, check_junit_write);
	expect(text,
	       "<testsuite name=\"&lt;&amp;&gt;&quot;??\" tests=\"4\" failures=\"3\"");
	expect(text, "name=\"dev 0 DRAM 4096 &lt;a&amp;b&gt;&quot;?\"");
	expect(text, "bytes: 0 4096\n");
	free(text);
	check_book_close(&f.book);
}

Test(reports, json_has_the_figures)
{
	char name[] = "cmd";
	char *command[] = {name, NULL};
	struct fixture f = {0};
	char *text;

	make(&f, command, "kv");
	text = printed(&f.report, check_json_write);
	expect(text, "\"schema\": \"ttatop.check\"");
	expect(text, "\"site\": \"0x4010ab\"");
	expect(text, "\"verdict\": \"growing\"");
	expect(text, "\"exit_code\": 1");
	free(text);
	check_book_close(&f.book);
}

Test(reports, suppressions_are_one_line_for_devices_that_are_alike)
{
	char name[] = "cmd";
	char *command[] = {name, NULL};
	struct fixture f = {0};
	char *text;

	make(&f, command, "kv");
	text = printed(&f.report, check_text_suppressions);
	cr_assert_str_eq(text, "# growing\nleak:label=kv dev=0-2 type=DRAM size=4096\n");
	free(text);
	check_book_close(&f.book);
}
