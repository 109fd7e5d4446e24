/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compose.h - one complete frame of the live view, at any size.
 */
#ifndef TTATOP_COMPOSE_H
#define TTATOP_COMPOSE_H

#include "grid.h"
#include "state.h"

/*
 * Draw what @state shows into @grid, whose size must be the one that view_resize() got.
 * Rows are as view_update() or view_rows() left them: nothing is sorted here.
 */
void compose(struct grid *grid, const struct view_state *state);

#endif
