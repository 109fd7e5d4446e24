/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "baseline.h"
#include "commands.h"
#include "format.h"
#include "source.h"
#include "text_table.h"
#include "trouble.h"
#include "words.h"

static int no_memory(void)
{
	return trouble("baseline", "%s", strerrordesc_np(ENOMEM));
}

static int bad_name(const char *name)
{
	return trouble("baseline",
		       "'%s' is no name: use letters, digits and . _ -, not a dot first",
		       name);
}

/* Why nothing could be done with @name. */
static int failed(const char *what, const char *name, int err)
{
	if (err == -EINVAL)
		return bad_name(name);
	if (err == -ENOENT)
		return trouble("baseline", "%s '%s': %s: see 'ttatop baseline list'",
			       what, name, strerrordesc_np(ENOENT));
	return trouble("baseline", "%s '%s': %s", what, name, strerrordesc_np(-err));
}

static void print_totals(const struct snapshot *snapshot, bool exact)
{
	const struct snap_totals *totals = &snapshot->totals;
	uint64_t residue = snap_sum(totals->orphan_bytes, totals->residue_bytes);
	char used[FORMAT_SIZE], buffers[FORMAT_SIZE], left[FORMAT_SIZE];

	printf("%" PRIu64 " live: %s bytes, %s buffers; %" PRIu64 " ended: %s bytes%s\n",
	       totals->processes, format_bytes(used, totals->used, false, exact),
	       format_count(buffers, totals->buffers, false),
	       totals->orphans + totals->exited,
	       format_bytes(left, residue, false, exact),
	       snapshot->exact ? "" : " (not exact)");
}

static int set(const struct options *options, const char *name)
{
	struct snapshot *snapshot;
	char path[PATH_MAX];
	int err = baseline_path(name, path);

	if (err)
		return failed("save", name, err);
	err = source_live(options, "baseline", &snapshot);
	if (err)
		return err;
	err = baseline_save(name, snapshot);
	if (!err && !options->quiet) {
		printf("baseline '%s': ", name);
		print_totals(snapshot, options->bytes);
	}
	snapshot_free(snapshot);
	return err ? failed("save", name, err) : finish_output("baseline", stdout);
}

static int print_devices(const struct snapshot *snapshot, const struct options *options)
{
	static const char *const titles[] = {">DEV", "TYPE", ">USED", ">BUF", ">ORPHAN"};
	struct text_table table = {.columns = 5, .titles = titles};
	char text[FORMAT_SIZE];
	int err;

	for (size_t i = 0; i < snapshot->device_count; i++) {
		const struct snap_device *device = &snapshot->devices[i];

		for (size_t j = 0; j < device->memory_count; j++) {
			const struct snap_device_memory *row = &device->memory[j];

			text_table_add(&table, "%s%s%u", device->kind,
				       device->kind[0] ? ":" : "", device->number);
			text_table_add(&table, "%s", row->type);
			text_table_add(&table, "%s",
				       format_bytes(text, row->used, false,
						    options->bytes));
			text_table_add(&table, "%s",
				       format_count(text, row->buffers, false));
			text_table_add(&table, "%s",
				       format_bytes(text, row->orphan_bytes, true,
						    options->bytes));
		}
	}
	err = text_table_print(&table, stdout, !options->no_header);
	text_table_fini(&table);
	return err;
}

static int print_one(const struct options *options, const struct snapshot *snapshot)
{
	char time[FORMAT_TIME_SIZE];

	if (options->json)
		return snapshot_write(snapshot, stdout, 0);
	printf("%s  %s  ", format_time(time, snapshot->time_ns), snapshot->host);
	print_totals(snapshot, options->bytes);
	return print_devices(snapshot, options);
}

static int load(const char *name, struct snapshot **ret_snapshot)
{
	char error[SNAPSHOT_ERROR_SIZE];
	int err = baseline_load(name, ret_snapshot, error);

	if (err == 0)
		return 0;
	return error[0] ? trouble("baseline", "%s", error) : failed("open", name, err);
}

static int show(const struct options *options, const char *name)
{
	struct snapshot *snapshot;
	int err = load(name, &snapshot);

	if (err)
		return err;
	err = print_one(options, snapshot);
	snapshot_free(snapshot);
	return err == -ENOMEM ? no_memory() : finish_output("baseline", stdout);
}

static int remove_one(const struct options *options, const char *name)
{
	int err = baseline_remove(name);

	(void)options;
	return err ? failed("remove", name, err) : 0;
}

/* A line of the list; what cannot be loaded is said and listed by name. */
static void list_one(struct text_table *table, const char *name, bool exact, int *result)
{
	struct snapshot *snapshot = NULL;
	char time[FORMAT_TIME_SIZE], used[FORMAT_SIZE], buffers[FORMAT_SIZE];

	if (load(name, &snapshot))
		*result = EXIT_TROUBLE;
	text_table_add(table, "%s", name);
	text_table_add(table, "%s",
		       format_time(time, snapshot ? snapshot->time_ns : SNAP_UNKNOWN));
	text_table_add(table, "%s",
		       format_bytes(used, snapshot ? snapshot->totals.used : SNAP_UNKNOWN,
				    false, exact));
	text_table_add(table, "%s",
		       format_count(buffers,
				    snapshot ? snapshot->totals.buffers : SNAP_UNKNOWN,
				    false));
	snapshot_free(snapshot);
}

static int list(const struct options *options)
{
	static const char *const titles[] = {"NAME", "TIME", ">USED", ">BUF"};
	struct text_table table = {.columns = 4, .titles = titles};
	int result = 0, err;
	char **names;
	size_t count;

	if (options->json)
		return trouble("baseline", "list: only show knows --json");
	err = baseline_list(&names, &count);
	if (err)
		return trouble("baseline", "list: %s", strerrordesc_np(-err));
	for (size_t i = 0; i < count; i++)
		list_one(&table, names[i], options->bytes, &result);
	words_free(names, count);
	if (count > 0 && text_table_print(&table, stdout, !options->no_header))
		result = no_memory();
	text_table_fini(&table);
	err = finish_output("baseline", stdout);
	return err ? err : result;
}

int command_baseline(const struct options *options)
{
	static const struct {
		const char *verb;
		int (*run)(const struct options *options, const char *name);
	} verbs[] = {{"set", set}, {"show", show}, {"rm", remove_one}};
	const char *verb = options->arguments[0];
	bool named = options->argument_count > 1;

	if (strcmp(verb, "list") == 0 && !named)
		return list(options);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]) && named; i++)
		if (strcmp(verbs[i].verb, verb) == 0)
			return verbs[i].run(options, options->arguments[1]);
	return trouble("baseline", "'%s' %s: see 'ttatop help baseline'", verb,
		       named ? "is not set, show or rm" : "needs a name, or is no verb");
}
