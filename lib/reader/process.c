/* SPDX-License-Identifier: BSD-2-Clause */
#include "process.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "content.h"
#include "counters.h"
#include "describe.h"
#include "guard.h"
#include "lanes.h"
#include "marks.h"
#include "residue.h"
#include "table.h"
#include "tsc.h"
#include "verdict.h"

#define TOTALS_TRIES 8
#define TABLE_TRIES  3

/* State of one copy, so that a page fault may end it anywhere. */
struct copy {
	struct tta_attachment *a;
	unsigned parts;
	const struct tta_memory_use *use;
	struct tta_process *p;
	struct tta_content *content;
	struct tta_evidence evidence;
	bool ended;
	bool with_table;
	bool totals_quiet;
	bool table_quiet;
	struct tta_table table;
};

static const struct tta_header *shared_header(const struct tta_attachment *a)
{
	return a->base;
}

/* ---- what is true of the whole process ---- */

static int copy_state(struct copy *c)
{
	const struct tta_header *h = shared_header(c->a);
	/* H2 acquire: what was published before the state changed is seen. Weaker: a
	 * closed segment without its last events. */
	uint32_t state = tta_load_acquire32(&h->state);
	uint32_t level = tta_load_acquire32(&h->level);

	if (state != TTA_STATE_LIVE && state != TTA_STATE_CLOSED)
		return tta__attachment_refuse(c->a, "state %u", state);
	if (level > TTA_EVENTS)
		return tta__attachment_refuse(c->a, "level %u", level);
	c->p->state = (enum tta_state)state;
	c->p->level = (enum tta_level)level;
	c->p->closed_time_ns =
		tta__clock_ns(&c->a->clock, tta_load_relaxed64(&h->closed_time));
	c->p->incomplete_since_ns =
		tta__clock_ns(&c->a->clock, tta_load_relaxed64(&h->incomplete_since));
	return 0;
}

/* The lock first, then the words, then the state: when the first say that the process is
 * gone, nothing moves in what is read after. The other way round an orderly end between
 * two looks would pass for an orphan. */
static int take_evidence(struct copy *c)
{
	int err;

	c->evidence.lock = tta__segment_lock_state(c->a->fd);
	c->evidence.no_ofd = c->a->no_ofd;
	err = tta__attachment_refresh(c->a);
	if (err)
		return err;
	c->evidence.words = tta__lanes_words(c->a);
	err = copy_state(c);
	if (err)
		return err;
	c->evidence.state = c->p->state;
	c->ended = tta__evidence_ended(&c->evidence);
	c->p->lanes_dead = c->evidence.words.died;
	c->p->lanes = c->evidence.words.died + c->evidence.words.live +
		      c->evidence.words.unlocked;
	return 0;
}

/* A table is there when it is kept now, or was until the level fell. */
static bool has_table(const struct copy *c)
{
	return (c->parts & TTA_SAMPLE_BUFFERS) &&
	       c->a->map.section[TTA_SECTION_POOL].offset != 0 &&
	       (c->p->level >= TTA_LIVE ||
		tta__attachment_count(c->a, TTA_SECTION_POOL) > 0);
}

/* ---- the copies ---- */

/* One try: counters, and the table behind them when it is wanted. */
static int copy_once(struct copy *c, bool with_table)
{
	bool quiet, whole;
	int err = tta__attachment_refresh(c->a);

	if (!err)
		err = tta__lanes_before(c->a, c->ended, &quiet);
	if (!err)
		err = tta__counters_copy(c->a, &whole);
	if (err)
		return err;
	c->totals_quiet = quiet && whole && tta__lanes_unmoved(c->a);
	if (!with_table)
		return 0;
	err = tta__table_copy(c->a, &c->content->arena, c->use->room, &c->table);
	c->table_quiet = c->totals_quiet && c->table.whole && tta__lanes_unmoved(c->a);
	return err;
}

