/* SPDX-License-Identifier: BSD-2-Clause */
#include "work_many.h"

#include <tta/tta.h>

/* ---- a group or a device ---- */

static bool is_member(const struct truth_event *event, uint32_t place)
{
	return event->op == TRUTH_CLOSE_DEVICE ||
	       (truth_type(place) == truth_type(event->place) &&
		truth_group(place) == truth_group(event->place));
}

/* Write down what is there before; how many will end. */
static uint64_t many_note(struct worker *w, enum truth_op op, uint32_t place,
			  uint32_t first)
{
	struct truth_thread *self = w->self;
	uint64_t members = 0;

	self->event = (struct truth_event){.op = op, .place = place};
	for (uint32_t type = 0; type < TRUTH_TYPES; type++)
		self->event.before[type] = self->sums[truth_row(first) + type];
	for (uint32_t i = 0; i < TRUTH_KEPT; i++) {
		self->own_before[i] =
			tta_load_relaxed64(&w->work->truth->place[first + i]);
		members += self->own_before[i] && is_member(&self->event, first + i);
	}
	return members;
}

static void publish(const struct truth_event *event)
{
	uint32_t device = truth_device(event->place);

	if (event->op == TRUTH_CLOSE_DEVICE)
		tta_device_close(device);
	else
		tta_free_group(device, work_type(event->place),
			       truth_group(event->place));
}

static void member_ends(struct worker *w, uint32_t place)
{
	struct truth_sums *sums = &w->self->sums[truth_row(place)];
	tta_a64 *word = &w->work->truth->place[place];
	uint64_t before = tta_load_relaxed64(word);

	if (!before)
		return;
	sums->closed++;
	sums->refs_closed += TRUTH_REFS(before);
	sums->bytes_down += TRUTH_SIZE(before);
	tta_store_relaxed64(word, 0);
}

void many_end(struct worker *w, enum truth_op op, uint32_t place)
{
	struct truth_thread *self = w->self;
	uint32_t first = place / TRUTH_KEPT * TRUTH_KEPT;
	uint64_t members = many_note(w, op, place, first);
	uint64_t number = tta_load_relaxed64(&self->done) + members;

	tta_store_release64(&self->begun, number);
	publish(&self->event);
	for (uint32_t at = first; at < first + TRUTH_KEPT; at++)
		if (is_member(&self->event, at))
			member_ends(w, at);
	self->group_frees += members && op == TRUTH_FREE_GROUP;
	self->device_closes += members && op == TRUTH_CLOSE_DEVICE;
	tta_store_release64(&self->done, number);
}

/* ---- a new table ---- */

/* What the table holds now is never given back. */
static void lost_note(struct truth *truth)
{
	const struct truth_lost *before = truth->lost[truth->renewals % 2];
	struct truth_lost *after = truth->lost[(truth->renewals + 1) % 2];

	for (uint32_t row = 0; row < TRUTH_ROWS; row++)
		after[row] = before[row];
	for (uint32_t place = 0; place < truth->places; place++) {
		uint64_t word = tta_load_relaxed64(&truth->place[place]);

		after[truth_row(place)].bytes += TRUTH_SIZE(word);
		after[truth_row(place)].refs += TRUTH_REFS(word);
	}
}

bool many_renew(struct worker *w)
{
	struct truth_thread *self = w->self;
	struct truth *truth = w->work->truth;
	uint64_t number = tta_load_relaxed64(&self->done) + 1;

	lost_note(truth);
	self->event = (struct truth_event){.op = TRUTH_RENEW};
	tta_store_release64(&self->begun, number);
	if (tta_level_set(TTA_COUNTERS) || tta_level_set(TTA_EVENTS))
		return false;
	for (uint32_t place = 0; place < truth->places; place++)
		tta_store_relaxed64(&truth->place[place], 0);
	truth->renewals++;
	tta_store_release64(&self->done, number);
	return true;
}
