/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * csv_text.h - one cell of comma-separated values, the same in every command.
 */
#ifndef TTATOP_CSV_TEXT_H
#define TTATOP_CSV_TEXT_H

#include <stdio.h>

/* Quoted when it holds a separator, or a spreadsheet would take it for a formula; control
 * characters become '?'. */
void csv_put(FILE *file, const char *text);

#endif
