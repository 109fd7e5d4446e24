/* SPDX-License-Identifier: BSD-2-Clause */
#include "runner_state.h"

#define LOOK_APART_NS (RUNNER_NS / 10)
#define SETTLE_MAX_NS (30 * RUNNER_NS)

/* Sleep until @end_ns whatever children do; false when told to end. */
static bool sleep_through(struct runner *runner, uint64_t end_ns)
{
	while (runner->interrupted == 0 && runner_now_ns() < end_ns)
		runner_sleep(runner, end_ns);
	return runner->interrupted == 0;
}

static enum runner_settled until_still(struct runner *runner,
				       int (*look)(void *arg,
						   struct runner_look *ret_look),
				       void *arg)
{
	uint64_t end = runner_now_ns() + SETTLE_MAX_NS;
	struct runner_look before, now;

	if (look(arg, &before))
		return RUNNER_STOPPED;
	for (;;) {
		if (!sleep_through(runner, runner_now_ns() + LOOK_APART_NS) ||
		    look(arg, &now))
			return RUNNER_STOPPED;
		if (!now.busy && !before.busy && now.signature == before.signature)
			return RUNNER_SETTLED;
		if (runner_now_ns() >= end)
			return RUNNER_UNSETTLED;
		before = now;
	}
}

enum runner_settled runner_settle(struct runner *runner, double seconds,
				  int (*look)(void *arg, struct runner_look *ret_look),
				  void *arg)
{
	struct runner_look last;

	if (runner->interrupted)
		return RUNNER_STOPPED;
	if (seconds < 0)
		return until_still(runner, look, arg);
	if (!sleep_through(runner,
			   runner_now_ns() + (uint64_t)(seconds * (double)RUNNER_NS)))
		return RUNNER_STOPPED;
	return look(arg, &last) ? RUNNER_STOPPED : RUNNER_SETTLED;
}
