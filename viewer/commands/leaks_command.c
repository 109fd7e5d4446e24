/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "baseline.h"
#include "commands.h"
#include "leaks_print.h"
#include "source.h"
#include "trouble.h"
#include "when.h"

#define OLDER_DEFAULT_NS UINT64_C(10000000000)

static int no_memory(void)
{
	return trouble("leaks", "%s", strerrordesc_np(ENOMEM));
}

/* One look, or two with a pause between them: then *ret_earlier is the first. */
static int look(const struct options *options, struct snapshot **ret_earlier,
		struct snapshot **ret_now)
{
	struct tta_reader *reader;
	int err = source_open_reader(options, "leaks", &reader);

	if (err)
		return err;
	*ret_earlier = NULL;
	if (options->delay > 0)
		err = source_sample(options, "leaks", reader, ret_earlier);
	if (!err && options->delay > 0)
		source_pause(options->delay);
	if (!err)
		err = source_sample(options, "leaks", reader, ret_now);
	if (err)
		snapshot_free(*ret_earlier);
	tta_reader_close(reader);
	return err;
}

static bool has_mark(const struct snapshot *snapshot, const char *name)
{
	for (size_t i = 0; i < snapshot->mark_count; i++)
		if (strcmp(snapshot->marks[i].name, name) == 0)
			return true;
	return false;
}

/* "@NAME": a baseline; when there is none of that name it may be a time. */
static int since_baseline(const char *name, struct snapshot **ret_baseline)
{
	char error[SNAPSHOT_ERROR_SIZE];
	int err = baseline_load(name, ret_baseline, error);

	if (err && error[0])
		return trouble("leaks", "%s", error);
	if (err)
		return trouble("leaks", "baseline '%s': %s: see 'ttatop baseline list'",
			       name, strerrordesc_np(-err));
	if ((*ret_baseline)->has_buffers)
		return 0;
	snapshot_free(*ret_baseline);
	return trouble("leaks", "baseline '%s' has no buffers: take another", name);
}

static bool is_baseline(const char *name)
{
	char error[SNAPSHOT_ERROR_SIZE];
	struct snapshot *snapshot;
	int err = baseline_load(name, &snapshot, error);

	if (!err)
		snapshot_free(snapshot);
	return err != -ENOENT;
}

static int find_since(const struct options *options, const struct snapshot *now,
		      struct leaks_query *query, struct snapshot **ret_baseline)
{
	const char *since = options->since;
	bool at = since && since[0] == '@';
	int err;

	if (!since)
		return 0;
	if (at && (!isdigit((unsigned char)since[1]) || is_baseline(since + 1)))
		return since_baseline(since + 1, ret_baseline);
	err = when_parse(since, now->time_ns, &query->since_ns);
	if (err == -ERANGE)
		return trouble("leaks", "--since '%s': this time cannot be counted",
			       since);
	if (err == 0)
		return 0;
	query->since_mark = since;
	if (!has_mark(now, since))
		return trouble("leaks",
			       "--since '%s': no time, and no such mark: '10m ago', "
			       "14:32, @NAME",
			       since);
	return 0;
}

static int print(const struct options *options, const struct leaks *leaks,
		 const struct leaks_query *query)
{
	struct leaks_request request = {
		.since = options->since,
		.window_ns = (uint64_t)(options->delay * 1e9),
		.fail = options->fail,
		.groups = options->top < 0 ? SIZE_MAX : (size_t)options->top,
		.addresses = options->addresses,
		.fails = options->fail != SNAP_UNKNOWN && leaks->bytes > options->fail,
	};
	int err = options->json ? leaks_write(leaks, query, &request, stdout)
				: leaks_print(options, leaks, query, &request);

	if (err == -ENOMEM)
		return no_memory();
	err = finish_output("leaks", stdout);
	return err ? err : request.fails;
}

static int find_and_print(const struct options *options, const struct snapshot *now,
			  struct leaks_query *query)
{
	struct snapshot *baseline = NULL;
	struct leaks *leaks;
	int result = find_since(options, now, query, &baseline);

	if (result)
		return result;
	query->baseline = baseline;
	if (leaks_find(now, query, &leaks)) {
		snapshot_free(baseline);
		return no_memory();
	}
	result = print(options, leaks, query);
	leaks_free(leaks);
	snapshot_free(baseline);
	return result;
}

int command_leaks(const struct options *options)
{
	struct leaks_query query = {.by = LEAKS_KEYS_DEFAULT,
				    .older_ns = OLDER_DEFAULT_NS};
	struct snapshot *earlier, *now;
	int result;

	if (options->by && leaks_keys_parse(options->by, &query.by))
		return trouble("leaks",
			       "--by '%s': label, type, size, dev, group, site, process",
			       options->by);
	if (options->older >= 0)
		query.older_ns = (uint64_t)(options->older * 1e9);
	result = look(options, &earlier, &now);
	if (result)
		return result;
	if (!now->exact && !options->quiet)
		fputs("ttatop: leaks: not exact: see 'ttatop doctor'\n", stderr);
	query.earlier = earlier;
	result = find_and_print(options, now, &query);
	snapshot_free(earlier);
	snapshot_free(now);
	return result;
}