/* Totals and table of the same instant if that can be had, else each on its own. */
static int copy_content(struct copy *c)
{
	int err = 0;

	tta__tally_clear_entries(&c->a->tally);
	for (int i = 0; c->with_table && i < TABLE_TRIES && !c->table_quiet && !err; i++)
		err = copy_once(c, true);
	for (int i = 0; i < TOTALS_TRIES && !c->totals_quiet && !err; i++)
		err = copy_once(c, false);
	return err;
}

/* ---- content: what is copied only when something moved ---- */

static uint64_t table_generation(const struct tta_attachment *a)
{
	/* H2 acquire: a table that starts anew is emptied before it has a new number. */
	return tta_load_acquire64(&shared_header(a)->table_generation);
}

/* Descriptions, labels and marks, which are appended outside events, too. */
static bool appended(const struct copy *c)
{
	for (uint32_t type = TTA_SECTION_DEVICES; type <= TTA_SECTION_MARK_ROWS; type++)
		if (tta__attachment_count(c->a, type) != c->content->counts[type])
			return true;
	return false;
}

/*
 * The newest content is still what a copy would say. Every event moves its lane; tables
 * that start anew have a new number; what is described or marked is appended; and
 * counters that move outside events move their lines.
 */
static bool still_true(const struct copy *c)
{
	const struct tta_content *content = c->content;

	return content && content->settled && content->parts == c->parts &&
	       content->with_table == c->with_table &&
	       content->table_generation == table_generation(c->a) && !appended(c) &&
	       tta__lanes_unmoved(c->a) && tta__counters_unmoved(c->a);
}

/* What @p says goes into the content. */
static void content_keep(struct tta_content *content, const struct tta_process *p)
{
	content->totals_inexact = p->totals_inexact;
	content->memory = p->memory;
	content->memory_count = p->memory_count;
	content->devices = p->devices;
	content->device_count = p->device_count;
	content->types = p->types;
	content->type_count = p->type_count;
	content->buffers = p->buffers;
	content->buffer_count = p->buffer_count;
	content->marks = p->marks;
	content->mark_count = p->mark_count;
}

static void content_show(const struct tta_content *content, struct tta_process *p)
{
	p->totals_inexact = content->totals_inexact;
	p->memory = content->memory;
	p->memory_count = content->memory_count;
	p->devices = content->devices;
	p->device_count = content->device_count;
	p->types = content->types;
	p->type_count = content->type_count;
	p->buffers = content->buffers;
	p->buffer_count = content->buffer_count;
	p->marks = content->marks;
	p->mark_count = content->mark_count;
}

static int emit_content(struct copy *c)
{
	struct tta_arena *arena = &c->content->arena;
	struct tta_process *p = c->p;
	int err = 0;

	if (c->with_table) {
		err = tta__describe_labels(c->a, arena, &c->table);
		p->buffers = c->table.buffers;
		p->buffer_count = c->table.count;
	}
	if (!err)
		err = tta__counters_emit(c->a, c->with_table, c->totals_quiet, arena, p,
					 &c->content->disagrees);
	if (!err)
		err = tta__describe_types(c->a, arena, p);
	if (!err)
		err = tta__describe_devices(c->a, arena, p);
	if (!err && (c->parts & TTA_SAMPLE_MARKS))
		err = tta__marks_copy(c->a, arena, p);
	return err;
}

static int copy_anew(struct copy *c)
{
	struct tta_content *content = tta__content_renew(c->a->content);
	int err;

	c->content = content;
	if (!content)
		return -ENOMEM;
	content->parts = c->parts;
	content->with_table = c->with_table;
	content->table_generation = table_generation(c->a);
	err = copy_content(c);
	/* Labels of entries that were made meanwhile. */
	if (!err)
		err = tta__attachment_refresh(c->a);
	if (!err)
		err = emit_content(c);
	if (err)
		return err;
	for (uint32_t type = TTA_SECTION_DEVICES; type <= TTA_SECTION_MARK_ROWS; type++)
		content->counts[type] = tta__attachment_count(c->a, type);
	content->residue = tta__mapping_has_residue(c->a->base, &c->a->backed, NULL);
	content->corrupt_table = c->table.corrupt;
	content->adds = tta__counters_adds(c->a);
	content->settled = c->with_table ? c->table_quiet : c->totals_quiet;
	content_keep(content, c->p);
	return 0;
}

