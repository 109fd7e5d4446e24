/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * delta_summary.h - the lines above the delta screen's rows: the baseline, what changed
 * on which device in which memory, and how it came.
 */
#ifndef TTATOP_DELTA_SUMMARY_H
#define TTATOP_DELTA_SUMMARY_H

#include "grid.h"
#include "state.h"

int delta_summary_lines(const struct view_state *state);
void delta_summary_draw(const struct view_state *state, struct grid *grid,
			struct rect area);

#endif
