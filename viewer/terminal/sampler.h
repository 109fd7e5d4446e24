/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sampler.h - snapshots of now, as the options select them, and their history.
 */
#ifndef TTATOP_SAMPLER_H
#define TTATOP_SAMPLER_H

#include <tta/reader.h>

#include "history.h"
#include "options.h"
#include "snapshot.h"

struct sampler {
	struct tta_reader *reader;
	struct unpublished *unpublished; /* holders that the reader does not see */
	struct arena_pool *pool;	 /* of all snapshots that are sampled */
	const struct selection *selection;
	struct history *history;
	struct snapshot *now;  /* the newest, NULL before the first */
	struct snapshot *base; /* may be the newest as well */
};

/* 0 or -errno of the directory. */
int sampler_open(struct sampler *sampler, const struct options *options);
void sampler_close(struct sampler *sampler);
/* Replace `now`; it stays as it was on failure. 0 or -errno. */
int sampler_sample(struct sampler *sampler);
/* `now` becomes the baseline, or the snapshot given, which is then owned. */
void sampler_set_base(struct sampler *sampler, struct snapshot *base);

#endif
