/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * events.c - the records of the rings, once each.
 *
 *   writer                                 reader
 *   [fence] words of position h            head -> h0, acquire                L1
 *   head = h + 1, release                  copy positions c .. below h0
 *                                          [fence] head -> h1                 L2
 *                                          accept c when h1 + 1 - c <= ring
 *
 * Position h1 may be being written already: it lies where h1 - ring was. What is not
 * accepted is lost, and counted; delivered and lost add up to the head.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "watch.h"

#define BATCH	   256u
#define RING_LIMIT (1u << 20)

typedef int (*tta_visit_fn)(void *arg, const struct tta_event *event);

/* One record, private. */
struct record_copy {
	uint64_t sequence, time, address, size, site, group;
	uint32_t what, thread, refs, extra;
};

/* A bite of one lane's ring, taken under the guard. */
struct bite {
	struct tta_attachment *a;
	uint64_t lane;
	uint64_t
		end; /* head when this lane was begun: later ones are for the next call */
	uint64_t first;	     /* position of record[0] */
	uint32_t count;	     /* copied */
	uint32_t valid_from; /* of these, the first that was not overwritten meanwhile */
	bool more;
	struct record_copy record[BATCH];
};

static const struct tta_lane *bite_lane(const struct bite *b)
{
	return tta__attachment_at(b->a, TTA_SECTION_LANES, b->lane);
}

/* Where the ring lies, proven to be inside the published part of the rings. */
static const char *ring_base(const struct bite *b, uint64_t *ret_records)
{
	const struct tta_section_view *rings = &b->a->backed.section[TTA_SECTION_RINGS];
	const struct tta_lane *lane = bite_lane(b);
	uint64_t records = tta_load_relaxed32(&lane->ring_records);
	uint64_t offset = tta_load_relaxed64(&lane->ring_offset);
	uint64_t first;

	if (records == 0 || records > RING_LIMIT || (records & (records - 1)) != 0)
		return NULL;
	if (rings->offset == 0 || offset < rings->offset ||
	    (offset - rings->offset) % rings->stride != 0)
		return NULL;
	first = (offset - rings->offset) / rings->stride;
	if (first > rings->capacity || records > rings->capacity - first)
		return NULL;
	*ret_records = records;
	return (const char *)b->a->base + offset;
}

static struct record_copy record_load(const void *at)
{
	const struct tta_record *r = at;

	return (struct record_copy){
		.sequence = tta_load_relaxed64(&r->sequence),
		.time = tta_load_relaxed64(&r->time),
		.address = tta_load_relaxed64(&r->address),
		.size = tta_load_relaxed64(&r->size),
		.site = tta_load_relaxed64(&r->site),
		.group = tta_load_relaxed64(&r->group),
		.what = tta_load_relaxed32(&r->what),
		.thread = tta_load_relaxed32(&r->thread),
		.refs = tta_load_relaxed32(&r->refs),
		.extra = tta_load_relaxed32(&r->extra),
	};
}

/* The oldest position that can still be read when the writer is at @head. */
static uint64_t oldest(uint64_t head, uint64_t records)
{
	return head >= records ? head + 1 - records : 0;
}

static void bite_copy(struct bite *b, const char *ring, uint64_t records)
{
	uint64_t stride = b->a->map.section[TTA_SECTION_RINGS].stride;
	uint64_t head, safe;

	for (uint32_t i = 0; i < b->count; i++)
		b->record[i] =
			record_load(ring + ((b->first + i) & (records - 1)) * stride);
	/* L2 acquire: the copy before the second look at head. Weaker: torn records.
	 * Bites: torture_ring, ring.pml. */
	tta_fence_acquire();
	head = tta_load_relaxed64(&bite_lane(b)->head);
	safe = oldest(head, records);
	b->valid_from = safe <= b->first	     ? 0
			: safe - b->first < b->count ? (uint32_t)(safe - b->first)
						     : b->count;
}

/* Copy the next records of the lane, from the cursor or what is the oldest by now. */
static int bite_take(void *arg)
{
	struct bite *b = arg;
	uint64_t records, left;
	const char *ring = ring_base(b, &records);

	b->first = b->a->cursors[b->lane];
	b->count = 0;
	b->valid_from = 0;
	b->more = false;
	if (!ring)
		return 0;
	if (b->first < oldest(b->end, records))
		b->first = oldest(b->end, records);
	left = b->end > b->first ? b->end - b->first : 0;
	b->count = left < BATCH ? (uint32_t)left : BATCH;
	b->more = left > b->count;
	bite_copy(b, ring, records);
	return 0;
}

