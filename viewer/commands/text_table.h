/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * text_table.h - aligned columns of plain text.
 */
#ifndef TTATOP_TEXT_TABLE_H
#define TTATOP_TEXT_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#define TEXT_TABLE_COLUMNS 16

struct text_table {
	size_t columns;
	const char *const *titles; /* one beginning with '>' aligns to the right */
	char **cells;
	size_t count;
	bool failed; /* out of memory */
};

/* The next cell, row by row. Control characters become '?'. */
void text_table_add(struct text_table *table, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));
/* Names come from strangers: nothing of them may command a terminal. */
void strip_controls(char *text);
/* 0 or -ENOMEM; write errors stay in @file. */
int text_table_print(const struct text_table *table, FILE *file, bool header);
void text_table_fini(struct text_table *table);

#endif
