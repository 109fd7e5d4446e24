/* SPDX-License-Identifier: BSD-2-Clause */
#include "witness.h"

#include <string.h>

#include "torture.h"

/* ---- looking ---- */

void witness_open(struct witness *w)
{
	*w = (struct witness){0};
	CHECK(tta_reader_open(NULL, &w->reader) == 0, "no reader");
}

void witness_close(struct witness *w)
{
	tta_sample_free(w->sample);
	tta_reader_close(w->reader);
	*w = (struct witness){0};
}

void witness_turn(struct witness *w, pid_t pid)
{
	w->pid = pid;
	w->count = 0;
}

static int keep_event(void *arg, const struct tta_event *event)
{
	struct witness *w = arg;

	if (event->pid != (uint32_t)w->pid)
		return 0;
	CHECK(w->count < WITNESS_EVENTS, "more records than events");
	w->event[w->count++] = *event;
	return 0;
}

void witness_look(struct witness *w)
{
	tta_sample_free(w->sample);
	w->sample = NULL;
	CHECK(tta_reader_sample(w->reader, TTA_SAMPLE_ALL, &w->sample) == 0, "sample");
	w->process = NULL;
	for (size_t i = 0; i < w->sample->process_count; i++)
		if (w->sample->processes[i].pid == (uint32_t)w->pid)
			w->process = &w->sample->processes[i];
	CHECK(tta_reader_events(w->reader, keep_event, w, NULL) == 0, "events");
}

/* ---- judging ---- */

/* The truth spelled out, and how far the process got. */
struct progress {
	struct step steps[LEDGER_STEPS];
	unsigned before, total;
	uint64_t finished; /* events, without what a dead thread left */
	bool cut;	   /* another one is in flight, or was */
	struct ledger now, next;
};

/* The table starting anew: whichever entry it was at. */
static bool is_restart(const struct step *s)
{
	return s->op == TTA_OP_CLOSE && s->address == 0;
}

static bool names(const struct tta_uncertain *seen, const struct step *s,
		  const struct ledger *l)
{
	bool sized = s->op == TTA_OP_ALLOC || s->op == TTA_OP_VIEW;
	bool placed = s->op != TTA_OP_MARK;

	if (is_restart(s))
		return seen->op == s->op &&
		       (seen->address == 0 || ledger_find(l, seen->address));
	return seen->op == s->op && seen->address == s->address &&
	       (!sized || seen->size == s->size) &&
	       (!placed || (seen->device == LEDGER_DEVICE && seen->type == LEDGER_TYPE));
}

/* Where a thread died in an event before: its event stays uncertain for good. */
static const char *progress_lost(struct progress *g, const struct tta_process *p)
{
	bool named = p->uncertain_named > 0;
	bool booked = p->uncertain_count > p->uncertain_named;
	bool old = named && names(p->uncertain, &lost_step, &g->now);

	if (p->uncertain_count == 0)
		return p->totals_inexact & TTA_INEXACT_BUSY
			       ? NULL
			       : "the event that a thread died in is forgotten";
	/* Booked before it is forgotten: for one store it counts twice. */
	booked = booked && !old && p->events > g->before;
	g->finished = p->events - booked;
	g->cut = booked && (named || (p->totals_inexact & TTA_INEXACT_BUSY));
	return p->uncertain_count <= 2 ? NULL : "more uncertain events than deaths";
}

static const char *progress_of(struct progress *g, const struct operation *op,
			       const struct tta_process *p)
{
	const char *problem = NULL;

	g->total = operation_steps(op, g->steps, &g->before);
	g->finished = p->events;
	g->cut = p->uncertain_count > 0 || (p->totals_inexact & TTA_INEXACT_BUSY);
	if (op->lost)
		problem = progress_lost(g, p);
	else if (p->uncertain_count > 1)
		problem = "more than one uncertain event";
	if (!problem && (g->finished < g->before && !op->born))
		problem = "fewer events than were finished before";
	if (!problem && g->finished + g->cut > g->total)
		problem = "more events than there were";
	if (problem)
		return problem;
	ledger_run(&g->now, g->steps, (unsigned)g->finished);
	ledger_run(&g->next, g->steps, (unsigned)g->finished + g->cut);
	return NULL;
}

static bool cut_is_named(const struct progress *g, const struct tta_process *p)
{
	return p->uncertain_named == 1 &&
	       names(p->uncertain, &g->steps[g->finished], &g->now);
}

