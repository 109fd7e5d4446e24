/* SPDX-License-Identifier: BSD-2-Clause */
/* history_mark.c - what happened while samples were taken. */
#include <stdio.h>
#include <string.h>

#include "history_parts.h"

#define MARKS_AT_ONCE 16 /* of publishers: they do not push out all others */

static void add(struct history *history, enum history_mark_kind kind, uint64_t mono_ns,
		uint32_t pid, const char *name)
{
	struct history_mark *mark =
		&history->marks[history->mark_count++ % HISTORY_MARKS];

	*mark = (struct history_mark){.kind = kind, .mono_ns = mono_ns, .pid = pid};
	snprintf(mark->name, sizeof(mark->name), "%s", name);
}

/* The monotonic time of a realtime, as the newest sample has both; 0 before boot. */
static uint64_t mono_of(const struct history *history, uint64_t realtime_ns)
{
	const struct tick *last = &history->last;

	if (realtime_ns > last->realtime_ns)
		return last->time_ns;
	if (last->realtime_ns - realtime_ns > last->time_ns)
		return 0;
	return last->time_ns - (last->realtime_ns - realtime_ns);
}

static bool has_ended(enum snap_state state)
{
	return state == SNAP_ORPHAN || state == SNAP_EXITED || state == SNAP_DEAD;
}

static void note_process(struct history *history, const struct tick_process *now)
{
	const struct tick_process *then = tick_find(&history->before, now->segment);
	uint64_t when = history->last.time_ns;

	if (!then)
		add(history, HISTORY_NEW, when, now->pid, "");
	if (has_ended(now->state) && !(then && has_ended(then->state)))
		add(history, now->state == SNAP_ORPHAN ? HISTORY_DIED : HISTORY_EXIT,
		    when, now->pid, "");
}

static void note_marks(struct history *history, const struct snapshot *snapshot)
{
	size_t noted = 0;

	for (size_t i = 0; i < snapshot->mark_count && noted < MARKS_AT_ONCE; i++) {
		const struct snap_mark *mark = &snapshot->marks[i];

		if (mark->time_ns <= history->before.realtime_ns ||
		    mark->time_ns == SNAP_UNKNOWN)
			continue;
		add(history, HISTORY_MARK, mono_of(history, mark->time_ns), mark->pid,
		    mark->name);
		noted++;
	}
}

void history_note(struct history *history, const struct snapshot *snapshot)
{
	const struct tick *last = &history->last, *before = &history->before;

	if (!before->processes)
		return;
	for (size_t i = 0; i < last->count; i++)
		note_process(history, &last->processes[i]);
	for (size_t i = 0; i < before->count; i++)
		if (!tick_find(last, before->processes[i].segment))
			add(history, HISTORY_GONE, last->time_ns,
			    before->processes[i].pid, "");
	note_marks(history, snapshot);
}

void history_base(struct history *history, const struct snapshot *snapshot,
		  const char *name, bool live)
{
	history->base_live = live && history->pushed > 0;
	if (history->base_live)
		tracks_reset_peaks(&history->tracks, history->pushed - 1);
	if (history->pushed > 0)
		add(history, HISTORY_BASE, mono_of(history, snapshot->time_ns), 0, name);
}

size_t history_marks(const struct history *history, struct history_mark *marks,
		     size_t room)
{
	size_t count =
		history->mark_count < HISTORY_MARKS ? history->mark_count : HISTORY_MARKS;

	count = count < room ? count : room;
	for (size_t i = 0; i < count; i++)
		marks[i] =
			history->marks[(history->mark_count - count + i) % HISTORY_MARKS];
	return count;
}

size_t history_samples_ago(const struct history *history, uint64_t mono_ns)
{
	size_t kept =
		history->pushed < history->points ? history->pushed : history->points;
	size_t ago = 0;

	if (kept == 0 ||
	    mono_ns < history->times[(history->pushed - kept) % history->points])
		return SIZE_MAX;
	while (ago + 1 < kept &&
	       history->times[(history->pushed - 2 - ago) % history->points] >= mono_ns)
		ago++;
	return ago;
}

size_t history_samples_since(const struct history *history, uint64_t realtime_ns)
{
	size_t kept =
		history->pushed < history->points ? history->pushed : history->points;
	size_t ago;

	if (kept == 0 || realtime_ns > history->last.realtime_ns)
		return 0;
	ago = history_samples_ago(history, mono_of(history, realtime_ns));
	return ago == SIZE_MAX ? kept : ago + 1;
}

const char *history_mark_text(const struct history_mark *mark,
			      char text[HISTORY_NAME_SIZE + 16])
{
	static const char *const words[] = {
		[HISTORY_BASE] = "B",	 [HISTORY_NEW] = "new",	  [HISTORY_GONE] = "gone",
		[HISTORY_EXIT] = "exit", [HISTORY_DIED] = "died", [HISTORY_MARK] = "",
	};

	if (mark->kind == HISTORY_MARK)
		snprintf(text, HISTORY_NAME_SIZE + 16, "%s", mark->name);
	else if (mark->kind == HISTORY_BASE)
		snprintf(text, HISTORY_NAME_SIZE + 16, "B %s", mark->name);
	else
		snprintf(text, HISTORY_NAME_SIZE + 16, "%s %u", words[mark->kind],
			 mark->pid);
	return text;
}
