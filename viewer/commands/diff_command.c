/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "commands.h"
#include "delta_json.h"
#include "diff_print.h"
#include "source.h"
#include "trouble.h"

#define ONLY_DIFFERENT                                                                   \
	(DELTA_NEW | DELTA_GONE | DELTA_GROWN | DELTA_SHRUNK | DELTA_CHANGED)

/* The two documents, under the names that were given. */
struct pair {
	struct snapshot *base, *now;
	const char *base_name, *now_name;
};

static int no_memory(void)
{
	return trouble("diff", "%s", strerrordesc_np(ENOMEM));
}

static void print_folded(const struct options *options, const struct delta_query *query,
			 const struct delta_by *delta)
{
	size_t unknown = diff_print_folded(query, delta);

	if (unknown && !options->quiet)
		fprintf(stderr, "ttatop: diff: %zu rows of unknown bytes are left out\n",
			unknown);
}

static int print(const struct options *options, const struct delta_query *query,
		 const struct delta_by *delta, const struct delta *totals,
		 const struct pair *pair)
{
	int err = 0;

	if (options->json)
		err = delta_write(totals, delta, query, pair->base_name, pair->now_name,
				  false, stdout);
	else if (options->folded)
		print_folded(options, query, delta);
	else
		err = diff_print(options, query, delta, totals);
	if (err == -ENOMEM)
		return no_memory();
	err = finish_output("diff", stdout);
	return err ? err : delta->different;
}

static void remark(const struct options *options, const struct snapshot *snapshot,
		   const char *name)
{
	if (!snapshot->exact && !options->quiet)
		fprintf(stderr, "ttatop: diff: '%s' is not exact\n", name);
}

static int check_buffers(const struct snapshot *snapshot, const char *name)
{
	if (snapshot->has_buffers)
		return 0;
	return trouble("diff", "'%s' has no buffers: --by size, label and addr need them",
		       name);
}

static int compare(const struct options *options, const struct delta_query *query,
		   const struct pair *pair)
{
	struct delta_by *delta;
	struct delta *totals;
	int result;

	remark(options, pair->base, pair->base_name);
	remark(options, pair->now, pair->now_name);
	if (delta_compute(pair->base, pair->now, false, &totals))
		return no_memory();
	if (delta_by_compute(pair->base, pair->now, query, &delta)) {
		delta_free(totals);
		return no_memory();
	}
	result = print(options, query, delta, totals, pair);
	delta_by_free(delta);
	delta_free(totals);
	return result;
}

/* What can be told before the documents are there. */
static int parse_query(const struct options *options, struct delta_query *query)
{
	*query = (struct delta_query){
		.by = DELTA_KEYS_DEFAULT,
		.only = options->folded ? ONLY_DIFFERENT | DELTA_SAME : ONLY_DIFFERENT,
		.min = options->min == UINT64_MAX ? 0 : options->min,
		.devices_merged = options->devices_merged,
	};
	if (options->by && delta_keys_parse(options->by, &query->by))
		return trouble("diff",
			       "--by '%s': proc, user, dev, type, size, label, addr",
			       options->by);
	if (options->only) {
		query->only = delta_change_parse(options->only);
		if (!query->only)
			return trouble("diff",
				       "--only '%s': new, gone, grown, shrunk or same",
				       options->only);
	}
	if (options->json && options->folded)
		return trouble("diff", "--json and --folded: one of them");
	return 0;
}

static int set_match(const struct options *options, const struct pair *pair,
		     struct delta_query *query)
{
	const char *word = options->match ? options->match : "auto";

	if (match_parse(word, pair->base, pair->now, &query->match))
		return trouble("diff", "--match '%s': auto, address or class", word);
	if (query->match == MATCH_CLASS && strcmp(word, "auto") == 0 && !options->quiet)
		fputs("ttatop: diff: matched by class: the two share no process\n",
		      stderr);
	return 0;
}

static int compare_pair(const struct options *options, struct delta_query *query,
			const struct pair *pair)
{
	int result = set_match(options, pair, query);

	if (!result && query->by & DELTA_KEYS_BUFFER)
		result = check_buffers(pair->base, pair->base_name);
	if (!result && query->by & DELTA_KEYS_BUFFER)
		result = check_buffers(pair->now, pair->now_name);
	return result ? result : compare(options, query, pair);
}

int command_diff(const struct options *options)
{
	struct pair pair = {.base_name = options->arguments[0], .now_name = "live"};
	struct delta_query query;
	int result = parse_query(options, &query);

	if (options->argument_count > 1)
		pair.now_name = options->arguments[1];
	if (!result)
		result = source_named(options, "diff", pair.base_name, &pair.base);
	if (result)
		return result;
	result = source_named(options, "diff", pair.now_name, &pair.now);
	if (result == 0) {
		result = compare_pair(options, &query, &pair);
		snapshot_free(pair.now);
	}
	snapshot_free(pair.base);
	return result;
}
