/* SPDX-License-Identifier: BSD-2-Clause */
#include "ledger.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* ---- what events mean ---- */

static unsigned place_of(const struct ledger *l, uint64_t address)
{
	unsigned at = 0;

	while (at < l->count && l->entry[at].address < address)
		at++;
	return at;
}

const struct entry *ledger_find(const struct ledger *l, uint64_t address)
{
	unsigned at = place_of(l, address);

	return at < l->count && l->entry[at].address == address ? &l->entry[at] : NULL;
}

static struct entry *entry_of(struct ledger *l, uint64_t address)
{
	return (struct entry *)(uintptr_t)ledger_find(l, address);
}

static struct entry *enter(struct ledger *l, uint64_t address)
{
	unsigned at = place_of(l, address);

	memmove(&l->entry[at + 1], &l->entry[at], (l->count - at) * sizeof(struct entry));
	l->count++;
	l->entry[at] = (struct entry){.address = address};
	return &l->entry[at];
}

static void drop_if_empty(struct ledger *l, struct entry *e)
{
	if (e->refs || e->views)
		return;
	l->count--;
	memmove(e, e + 1, (size_t)(l->entry + l->count - e) * sizeof(*e));
}

static void apply_alloc(struct ledger *l, const struct step *s)
{
	struct entry *e = entry_of(l, s->address);

	if (!e)
		e = enter(l, s->address);
	l->allocs++;
	l->alloc_bytes += s->size > e->size ? s->size - e->size : 0;
	e->size = s->size > e->size ? s->size : e->size;
	e->refs++;
}

static void apply_view(struct ledger *l, const struct step *s)
{
	struct entry *e = entry_of(l, s->address);

	if (!e)
		e = enter(l, s->address);
	e->views++;
}

static void owners_leave(struct ledger *l, struct entry *e, uint32_t refs)
{
	l->frees += refs;
	e->refs -= refs;
	if (refs && e->refs == 0) {
		l->free_bytes += e->size;
		e->size = 0;
	}
}

static void apply_end(struct ledger *l, const struct step *s)
{
	struct entry *e = entry_of(l, s->address);

	if (!e)
		return;
	if (s->op == TTA_OP_CLOSE) {
		owners_leave(l, e, e->refs);
		e->views = 0;
	} else if (s->op == TTA_OP_FREE && e->refs) {
		owners_leave(l, e, 1);
	} else {
		e->views--;
	}
	drop_if_empty(l, e);
}

void ledger_apply(struct ledger *l, const struct step *s)
{
	switch (s->op) {
	case TTA_OP_ALLOC:
		apply_alloc(l, s);
		break;
	case TTA_OP_VIEW:
		apply_view(l, s);
		break;
	case TTA_OP_FREE:
	case TTA_OP_FREE_VIEW:
	case TTA_OP_CLOSE:
		apply_end(l, s);
		break;
	case TTA_OP_ADD:
		if ((int64_t)s->size >= 0)
			l->add_up += s->size;
		else
			l->add_down += 0 - s->size;
		break;
	default:
		break;
	}
}

void ledger_run(struct ledger *l, const struct step *steps, unsigned count)
{
	*l = (struct ledger){0};
	for (unsigned i = 0; i < count; i++)
		ledger_apply(l, &steps[i]);
}

/* ---- what a reader saw ---- */

bool ledger_counts(const struct ledger *allocs, const struct ledger *frees,
		   const struct tta_memory *m)
{
	return m->allocs == allocs->allocs && m->frees == frees->frees &&
	       m->detail_bytes == allocs->alloc_bytes - frees->free_bytes;
}

static bool either(uint64_t seen, uint64_t before, uint64_t after)
{
	return seen == before || seen == after;
}

/* Two updates, allocs first, each whole. */
static bool columns_are(const struct ledger *before, const struct ledger *after,
			const struct tta_memory *m)
{
	return ledger_counts(before, before, m) || ledger_counts(after, before, m) ||
	       ledger_counts(after, after, m);
}

static bool words_are(const struct ledger *before, const struct ledger *after,
		      const struct tta_memory *m)
{
	return either(m->allocs, before->allocs, after->allocs) &&
	       either(m->frees, before->frees, after->frees) &&
	       either(m->detail_bytes, before->alloc_bytes - before->free_bytes,
		      after->alloc_bytes - after->free_bytes);
}

static const char *compare_counters(const struct ledger *before,
				    const struct ledger *after,
				    const struct tta_process *process, bool loose)
{
	struct tta_memory m = {.device = LEDGER_DEVICE};

	for (size_t i = 0; i < process->memory_count; i++) {
		if (process->memory[i].device != LEDGER_DEVICE ||
		    process->memory[i].type != LEDGER_TYPE)
			return "bytes of a place that nobody used";
		m = process->memory[i];
	}
	if (loose ? !words_are(before, after, &m) : !columns_are(before, after, &m))
		return "counters are neither those before nor those after";
	if (m.add_bytes_up != before->add_up && m.add_bytes_up != after->add_up)
		return "added bytes are neither";
	if (m.add_bytes_down != before->add_down && m.add_bytes_down != after->add_down)
		return "bytes given back by tta_add are neither";
	if (m.no_detail_bytes != 0)
		return "bytes without detail";
	return NULL;
}

static const char *either_entry(const struct entry *b, const struct entry *a,
				const struct tta_buffer *seen)
{
	if (!b && !a)
		return "an entry that nobody made";
	b = b ? b : a;
	a = a ? a : b;
	if (!either(seen->refs, b->refs, a->refs) ||
	    !either(seen->views, b->views, a->views))
		return "owners or views of an entry";
	return either(seen->size, b->size, a->size) ? NULL : "the size of an entry";
}

const char *ledger_compare_entry(const struct ledger *before, const struct ledger *after,
				 const struct tta_buffer *seen)
{
	return either_entry(ledger_find(before, seen->address),
			    ledger_find(after, seen->address), seen);
}

unsigned ledger_in_both(const struct ledger *before, const struct ledger *after)
{
	unsigned count = 0;

	for (unsigned i = 0; i < before->count; i++)
		count += ledger_find(after, before->entry[i].address) != NULL;
	return count;
}

const char *ledger_compare(const struct ledger *before, const struct ledger *after,
			   const struct tta_process *process, bool loose)
{
	const char *problem = compare_counters(before, after, process, loose);
	unsigned known = 0;

	for (size_t i = 0; i < process->buffer_count && !problem; i++) {
		const struct tta_buffer *seen = &process->buffers[i];

		if (seen->device != LEDGER_DEVICE || seen->type != LEDGER_TYPE)
			return "an entry of a place that nobody used";
		problem = ledger_compare_entry(before, after, seen);
		known += ledger_find(before, seen->address) &&
			 ledger_find(after, seen->address);
	}
	if (!problem && known != ledger_in_both(before, after))
		problem = "an entry is missing";
	return problem;
}
