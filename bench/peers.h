/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peers.h - other ways to say the same, run beside ours.
 */
#ifndef TTA_BENCH_PEERS_H
#define TTA_BENCH_PEERS_H

#include "measure.h"

struct peer {
	const char *name; /* as in the JSON */
	/*
	 * Prepares a loop. 0; -ENOENT: not installed; else it failed. @why is set in
	 * both cases. What it starts ends with the row's process at the latest.
	 */
	int (*open)(const struct plan *plan, struct loop *loop, char why[TEXT_SIZE]);
	void (*close)(void); /* NULL: nothing to do */
};

extern const struct peer peer_atomic_add;
extern const struct peer peer_mutex_table;
extern const struct peer peer_unix_socket;
extern const struct peer peer_shared_region;
extern const struct peer peer_mmv_inc;
extern const struct peer peer_lttng_ust;
extern const struct peer peer_lttng_ust_off;

/* A peer in a contest: opened or not, and the bound that it sets. */
struct entrant {
	const struct peer *peer;
	double bound; /* ours <= bound x peer; 0 = only shown */
	int err;
	unsigned loop;
	char why[TEXT_SIZE];
};

void entrants_open(struct entrant *entrants, unsigned count, struct contest *contest);
/* After contest_run(). */
void entrants_close(struct entrant *entrants, unsigned count,
		    const struct contest *contest, struct row_result *result);

#endif
