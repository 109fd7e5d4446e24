/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * csv_table.h - a text table as comma-separated values: unknown cells ("?") are empty.
 */
#ifndef TTATOP_CSV_TABLE_H
#define TTATOP_CSV_TABLE_H

#include "text_table.h"

/* Titles in lower case. 0 or -ENOMEM; write errors stay in @file. */
int csv_table_print(const struct text_table *table, FILE *file, bool header);

#endif
