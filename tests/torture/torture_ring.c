/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * torture_ring.c - one writer laps a small ring, one reader on a mapping of its own.
 *
 *	writer                          reader
 *	record h over record h - N      copies record h - N
 *	head = h + 1                    head again: too far, the copy is not accepted
 *
 * What record number s says follows from s alone, so that a torn copy shows. Every
 * record is accepted or lost, exactly. Fails when no record was overwritten under the
 * reader's hands.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <tta/tta.h>

#include "torture.h"
#include "view.h"

#define RING 64u

/* A plain copy of struct tta_record. */
struct record {
	uint64_t sequence, address, size, site, group;
	uint32_t what, refs, extra;
};

struct reader {
	const struct torture *t;
	struct view view;
	tta_a32 done; /* the writer has ended */
	uint64_t accepted, lost, overwritten, torn;
};

/* Events 2k and 2k + 1 are the alloc and the free of buffer k. */
static uint64_t buffer_word(uint64_t k, uint64_t which)
{
	uint64_t state = k * 4 + which;

	return random_next(&state);
}

static uint64_t buffer_address(uint64_t k)
{
	return buffer_word(k, 0) | 1;
}

static uint64_t buffer_size(uint64_t k)
{
	return buffer_word(k, 1) >> 16;
}

static void publish_buffer(uint64_t k)
{
	const struct tta_alloc_desc desc = {
		.desc_size = sizeof(desc),
		.type = TTA_L1,
		.address = buffer_address(k),
		.size = buffer_size(k),
		.site = buffer_word(k, 2),
		.label = (uint32_t)(k & 0xffff),
	};

	tta_alloc_ex(&desc);
	tta_free(0, TTA_L1, desc.address);
}

static void record_copy(const struct tta_record *from, struct record *to)
{
	to->sequence = tta_load_relaxed64(&from->sequence);
	to->address = tta_load_relaxed64(&from->address);
	to->size = tta_load_relaxed64(&from->size);
	to->what = tta_load_relaxed32(&from->what);
	to->refs = tta_load_relaxed32(&from->refs);
	to->extra = tta_load_relaxed32(&from->extra);
	to->site = tta_load_relaxed64(&from->site);
	to->group = tta_load_relaxed64(&from->group);
}

static bool record_is(const struct record *r, uint64_t sequence)
{
	uint64_t k = sequence / 2;
	bool alloc = sequence % 2 == 0;
	uint32_t op = alloc ? TTA_OP_ALLOC : TTA_OP_FREE;

	return r->sequence == sequence && r->address == buffer_address(k) &&
	       r->size == buffer_size(k) && r->what == (op | TTA_L1 << 8) &&
	       r->refs == alloc && r->site == (alloc ? buffer_word(k, 2) : 0) &&
	       r->extra == (alloc ? (k & 0xffff) : 0) && r->group == 0;
}

static uint64_t read_head(const struct reader *reader)
{
	const struct tta_lane *lane = view_at(&reader->view, TTA_SECTION_LANES, 0);

	/* L1 acquire: the words of the positions below. */
	return tta_load_acquire64(&lane->head);
}

/* Copy @count records from @cursor on, then see which of them were still whole. */
static void read_batch(struct reader *reader, uint64_t cursor, uint64_t count)
{
	const struct tta_lane *lane = view_at(&reader->view, TTA_SECTION_LANES, 0);
	const struct tta_record *ring =
		(const void *)(reader->view.base +
			       tta_load_relaxed64(&lane->ring_offset));
	struct record copy[RING];
	uint64_t head;

	for (uint64_t i = 0; i < count; i++)
		record_copy(&ring[(cursor + i) % RING], &copy[i]);
	/* L2: what overwrote one of them shows in the head. */
	tta_fence_acquire();
	head = tta_load_relaxed64(&lane->head);
	for (uint64_t i = 0; i < count; i++) {
		if (head + 1 - (cursor + i) <= RING) {
			CHECK(record_is(&copy[i], cursor + i),
			      "record %llu was accepted torn: it says %llu, address %llx",
			      (unsigned long long)(cursor + i),
			      (unsigned long long)copy[i].sequence,
			      (unsigned long long)copy[i].address);
			reader->accepted++;
			continue;
		}
		reader->lost++;
		reader->overwritten++;
		reader->torn += !record_is(&copy[i], cursor + i);
	}
}

static void *read_ring(void *arg)
{
	struct reader *reader = arg;
	uint64_t state = reader->t->seed;
	uint64_t cursor = 0;
	bool last;

	do {
		uint64_t head, count;

		last = tta_load_acquire32(&reader->done) != 0;
		head = read_head(reader);
		if (head - cursor > RING) {
			reader->lost += head - RING - cursor;
			cursor = head - RING;
		}
		count = head - cursor;
		if (!last && count > 1)
			count = 1 + random_next(&state) % count;
		read_batch(reader, cursor, count);
		cursor += count;
		last = last && cursor == head;
	} while (!last);
	return NULL;
}

int main(int argc, char **argv)
{
	struct reader reader = {0};
	struct torture t;
	pthread_t thread;
	uint64_t until, k = 0;

	torture_begin(&t, "torture_ring", argc, argv);
	setenv("TTA_RING", "64", 1);
	publish_buffer(k++);
	reader.t = &t;
	view_open(&reader.view);
	CHECK(pthread_create(&thread, NULL, read_ring, &reader) == 0, "pthread_create");
	for (until = torture_until(&t, 1); now_ns() < until;)
		for (unsigned i = 0; i < 256; i++)
			publish_buffer(k++);
	tta_store_release32(&reader.done, 1);
	pthread_join(thread, NULL);
	printf("published %llu accepted %llu lost %llu overwritten while read %llu "
	       "torn copies refused %llu\n",
	       (unsigned long long)(2 * k), (unsigned long long)reader.accepted,
	       (unsigned long long)reader.lost, (unsigned long long)reader.overwritten,
	       (unsigned long long)reader.torn);
	CHECK(read_head(&reader) == 2 * k, "the ring holds another number of events");
	CHECK(reader.accepted + reader.lost == 2 * k, "accepted + lost is not published");
	CHECK(reader.overwritten > 0 && reader.accepted > 0, "nothing was exercised");
	return 0;
}
