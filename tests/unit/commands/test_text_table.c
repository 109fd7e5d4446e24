/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "text_table.h"

static const char *const titles[] = {">PID", "NAME", "LAST"};

static char *printed(const struct text_table *table, bool header)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	cr_assert_eq(text_table_print(table, file, header), 0);
	fclose(file);
	return text;
}

Test(text_table, columns_are_aligned_by_characters)
{
	struct text_table table = {.columns = 3, .titles = titles};
	char *text;

	text_table_add(&table, "%d", 1);
	text_table_add(&table, "j\xc3\xa4nner");
	text_table_add(&table, "x");
	text_table_add(&table, "%d", 12345);
	text_table_add(&table, "b");
	text_table_add(&table, "y");
	text = printed(&table, true);
	cr_assert_str_eq(text, "  PID  NAME    LAST\n"
			       "    1  j\xc3\xa4nner  x\n"
			       "12345  b       y\n");
	free(text);
	text = printed(&table, false);
	cr_assert_eq(text[4], '1');
	free(text);
	text_table_fini(&table);
}

Test(text_table, nothing_in_a_cell_commands_the_terminal)
{
	struct text_table table = {.columns = 3, .titles = titles};
	char *text;

	text_table_add(&table, "1");
	text_table_add(&table, "a\x1b[31mb\n\x7f");
	text_table_add(&table, "\xc2\x9b");
	text = printed(&table, false);
	cr_assert_str_eq(text, "1  a?[31mb??  ??\n");
	free(text);
	text_table_fini(&table);
}
