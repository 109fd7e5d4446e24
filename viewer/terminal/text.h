/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * text.h - the screens' tables as plain text, without a terminal.
 */
#ifndef TTATOP_TEXT_H
#define TTATOP_TEXT_H

#include <stdio.h>

#include "options.h"
#include "state.h"

/* One block: totals and header unless --no-header, then every row. 0 or -errno. */
int text_print(FILE *file, const struct view_state *state);
/* @count blocks (-1 = without end), options->delay apart; returns the exit code. */
int text_run(const struct options *options, long count);

#endif
