/* SPDX-License-Identifier: BSD-2-Clause */
#include "base.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "baseline.h"
#include "header.h"

static int load_file(const char *path, struct snapshot **ret_snapshot,
		     char error[SNAPSHOT_ERROR_SIZE])
{
	FILE *file = fopen(path, "re");
	int err;

	if (!file)
		return -errno;
	err = snapshot_load(file, path, ret_snapshot, error);
	fclose(file);
	return err;
}

static int load(const struct sampler *sampler, const char *name,
		struct snapshot **ret_snapshot, char error[SNAPSHOT_ERROR_SIZE])
{
	struct snapshot *all;
	int err;

	if (*name == '@')
		err = baseline_load(name + 1, &all, error);
	else
		err = load_file(name, &all, error);
	if (err)
		return err;
	err = selection_apply(sampler->selection, all, ret_snapshot);
	snapshot_free(all);
	return err;
}

/* What is wrong, and what to try. */
static void say(const char *name, int err, const char *error, char text[BASE_ERROR_SIZE])
{
	bool named = *name == '@';

	if (*error)
		snprintf(text, BASE_ERROR_SIZE, "%.*s", BASE_ERROR_SIZE - 1, error);
	else if (named && err == -ENOENT)
		snprintf(text, BASE_ERROR_SIZE,
			 "no baseline '%.80s': see 'ttatop baseline list'", name + 1);
	else if (named && err == -EINVAL)
		snprintf(text, BASE_ERROR_SIZE, "'%.80s' is no name of a baseline",
			 name + 1);
	else
		snprintf(text, BASE_ERROR_SIZE, "%.120s: %s", name, strerror(-err));
}

/* The name of a baseline, or the last part of a path. */
static const char *short_name(const char *name)
{
	const char *slash = strrchr(name, '/');

	return *name == '@' ? name + 1 : slash ? slash + 1 : name;
}

int base_load(struct view_state *state, struct sampler *sampler, const char *name,
	      char error[BASE_ERROR_SIZE])
{
	char why[SNAPSHOT_ERROR_SIZE] = "";
	struct snapshot *base;
	int err = load(sampler, name, &base, why);

	if (err) {
		say(name, err, why, error);
		return err;
	}
	snprintf(state->base_name, sizeof(state->base_name), "%s", short_name(name));
	sampler_set_base(sampler, base);
	history_base(sampler->history, base, state->base_name, false);
	return 0;
}

void base_set(struct view_state *state, struct sampler *sampler)
{
	char clock[16];

	sampler_set_base(sampler, sampler->now);
	header_clock(clock, sampler->now->time_ns);
	snprintf(state->base_name, sizeof(state->base_name), "%s", clock);
	history_base(sampler->history, sampler->now, clock, true);
}
