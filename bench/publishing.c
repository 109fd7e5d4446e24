/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publishing.c - attach; look with the reader whether it was all true.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <tta/reader.h>

#include "publishing.h"

int publishing_begin(enum tta_level level, struct row_result *result)
{
	static const char *const names[] = {"off", "counters", "live", "events"};

	setenv("TTA_LEVEL", names[level], 1);
	setenv("TTA_MAX_BYTES", "2G", 1);
	tta_alloc(0, TTA_DRAM, 0x40, 64);
	tta_free(0, TTA_DRAM, 0x40);
	if (tta_level() != level)
		return result_fail(result, -ENODEV, "no segment at level %s",
				   names[level]);
	return 0;
}

static int judge(const struct tta_process *process, struct row_result *result)
{
	uint64_t unknown = process->counts[TTA_COUNT_UNKNOWN_FREES];
	uint64_t dups = process->counts[TTA_COUNT_DUPS];

	if (process->incomplete_since_ns)
		return result_fail(result, -ENOSPC, "detail was dropped");
	if (unknown || dups)
		return result_fail(result, -EPROTO, "%llu unknown frees, %llu dups",
				   (unsigned long long)unknown, (unsigned long long)dups);
	if (!process->events)
		return result_fail(result, -EPROTO, "no event was published");
	return 0;
}

int publishing_check(const struct plan *plan, struct row_result *result)
{
	struct tta_reader *reader;
	struct tta_sample *sample = NULL;
	int err = tta_reader_open(plan->directory, &reader);

	if (err)
		return result_fail(result, err, "reader");
	err = tta_reader_sample(reader, TTA_SAMPLE_TOTALS, &sample);
	tta_reader_close(reader);
	if (err)
		return result_fail(result, err, "sample");
	err = -ESRCH;
	for (size_t i = 0; i < sample->process_count; i++)
		if (sample->processes[i].pid == (uint32_t)getpid())
			err = judge(&sample->processes[i], result);
	tta_sample_free(sample);
	return err == -ESRCH ? result_fail(result, err, "own segment") : err;
}
