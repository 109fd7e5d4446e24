/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * judge.c - the steps of each thread once more, then thread by thread: how far its
 * records go, which event was cut, its entries; and for all threads of a place: is there
 * a way to count the cut events, each before or after, that gives the counters?
 */
#include "judge.h"

#include <stddef.h>
#include <string.h>

#define KEPT 1024u /* steps: as many as a ring holds */

/* One thread's truth and what was seen of it. */
struct account {
	struct script script; /* after the calls that are done */
	struct call flying;   /* the next one */
	bool begun;
	uint64_t low;		/* records of what is done */
	unsigned may;		/* records that the flying call may add */
	struct step kept[KEPT]; /* step of record i at i % KEPT */

	uint64_t records; /* seen */
	const struct tta_event *last;
	const struct tta_uncertain *cut;
	bool ringless; /* its lane got no ring at first, and said so */
	struct ledger now, next;
};

struct hearing {
	const struct testimony *t;
	const struct load *load;
	struct account account[SCRIPT_THREADS];
};

/* ---- the truth ---- */

static void replay(struct account *a, const struct load *load, unsigned thread,
		   const struct done *done)
{
	uint64_t calls = tta_load_acquire64(&done->done);

	script_begin(&a->script, load, thread);
	a->low = 0;
	for (uint64_t i = 0; i < calls; i++) {
		struct call call = script_next(&a->script);
		unsigned events = script_events(&a->script, &call);

		for (unsigned k = 0; k < events; k++)
			a->kept[a->low++ % KEPT] = call.step;
		script_apply(&a->script, &call);
	}
	a->begun = tta_load_acquire64(&done->begun) > calls;
	a->flying = script_next(&a->script);
	a->may = a->begun ? script_events(&a->script, &a->flying) : 0;
	a->now = a->script.ledger;
	a->next = a->now;
}

/* ---- how far a thread got ---- */

static bool step_is(const struct step *s, uint32_t op, uint64_t address)
{
	if (s->op == TTA_OP_CLOSE)
		return op == TTA_OP_CLOSE && script_is_grouped(address);
	return s->op == op && s->address == address;
}

static uint64_t records_of(const struct testimony *t, uint32_t thread)
{
	uint64_t records = 0;

	for (unsigned i = 0; i < t->count; i++)
		if (t->event[i].thread == thread)
			records = t->event[i].sequence + 1;
	return records;
}

/* Records of a lane are contiguous up to its head. */
static const char *take_records(struct account *a, const struct testimony *t,
				uint32_t thread)
{
	a->records = records_of(t, thread);
	/* Without a ring in the beginning, positions are not those of events. */
	a->ringless = a->records < a->low && t->process->counts[TTA_COUNT_NO_RECORD] > 0;
	if (a->records < a->low)
		return a->ringless ? NULL : "a finished event has no record";
	a->last = NULL;
	a->records = 0;
	for (unsigned i = 0; i < t->count; i++) {
		const struct tta_event *e = &t->event[i];
		bool flies = e->sequence >= a->low;

		if (e->thread != thread)
			continue;
		if (a->last && e->sequence != a->records)
			return "a gap between records";
		if (flies && e->sequence >= a->low + a->may)
			return "a record of an event that never began";
		if (!step_is(flies ? &a->flying.step : &a->kept[e->sequence % KEPT],
			     e->op, e->address))
			return "a record is not of its event";
		a->last = e;
		a->records = e->sequence + 1;
	}
	return NULL;
}

static const struct tta_uncertain *cut_of(const struct tta_process *p, uint32_t thread)
{
	for (size_t i = 0; i < p->uncertain_named; i++)
		if (p->uncertain[i].thread == thread)
			return &p->uncertain[i];
	return NULL;
}

static bool last_is_cut(const struct account *a)
{
	return a->cut && a->records > a->low && a->last->op == a->cut->op &&
	       a->last->address == a->cut->address;
}

/* Without records: the flying call may have happened. */
static const char *take_either(struct account *a)
{
	const struct step *done = &a->kept[(a->low - 1) % KEPT];
	struct script after = a->script;

	if (a->begun)
		script_apply(&after, &a->flying);
	a->next = after.ledger;
	if (a->cut && !step_is(&a->flying.step, a->cut->op, a->cut->address) &&
	    !(a->low && step_is(done, a->cut->op, a->cut->address)))
		return "the uncertain event is not the one in flight";
	return NULL;
}

