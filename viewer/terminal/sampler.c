/* SPDX-License-Identifier: BSD-2-Clause */
#include "sampler.h"

#include <errno.h>

#include "arena_pool.h"
#include "source.h"

#define HISTORY_POINTS 512

int sampler_open(struct sampler *sampler, const struct options *options)
{
	int err;

	*sampler = (struct sampler){.selection = &options->selection};
	sampler->pool = arena_pool_new();
	sampler->history = history_new(HISTORY_POINTS);
	err = sampler->pool && sampler->history
		      ? tta_reader_open(options->directory, &sampler->reader)
		      : -ENOMEM;
	if (err)
		sampler_close(sampler);
	else
		tta_reader_containers(sampler->reader, options->containers);
	return err;
}

void sampler_close(struct sampler *sampler)
{
	if (sampler->base != sampler->now)
		snapshot_free(sampler->base);
	snapshot_free(sampler->now);
	history_free(sampler->history);
	tta_reader_close(sampler->reader);
	arena_pool_free(sampler->pool);
}

static int take(struct sampler *sampler, struct snapshot **ret_snapshot)
{
	struct region_list regions;
	struct tta_sample *sample;
	struct snapshot *all;
	int err = tta_reader_sample(sampler->reader, TTA_SAMPLE_ALL, &sample);

	if (err)
		return err;
	err = source_regions(sampler->selection, sampler->reader, &regions);
	if (!err)
		err = snapshot_from_sources(sample, &regions, sampler->pool, &all);
	region_list_fini(&regions);
	tta_sample_free(sample);
	if (err)
		return err;
	err = selection_apply(sampler->selection, all, ret_snapshot);
	snapshot_free(all);
	return err;
}

int sampler_sample(struct sampler *sampler)
{
	struct snapshot *snapshot;
	int err = take(sampler, &snapshot);

	if (err)
		return err;
	err = history_push(sampler->history, snapshot);
	if (err) {
		snapshot_free(snapshot);
		return err;
	}
	if (sampler->now != sampler->base)
		snapshot_free(sampler->now);
	sampler->now = snapshot;
	return 0;
}

void sampler_set_base(struct sampler *sampler, struct snapshot *base)
{
	if (sampler->base != sampler->now)
		snapshot_free(sampler->base);
	sampler->base = base;
}
