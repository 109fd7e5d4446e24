/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * header.h - the lines that all screens share: title, totals, baseline, tabs, key bar.
 */
#ifndef TTATOP_HEADER_H
#define TTATOP_HEADER_H

#include "grid.h"
#include "state.h"

void header_title(const struct view_state *state, struct grid *grid, struct rect line);
/* "all DRAM 34.0G/96.0G  L1 181M/744M  ..." over all devices. */
void header_totals(const struct view_state *state, struct grid *grid, struct rect line);
/* The past in one line, and the baseline. */
void header_base(const struct view_state *state, struct grid *grid, struct rect line);
void header_tabs(const struct view_state *state, struct grid *grid, struct rect line);
/* The keys that work now, or the text being typed. */
void header_bar(const struct view_state *state, struct grid *grid, struct rect line);
/* Local time of day, "12:34:56". */
const char *header_clock(char text[16], uint64_t realtime_ns);

/* What a click there means: a screen (-1 = none), a key (KC_NONE = none). */
int header_tab_at(const struct view_state *state, int col);
uint32_t header_bar_at(const struct view_state *state, int col);

#endif
