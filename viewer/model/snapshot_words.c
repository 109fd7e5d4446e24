/* SPDX-License-Identifier: BSD-2-Clause */
/* What the reader's bits mean, in words for people. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "format.h"
#include "snapshot_regions.h"

#define NOTE_MAX 10

static const char *joined(struct arena *arena, const char *const *words, size_t count)
{
	const char *text = "";

	for (size_t i = 0; i < count; i++)
		text = arena_printf(arena, "%s%s%s", text, i ? ", " : "", words[i]);
	return text;
}

const char *build_note(struct build *build, const struct tta_process *process)
{
	const char *words[NOTE_MAX];
	size_t count = 0;

	if (process->problem[0] != '\0')
		words[count++] = process->problem;
	if (process->verdict == TTA_VERDICT_ENDING)
		words[count++] = "ending";
	if (process->notes & TTA_NOTE_NOT_MARKED)
		words[count++] = "kernel did not mark";
	if (process->notes & TTA_NOTE_BY_MUTEX)
		words[count++] = "by robust mutex alone";
	if (process->notes & TTA_NOTE_ALL_LANES_DEAD)
		words[count++] = "every publishing thread has ended";
	else if (process->notes & TTA_NOTE_DEAD_THREAD)
		words[count++] = "a publishing thread has ended";
	if (process->notes & TTA_NOTE_USERNS)
		words[count++] = arena_printf(build->arena, "userns: calls itself uid %u",
					      process->header_uid);
	if (process->notes & TTA_NOTE_STRANGER_LOCK)
		words[count++] = "a stranger holds a read lock";
	if (process->notes & TTA_NOTE_FOREIGN_PID)
		words[count++] = "pid of its own namespace";
	if (!process->same_boot)
		words[count++] = "from another boot";
	if (process->subject_pid)
		words[count++] = arena_printf(build->arena, "published for it by %s",
					      process->publisher);
	return joined(build->arena, words, count);
}

static const char *dropped_since(struct build *build, const struct tta_process *process)
{
	char since[FORMAT_TIME_SIZE];

	if (process->incomplete_since_ns == 0)
		return "detail dropped";
	format_time(since, build_realtime(build, process, process->incomplete_since_ns));
	return arena_printf(build->arena, "detail dropped since %s", since);
}

static bool unpublished(const struct tta_process *process)
{
	return process->buffers_inexact & TTA_INEXACT_NO_TABLE &&
	       process->level < TTA_LIVE && process->verdict != TTA_VERDICT_CORRUPT;
}

static size_t reasons(struct build *build, const struct tta_process *process,
		      const char *words[NOTE_MAX])
{
	uint32_t bits = process->totals_inexact | process->buffers_inexact;
	size_t count = 0;

	if (bits & TTA_INEXACT_BUSY)
		words[count++] = process->totals_inexact & TTA_INEXACT_BUSY
					 ? "busy"
					 : "busy: buffers only";
	if (bits & TTA_INEXACT_DROPPED)
		words[count++] = dropped_since(build, process);
	if (bits & TTA_INEXACT_UNCERTAIN)
		words[count++] =
			arena_printf(build->arena, "%" PRIu64 " uncertain event%s",
				     process->uncertain_count,
				     process->uncertain_count == 1 ? "" : "s");
	if (bits & TTA_INEXACT_UNSIZED)
		words[count++] = "frees without size";
	if (bits & TTA_INEXACT_STALE)
		words[count++] = "table frozen";
	if (bits & TTA_INEXACT_MISMATCH)
		words[count++] = "table and counters disagree";
	if (unpublished(process))
		words[count++] = "buffers are not published";
	if (bits & TTA_INEXACT_CORRUPT)
		words[count++] = "something was out of bounds";
	return count;
}

int build_reasons(struct build *build, size_t index, struct snap_process *to)
{
	const struct tta_process *process = &build->sample->processes[index];
	const struct build_origin *origin = build_origin(build, index);
	const char *words[NOTE_MAX + ORIGIN_WORDS];
	size_t count = reasons(build, process, words);

	for (size_t i = 0; origin && i < origin->word_count; i++)
		words[count++] = origin->words[i];

	to->exact = count == 0 && process->verdict != TTA_VERDICT_CORRUPT;
	to->inexact_reason_count = count;
	to->inexact_reasons = arena_array(build->arena, count, sizeof(char *));
	if (!to->inexact_reasons)
		return -ENOMEM;
	memcpy(to->inexact_reasons, words, count * sizeof(char *));
	return 0;
}

static void warn(struct build *build, const char *id, uint64_t count, const char *name,
		 const char *reason)
{
	struct snapshot *snapshot = build->snapshot;

	if (count == 0)
		return;
	snapshot->warnings[snapshot->warning_count++] = (struct snap_warning){
		.id = id,
		.text = arena_printf(build->arena, "%s: %s%s", name, reason,
				     count > 1 ? ", and others" : ""),
		.count = count,
	};
}

static void warn_skipped(struct build *build, const char *id, bool foreign)
{
	const struct tta_skipped *first = NULL;
	uint64_t count = 0;

	for (size_t i = 0; i < build->sample->skipped_count; i++) {
		const struct tta_skipped *skipped = &build->sample->skipped[i];

		if ((skipped->error == EPROTONOSUPPORT) != foreign)
			continue;
		if (count++ == 0)
			first = skipped;
	}
	if (first)
		warn(build, id, count, first->name,
		     first->reason[0] ? first->reason : "cannot be read");
}

int build_warnings(struct build *build)
{
	const struct tta_process *first = NULL;
	uint64_t corrupt = 0;

	build->snapshot->warnings = arena_array(build->arena, 3 + BUILD_REGION_WARNINGS,
						sizeof(*build->snapshot->warnings));
	if (!build->snapshot->warnings)
		return -ENOMEM;
	warn_skipped(build, "shm.unreadable", false);
	warn_skipped(build, "shm.foreign-version", true);
	for (size_t i = 0; i < build->sample->process_count; i++) {
		if (build->sample->processes[i].verdict != TTA_VERDICT_CORRUPT)
			continue;
		if (corrupt++ == 0)
			first = &build->sample->processes[i];
	}
	if (first)
		warn(build, "shm.corrupt", corrupt, first->name, first->problem);
	build_region_warnings(build);
	return 0;
}
