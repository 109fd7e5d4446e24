/* SPDX-License-Identifier: BSD-2-Clause */
#include "sampler.h"

#include <errno.h>

#include "arena_pool.h"
#include "source.h"
#include "unpublished.h"

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
	if (!err) {
		tta_reader_containers(sampler->reader, options->containers);
		sampler->unpublished =
			unpublished_new(tta_reader_directory(sampler->reader), NULL);
		err = sampler->unpublished ? 0 : -ENOMEM;
	}
	if (err)
		sampler_close(sampler);
	return err;
}

void sampler_close(struct sampler *sampler)
{
	if (sampler->base != sampler->now)
		snapshot_free(sampler->base);
	snapshot_free(sampler->now);
	event_feed_close(sampler->feed);
	snapshot_free(sampler->all);
	history_free(sampler->history);
	tta_reader_close(sampler->reader);
	unpublished_free(sampler->unpublished);
	arena_pool_free(sampler->pool);
}

int sampler_follow_events(struct sampler *sampler)
{
	int err = event_feed_open(&sampler->feed, sampler->reader, sampler->selection);

	return err ? err : event_feed_first(sampler->feed);
}

const struct event_log *sampler_events(const struct sampler *sampler)
{
	return sampler->feed ? event_feed_log(sampler->feed) : NULL;
}

int sampler_read_events(struct sampler *sampler, bool hold)
{
	return sampler->feed ? event_feed_between(sampler->feed, hold) : 0;
}

/* The selection keeps the memory of @all anyway: it costs nothing to keep it for events.
 */
static int feed_events(struct sampler *sampler, const struct tta_sample *sample,
		       struct snapshot *all)
{
	int err = sampler->feed ? event_feed_sampled(sampler->feed, sample, all) : 0;

	snapshot_free(sampler->all);
	sampler->all = all;
	return err;
}

static int select_from(struct sampler *sampler, const struct tta_sample *sample,
		       struct snapshot **ret_snapshot)
{
	struct snapshot *all;
	int err = source_from_sample(sampler->selection, sampler->reader,
				     sampler->unpublished, sample, sampler->pool, &all);

	if (err)
		return err;
	err = selection_apply(sampler->selection, all, ret_snapshot);
	if (err) {
		snapshot_free(all);
		return err;
	}
	err = feed_events(sampler, sample, all);
	if (err)
		snapshot_free(*ret_snapshot);
	return err;
}

static int take(struct sampler *sampler, struct snapshot **ret_snapshot)
{
	struct tta_sample *sample;
	int err = sampler->feed ? event_feed_before_sample(sampler->feed) : 0;

	if (!err)
		err = tta_reader_sample(sampler->reader, TTA_SAMPLE_ALL, &sample);
	if (err)
		return err;
	err = select_from(sampler, sample, ret_snapshot);
	tta_sample_free(sample);
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
