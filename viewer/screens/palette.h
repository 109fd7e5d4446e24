/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * palette.h - classes of cells to colours, for terminals of 8, 16 and 256 of them; pure.
 */
#ifndef TTATOP_PALETTE_H
#define TTATOP_PALETTE_H

#include <stdbool.h>

#include "grid.h"
#include "settings.h"

struct look {
	short color; /* -1 = the terminal's own */
	bool bold, reverse, dim;
};

/* @colors: how many the terminal has; below 8 there is emphasis alone. */
struct look palette_look(enum palette_id palette, enum attr attr, int colors);

#endif
