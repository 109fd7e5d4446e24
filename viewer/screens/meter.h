/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * meter.h - how full memory is: bars, stacked by type, and the device meters made of
 * them.
 */
#ifndef TTATOP_METER_H
#define TTATOP_METER_H

#include "grid.h"
#include "layout.h"
#include "state.h"

/* Fill @bar with @cells of '|' and blanks; anything above zero shows at least one. */
void meter_bar(char *bar, int cells, uint64_t used, uint64_t capacity);
/* The devices above a table, as the layout says. */
void meter_draw(const struct view_state *state, const struct layout *layout,
		struct grid *grid);

#endif
