/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sampler.h - snapshots of now, as the options select them, and their history.
 */
#ifndef TTATOP_SAMPLER_H
#define TTATOP_SAMPLER_H

#include <tta/reader.h>

#include "event_feed.h"
#include "history.h"
#include "options.h"
#include "snapshot.h"

struct sampler {
	struct tta_reader *reader;
	struct arena_pool *pool; /* of all snapshots that are sampled */
	const struct selection *selection;
	struct history *history;
	struct event_feed *feed; /* NULL: nobody looks at events */
	struct snapshot *all;	 /* `now` before the selection; the feed borrows it */
	struct snapshot *now;	 /* the newest, NULL before the first */
	struct snapshot *base;	 /* may be the newest as well */
};

/* 0 or -errno of the directory. */
int sampler_open(struct sampler *sampler, const struct options *options);
void sampler_close(struct sampler *sampler);
/* From now on with events: what the rings hold, and what comes. 0 or -errno. */
int sampler_follow_events(struct sampler *sampler);
/* Between samples; with @hold no rows come of it yet. 0 or -errno. */
int sampler_read_events(struct sampler *sampler, bool hold);
/* NULL without. */
const struct event_log *sampler_events(const struct sampler *sampler);
/* Replace `now`; it stays as it was on failure. 0 or -errno. */
int sampler_sample(struct sampler *sampler);
/* `now` becomes the baseline, or the snapshot given, which is then owned. */
void sampler_set_base(struct sampler *sampler, struct snapshot *base);

#endif
