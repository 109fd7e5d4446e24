/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * view_fixture.h - a live view of the demo's story without a terminal: press keys, read
 * the frame.
 */
#ifndef TTA_TEST_VIEW_FIXTURE_H
#define TTA_TEST_VIEW_FIXTURE_H

#include "compose.h"
#include "demo_snapshot.h"
#include "screen.h"
#include "state.h"

struct fixture {
	struct demo *demo;
	struct history *history;
	struct event_log *log; /* NULL = events are not read */
	struct view_state state;
	struct grid grid;
};

/* Eight devices, no baseline. */
void open_fixture(struct fixture *fixture, int rows, int cols);
/* On a story of its own, which is then the fixture's. */
void open_fixture_on(struct fixture *fixture, struct demo *demo, int rows, int cols);
void close_fixture(struct fixture *fixture);
/* As the live view does: react with new rows. */
unsigned press(struct view_state *state, uint32_t key);
void type(struct view_state *state, const char *text);
/* The same; j is Down. */
void walk(struct view_state *state, const char *keys);
/* On the process screen. */
uint32_t selected_pid(const struct view_state *state);
/* All of the frame in one string. */
const char *frame(struct fixture *fixture);

#endif