/* The flying call's events, in the order that the records tell. */
static const char *take_flying(struct account *a, const struct testimony *t,
			       uint32_t thread)
{
	struct step step = a->flying.step;
	uint64_t finished = a->records - last_is_cut(a);

	for (unsigned i = 0; i < t->count; i++) {
		const struct tta_event *e = &t->event[i];

		if (e->thread != thread || e->sequence < a->low ||
		    e->sequence >= finished)
			continue;
		if (step.op == TTA_OP_CLOSE)
			step.address = e->address;
		if (step.op == TTA_OP_CLOSE && !ledger_find(&a->now, e->address))
			return "a member ended twice";
		ledger_apply(&a->now, &step);
	}
	a->next = a->now;
	if (!a->cut)
		return NULL;
	if (finished >= a->low + a->may || !step_is(&step, a->cut->op, a->cut->address))
		return "the uncertain event is not the one in flight";
	step.address = a->cut->address;
	ledger_apply(&a->next, &step);
	return NULL;
}

static const char *check_entries(const struct account *a, const struct tta_process *p,
				 unsigned thread)
{
	unsigned known = 0;

	for (size_t i = 0; i < p->buffer_count; i++) {
		const struct tta_buffer *seen = &p->buffers[i];
		const char *problem;

		if (script_owner(seen->address) != thread)
			continue;
		problem = ledger_compare_entry(&a->now, &a->next, seen);
		if (problem)
			return problem;
		known += ledger_find(&a->now, seen->address) &&
			 ledger_find(&a->next, seen->address);
	}
	return known == ledger_in_both(&a->now, &a->next) ? NULL : "an entry is missing";
}

/* ---- counters ---- */

static struct tta_memory row_of(const struct tta_process *p, uint32_t device,
				uint32_t type)
{
	for (size_t i = 0; i < p->memory_count; i++)
		if (p->memory[i].device == device && p->memory[i].type == type)
			return p->memory[i];
	return (struct tta_memory){.device = device, .type = type};
}

static void sum(struct ledger *to, const struct ledger *l)
{
	to->alloc_bytes += l->alloc_bytes;
	to->allocs += l->allocs;
	to->free_bytes += l->free_bytes;
	to->frees += l->frees;
}

/* A whole group may be half ended, and no record says how far. */
static bool untold(const struct hearing *h, uint32_t type)
{
	for (unsigned i = 0; i < h->load->threads; i++)
		if (h->account[i].ringless && script_type(h->load, i) == type &&
		    h->account[i].flying.step.op == TTA_OP_CLOSE)
			return true;
	return false;
}

/* Some choice of before or after for each thread from @at on gives the row. */
static bool some_way(const struct hearing *h, uint32_t type, unsigned at,
		     struct ledger allocs, struct ledger frees,
		     const struct tta_memory *row)
{
	const struct account *a = &h->account[at];

	while (at < h->load->threads && script_type(h->load, at) != type)
		a = &h->account[++at];
	if (at == h->load->threads)
		return ledger_counts(&allocs, &frees, row);
	/* The columns are two updates, allocs first. */
	for (unsigned way = 0; way < (a->cut || a->ringless ? 3 : 1); way++) {
		struct ledger more_allocs = allocs, more_frees = frees;

		sum(&more_allocs, way > 0 ? &a->next : &a->now);
		sum(&more_frees, way > 1 ? &a->next : &a->now);
		if (some_way(h, type, at + 1, more_allocs, more_frees, row))
			return true;
	}
	return false;
}

static const char *check_adds(const struct account *a, const struct tta_process *p,
			      unsigned thread)
{
	const struct tta_memory row = row_of(p, ADD_DEVICE, thread);
	struct ledger after = a->script.ledger;

	if (a->begun && a->flying.step.op == TTA_OP_ADD)
		ledger_apply(&after, &a->flying.step);
	if ((row.add_bytes_up == a->script.ledger.add_up &&
	     row.add_bytes_down == a->script.ledger.add_down) ||
	    (row.add_bytes_up == after.add_up && row.add_bytes_down == after.add_down))
		return NULL;
	return "added bytes are neither those before nor those after";
}

