/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mouse.h - what a mouse did, and what that means.
 */
#ifndef TTATOP_MOUSE_H
#define TTATOP_MOUSE_H

#include "state.h"

struct mouse_event {
	enum { MOUSE_CLICK, MOUSE_DOUBLE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN } what;
	int row, col;
};

/* As a key would: returns a set of enum reaction. */
unsigned view_mouse(struct view_state *state, const struct mouse_event *event);

#endif
