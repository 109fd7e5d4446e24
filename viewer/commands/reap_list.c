/* SPDX-License-Identifier: BSD-2-Clause */
#include "reap_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "text_table.h"
#include "trouble.h"

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Since anything happened in it; nobody knows of another boot's clock. */
static uint64_t item_age(const struct tta_sample *sample,
			 const struct tta_process *process)
{
	uint64_t last = later(process->birth_mono_ns,
			      later(process->last_event_ns, process->closed_time_ns));

	if (!process->same_boot)
		return SNAP_UNKNOWN;
	return sample->mono_ns > last ? sample->mono_ns - last : 0;
}

static struct reap_item make_item(const struct tta_sample *sample,
				  const struct snapshot *snapshot, size_t index)
{
	const struct tta_process *process = &sample->processes[index];
	const struct snap_process *shown = &snapshot->processes[index];
	struct reap_item item = {
		.file = process->name,
		.inode = process->inode,
		.process = process,
		.shown = shown,
		.age_ns = item_age(sample, process),
	};

	for (size_t i = 0; i < shown->memory_count; i++) {
		item.bytes = snap_sum(item.bytes, shown->memory[i].used);
		item.buffers = snap_sum(item.buffers, shown->memory[i].buffers);
	}
	if (shown->state == SNAP_CORRUPT)
		item.bytes = item.buffers = SNAP_UNKNOWN;
	return item;
}

static struct reap_item skipped_item(const struct tta_skipped *skipped)
{
	return (struct reap_item){.file = skipped->name,
				  .bytes = SNAP_UNKNOWN,
				  .buffers = SNAP_UNKNOWN,
				  .age_ns = SNAP_UNKNOWN};
}

static bool is_wanted(const struct options *options, const struct snapshot *snapshot,
		      const struct reap_item *item)
{
	enum snap_state state = item->shown->state;

	if (state != SNAP_ORPHAN && state != SNAP_EXITED && state != SNAP_DEAD)
		return false;
	if (options->older >= 0 && (double)item->age_ns < options->older * 1e9)
		return false;
	return selection_has_process(&options->selection, snapshot, item->shown);
}

static bool find_named(const struct tta_sample *sample, const struct snapshot *snapshot,
		       const char *name, struct reap_item *ret_item)
{
	for (size_t i = 0; i < sample->process_count; i++) {
		if (strcmp(sample->processes[i].name, name) != 0)
			continue;
		*ret_item = make_item(sample, snapshot, i);
		return true;
	}
	for (size_t i = 0; i < sample->skipped_count; i++) {
		if (strcmp(sample->skipped[i].name, name) != 0)
			continue;
		*ret_item = skipped_item(&sample->skipped[i]);
		return true;
	}
	return false;
}

static int add_named(const struct options *options, const struct tta_sample *sample,
		     const struct snapshot *snapshot, struct reap_item *items,
		     size_t *count)
{
	for (int i = 0; i < options->argument_count; i++) {
		const char *name = options->arguments[i];

		if (!find_named(sample, snapshot, name, &items[*count]))
			return trouble("reap", "no segment '%s': name a file as listed",
				       name);
		(*count)++;
	}
	return 0;
}

int reap_list_make(const struct options *options, const struct tta_sample *sample,
		   const struct snapshot *snapshot, struct reap_item **ret_items,
		   size_t *ret_count)
{
	size_t room = sample->process_count + (size_t)options->argument_count + 1;
	struct reap_item *items = calloc(room, sizeof(*items));
	size_t count = 0;
	int err = 0;

	if (!items)
		return trouble("reap", "%s", strerrordesc_np(ENOMEM));
	if (options->argument_count > 0)
		err = add_named(options, sample, snapshot, items, &count);
	for (size_t i = 0; options->argument_count == 0 && i < sample->process_count;
	     i++) {
		items[count] = make_item(sample, snapshot, i);
		count += is_wanted(options, snapshot, &items[count]);
	}
	if (err) {
		free(items);
		return err;
	}
	*ret_items = items;
	*ret_count = count;
	return 0;
}

static void add_item(struct text_table *table, const struct reap_item *item, bool exact)
{
	const struct snap_process *shown = item->shown;
	char text[FORMAT_SIZE];

	if (shown)
		text_table_add(table, "%u", shown->pid);
	else
		text_table_add(table, "?");
	text_table_add(table, "%s", shown ? shown->user : "?");
	text_table_add(table, "%s", shown ? snap_state_name(shown->state) : "unreadable");
	text_table_add(table, "%s", format_bytes(text, item->bytes, false, exact));
	text_table_add(table, "%s", format_count(text, item->buffers, false));
	text_table_add(table, "%s", format_age(text, item->age_ns));
	text_table_add(table, "%s", shown ? shown->comm : "?");
	text_table_add(table, "%s", item->file);
}

int reap_list_print(const struct options *options, const struct reap_item *items,
		    size_t count)
{
	static const char *const titles[] = {">PID", "USER", "STATE",	">BYTES",
					     ">BUF", ">AGE", "COMMAND", "SEGMENT"};
	struct text_table table = {.columns = 8, .titles = titles};
	int err;

	for (size_t i = 0; i < count; i++)
		add_item(&table, &items[i], options->bytes);
	err = text_table_print(&table, stdout, !options->no_header);
	text_table_fini(&table);
	return err;
}
