/* SPDX-License-Identifier: BSD-2-Clause */
/* The live view for programs. */
#include <errno.h>
#include <string.h>

#include "commands.h"
#include "json_delta.h"
#include "snapshot_json.h"
#include "source.h"
#include "trouble.h"

/* A view is that part, and the processes. */
static unsigned left_out(enum view_name view)
{
	switch (view) {
	case VIEW_PROCESSES:
		return SNAPSHOT_NO_DEVICES | SNAPSHOT_NO_BUFFERS | SNAPSHOT_NO_MARKS;
	case VIEW_DEVICES:
		return SNAPSHOT_NO_BUFFERS | SNAPSHOT_NO_MARKS;
	case VIEW_BUFFERS:
		return SNAPSHOT_NO_DEVICES | SNAPSHOT_NO_MARKS;
	case VIEW_DELTA:  /* another document */
	case VIEW_EVENTS: /* command_events_live() */
	case VIEW_DEFAULT:
		break;
	}
	return 0;
}

static int print_one(const struct options *options, struct tta_reader *reader)
{
	unsigned flags = left_out(options->view);
	struct snapshot *snapshot;
	int err = source_sample(options, "live", reader, &snapshot);

	if (err)
		return err;
	if (options->batch)
		flags |= SNAPSHOT_ONE_LINE;
	err = snapshot_write(snapshot, stdout, flags);
	snapshot_free(snapshot);
	if (err == -ENOMEM)
		return trouble("live", "%s", strerrordesc_np(ENOMEM));
	return finish_output("live", stdout);
}

/* What is written for each update. */
struct writer {
	const struct options *options;
	struct snapshot *base; /* of --view delta */
};

static int write_one(const struct writer *writer, struct tta_reader *reader)
{
	if (writer->base)
		return json_delta_print(writer->options, writer->base, reader);
	return print_one(writer->options, reader);
}

static int open_writer(const struct options *options, struct writer *writer)
{
	*writer = (struct writer){.options = options};
	if (options->view != VIEW_DELTA)
		return 0;
	if (!options->base)
		return trouble("live", "--view delta --json: what is compared with is "
				       "missing: -B FILE or -B @NAME");
	return source_named(options, "live", options->base, &writer->base);
}

int command_json_live(const struct options *options)
{
	bool endless = options->batch && !options->once && options->count < 0;
	long count = options->batch && options->count > 0 ? options->count : 1;
	struct tta_reader *reader;
	struct writer writer;
	int err;

	if (options->view == VIEW_EVENTS)
		return command_events_live(options);
	err = open_writer(options, &writer);
	if (!err)
		err = source_open_reader(options, "live", &reader);
	if (err) {
		snapshot_free(writer.base);
		return err;
	}
	for (long i = 0; !err && (endless || i < count); i++) {
		if (i > 0)
			source_pause(options->delay);
		err = write_one(&writer, reader);
	}
	tta_reader_close(reader);
	snapshot_free(writer.base);
	return err;
}
