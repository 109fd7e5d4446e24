/* SPDX-License-Identifier: BSD-2-Clause */
#include "csv_table.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "csv_text.h"

static void print_title(FILE *file, const char *title)
{
	for (title += *title == '>'; *title; title++)
		fputc(tolower((unsigned char)*title), file);
}

int csv_table_print(const struct text_table *table, FILE *file, bool header)
{
	if (table->failed)
		return -ENOMEM;
	for (size_t i = 0; header && i < table->columns; i++) {
		print_title(file, table->titles[i]);
		fputc(i + 1 < table->columns ? ',' : '\n', file);
	}
	for (size_t i = 0; i < table->count; i++) {
		if (strcmp(table->cells[i], "?") != 0)
			csv_put(file, table->cells[i]);
		fputc((i + 1) % table->columns ? ',' : '\n', file);
	}
	return 0;
}
