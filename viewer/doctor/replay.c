/* SPDX-License-Identifier: BSD-2-Clause */
#include "replay.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define DOUBT_NS  UINT64_C(1000000)
#define VIEWS_MAX 255u /* what a record can tell */
#define NO_ENTRY  (TTA_RECORD_NO_DETAIL | TTA_RECORD_UNKNOWN | TTA_RECORD_UNMATCHED)

struct number {
	uint64_t value;
};

void replay_init(struct replay *replay)
{
	*replay = (struct replay){
		.index = {.value_size = sizeof(struct number)},
		.lanes = {.value_size = sizeof(struct number)},
		.records = {.value_size = sizeof(struct number)},
	};
}

void replay_fini(struct replay *replay)
{
	free(replay->entries);
	event_map_fini(&replay->index);
	event_map_fini(&replay->lanes);
	event_map_fini(&replay->records);
}

static struct event_key address_key(const struct tta_event *r)
{
	return (struct event_key){r->nonce, (uint64_t)r->device << 8 | r->type,
				  r->address};
}

static struct replay_entry *add_entry(struct replay *replay, const struct tta_event *r,
				      struct number *at)
{
	if (replay->count == replay->room) {
		size_t room = replay->room ? replay->room * 2 : 64;
		struct replay_entry *entries =
			reallocarray(replay->entries, room, sizeof(*entries));

		if (!entries)
			return NULL;
		replay->entries = entries;
		replay->room = room;
	}
	replay->entries[replay->count] = (struct replay_entry){
		.nonce = r->nonce,
		.address = r->address,
		.device = r->device,
		.type = r->type,
		.lane = r->lane,
	};
	at->value = ++replay->count;
	return &replay->entries[replay->count - 1];
}

static struct replay_entry *entry_of(struct replay *replay, const struct tta_event *r)
{
	struct number *at = event_map_add(&replay->index, address_key(r));

	if (!at)
		return NULL;
	return at->value ? &replay->entries[at->value - 1] : add_entry(replay, r, at);
}

static void follow_size(struct replay_entry *entry, const struct tta_event *r)
{
	if (r->op != TTA_OP_ALLOC)
		return;
	if (!(r->flags & TTA_RECORD_DUP)) {
		entry->size = r->size;
		entry->size_known = true;
	} else if (r->size > entry->size) {
		entry->size = r->size;
	}
}

static void follow(struct replay_entry *entry, const struct tta_event *r)
{
	if (r->time_ns < entry->time_ns && r->lane != entry->lane) {
		if (r->time_ns > entry->other_time_ns)
			entry->other_time_ns = r->time_ns;
		entry->size_known = false;
		return;
	}
	if (r->lane != entry->lane) {
		entry->other_time_ns = entry->time_ns;
		entry->lane = r->lane;
	}
	entry->time_ns = r->time_ns;
	entry->refs = r->refs;
	entry->views = r->views;
	follow_size(entry, r);
}

static bool count_record(struct replay *replay, const struct tta_event *r)
{
	struct event_key lane_key = {r->nonce, r->lane, 0}, key = {r->nonce, 0, 0};
	struct number *lane = event_map_add(&replay->lanes, lane_key);
	struct number *sum = event_map_add(&replay->records, key);

	if (!lane || !sum)
		return false;
	sum->value += r->sequence + 1 - lane->value;
	lane->value = r->sequence + 1;
	return true;
}

static bool touches_entry(const struct tta_event *r)
{
	return r->address != 0 && !(r->flags & NO_ENTRY) && r->op != TTA_OP_MARK &&
	       r->op != TTA_OP_ALLOC_FAILED;
}

int replay_record(void *arg, const struct tta_event *record)
{
	struct replay *replay = arg;
	struct replay_entry *entry;

	if (!count_record(replay, record))
		replay->failed = true;
	if (!touches_entry(record))
		return 0;
	entry = entry_of(replay, record);
	if (entry)
		follow(entry, record);
	else
		replay->failed = true;
	return replay->failed ? -ENOMEM : 0;
}

bool replay_settled(const struct replay *replay, const struct tta_process *process)
{
	struct event_key key = {process->nonce, 0, 0};
	const struct number *sum = event_map_find(&replay->records, key);

	return !(process->totals_inexact & TTA_INEXACT_BUSY) &&
	       process->events == (sum ? sum->value : 0);
}

/* ---- judging ---- */

static void mismatch(struct doctor_consistency *c, const struct tta_process *p,
		     const char *format, ...)
	__attribute__((__format__(__printf__, 3, 4)));

static void mismatch(struct doctor_consistency *c, const struct tta_process *p,
		     const char *format, ...)
{
	va_list args;
	int used;

	if (c->mismatches++ > 0)
		return;
	used = snprintf(c->first, sizeof(c->first), "pid %u: ", p->pid);
	va_start(args, format);
	vsnprintf(c->first + used, sizeof(c->first) - (size_t)used, format, args);
	va_end(args);
}

