/* SPDX-License-Identifier: BSD-2-Clause */
#include "snapshot_file.h"

#include "file_replace.h"

struct output {
	const struct snapshot *snapshot;
	unsigned flags;
};

static int write_output(FILE *file, void *arg)
{
	const struct output *output = arg;

	return snapshot_write(output->snapshot, file, output->flags);
}

int snapshot_file_save(const char *path, const struct snapshot *snapshot, unsigned flags,
		       bool overwrite)
{
	struct output output = {snapshot, flags};

	return file_replace(path, 0666, overwrite, write_output, &output);
}
