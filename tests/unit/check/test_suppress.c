/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "suppress.h"

static char error[SUPPRESS_ERROR_SIZE];

static int read_text(const char *text, struct suppressions *list)
{
	FILE *file = fmemopen((char *)(uintptr_t)text, strlen(text), "r");
	int err;

	cr_assert_not_null(file);
	error[0] = '\0';
	err = suppressions_read(file, "rules", list, error);
	fclose(file);
	return err;
}

static bool matches(const char *line, struct check_key key)
{
	struct suppressions list;
	bool found;

	cr_assert_eq(read_text(line, &list), 0, "%s: %s", line, error);
	found = suppressions_find(&list, &key) != NULL;
	suppressions_free(&list);
	return found;
}

static const struct check_key cq = {"", "", 3, "DRAM", 24576, "cq_dispatch"};
static const struct check_key bare = {"tt", "x", 0, "L1", SNAP_UNKNOWN, ""};

Test(suppress, every_term_must_match)
{
	cr_assert(matches("leak:label=cq_* dev=* type=DRAM size<=24K", cq));
	cr_assert(matches("leak:label=cq_*", cq));
	cr_assert(matches("leak:type=dram", cq));
	cr_assert_not(matches("leak:label=cq", cq));
	cr_assert_not(matches("leak:label=cq_* type=L1", cq));
	cr_assert_not(matches("leak:label=", cq));
	cr_assert(matches("leak:label= type=L1", bare));
}

Test(suppress, devices_are_numbers_kinds_or_patterns)
{
	cr_assert(matches("leak:dev=0,2-5", cq));
	cr_assert_not(matches("leak:dev=0-2", cq));
	cr_assert(matches("leak:dev=3", cq));
	cr_assert(matches("leak:dev=tt:0", bare));
	cr_assert(matches("leak:dev=tt:*", bare));
	cr_assert_not(matches("leak:dev=tt:*", cq));
}

Test(suppress, sizes_compare_and_unknown_is_no_size)
{
	static const struct {
		const char *term;
		bool sized, unknown;
	} rows[] = {
		{"size=24K", true, false},     {"size!=24K", false, true},
		{"size<24577", true, false},   {"size<=24575", false, false},
		{"size>24575", true, false},   {"size>=24577", false, false},
		{"size=unknown", false, true}, {"size!=unknown", true, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char line[64];

		snprintf(line, sizeof(line), "leak:%s", rows[i].term);
		cr_assert_eq(matches(line, cq), rows[i].sized, "%s", line);
		cr_assert_eq(matches(line, bare), rows[i].unknown, "%s", line);
	}
}

Test(suppress, comments_and_blank_lines_say_nothing)
{
	struct suppressions list;

	cr_assert_eq(read_text("# a\n\n  \t\n  leak:dev=1\r\nleak:dev=2", &list), 0);
	cr_assert_eq(list.count, 2);
	cr_assert_eq(list.list[1].line, 5);
	cr_assert_str_eq(list.list[0].text, "leak:dev=1");
	suppressions_free(&list);
}

Test(suppress, a_line_that_says_nothing_known_is_named)
{
	static const char *const wrong[] = {
		"label=x",	     "leak:",	      "leak:x=1",   "leak:label<x",
		"leak:size",	     "leak:size<=x",  "leak:dev=x", "leak:dev=1-",
		"leak:size<unknown", "leak:label=a b"};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct suppressions list;
		char text[64];

		snprintf(text, sizeof(text), "leak:dev=1\n%s\n", wrong[i]);
		cr_assert_eq(read_text(text, &list), -EINVAL, "%s", wrong[i]);
		cr_assert_eq(strncmp(error, "rules:2: ", 9), 0, "%s", error);
	}
}

static char *written(const struct check_key *key, const char *devices)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	suppression_print(key, devices, file);
	fclose(file);
	return text;
}

Test(suppress, what_is_written_matches_what_it_was_written_for)
{
	static const char *const labels[] = {"plain",  "",     "a b\tc", "*",
					     "[x]?\\", "ü<&>", "#"};

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		struct check_key key = {"", "", 3, "my type", 77, labels[i]};
		struct check_key other = {"", "", 3, "my type", 77, "other"};
		char *text = written(&key, "0-3");

		cr_assert(matches(text, key), "%s", text);
		cr_assert_not(matches(text, other), "%s", text);
		free(text);
	}
}
