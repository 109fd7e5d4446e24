/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * group.c - members of groups, in chains by hash of the group.
 *
 * A slot with a group is pushed onto its chain before it becomes live and stays linked
 * until somebody sweeps the chain: an entry that ends only turns its slot RETIRED. So a
 * push is one CAS, a removal none; sweeping is amortised over the retired.
 */
#include "publisher.h"

#define SWEEP_AT 16u

static uint32_t chain_of(uint64_t group)
{
	return (uint32_t)((group * UINT64_C(0x9e3779b97f4a7c15)) >> 54) % GROUP_CHAINS;
}

/* Push a list first..last. G1 */
static void push_list(struct publisher *p, uint32_t chain, uint32_t first, uint32_t last)
{
	uint64_t head = tta_load_relaxed64(&p->chain[chain]);

	do {
		tta_store_relaxed32(&p->links[last].next, (uint32_t)head);
		/* G1 release: the links, and that the slot is chained. Weaker: a taker
		 * walks into another list. Bites: torture_groups. A plain
		 * stack without tag is safe: nothing is ever popped singly, only all at
		 * once. */
	} while (!tta_cas_acq_rel64(&p->chain[chain], &head, first + 1));
}

void tta__group_push(struct publisher *p, uint32_t slot, uint64_t group)
{
	uint32_t chain = chain_of(group);

	tta_store_relaxed32(&p->links[slot].chained, chain + 1);
	tta_add_relaxed32(&p->chain_members[chain], 1);
	push_list(p, chain, slot, slot);
}

/* A list under construction. */
struct list {
	uint32_t first, last; /* NO_SLOT = empty */
};

static void list_add(struct publisher *p, struct list *list, uint32_t slot)
{
	tta_store_relaxed32(&p->links[slot].next,
			    list->first == NO_SLOT ? 0 : list->first + 1);
	if (list->first == NO_SLOT)
		list->last = slot;
	list->first = slot;
}

/* A retired slot leaves its chain and is free again. */
static void recycle(struct publisher *p, struct lane *lane, uint32_t chain, uint32_t slot)
{
	struct tta_slot *s = tta__slot(p, slot);
	uint64_t word = tta_load_relaxed64(&s->word);

	tta_store_relaxed64(&s->word, tta_slot_word(tta_slot_generation(word), 0, 0,
						    TTA_SLOT_FREE));
	tta_store_relaxed32(&p->links[slot].chained, 0);
	tta_add_relaxed32(&p->chain_members[chain], (uint32_t)-1);
	tta__pool_give(p, lane, slot);
}

/* What to do with the live members of a chain. */
struct filter {
	bool close;
	uint32_t place; /* device | type << 16 */
	uint64_t group;
};

static bool is_member(const struct publisher *p, uint32_t slot,
		      const struct filter *filter)
{
	const struct tta_slot *s = tta__slot(p, slot);

	return filter->close && tta_load_relaxed64(&s->group) == filter->group &&
	       (tta_load_relaxed32(&s->place) & 0xffffff) == filter->place;
}

/* True: the entry was live, a member, and ended here. */
static bool close_member(struct publisher *p, struct lane *lane, uint32_t slot,
			 uint64_t *word, const struct filter *filter, bool keep_slot)
{
	while (tta_slot_state(*word) == TTA_SLOT_LIVE && is_member(p, slot, filter)) {
		if (tta__event_close_slot(p, lane, slot, *word, keep_slot))
			return true;
		*word = tta_load_acquire64(&tta__slot(p, slot)->word);
	}
	return false;
}

/* Take the whole chain, end members, recycle the retired, put the others back. */
static void sweep_locked(struct publisher *p, struct lane *lane, uint32_t chain,
			 const struct filter *filter)
{
	struct list kept = {NO_SLOT, NO_SLOT};
	uint32_t at;

	tta_store_relaxed32(&p->chain_retired[chain], 0);
	/* G1 acquire: the links of everything pushed. */
	at = (uint32_t)tta_exchange_acq_rel64(&p->chain[chain], 0);
	while (at) {
		uint32_t slot = at - 1;
		/* acquire: a retired slot's hole is clear. */
		uint64_t word = tta_load_acquire64(&tta__slot(p, slot)->word);

		at = tta_load_relaxed32(&p->links[slot].next);
		if (close_member(p, lane, slot, &word, filter, true) ||
		    tta_slot_state(word) == TTA_SLOT_RETIRED)
			recycle(p, lane, chain, slot);
		else
			list_add(p, &kept, slot);
	}
	if (kept.first != NO_SLOT)
		push_list(p, chain, kept.first, kept.last);
}

void tta__group_retired(struct publisher *p, struct lane *lane, uint32_t chain)
{
	const struct filter nothing = {.close = false};
	uint32_t retired = tta_add_relaxed32(&p->chain_retired[chain], 1) + 1;

	if (retired < SWEEP_AT ||
	    retired * 2 < tta_load_relaxed32(&p->chain_members[chain]) ||
	    lane->overflow || !tta__trylock(&p->chain_lock[chain]))
		return;
	sweep_locked(p, lane, chain, &nothing);
	tta__unlock(&p->chain_lock[chain]);
}

/* Somebody else holds part of the chain, or entries joined without a link. */
static void take_by_scan(struct publisher *p, struct lane *lane,
			 const struct filter *filter)
{
	uint64_t slots = tta_load_acquire64(&p->section[TTA_SECTION_POOL].taken);

	for (uint64_t i = 0; i < slots; i++) {
		uint64_t word = tta_load_acquire64(&tta__slot(p, (uint32_t)i)->word);

		close_member(p, lane, (uint32_t)i, &word, filter, false);
	}
}

void tta__group_take(struct publisher *p, struct lane *lane, uint32_t device,
		     uint32_t type, uint64_t group)
{
	struct filter filter = {
		.close = true,
		.place = device | type << 16,
		.group = group,
	};
	uint32_t chain = chain_of(group);
	bool locked = !lane->overflow && tta__trylock(&p->chain_lock[chain]);

	if (locked) {
		sweep_locked(p, lane, chain, &filter);
		tta__unlock(&p->chain_lock[chain]);
	}
	if (!locked || tta_load_acquire32(&p->unchained))
		take_by_scan(p, lane, &filter);
}

void tta__group_recover(struct publisher *p)
{
	/* What the thread had taken off a chain is linked nowhere: from now on scan. */
	for (uint32_t chain = 0; chain < GROUP_CHAINS; chain++)
		if (tta__unlock_own(&p->chain_lock[chain]))
			tta_store_release32(&p->unchained, 1);
}
