/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_manual.c - the manual pages have the keys and settings of the tables, with the
 * same words. UPDATE_GOLDEN=1 writes these parts anew.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keymap.h"
#include "settings.h"

#define PAGE_BYTES (128 * 1024)

struct page {
	char text[PAGE_BYTES];
	char *begin, *end; /* of the part that is made */
};

static void load(struct page *page, const char *path, const char *begin, const char *end)
{
	FILE *file = fopen(path, "re");
	size_t length;

	cr_assert(file, "%s", path);
	length = fread(page->text, 1, PAGE_BYTES - 1, file);
	fclose(file);
	page->text[length] = '\0';
	page->begin = strstr(page->text, begin);
	page->end = strstr(page->text, end);
	cr_assert(page->begin && page->end, "%s: no marks", path);
	page->begin = strchr(page->begin, '\n') + 1;
}

static void save(const struct page *page, const char *path, const char *part)
{
	FILE *file = fopen(path, "we");

	cr_assert(file, "%s", path);
	fwrite(page->text, 1, (size_t)(page->begin - page->text), file);
	fputs(part, file);
	fputs(page->end, file);
	cr_assert_eq(fclose(file), 0);
}

static void check(const char *path, const char *begin, const char *end, const char *part)
{
	static struct page page;
	size_t length = strlen(part);

	load(&page, path, begin, end);
	if (getenv("UPDATE_GOLDEN")) {
		save(&page, path, part);
		return;
	}
	cr_assert((size_t)(page.end - page.begin) == length &&
			  memcmp(page.begin, part, length) == 0,
		  "%s is not what the table says: UPDATE_GOLDEN=1 writes it anew", path);
}

/* What mdoc would take for something else. */
static void put_text(FILE *file, const char *text)
{
	for (; *text; text++)
		fputs(*text == '\\' ? "\\e" : (char[]){*text, '\0'}, file);
}

static void put_binding(FILE *file, const struct binding *binding)
{
	char name[KEYMAP_NAME_SIZE];

	for (size_t i = 0; i < KEYMAP_KEYS && binding->keys[i]; i++) {
		fputs(i ? " , \\&" : ".It Cm \\&", file);
		put_text(file, keymap_name(name, binding->keys[i]));
	}
	fputc('\n', file);
	put_text(file, binding->help);
	fputc('\n', file);
}

Test(manual, has_every_key_with_the_words_of_the_help)
{
	size_t count, length;
	const struct binding *bindings = keymap_bindings(&count);
	char *part;
	FILE *file = open_memstream(&part, &length);

	fputs(".Bl -tag -width Backspace\n", file);
	for (size_t i = 0; i < count; i++)
		put_binding(file, &bindings[i]);
	fputs(".El\n", file);
	fclose(file);
	check(MANUALS "/ttatop.1", ".\\\" keymap.def begins", ".\\\" keymap.def ends",
	      part);
	free(part);
}

Test(manual, has_every_setting_with_the_words_of_the_setup_screen)
{
	char name[SETTING_NAME_SIZE], *part;
	size_t length;
	FILE *file = open_memstream(&part, &length);

	fputs(".Bl -tag -width Ds\n", file);
	for (size_t i = 0; i < settings_count(); i++)
		fprintf(file, ".It Cm %s\n%s\n", settings_name(i, name),
			settings_help(i));
	fputs(".El\n", file);
	fclose(file);
	check(MANUALS "/ttatop.conf.5", ".\\\" settings begin", ".\\\" settings end",
	      part);
	free(part);
}
