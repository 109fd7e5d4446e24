/* SPDX-License-Identifier: BSD-2-Clause */
#include "reap_segment.h"

#include "baseline.h"

/* Its document, of this process alone; called once its death is proven. */
static int save_evidence(void *arg)
{
	struct reap_order *order = arg;
	struct tta_sample one = *order->sample;
	struct snapshot *snapshot;
	int err;

	one.processes = order->process;
	one.process_count = 1;
	one.skipped_count = 0;
	err = snapshot_from_sample(&one, &snapshot);
	if (err)
		return err;
	err = evidence_save(order->directory, order->file, snapshot, order->evidence);
	snapshot_free(snapshot);
	return err;
}

int reap_segment(struct tta_reader *reader, struct reap_order *order)
{
	order->evidence[0] = '\0';
	return tta_reader_reap(reader, order->file, order->inode,
			       order->keep_nothing ? NULL : save_evidence, order);
}

const char *reap_why_not(int result)
{
	switch (result) {
	case TTA_REAP_ALIVE:
		return "its owner is alive";
	case TTA_REAP_BUSY:
		return "another reaper is at it";
	case TTA_REAP_LOCKED:
		return "somebody else holds a read lock on it";
	case TTA_REAP_DENIED:
		return "no permission: it takes its owner or root";
	case TTA_REAP_REFUSED:
		return "its owner's death cannot be proven, or it is no segment";
	}
	return "it failed";
}