/* Everything that was allocated went through the table, and nothing else. */
static bool all_in_table(const struct tta_process *p, const struct tta_memory *m)
{
	return m->no_detail_bytes == 0 && !p->counts[TTA_COUNT_ADDRESS_ZERO] &&
	       !p->counts[TTA_COUNT_UNMATCHED] && !p->counts[TTA_COUNT_SIZE_ZERO];
}

static void judge_row(const struct tta_process *p, const struct tta_memory *m,
		      struct doctor_consistency *c)
{
	uint64_t bytes = 0, refs = 0;

	for (size_t i = 0; i < p->buffer_count; i++) {
		if (p->buffers[i].device != m->device || p->buffers[i].type != m->type)
			continue;
		bytes += p->buffers[i].size;
		refs += p->buffers[i].refs;
	}
	if (m->detail_bytes != TTA_UNKNOWN && bytes != m->detail_bytes)
		mismatch(c, p, "device %u %s: table %" PRIu64 " bytes, counters %" PRIu64,
			 m->device, tta_type_name(p, m->type), bytes, m->detail_bytes);
	if (all_in_table(p, m) && m->allocs - m->frees != refs)
		mismatch(c, p,
			 "device %u %s: table %" PRIu64 " references, counters %" PRIu64,
			 m->device, tta_type_name(p, m->type), refs,
			 m->allocs - m->frees);
}

static const struct tta_buffer *find_buffer(const struct tta_process *p,
					    const struct replay_entry *e)
{
	size_t low = 0, high = p->buffer_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct tta_buffer *b = &p->buffers[middle];

		if (b->device == e->device && b->address == e->address &&
		    b->type == e->type)
			return b;
		if (b->device < e->device ||
		    (b->device == e->device &&
		     (b->address < e->address ||
		      (b->address == e->address && b->type < e->type))))
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* Entries of a table that was begun anew are gone without a record. */
static bool table_began_anew(const struct tta_process *p, const struct replay_entry *e)
{
	for (size_t i = 0; i < p->memory_count; i++)
		if (p->memory[i].device == e->device && p->memory[i].type == e->type)
			return p->memory[i].no_detail_bytes != 0;
	return false;
}

static void judge_entry(const struct tta_process *p, const struct replay_entry *e,
			struct doctor_consistency *c)
{
	const struct tta_buffer *b = find_buffer(p, e);
	uint32_t refs = b ? b->refs : 0, views = b ? b->views : 0;

	if (e->other_time_ns && e->time_ns - e->other_time_ns < DOUBT_NS)
		return;
	if (table_began_anew(p, e))
		return;
	c->replayed++;
	if (refs != e->refs || (views < VIEWS_MAX ? views : VIEWS_MAX) != e->views)
		mismatch(c, p,
			 "device %u 0x%" PRIx64 ": ring %u references, %u views, table "
			 "%u, %u",
			 e->device, e->address, e->refs, e->views, refs, views);
	else if (b && refs > 0 && e->size_known && b->size != e->size)
		mismatch(c, p,
			 "device %u 0x%" PRIx64 ": ring %" PRIu64
			 " bytes, table %" PRIu64,
			 e->device, e->address, e->size, b->size);
}

static void judge_ring(const struct tta_process *p, const struct replay *replay,
		       struct doctor_consistency *c)
{
	if (p->level != TTA_EVENTS || !replay_settled(replay, p))
		return;
	for (size_t i = 0; i < replay->count; i++)
		if (replay->entries[i].nonce == p->nonce)
			judge_entry(p, &replay->entries[i], c);
}

void consistency_judge(const struct tta_sample *sample, const struct replay *replay,
		       struct doctor_consistency *c)
{
	const uint32_t partial = TTA_INEXACT_DROPPED | TTA_INEXACT_UNCERTAIN |
				 TTA_INEXACT_STALE | TTA_INEXACT_NO_TABLE |
				 TTA_INEXACT_UNSIZED | TTA_INEXACT_CORRUPT;

	*c = (struct doctor_consistency){0};
	for (size_t i = 0; i < sample->process_count; i++) {
		const struct tta_process *p = &sample->processes[i];
		uint32_t inexact = p->totals_inexact | p->buffers_inexact;

		if (p->verdict == TTA_VERDICT_CORRUPT)
			continue;
		if (inexact & TTA_INEXACT_BUSY) {
			c->busy++;
			continue;
		}
		if (inexact & partial) {
			c->unjudged++;
			continue;
		}
		c->compared++;
		for (size_t row = 0; row < p->memory_count; row++)
			judge_row(p, &p->memory[row], c);
		judge_ring(p, replay, c);
	}
}
