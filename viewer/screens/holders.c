/* SPDX-License-Identifier: BSD-2-Clause */
#include "holders.h"

#include <stdio.h>
#include <string.h>

#include "snapshot_unpublished.h"

#define BRIEF_MAX 16

/* False: it holds nothing there. */
static bool take(const struct snap_process *process, const struct snap_device *device,
		 const char *type, struct holder *ret_holder)
{
	struct holder holder = {.process = process};
	bool any = false;

	for (size_t i = 0; i < process->memory_count; i++) {
		const struct snap_memory *memory = &process->memory[i];

		if (memory->device != device->id ||
		    (type && strcmp(memory->type, type) != 0) ||
		    (memory->used == 0 && memory->buffers == 0 && memory->refs == 0))
			continue;
		tally_add(&holder.bytes[memory_class(memory->type)], memory->used);
		tally_add(&holder.total, memory->used);
		tally_add(&holder.buffers, memory->buffers);
		any = true;
	}
	if (!any && !snap_holds_device(process, device))
		return false;
	*ret_holder = holder;
	return true;
}

/* Larger ones first; those of whom nothing is known come last. */
static bool goes_before(const struct holder *a, const struct holder *b)
{
	if (a->process->unpublished != b->process->unpublished)
		return b->process->unpublished;
	return a->total.sum > b->total.sum;
}

static void insert(struct holder *list, size_t count, const struct holder *holder)
{
	size_t at = count;

	for (; at > 0 && goes_before(holder, &list[at - 1]); at--)
		list[at] = list[at - 1];
	list[at] = *holder;
}

size_t holders_of(const struct snapshot *snapshot, const struct snap_device *device,
		  const char *type, struct holder *list, size_t room)
{
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < snapshot->process_count; i++) {
		struct holder holder;

		if (!take(&snapshot->processes[i], device, type, &holder))
			continue;
		count++;
		if (kept == room && room > 0 && goes_before(&holder, &list[kept - 1]))
			kept--;
		if (kept < room)
			insert(list, kept++, &holder);
	}
	return count;
}

void holders_brief(const struct snapshot *snapshot, const struct snap_device *device,
		   const char *type, int cols, char *text, size_t text_room)
{
	struct holder list[BRIEF_MAX];
	size_t count = holders_of(snapshot, device, type, list, BRIEF_MAX), used = 0;

	snprintf(text, text_room, "%s", count ? "" : "-");
	for (size_t i = 0; i < count && i < BRIEF_MAX; i++) {
		char name[24], more[24] = "";
		size_t length;

		snprintf(name, sizeof(name), "%s%u%s", i ? " " : "", list[i].process->pid,
			 list[i].process->unpublished ? "?" : "");
		if (i + 1 < count)
			snprintf(more, sizeof(more), " +%zu", count - i - 1);
		length = strlen(name) + (i ? strlen(more) : 0);
		if (used + length > (size_t)cols || used + length >= text_room) {
			snprintf(text + used, text_room - used, "%s+%zu", used ? " " : "",
				 count - i);
			return;
		}
		used += (size_t)snprintf(text + used, text_room - used, "%s", name);
	}
	if (count > BRIEF_MAX)
		snprintf(text + used, text_room - used, " +%zu", count - BRIEF_MAX);
}
