/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peers.c - entering peers into a contest.
 */
#include <errno.h>
#include <math.h>

#include "limit.h"
#include "peers.h"

static int atomic_open(const struct plan *plan, struct loop *loop, char why[TEXT_SIZE])
{
	(void)plan;
	(void)why;
	loop->run = limit_atomic_add;
	loop->state = limit_memory_new();
	loop->events = 1;
	return loop->state ? 0 : -ENOMEM;
}

const struct peer peer_atomic_add = {.name = "atomic_add", .open = atomic_open};

void entrants_open(struct entrant *entrants, unsigned count, struct contest *contest)
{
	for (unsigned i = 0; i < count; i++) {
		struct loop loop = {0};

		entrants[i].err =
			entrants[i].peer->open(contest->plan, &loop, entrants[i].why);
		if (!entrants[i].err)
			entrants[i].loop = contest_add(contest, loop);
	}
}

void entrants_close(struct entrant *entrants, unsigned count,
		    const struct contest *contest, struct row_result *result)
{
	for (unsigned i = 0; i < count; i++) {
		struct entrant *e = &entrants[i];
		struct peer_result *peer;

		peer = result_peer(result, e->peer->name,
				   e->err ? NAN : contest->stats[e->loop].median, e->why);
		peer->bound = e->bound;
		peer->missing = e->err == -ENOENT;
		if (e->peer->close)
			e->peer->close();
	}
}
