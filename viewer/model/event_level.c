/* SPDX-License-Identifier: BSD-2-Clause */
#include "event_level.h"

struct account {
	int64_t end;	  /* after all that was read */
	uint64_t synced;  /* arrival up to which `end` came from a sync; 0 = never */
	uint64_t blocked; /* events within the sync that do not tell their bytes */
	int64_t pending;  /* sum of the deltas that have not left */
	uint64_t untold;  /* events that have not left and do not tell */
	uint64_t breaks;  /* of the segment, when it was synced */
	uint64_t known;
};

/* What was lost lies before the gap's row: nothing before it can be computed back. */
struct broken {
	uint64_t read, left;
};

void event_levels_init(struct event_levels *levels)
{
	*levels = (struct event_levels){
		.accounts = {.value_size = sizeof(struct account)},
		.breaks = {.value_size = sizeof(struct broken)},
	};
}

static struct event_key place(uint64_t segment, uint32_t device, uint32_t type)
{
	return (struct event_key){segment, (uint64_t)device << 8 | type, 0};
}

static struct account *account_of(struct event_levels *levels,
				  const struct tta_event *record)
{
	struct account *account = event_map_add(
		&levels->accounts, place(record->nonce, record->device, record->type));

	levels->failed |= account == NULL;
	return account;
}

static const struct broken *broken_of(const struct event_levels *levels, uint64_t segment)
{
	static const struct broken none;
	const struct broken *broken =
		event_map_find(&levels->breaks, place(segment, 0, 0));

	return broken ? broken : &none;
}

static void book_gap(struct event_levels *levels, uint64_t segment, bool leaves)
{
	struct broken *broken = event_map_add(&levels->breaks, place(segment, 0, 0));

	levels->failed |= broken == NULL;
	if (broken && leaves)
		broken->left++;
	else if (broken)
		broken->read++;
}

void event_levels_read(struct event_levels *levels, struct event *event)
{
	struct account *account;

	event->told = event->delta_known;
	event->booked = event->delta;
	if (event->kind == EVENT_GAP)
		book_gap(levels, event->record.nonce, false);
	if (!event_has_place(event))
		return;
	account = account_of(levels, &event->record);
	if (!account)
		return;
	if (!event->told) {
		account->untold++;
		return;
	}
	account->pending += event->delta;
	account->end += event->delta;
}

void event_levels_sync(struct event_levels *levels, uint64_t segment, uint32_t device,
		       uint32_t type, uint64_t arrival, uint64_t bytes)
{
	struct account *account =
		event_map_add(&levels->accounts, place(segment, device, type));

	levels->failed |= account == NULL;
	if (!account || bytes > INT64_MAX)
		return;
	account->end = (int64_t)bytes;
	account->synced = arrival;
	account->blocked = account->untold;
	account->breaks = broken_of(levels, segment)->read;
	account->known = true;
}

static bool account_known(const struct event_levels *levels,
			  const struct account *account, uint64_t segment)
{
	const struct broken *broken = broken_of(levels, segment);

	return account && account->known && !levels->failed &&
	       account->breaks == broken->read;
}

bool event_levels_known(const struct event_levels *levels, uint64_t segment,
			uint32_t device, uint32_t type)
{
	return account_known(
		levels, event_map_find(&levels->accounts, place(segment, device, type)),
		segment);
}

/* An event whose bytes were not told when it was read; perhaps they are by now. */
static void settle(struct account *account, const struct event *event)
{
	account->untold--;
	if (event->arrival <= account->synced) {
		account->blocked--;
	} else if (event->delta_known) {
		account->end += event->delta;
	} else {
		account->known = false;
	}
}

uint64_t event_levels_leave(struct event_levels *levels, const struct event *event)
{
	uint64_t segment = event->record.nonce;
	struct account *account;
	int64_t level;

	if (event->kind == EVENT_GAP)
		book_gap(levels, segment, true);
	account = event_has_place(event) ? account_of(levels, &event->record) : NULL;
	if (!account)
		return SNAP_UNKNOWN;
	if (event->told)
		account->pending -= event->booked;
	else
		settle(account, event);
	/* Read in another order than it happened: the sum was made from a wrong size. */
	if (event->told && event->arrival > account->synced &&
	    (!event->delta_known || event->delta != event->booked))
		account->known = false;
	level = account->end - account->pending;
	if (!account_known(levels, account, segment) || account->blocked || level < 0 ||
	    broken_of(levels, segment)->left != account->breaks)
		return SNAP_UNKNOWN;
	return (uint64_t)level;
}

void event_levels_forget(struct event_levels *levels, uint64_t segment)
{
	event_map_forget(&levels->accounts, segment);
	event_map_forget(&levels->breaks, segment);
}

void event_levels_fini(struct event_levels *levels)
{
	event_map_fini(&levels->accounts);
	event_map_fini(&levels->breaks);
}
