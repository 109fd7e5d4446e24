/* SPDX-License-Identifier: BSD-2-Clause */
#include "work.h"

#include <errno.h>
#include <stdlib.h>

#include <tta/tta.h>

#include "work_many.h"

#define SIZE_MOST  (1u << 20)
#define REFS_MOST  4u
#define VIEWS_MOST 3u

int work_init(struct work *work, struct truth *truth)
{
	*work = (struct work){
		.truth = truth,
		.claimed = calloc(truth->places, sizeof(tta_a32)),
	};
	return work->claimed ? 0 : -ENOMEM;
}

void work_fini(struct work *work)
{
	free(work->claimed);
}

uint64_t work_draw(struct worker *w)
{
	w->random = w->random * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return w->random >> 24;
}

static void alloc_own(const struct truth_event *event, uint32_t device, uint32_t type)
{
	const struct tta_alloc_desc desc = {
		.desc_size = sizeof(desc),
		.device = device,
		.type = type,
		.address = truth_address(event->place),
		.size = event->size,
		.group = truth_group(event->place),
	};

	tta_alloc_ex(&desc);
}

/* False: it was refused, and is no event. */
static bool publish(const struct truth_event *event)
{
	uint32_t device = truth_device(event->place);
	uint32_t type = work_type(event->place);
	uint64_t address = truth_address(event->place);

	switch ((enum truth_op)event->op) {
	case TRUTH_ALLOC:
		if (truth_is_own(event->place))
			alloc_own(event, device, type);
		else
			tta_alloc(device, type, address, event->size);
		break;
	case TRUTH_FREE:
		tta_free(device, type, address);
		break;
	case TRUTH_VIEW:
		tta_view(device, type, address, event->size);
		break;
	case TRUTH_FREE_VIEW:
		tta_free_view(device, type, address);
		break;
	case TRUTH_ADD:
		tta_add(device, type, (int64_t)event->size);
		break;
	case TRUTH_TAKE:
		tta_add(device, type, -(int64_t)event->size);
		break;
	case TRUTH_MARK:
		return tta_mark("soak") == 0;
	default: /* of many places */
		break;
	}
	return true;
}

/* The place after it; its bytes count once. */
static uint64_t word_after(const struct truth_event *event, struct truth_sums *sums)
{
	uint64_t word = event->word_before;
	uint32_t size = TRUTH_SIZE(word), refs = TRUTH_REFS(word);
	uint32_t views = TRUTH_VIEWS(word);

	switch ((enum truth_op)event->op) {
	case TRUTH_ALLOC:
		sums->allocs++;
		sums->bytes_up += refs ? 0 : event->size;
		return TRUTH_WORD(event->size, refs + 1, views);
	case TRUTH_FREE:
		sums->frees++;
		sums->bytes_down += refs == 1 ? size : 0;
		return refs == 1 ? 0 : TRUTH_WORD(size, refs - 1, views);
	case TRUTH_VIEW:
		return TRUTH_WORD(size, refs, views + 1);
	case TRUTH_FREE_VIEW:
		return TRUTH_WORD(size, refs, views - 1);
	case TRUTH_ADD:
		sums->added += event->size;
		break;
	case TRUTH_TAKE:
		sums->added -= event->size;
		break;
	default:
		break;
	}
	return word;
}

/* The place is claimed, or this thread's own. */
static void happen(struct worker *w, enum truth_op op, uint32_t place, uint64_t size)
{
	struct truth_thread *self = w->self;
	tta_a64 *word = &w->work->truth->place[place];
	struct truth_sums sums = self->sums[truth_row(place)];
	uint64_t number = tta_load_relaxed64(&self->done) + 1;

	self->event = (struct truth_event){
		.op = op,
		.place = place,
		.size = size,
		.word_before = tta_load_relaxed64(word),
		.before = {sums},
	};
	tta_store_release64(&self->begun, number);
	if (!publish(&self->event)) {
		tta_store_release64(&self->begun, number - 1);
		return;
	}
	tta_store_relaxed64(word, word_after(&self->event, &sums));
	self->sums[truth_row(place)] = sums;
	tta_store_release64(&self->done, number);
}