static const char *check_counters(const struct hearing *h)
{
	const struct ledger nothing = {0};
	const char *problem = NULL;

	for (unsigned i = 0; i < h->load->threads && !problem; i++) {
		uint32_t type = script_type(h->load, i);
		struct tta_memory row = row_of(h->t->process, LEDGER_DEVICE, type);

		if (!untold(h, type) && !some_way(h, type, 0, nothing, nothing, &row))
			problem = "counters differ by more than the events in flight";
		else
			problem = check_adds(&h->account[i], h->t->process, i);
	}
	return problem;
}

/* ---- the process ---- */

static bool something_left(const struct hearing *h)
{
	const struct tta_process *p = h->t->process;
	bool left = p->uncertain_count > 0;

	for (unsigned i = 0; i < h->load->threads; i++)
		left = left || h->account[i].now.count;
	for (size_t i = 0; i < p->memory_count; i++)
		left = left || p->memory[i].add_bytes_up != p->memory[i].add_bytes_down;
	return left;
}

static const char *check_process(const struct hearing *h)
{
	const struct tta_process *p = h->t->process;
	enum tta_verdict verdict =
		something_left(h) ? TTA_VERDICT_ORPHAN : TTA_VERDICT_DEAD;

	if (p->verdict != verdict)
		return p->problem[0] ? p->problem : "a wrong verdict";
	if (p->uncertain_count != p->uncertain_named ||
	    p->uncertain_count > h->load->threads)
		return "more uncertain events than threads";
	if (p->totals_inexact != (p->uncertain_count ? TTA_INEXACT_UNCERTAIN : 0) ||
	    p->buffers_inexact != p->totals_inexact)
		return "a wrong reason, or none, for being inexact";
	return p->lanes == p->lanes_dead ? NULL : "a dead lane is not marked";
}

static const char *hear_thread(struct hearing *h, unsigned i, const struct done *done)
{
	const struct tta_process *p = h->t->process;
	uint32_t thread = tta_load_acquire32(&done->thread);
	struct account *a = &h->account[i];
	const char *problem;

	replay(a, h->load, i, done);
	a->cut = thread ? cut_of(p, thread) : NULL;
	problem = take_records(a, h->t, thread);
	if (!problem)
		problem = a->ringless ? take_either(a) : take_flying(a, h->t, thread);
	if (!problem)
		problem = check_entries(a, p, i);
	return problem;
}

/* It says that detail was dropped: then bytes may be unknown, but nothing else. */
static const char *check_dropped(const struct tta_process *p)
{
	if (p->verdict != TTA_VERDICT_ORPHAN && p->verdict != TTA_VERDICT_DEAD)
		return p->problem[0] ? p->problem : "a wrong verdict";
	return p->incomplete_since_ns ? NULL
				      : "incomplete, and it is not said since when";
}

static uint64_t cuts(const struct hearing *h)
{
	uint64_t count = 0;

	for (unsigned i = 0; i < h->load->threads; i++)
		count += h->account[i].cut != NULL;
	return count;
}

const char *judge(const struct testimony *t, const struct load *load,
		  const struct done done[SCRIPT_THREADS], struct findings *findings)
{
	static struct hearing h;
	const struct tta_process *p = t->process;
	const char *problem = NULL;

	findings->events += p->events;
	findings->entries += p->buffer_count;
	findings->records += t->count;
	findings->uncertain += p->uncertain_count;
	findings->ringless += p->counts[TTA_COUNT_NO_RECORD] > 0;
	if (p->totals_inexact & TTA_INEXACT_DROPPED) {
		findings->dropped++;
		return check_dropped(p);
	}
	h.t = t;
	h.load = load;
	for (unsigned i = 0; i < load->threads && !problem; i++)
		problem = hear_thread(&h, i, &done[i]);
	if (!problem && cuts(&h) != p->uncertain_named)
		problem = "an uncertain event of nobody";
	if (!problem)
		problem = check_process(&h);
	if (!problem)
		problem = check_counters(&h);
	return problem;
}
