/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "commands.h"
#include "snapshot_file.h"
#include "source.h"
#include "trouble.h"

static int to_stdout(const struct snapshot *snapshot, unsigned flags)
{
	int err = snapshot_write(snapshot, stdout, flags);

	if (err == -ENOMEM)
		return trouble("snapshot", "%s", strerrordesc_np(ENOMEM));
	return finish_output("snapshot", stdout);
}

static int to_file(const struct options *options, const struct snapshot *snapshot,
		   unsigned flags)
{
	int err = snapshot_file_save(options->output, snapshot, flags, options->force);

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
	unsigned flags = 0;
	int err = source_live(options, "snapshot", &snapshot);

	if (err)
		return err;
	if (options->redact)
		flags |= SNAPSHOT_REDACT;
	if (options->no_buffers)
		flags |= SNAPSHOT_NO_BUFFERS;
	if (options->output && strcmp(options->output, "-") != 0)
		err = to_file(options, snapshot, flags);
	else
		err = to_stdout(snapshot, flags);
	snapshot_free(snapshot);
	return err;
}
