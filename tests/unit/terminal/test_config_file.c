/* SPDX-License-Identifier: BSD-2-Clause */
/* test_config_file.c - lines of a configuration, read and written, whatever is in them.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_file.h"

struct fixture {
	char folder[64], path[96], read[4096];
};

static void open_fixture(struct fixture *fixture)
{
	*fixture = (struct fixture){.folder = "/tmp/tta-config-XXXXXX"};
	cr_assert(mkdtemp(fixture->folder));
	snprintf(fixture->path, sizeof(fixture->path), "%s/config", fixture->folder);
}

static void close_fixture(struct fixture *fixture)
{
	unlink(fixture->path);
	cr_assert_eq(rmdir(fixture->folder), 0, "something else is left");
}

static void put(struct fixture *fixture, const char *text, size_t size)
{
	FILE *file = fopen(fixture->path, "we");

	cr_assert(file);
	fwrite(text, 1, size, file);
	cr_assert_eq(fclose(file), 0);
}

static const char *get(struct fixture *fixture)
{
	FILE *file = fopen(fixture->path, "re");
	size_t size;

	cr_assert(file);
	size = fread(fixture->read, 1, sizeof(fixture->read) - 1, file);
	fixture->read[size] = '\0';
	fclose(file);
	return fixture->read;
}

/* "2:key=value;" of each line, "3:?;" of those without sense. */
static void note(void *arg, const struct config_line *line)
{
	char *text = arg;
	size_t used = strlen(text);

	if (line->key)
		snprintf(text + used, 4096 - used, "%u:%.20s=%.20s;", line->number,
			 line->key, line->value);
	else
		snprintf(text + used, 4096 - used, "%u:?;", line->number);
}

static void expect(const char *text, size_t size, const char *lines)
{
	struct fixture fixture;
	char found[4096] = "";

	open_fixture(&fixture);
	put(&fixture, text, size);
	cr_assert_eq(config_file_read(fixture.path, note, found), 0);
	cr_assert_str_eq(found, lines);
	close_fixture(&fixture);
}

#define EXPECT(text, lines) expect(text, sizeof(text) - 1, lines)

Test(config_file, finds_keys_values_and_nonsense)
{
	EXPECT("", "");
	EXPECT("a=1", "1:a=1;");
	EXPECT("  a  =  1 2  \n\n# c = 3\n\tb=\n", "1:a=1 2;4:b=;");
	EXPECT("a = 1 # one\nb = x#y\n#\n   # d = 1\n", "1:a=1;2:b=x#y;");
	EXPECT("nonsense\n= 1\na == 2\n", "1:?;2:=1;3:a== 2;");
	EXPECT("key # = 1\n", "1:?;");
	EXPECT("a = 1\r\nb = 2\r\n", "1:a=1;2:b=2;");
	EXPECT("a\0 = 1\nb = 2\n", "1:?;2:b=2;");
}

Test(config_file, a_line_that_is_too_long_makes_no_sense)
{
	static char text[3000];

	memset(text, 'x', sizeof(text));
	memcpy(text, "a = ", 4);
	memcpy(text + 2990, "\nb = 2\n", 7);
	expect(text, 2997, "1:?;2:b=2;");
}

Test(config_file, what_is_no_file_is_refused_at_once)
{
	struct fixture fixture;
	char found[4096] = "";

	open_fixture(&fixture);
	cr_assert_eq(config_file_read(fixture.path, note, found), -ENOENT);
	cr_assert_eq(config_file_read(fixture.folder, note, found), -EINVAL);
	cr_assert_eq(config_file_read("/dev/null", note, found), -EINVAL);
	cr_assert_eq(mkfifo(fixture.path, 0600), 0);
	cr_assert_eq(config_file_read(fixture.path, note, found), -EINVAL);
	close_fixture(&fixture);
}

static const char *new_value(void *arg, const char *key)
{
	(void)arg;
	return strcmp(key, "a") == 0 ? "new" : NULL;
}

static void nothing_missing(void *arg, FILE *file)
{
	fputs(arg, file);
}

Test(config_file, writing_changes_values_alone)
{
	static char end[] = "z = 9\n";
	const struct config_source source = {new_value, nothing_missing, end};
	struct fixture fixture;

	open_fixture(&fixture);
	cr_assert_eq(config_file_write(fixture.path, &source), 0);
	cr_assert_str_eq(get(&fixture), "z = 9\n");
	put(&fixture, "# a = 1\n\n a=1 # why\nb\t=  2 \nrubbish", 35);
	cr_assert_eq(config_file_write(fixture.path, &source), 0);
	cr_assert_str_eq(get(&fixture),
			 "# a = 1\n\na = new  # why\nb\t=  2 \nrubbish\nz = 9\n");
	close_fixture(&fixture);
}

Test(config_file, writing_leaves_what_it_does_not_understand)
{
	static char text[3000], end[] = "";
	const struct config_source source = {new_value, nothing_missing, end};
	struct fixture fixture;

	memset(text, 'a', sizeof(text));
	text[0] = '#';
	text[100] = '\0';
	memcpy(text + 2990, "\n\0a = 1\n", 8);
	open_fixture(&fixture);
	put(&fixture, text, 2998);
	cr_assert_eq(config_file_write(fixture.path, &source), 0);
	get(&fixture);
	cr_assert_eq(memcmp(fixture.read, text, 2998), 0);
	cr_assert_eq(fixture.read[2998], '\0');
	close_fixture(&fixture);
}
