/* SPDX-License-Identifier: BSD-2-Clause */
#include "text_table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void strip_controls(char *text)
{
	for (unsigned char *c = (unsigned char *)text; *c; c++) {
		if (*c < 0x20 || *c == 0x7f)
			*c = '?';
		else if (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0) /* C1, in UTF-8 */
			c[0] = c[1] = '?';
	}
}

void text_table_add(struct text_table *table, const char *format, ...)
{
	char **grown = reallocarray(table->cells, table->count + 1, sizeof(*grown));
	va_list args;
	char *text;
	int length;

	if (grown)
		table->cells = grown;
	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (!grown || length < 0) {
		if (length >= 0)
			free(text);
		table->failed = true;
		return;
	}
	strip_controls(text);
	grown[table->count++] = text;
}

/* Characters, not bytes. */
static size_t width(const char *text)
{
	size_t cells = 0;

	for (; *text; text++)
		cells += ((unsigned char)*text & 0xc0) != 0x80;
	return cells;
}

static const char *title(const struct text_table *table, size_t column)
{
	const char *text = table->titles[column];

	return text[0] == '>' ? text + 1 : text;
}

static void find_widths(const struct text_table *table, bool header,
			size_t widths[TEXT_TABLE_COLUMNS])
{
	for (size_t i = 0; i < table->columns; i++)
		widths[i] = header ? width(title(table, i)) : 0;
	for (size_t i = 0; i < table->count; i++) {
		size_t cells = width(table->cells[i]);

		if (cells > widths[i % table->columns])
			widths[i % table->columns] = cells;
	}
}

static void print_cell(const struct text_table *table, size_t column, const char *text,
		       size_t cells, FILE *file)
{
	bool last = column + 1 == table->columns;
	int padding = (int)(cells - width(text));

	if (table->titles[column][0] == '>')
		fprintf(file, "%*s%s", padding, "", text);
	else
		fprintf(file, "%s%*s", text, last ? 0 : padding, "");
	fputs(last ? "\n" : "  ", file);
}

int text_table_print(const struct text_table *table, FILE *file, bool header)
{
	size_t widths[TEXT_TABLE_COLUMNS];

	if (table->failed)
		return -ENOMEM;
	find_widths(table, header, widths);
	for (size_t i = 0; header && i < table->columns; i++)
		print_cell(table, i, title(table, i), widths[i], file);
	for (size_t i = 0; i < table->count; i++)
		print_cell(table, i % table->columns, table->cells[i],
			   widths[i % table->columns], file);
	return 0;
}

void text_table_fini(struct text_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->cells[i]);
	free(table->cells);
	table->cells = NULL;
	table->count = 0;
}
