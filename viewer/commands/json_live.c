/* SPDX-License-Identifier: BSD-2-Clause */
/* The live view for programs. */
#include <errno.h>
#include <string.h>

#include "commands.h"
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

int command_json_live(const struct options *options)
{
	bool endless = options->batch && !options->once && options->count < 0;
	long count = options->batch && options->count > 0 ? options->count : 1;
	struct tta_reader *reader;
	int err;

	if (options->view == VIEW_EVENTS)
		return command_events_live(options);
	err = source_open_reader(options, "live", &reader);
	if (err)
		return err;
	for (long i = 0; !err && (endless || i < count); i++) {
		if (i > 0)
			source_pause(options->delay);
		err = print_one(options, reader);
	}
	tta_reader_close(reader);
	return err;
}