static int bite_begin(void *arg)
{
	struct bite *b = arg;

	/* L1 acquire: the words of all positions below head. Weaker: old words. */
	b->end = tta_load_acquire64(&bite_lane(b)->head);
	return 0;
}

/* ---- delivery, outside the guard ---- */

static bool record_proven(const struct record_copy *r, uint64_t position)
{
	uint32_t op = r->what & 0xffu;

	return r->sequence == position && op != TTA_OP_NONE && op < TTA_OP_COUNT;
}

static struct tta_event event_of(const struct bite *b, const struct record_copy *r)
{
	return (struct tta_event){
		.nonce = b->a->identity.nonce,
		.pid = b->a->identity.pid,
		.lane = (uint32_t)b->lane,
		.sequence = r->sequence,
		.time_ns = tta__clock_ns(&b->a->clock, r->time),
		.op = r->what & 0xffu,
		.device = r->what >> 16,
		.type = r->what >> 8 & 0xffu,
		.thread = r->thread,
		.address = r->address,
		.size = r->size,
		.site = r->site,
		.group = r->group,
		.refs = r->refs,
		.views = r->extra >> 24,
		.flags = r->extra >> 16 & 0xffu,
		.label = r->extra & 0xffffu,
	};
}

static void lose(struct bite *b, uint64_t count, struct tta_events_read *read)
{
	b->a->cursors[b->lane] += count;
	b->a->lost += count;
	read->lost += count;
}

static int bite_deliver(struct bite *b, tta_visit_fn visit, void *arg,
			struct tta_events_read *read)
{
	lose(b, b->first - b->a->cursors[b->lane] + b->valid_from, read);
	for (uint32_t i = b->valid_from; i < b->count; i++) {
		struct tta_event event = event_of(b, &b->record[i]);
		int result;

		if (!record_proven(&b->record[i], b->first + i)) {
			lose(b, 1, read);
			continue;
		}
		b->a->cursors[b->lane]++;
		read->delivered++;
		result = visit(arg, &event);
		if (result)
			return result;
	}
	return 0;
}

static int read_lane(struct bite *b, tta_visit_fn visit, void *arg,
		     struct tta_events_read *read)
{
	struct tta_attachment *a = b->a;
	int err = tta__guard_run(a->base, a->size, bite_begin, b);

	do {
		if (!err)
			err = tta__guard_run(a->base, a->size, bite_take, b);
		if (err) {
			tta__attachment_refuse(a, "truncated while it was read");
			a->broken = true;
			return 0;
		}
		err = bite_deliver(b, visit, arg, read);
	} while (b->more && !err);
	return err;
}

/* ---- all lanes of all segments ---- */

static int refresh(void *arg)
{
	return tta__attachment_refresh(arg);
}

static int cursors_reserve(struct tta_attachment *a)
{
	uint64_t count = tta__attachment_count(a, TTA_SECTION_LANES);
	uint64_t *cursors;

	if (count <= a->cursor_room)
		return 0;
	cursors = reallocarray(a->cursors, count, sizeof(*cursors));
	if (!cursors)
		return -ENOMEM;
	memset(cursors + a->cursor_room, 0, (count - a->cursor_room) * sizeof(*cursors));
	a->cursors = cursors;
	a->cursor_room = count;
	return 0;
}

static int read_attachment(struct bite *b, tta_visit_fn visit, void *arg,
			   struct tta_events_read *read)
{
	struct tta_attachment *a = b->a;
	int err = tta__attachment_check(a);
	uint64_t lanes;

	if (!err)
		err = tta__guard_run(a->base, a->size, refresh, a);
	if (err == -EFAULT)
		tta__attachment_refuse(a, "truncated while it was read");
	if (err) {
		/* The next sample says so. */
		a->broken = true;
		return 0;
	}
	err = cursors_reserve(a);
	lanes = tta__attachment_count(a, TTA_SECTION_LANES);
	for (b->lane = 0; b->lane < lanes && !a->broken && !err; b->lane++)
		err = read_lane(b, visit, arg, read);
	return err;
}

int tta_reader_events(struct tta_reader *reader, tta_visit_fn visit, void *arg,
		      struct tta_events_read *ret_read)
{
	struct bite *b = malloc(sizeof(*b));
	struct tta_events_read read = {0, 0};
	int err = b ? 0 : -ENOMEM;

	for (size_t i = 0; i < reader->count && !err; i++) {
		b->a = reader->list[i];
		if (b->a->broken || tta__watch_acquire(reader, b->a))
			continue;
		err = read_attachment(b, visit, arg, &read);
		tta__watch_release(reader, b->a);
	}
	free(b);
	if (ret_read)
		*ret_read = read;
	return err;
}
