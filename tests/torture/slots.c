/* SPDX-License-Identifier: BSD-2-Clause */
#include "slots.h"

#include <stdlib.h>

#include "publisher.h"
#include "torture.h"

uint64_t slots_taken(void)
{
	return tta_load_acquire64(&tta__gate_attached()->section[TTA_SECTION_POOL].taken);
}

uint64_t slots_filled(void)
{
	const struct publisher *p = tta__gate_attached();
	uint64_t filled = 0;

	for (uint64_t i = 0; i < slots_taken(); i++)
		filled += tta_slot_generation(
			tta_load_relaxed64(&tta__slot(p, (uint32_t)i)->word));
	return filled;
}

struct places {
	const struct publisher *p;
	const char *what;
	uint64_t slots;
	unsigned char *seen; /* how many places hold a slot */
};

static void seen_once(struct places *places, uint32_t slot)
{
	CHECK(slot < places->slots, "%s: slot %u was never handed out", places->what,
	      slot);
	CHECK(places->seen[slot]++ == 0, "%s: slot %u is in two places", places->what,
	      slot);
}

static void look_into_magazines(struct places *places)
{
	const struct publisher *p = places->p;
	uint64_t lanes = tta_load_acquire64(&p->section[TTA_SECTION_LANES].taken);

	for (uint64_t i = 0; i < lanes; i++) {
		const struct lane *lane =
			(const struct lane *)(uintptr_t)tta_load_acquire64(&p->lanes[i]);

		for (uint32_t at = 0; lane && at < lane->magazine_count; at++)
			seen_once(places, lane->magazine[at]);
	}
}

static void look_into_depot(struct places *places)
{
	const struct slot_link *links = places->p->links;
	uint32_t batch = (uint32_t)tta_load_acquire64(&places->p->depot);

	for (; batch; batch = tta_load_relaxed32(&links[batch - 1].next_batch))
		for (uint32_t at = batch; at;
		     at = tta_load_relaxed32(&links[at - 1].next))
			seen_once(places, at - 1);
}

/* Live members are where they belong; only the others are counted. */
static void look_into_chains(struct places *places)
{
	const struct publisher *p = places->p;

	for (unsigned chain = 0; chain < GROUP_CHAINS; chain++) {
		uint32_t at = (uint32_t)tta_load_acquire64(&p->chain[chain]);

		for (; at; at = tta_load_relaxed32(&p->links[at - 1].next)) {
			uint64_t word = tta_load_relaxed64(&tta__slot(p, at - 1)->word);

			if (tta_slot_state(word) != TTA_SLOT_LIVE)
				seen_once(places, at - 1);
		}
	}
}

static uint64_t count_missing(struct places *places)
{
	uint64_t missing = 0;

	for (uint64_t i = 0; i < places->slots; i++) {
		uint64_t word =
			tta_load_relaxed64(&tta__slot(places->p, (uint32_t)i)->word);
		bool live = tta_slot_state(word) == TTA_SLOT_LIVE;

		CHECK(!live || !places->seen[i], "%s: live slot %llu is also free",
		      places->what, (unsigned long long)i);
		missing += !live && !places->seen[i];
	}
	return missing;
}

void slots_check(uint64_t lost, const char *what)
{
	struct places places = {
		.p = tta__gate_attached(),
		.what = what,
		.slots = slots_taken(),
	};
	uint64_t missing;

	places.seen = calloc(places.slots + 1, 1);
	CHECK(places.seen, "%s: no memory", what);
	look_into_magazines(&places);
	look_into_depot(&places);
	look_into_chains(&places);
	missing = count_missing(&places);
	free(places.seen);
	CHECK(missing <= lost, "%s: %llu of %llu slots are lost", what,
	      (unsigned long long)missing, (unsigned long long)places.slots);
}
