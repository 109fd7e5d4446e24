/* SPDX-License-Identifier: BSD-2-Clause */
#include "targets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "action.h"
#include "detail.h"

void targets_fini(struct target_list *targets)
{
	free(targets->items);
	*targets = (struct target_list){0};
}

static bool has_target(const struct target_list *targets, uint64_t segment)
{
	for (size_t i = 0; i < targets->count; i++)
		if (targets->items[i].segment == segment)
			return true;
	return false;
}

static bool is_ended(enum snap_state state)
{
	return !snap_state_counts(state) || state == SNAP_CORRUPT;
}

static int add_target(struct target_list *targets, const struct snap_process *process)
{
	struct target *items =
		reallocarray(targets->items, targets->count + 1, sizeof(*items));
	struct target *target;

	if (!items)
		return -ENOMEM;
	targets->items = items;
	target = &items[targets->count++];
	*target = (struct target){
		.segment = process->segment,
		.start_time = process->start_time,
		.pid = process->pid,
		.uid = process->uid,
		.ended = is_ended(process->state),
	};
	snprintf(target->user, sizeof(target->user), "%.31s", process->user);
	snprintf(target->command, sizeof(target->command), "%.63s",
		 detail_command(process));
	targets->ended += target->ended;
	return 0;
}

static const struct snap_process *row_process(const struct view_state *state, size_t row)
{
	struct filter_row about = {.snapshot = state->snapshot};

	screen_of(state)->about(state, &state->rows.rows[row], &about);
	return about.process;
}

int targets_collect(struct view_state *state)
{
	const char *why = "no process in this row", *whose = "";
	const struct screen_state *own = view_screen(state);
	bool tagged = tags_shown(state) > 0;
	int err = 0;

	targets_fini(&state->targets);
	for (size_t i = 0; !err && i < state->rows.count; i++) {
		const struct snap_process *process;

		if (tagged ? !tags_have(&own->tags, &state->rows.rows[i].id)
			   : i != own->cursor)
			continue;
		process = row_process(state, i);
		if (!process || has_target(&state->targets, process->segment))
			continue;
		if (state->uid == 0 || process->uid == state->uid) {
			err = add_target(&state->targets, process);
			continue;
		}
		why = "only root may touch processes of ";
		whose = process->user;
	}
	if (state->targets.count == 0)
		action_say(state, why, whose);
	return err;
}