static int take_content(struct copy *c)
{
	if (!still_true(c))
		return copy_anew(c);
	c->totals_quiet = true;
	c->table_quiet = c->with_table;
	content_show(c->content, c->p);
	return 0;
}

/* ---- soundness ---- */

static bool dropped(const struct tta_process *p)
{
	if (p->incomplete_since_ns != 0)
		return true;
	for (uint32_t i = TTA_COUNT_DROPPED_SLOT; i < TTA_COUNT_NO_RECORD; i++)
		if (p->counts[i] != 0)
			return true;
	return false;
}

static void judge_table(const struct copy *c, uint32_t both)
{
	struct tta_process *p = c->p;

	p->buffers_inexact = both | (c->table_quiet ? 0 : TTA_INEXACT_BUSY);
	if (p->level < TTA_LIVE)
		p->buffers_inexact |= TTA_INEXACT_STALE;
	if (c->content->corrupt_table)
		p->buffers_inexact |= TTA_INEXACT_CORRUPT;
	/* At rest, and with nothing dropped, counters and table must agree. */
	if (p->buffers_inexact == 0 && c->content->disagrees) {
		p->totals_inexact |= TTA_INEXACT_MISMATCH;
		p->buffers_inexact |= TTA_INEXACT_MISMATCH;
	}
}

static void judge_soundness(const struct copy *c)
{
	struct tta_process *p = c->p;
	uint32_t both = 0;

	if (dropped(p))
		both |= TTA_INEXACT_DROPPED;
	if (p->uncertain_count > 0)
		both |= TTA_INEXACT_UNCERTAIN;
	p->totals_inexact |= both | (c->totals_quiet ? 0 : TTA_INEXACT_BUSY);
	if (c->with_table)
		judge_table(c, both);
	else
		p->buffers_inexact = TTA_INEXACT_NO_TABLE;
}

static void note_adds(struct tta_attachment *a, uint64_t adds)
{
	if (adds == a->adds)
		return;
	a->adds = adds;
	a->adds_ns = tta__monotonic_ns();
}

static void judge_owner(const struct copy *c)
{
	struct tta_process *p = c->p;
	uint32_t notes;

	note_adds(c->a, c->content->adds);
	p->last_add_ns = c->a->adds_ns;
	p->events += c->content->adds;
	p->residue = c->content->residue || p->uncertain_count > 0;
	p->verdict = tta__verdict(&c->evidence, p->residue, &notes);
	p->notes |= notes;
	p->lost = c->a->lost;
}

static int copy_process(void *arg)
{
	struct copy *c = arg;
	int err = take_evidence(c);

	if (err)
		return err;
	c->with_table = has_table(c);
	err = take_content(c);
	if (!err)
		err = tta__lanes_sum(c->a, c->ended, c->use->arena, c->p);
	if (err)
		return err;
	judge_soundness(c);
	judge_owner(c);
	return 0;
}

void tta__process_corrupt(const struct tta_attachment *a, struct tta_process *p)
{
	*p = a->identity;
	p->verdict = TTA_VERDICT_CORRUPT;
	p->totals_inexact = TTA_INEXACT_CORRUPT;
	p->buffers_inexact = TTA_INEXACT_CORRUPT;
	snprintf(p->problem, sizeof(p->problem), "%s", a->problem);
}

int tta__process_sample(struct tta_attachment *a, unsigned parts,
			const struct tta_memory_use *use, struct tta_process *p,
			struct tta_content **ret_content)
{
	struct copy copy = {
		.a = a, .parts = parts, .use = use, .p = p, .content = a->content[0]};
	int err = tta__attachment_check(a);

	*p = a->identity;
	*ret_content = NULL;
	if (!err)
		err = tta__guard_run(a->base, a->size, copy_process, &copy);
	if (err == -EFAULT)
		err = tta__attachment_refuse(a, "truncated while it was read");
	if (err == -EBADMSG) {
		a->broken = true;
		tta__process_corrupt(a, p);
		return 0;
	}
	if (!err)
		*ret_content = a->content[0];
	return err;
}
