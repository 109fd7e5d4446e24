/* SPDX-License-Identifier: BSD-2-Clause */
/* List what ended, ask, save what it held, remove it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "format.h"
#include "reap_list.h"
#include "reap_segment.h"
#include "source.h"
#include "trouble.h"

static void say_removed(const struct reap_item *item, const char *evidence, bool exact)
{
	char bytes[FORMAT_SIZE], buffers[FORMAT_SIZE];

	if (item->shown)
		printf("removed %u %s: %s bytes, %s buffers, ", item->shown->pid,
		       item->shown->comm, format_bytes(bytes, item->bytes, false, exact),
		       format_count(buffers, item->buffers, false));
	else
		printf("removed %s: ", item->file);
	if (*evidence)
		printf("evidence %s\n", evidence);
	else
		printf("no evidence kept\n");
}

/* True when it is gone. */
static bool reap_one(const struct options *options, struct tta_reader *reader,
		     const struct tta_sample *sample, const struct reap_item *item)
{
	struct reap_order order = {
		.file = item->file,
		.inode = item->inode,
		.sample = sample,
		.process = item->process,
		.keep_nothing = options->no_keep,
		.directory = options->keep,
	};
	int result;

	if (!options->no_keep && !item->process) {
		trouble("reap", "%s: nothing of it can be saved: use --no-keep",
			item->file);
		return false;
	}
	result = reap_segment(reader, &order);
	if (result == TTA_REAP_REMOVED)
		say_removed(item, order.evidence, options->bytes);
	else if (result == TTA_REAP_GONE)
		return true;
	else if (result < 0)
		trouble("reap", "%s: save evidence: %s: use --keep DIR or --no-keep",
			item->file, strerrordesc_np(-result));
	else if (result == TTA_REAP_LOCKED)
		trouble("reap",
			"%s: somebody else holds a read lock on it: "
			"'fuser -v %s/%s' names who has it open",
			item->file, tta_reader_directory(reader), item->file);
	else
		trouble("reap", "%s: %s", item->file, reap_why_not(result));
	return result == TTA_REAP_REMOVED;
}

static bool ask(size_t count)
{
	char *line = NULL;
	size_t room = 0;
	bool yes;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return false;
	printf("remove %zu segment%s? [y/N] ", count, count == 1 ? "" : "s");
	fflush(stdout);
	yes = getline(&line, &room, stdin) > 0 && (line[0] == 'y' || line[0] == 'Y');
	free(line);
	return yes;
}

static int reap_items(const struct options *options, struct tta_reader *reader,
		      const struct tta_sample *sample, const struct reap_item *items,
		      size_t count)
{
	size_t remaining = count;
	int err;

	if (count == 0) {
		if (!options->quiet)
			puts("nothing to reap");
		return finish_output("reap", stdout);
	}
	if (reap_list_print(options, items, count))
		return trouble("reap", "%s", strerrordesc_np(ENOMEM));
	if (options->yes || ask(count))
		for (size_t i = 0; i < count; i++)
			remaining -= reap_one(options, reader, sample, &items[i]);
	else if (!isatty(STDIN_FILENO) && !options->quiet)
		fprintf(stderr, "ttatop: reap: nothing removed: -y removes\n");
	err = finish_output("reap", stdout);
	return err ? err : remaining > 0;
}

static int reap_sample(const struct options *options, struct tta_reader *reader,
		       const struct tta_sample *sample)
{
	struct snapshot *snapshot;
	struct reap_item *items;
	size_t count;
	int result;

	if (snapshot_from_sample(sample, &snapshot))
		return trouble("reap", "%s", strerrordesc_np(ENOMEM));
	result = reap_list_make(options, sample, snapshot, &items, &count);
	if (result == 0) {
		result = reap_items(options, reader, sample, items, count);
		free(items);
	}
	snapshot_free(snapshot);
	return result;
}

int command_reap(const struct options *options)
{
	struct options wanted = *options;
	struct tta_reader *reader;
	struct tta_sample *sample;
	int result;

	wanted.selection.dead = true;
	result = source_open_reader(&wanted, "reap", &reader);
	if (result)
		return result;
	result = tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample);
	if (result == 0) {
		result = reap_sample(&wanted, reader, sample);
		tta_sample_free(sample);
	} else {
		result = trouble("reap", "read '%s': %s", tta_reader_directory(reader),
				 strerrordesc_np(-result));
	}
	tta_reader_close(reader);
	return result;
}
