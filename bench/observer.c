/* SPDX-License-Identifier: BSD-2-Clause */
#include "observer.h"

#include <errno.h>

int observer_open(const char *directory, struct observer *observer)
{
	*observer = (struct observer){.pool = arena_pool_new()};
	return observer->pool ? tta_reader_open(directory, &observer->reader) : -ENOMEM;
}

void observer_close(struct observer *observer)
{
	tta_reader_close(observer->reader);
	arena_pool_free(observer->pool);
}

int observer_look(const struct observer *observer, unsigned parts,
		  struct snapshot **ret_snapshot)
{
	struct tta_sample *sample;
	int err = tta_reader_sample(observer->reader, parts, &sample);

	if (err)
		return err;
	err = snapshot_from_sample_in(sample, observer->pool, ret_snapshot);
	tta_sample_free(sample);
	return err;
}