/* The last owner leaves after the last view: no view is left without an owner. */
static enum truth_op choose(uint64_t word, uint64_t chance)
{
	if (TRUTH_REFS(word) == 0)
		return TRUTH_ALLOC;
	if (chance % 8 == 0 && TRUTH_REFS(word) < REFS_MOST)
		return TRUTH_ALLOC;
	if (chance % 8 == 1 && TRUTH_VIEWS(word) < VIEWS_MOST)
		return TRUTH_VIEW;
	if (TRUTH_VIEWS(word) > 0 && (chance % 8 == 2 || TRUTH_REFS(word) == 1))
		return TRUTH_FREE_VIEW;
	return TRUTH_FREE;
}

static void place_event(struct worker *w, uint32_t place, uint64_t chance)
{
	uint64_t word = tta_load_relaxed64(&w->work->truth->place[place]);
	uint64_t size =
		TRUTH_REFS(word) ? TRUTH_SIZE(word) : 1 + work_draw(w) % SIZE_MOST;

	if (chance % 16 == 15 && !truth_is_own(place))
		happen(w, TRUTH_ADD, place, size);
	else
		happen(w, choose(word, chance), place, size);
}

static uint32_t own_first(const struct worker *w)
{
	return (uint32_t)(w->self - w->work->truth->thread) * TRUTH_KEPT;
}

static void own_event(struct worker *w, uint64_t chance)
{
	uint32_t place = own_first(w) + (uint32_t)(chance >> 8) % TRUTH_KEPT;

	if (chance >> 32 & 31)
		place_event(w, place, chance);
	else
		many_end(w, chance >> 37 & 7 ? TRUTH_FREE_GROUP : TRUTH_CLOSE_DEVICE,
			 place);
}

static void shared_event(struct worker *w, uint64_t chance)
{
	uint32_t shared = w->work->truth->places - TRUTH_OWN;
	uint32_t place = TRUTH_OWN + (uint32_t)(chance >> 8) % shared;
	tta_a32 *claimed = &w->work->claimed[place];
	uint32_t nobody = 0;

	if (!tta_cas_acq_rel32(claimed, &nobody, 1))
		return;
	place_event(w, place, chance);
	tta_store_release32(claimed, 0);
}

void work_events(struct worker *w, unsigned count)
{
	while (count-- > 0) {
		uint64_t chance = work_draw(w);

		if (chance >> 5 & 7)
			shared_event(w, chance);
		else
			own_event(w, chance);
	}
}

void work_mark(struct worker *w)
{
	happen(w, TRUTH_MARK, own_first(w), 0);
}

/* Rows are numbered as the first places after the threads' own are. */
static void take_added(struct worker *w, uint32_t row)
{
	uint64_t added = 0;

	for (uint32_t i = 0; i < TRUTH_THREADS; i++)
		added += w->work->truth->thread[i].sums[row].added;
	if (added > 0)
		happen(w, TRUTH_TAKE, TRUTH_OWN + row, added);
}

void work_free_all(struct worker *w)
{
	struct truth *truth = w->work->truth;

	for (uint32_t row = 0; row < TRUTH_SHARED; row++)
		take_added(w, row);
	for (uint32_t place = 0; place < TRUTH_OWN; place += TRUTH_KEPT)
		if (work_draw(w) & 1)
			many_end(w, TRUTH_CLOSE_DEVICE, place);
	for (uint32_t place = 0; place < truth->places; place++) {
		uint64_t word;

		while ((word = tta_load_relaxed64(&truth->place[place])) != 0)
			happen(w, TRUTH_VIEWS(word) ? TRUTH_FREE_VIEW : TRUTH_FREE, place,
			       TRUTH_SIZE(word));
	}
}

void work_level(struct worker *w)
{
	enum tta_level level = tta_level() == TTA_EVENTS ? TTA_LIVE : TTA_EVENTS;

	if (tta_level_set(level) == 0)
		w->self->level_changes++;
}
