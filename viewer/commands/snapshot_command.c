/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "commands.h"
#include "file_replace.h"
#include "snapshot_json.h"
#include "source.h"
#include "trouble.h"

struct output {
	const struct snapshot *snapshot;
	unsigned flags;
};

static int write_output(FILE *file, void *arg)
{
	const struct output *output = arg;

	return snapshot_write(output->snapshot, file, output->flags);
}

static int to_stdout(struct output *output)
{
	int err = write_output(stdout, output);

	if (err == -ENOMEM)
		return trouble("snapshot", "%s", strerrordesc_np(ENOMEM));
	return finish_output("snapshot", stdout);
}

static int to_file(const struct options *options, struct output *output)
{
	int err =
		file_replace(options->output, 0666, options->force, write_output, output);

	if (err == -EEXIST && !options->force)
		return trouble("snapshot", "'%s' exists: use --force to replace it",
			       options->output);
	if (err == -EEXIST)
		return trouble("snapshot", "'%s' is no regular file", options->output);
	if (err)
		return trouble("snapshot", "write '%s': %s", options->output,
			       strerrordesc_np(-err));
	return 0;
}

int command_snapshot(const struct options *options)
{
	struct snapshot *snapshot;
	struct output output = {0};
	int err = source_live(options, "snapshot", &snapshot);

	if (err)
		return err;
	output.snapshot = snapshot;
	if (options->redact)
		output.flags |= SNAPSHOT_REDACT;
	if (options->no_buffers)
		output.flags |= SNAPSHOT_NO_BUFFERS;
	if (options->output && strcmp(options->output, "-") != 0)
		err = to_file(options, &output);
	else
		err = to_stdout(&output);
	snapshot_free(snapshot);
	return err;
}
