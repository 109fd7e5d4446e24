/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * csv.h - the screens' tables for programs: exact numbers, nothing for unknown.
 */
#ifndef TTATOP_CSV_H
#define TTATOP_CSV_H

#include <stdio.h>

#include "state.h"

/* Column keys unless --no-header, then every row; ages in nanoseconds. 0 or -errno. */
int csv_print(FILE *file, const struct view_state *state);

#endif
