/* SPDX-License-Identifier: BSD-2-Clause */
#include "script.h"

#include <stddef.h>

#include "torture.h"

#define REFS_MOST 100u

static uint64_t address_of(unsigned thread, uint64_t index)
{
	return (uint64_t)(thread + 1) << 32 | (index + 1) << 12;
}

unsigned script_owner(uint64_t address)
{
	return (unsigned)(address >> 32) - 1;
}

bool script_is_grouped(uint64_t address)
{
	return (address & 0xffffffff) > SCRIPT_PLAIN << 12;
}

uint32_t script_type(const struct load *load, unsigned thread)
{
	return load->shared ? LEDGER_TYPE : thread;
}

uint64_t script_group(unsigned thread)
{
	return thread + 1;
}

void script_begin(struct script *s, const struct load *load, unsigned thread)
{
	*s = (struct script){
		.load = load,
		.thread = thread,
		.random = load->seed + thread * UINT64_C(0x9e3779b97f4a7c15),
	};
}

static unsigned members(const struct script *s)
{
	unsigned count = 0;

	for (unsigned i = 0; i < s->ledger.count; i++)
		count += script_is_grouped(s->ledger.entry[i].address);
	return count;
}

static struct call next_add(const struct script *s, uint64_t lot)
{
	uint64_t bytes = (lot >> 16) % 4096 + 1;
	bool down = s->ledger.add_up - s->ledger.add_down >= bytes && (lot >> 32) % 2;

	return (struct call){{TTA_OP_ADD, 0, down ? 0 - bytes : bytes}, false};
}

/* Another member, or the end of all. */
static struct call next_grouped(const struct script *s, uint64_t lot)
{
	unsigned count = members(s);

	if (count == SCRIPT_GROUPED || (count > 0 && (lot >> 16) % 8 == 0))
		return (struct call){{TTA_OP_CLOSE, 0, 0}, true};
	return (struct call){{TTA_OP_ALLOC, address_of(s->thread, SCRIPT_PLAIN + count),
			      lot >> 50},
			     true};
}

/* What an address can take, by what it holds. */
static uint32_t op_for(const struct script *s, const struct entry *e, unsigned kind)
{
	unsigned mix = s->load->mix;

	if (kind < 2 && mix & MIX_VIEWS && (!e || e->views < REFS_MOST))
		return TTA_OP_VIEW;
	if (kind < 5 && e && e->views)
		return TTA_OP_FREE_VIEW;
	if (kind < 6 && e && mix & MIX_DUPS && e->refs < REFS_MOST)
		return TTA_OP_ALLOC;
	return e && e->refs ? TTA_OP_FREE : TTA_OP_ALLOC;
}

struct call script_next(const struct script *s)
{
	uint64_t state = s->random;
	uint64_t lot = random_next(&state);
	unsigned kind = lot % 16;
	uint64_t address = address_of(s->thread, (lot >> 8) % SCRIPT_PLAIN);
	const struct entry *e = ledger_find(&s->ledger, address);
	uint32_t op;

	if (kind < 2 && s->load->mix & MIX_ADDS)
		return next_add(s, lot);
	if (kind < 4 && s->load->mix & MIX_GROUPS)
		return next_grouped(s, lot);
	op = op_for(s, e, kind > 3 ? kind - 4 : kind);
	return (struct call){{op, address, op == TTA_OP_ALLOC ? lot >> 50 : 64}, false};
}

/* Members end in any order: each is gone afterwards. */
static void close_all(struct ledger *l)
{
	for (unsigned i = l->count; i-- > 0;) {
		struct step step = {TTA_OP_CLOSE, l->entry[i].address, 0};

		if (script_is_grouped(step.address))
			ledger_apply(l, &step);
	}
}

void script_apply(struct script *s, const struct call *call)
{
	random_next(&s->random);
	if (call->step.op == TTA_OP_CLOSE)
		close_all(&s->ledger);
	else
		ledger_apply(&s->ledger, &call->step);
}

unsigned script_events(const struct script *s, const struct call *call)
{
	if (call->step.op == TTA_OP_CLOSE)
		return members(s);
	return call->step.op != TTA_OP_ADD;
}
