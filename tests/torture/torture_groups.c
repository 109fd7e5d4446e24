/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * torture_groups.c - groups and devices that close while members come and go.
 *
 *	owner                       closer
 *	alloc X in group g          free_group g: takes the chain, ends live members
 *	free X: ends it, or         device_close: scans the pool
 *	unknown when closed first
 *
 * Every buffer ends exactly once: by its free or closed. Its owner allocates the address
 * again only after its own free returned, so there is never a dup. At rest every slot is
 * in exactly one place, and a second round needs no new slots.
 */
#include <stdio.h>

#include <tta/tta.h>

#include "publisher.h"
#include "slots.h"
#include "torture.h"
#include "view.h"

#define THREADS 4u
#define OWN	200u
#define GROUPS	9u

enum device { GROUPED, CLOSING, DEVICES };

struct worker {
	uint64_t seed, until;
	unsigned number;
	uint64_t allocs, frees, closes;
	bool live[OWN];
};

static uint64_t address_of(const struct worker *w, uint64_t i)
{
	return (uint64_t)(w->number + 1) << 32 | (i + 1) * 4096;
}

static uint32_t device_of(uint64_t i)
{
	return i % 4 == 0 ? CLOSING : GROUPED;
}

static void toggle(struct worker *w, uint64_t i, uint64_t group)
{
	const struct tta_alloc_desc desc = {
		.desc_size = sizeof(desc),
		.device = device_of(i),
		.type = TTA_CB,
		.address = address_of(w, i),
		.size = 64,
		.group = group,
	};

	if (w->live[i]) {
		tta_free(desc.device, TTA_CB, desc.address);
		w->frees++;
	} else {
		tta_alloc_ex(&desc);
		w->allocs++;
	}
	w->live[i] = !w->live[i];
}

static void *work(void *arg)
{
	struct worker *w = arg;
	uint64_t state = w->seed;
	uint64_t events = 0;

	do {
		uint64_t word = random_next(&state);
		uint64_t group = word >> 32 & 1 ? 1 + word / 64 % GROUPS : 0;

		toggle(w, word % OWN, group);
		if (word >> 40 & 63)
			continue;
		w->closes++;
		if (word >> 46 & 3)
			tta_free_group(GROUPED, TTA_CB, 1 + word / 128 % GROUPS);
		else
			tta_device_close(CLOSING);
	} while ((++events & 255) || now_ns() < w->until);
	for (uint64_t i = 0; i < OWN; i++)
		if (w->live[i])
			toggle(w, i, 0);
	return NULL;
}

struct totals {
	uint64_t allocs, frees, closes;
};

static void run_round(const struct torture *t, unsigned round, struct totals *totals)
{
	static struct worker all[THREADS];
	const struct crew crew = {work, all, sizeof(all[0]), THREADS};

	for (unsigned i = 0; i < THREADS; i++)
		all[i] = (struct worker){
			.seed = t->seed + round * THREADS + i,
			.until = torture_until(t, 0.5),
			.number = i,
		};
	crew_run(&crew);
	for (unsigned i = 0; i < THREADS; i++) {
		totals->allocs += all[i].allocs;
		totals->frees += all[i].frees;
		totals->closes += all[i].closes;
	}
}

static void check_round(const struct view *view, const struct totals *totals,
			const struct lane_sums *lanes)
{
	uint64_t allocs = 0, frees = 0, dropped = 0;
	struct account account;

	for (uint32_t device = 0; device < DEVICES; device++) {
		view_account(view, device, &account);
		/* Bytes of buffers without detail stay: their frees name no size. */
		account_check(&account, "groups");
		CHECK(account.live_slots == 0, "an entry is left");
		allocs += account.kind[TTA_LINE_DETAIL].alloc_count;
		frees += account.kind[TTA_LINE_DETAIL].free_count;
		dropped += account.kind[TTA_LINE_NO_DETAIL].alloc_count;
	}
	printf("allocs %llu frees %llu closing calls %llu closed %llu unknown %llu "
	       "dropped %llu pool %llu\n",
	       (unsigned long long)totals->allocs, (unsigned long long)totals->frees,
	       (unsigned long long)totals->closes,
	       (unsigned long long)lanes->count[TTA_COUNT_CLOSED],
	       (unsigned long long)lanes->count[TTA_COUNT_UNKNOWN_FREES],
	       (unsigned long long)dropped, (unsigned long long)slots_taken());
	CHECK(allocs + dropped == totals->allocs && frees == allocs, "not exact");
	CHECK(lanes->count[TTA_COUNT_DUPS] == 0, "a dup");
	/* Each free ended its entry or found it closed (or never in the table). */
	CHECK(lanes->count[TTA_COUNT_CLOSED] + dropped ==
		      lanes->count[TTA_COUNT_UNKNOWN_FREES] +
			      lanes->count[TTA_COUNT_UNMATCHED],
	      "closed entries and frees without an entry differ");
	CHECK(lanes->count[TTA_COUNT_CLOSED] > 0, "nothing was closed");
	slots_check(0, "groups");
}

int main(int argc, char **argv)
{
	struct totals totals = {0};
	struct lane_sums lanes;
	struct torture t;
	struct view view;
	uint64_t taken;

	torture_begin(&t, "torture_groups", argc, argv);
	CHECK(tta_thread_attach() == 0, "no lane");
	view_open(&view);
	run_round(&t, 0, &totals);
	view_lanes(&view, &lanes);
	check_round(&view, &totals, &lanes);
	taken = slots_taken();
	run_round(&t, 1, &totals);
	view_lanes(&view, &lanes);
	check_round(&view, &totals, &lanes);
	/* Retired members wait in their chains until half of a chain is retired. */
	CHECK(slots_taken() <=
		      taken + THREADS * (MAGAZINE_SLOTS + BATCH_SLOTS) + GROUPS * 16,
	      "the second round took new slots: %llu after %llu",
	      (unsigned long long)slots_taken(), (unsigned long long)taken);
	return 0;
}