static const char *check_uncertain(const struct progress *g, const struct truth *t,
				   const struct tta_process *p)
{
	if (t->op->lost && !g->cut)
		return NULL;
	if (!t->dead)
		return p->uncertain_count == 0 || t->op->lost
			       ? NULL
			       : "uncertain while everybody lives";
	if (g->cut && (t->op->crowded ? p->uncertain_named != 0 : !cut_is_named(g, p)))
		return "the uncertain event is not the one that was cut";
	if (p->totals_inexact != (p->uncertain_count ? TTA_INEXACT_UNCERTAIN : 0))
		return "the totals say a wrong reason, or none, for being inexact";
	if (!t->op->level_moves && p->buffers_inexact != p->totals_inexact)
		return "the buffers say another reason than the totals";
	return NULL;
}

/* Entries turn into bytes without detail: nothing is given back, nothing is new. */
static const char *check_level(const struct progress *g, const struct tta_process *p)
{
	const struct tta_memory *m = p->memory;

	if (p->memory_count != 1 || m->used != g->now.alloc_bytes - g->now.free_bytes ||
	    m->refs != g->now.allocs - g->now.frees)
		return "a new table changed what is held";
	return NULL;
}

static bool something_left(const struct progress *g, const struct tta_process *p)
{
	return g->cut || p->uncertain_count || g->now.count ||
	       g->now.add_up != g->now.add_down;
}

static const char *check_verdict(const struct progress *g, const struct truth *t,
				 const struct tta_process *p)
{
	bool closed = p->state == TTA_STATE_CLOSED;
	bool left = something_left(g, p);

	if (!t->dead)
		return p->verdict == (closed ? TTA_VERDICT_ENDING : TTA_VERDICT_ALIVE)
			       ? NULL
			       : "not alive while it lives";
	if (p->lanes != p->lanes_dead)
		return "a dead lane is not marked";
	if (p->verdict == TTA_VERDICT_DEAD)
		return left ? "dead with residue" : NULL;
	if (p->verdict != (closed ? TTA_VERDICT_EXITED : TTA_VERDICT_ORPHAN))
		return "neither orphan, exited nor dead";
	return left ? NULL : "residue of nothing";
}

static const char *check_records(const struct progress *g, const struct witness *w,
				 bool crowded)
{
	unsigned at = 0;

	if (crowded)
		return w->count ? "a record of a lane without a ring" : NULL;
	for (unsigned i = 0; i < g->finished + g->cut; i++) {
		const struct tta_event *seen = &w->event[at];
		const struct step *s = &g->steps[i];

		if (s->op == TTA_OP_ADD || is_restart(s))
			continue;
		if (at == w->count)
			return i < g->finished ? "a finished event has no record" : NULL;
		if (seen->op != s->op || seen->address != s->address ||
		    (s->op == TTA_OP_ALLOC && seen->size != s->size))
			return "a record is not of its event";
		at++;
	}
	return at == w->count ? NULL : "a record of no event";
}

/* Records of one lane come in order; of several, lane by lane. */
static bool lanes_in_order(const struct witness *w)
{
	for (unsigned i = 1; i < w->count; i++)
		if (w->event[i].lane != w->event[0].lane)
			return false;
	return true;
}

static const char *check_content(const struct progress *g, const struct truth *t,
				 const struct witness *w)
{
	const char *problem =
		t->op->level_moves
			? check_level(g, w->process)
			: ledger_compare(&g->now, &g->next, w->process, t->op->crowded);

	if (!problem && lanes_in_order(w))
		problem = check_records(g, w, t->op->crowded);
	if (!problem && w->process->lost)
		problem = "records were lost";
	if (!problem && t->op->extra)
		problem = t->op->extra(w->process, t->done);
	return problem;
}

const char *witness_check(const struct witness *w, const struct truth *t)
{
	const struct tta_process *p = w->process;
	const char *problem;
	struct progress g;

	if (p->verdict == TTA_VERDICT_CORRUPT || p->verdict == TTA_VERDICT_UNKNOWN)
		return p->problem[0] ? p->problem : "unknown";
	problem = progress_of(&g, t->op, p);
	if (!problem && t->done && (g.finished != g.total || g.cut))
		problem = "what was finished is not";
	if (!problem)
		problem = check_uncertain(&g, t, p);
	if (!problem)
		problem = check_verdict(&g, t, p);
	if (!problem)
		problem = check_content(&g, t, w);
	return problem;
}
