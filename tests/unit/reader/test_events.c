/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_events.c - every record once, or counted as lost.
 */
#include <pthread.h>
#include <unistd.h>

#include "fixture.h"

static struct tta_lane *ring;
static struct tta_event last;
static uint64_t next; /* address that the next record must have */
static int stop_after;

static void setup_ring(void)
{
	setup();
	ring = image_lane(&image, 12, 16);
	stop_after = -1;
	look();
}

TestSuite(events, .init = setup_ring, .fini = teardown);

static void append(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		image_ring_append(&image, ring, TTA_OP_ALLOC,
				  tta_load_relaxed64(&ring->head));
}

static int visit(void *arg, const struct tta_event *event)
{
	(void)arg;
	cr_assert_geq(event->address, next, "in order, none twice");
	cr_assert_eq(event->address, event->sequence);
	next = event->address + 1;
	last = *event;
	return stop_after > 0 && --stop_after == 0 ? 77 : 0;
}

static void got(uint64_t delivered, uint64_t lost)
{
	struct tta_events_read read;

	cr_assert_eq(tta_reader_events(reader, visit, NULL, &read), 0);
	cr_assert_eq(read.delivered, delivered, "delivered %lu", read.delivered);
	cr_assert_eq(read.lost, lost, "lost %lu", read.lost);
}

Test(events, are_delivered_once_with_everything)
{
	got(0, 0);
	append(3);
	got(3, 0);
	got(0, 0);
	append(1);
	got(1, 0);
	cr_assert_eq(last.nonce, image.header->nonce);
	cr_assert_eq(last.pid, 4242);
	cr_assert_eq(last.lane, 1);
	cr_assert_eq(last.sequence, 3);
	cr_assert_eq(last.time_ns, 503);
	cr_assert_eq(last.op, TTA_OP_ALLOC);
	cr_assert_eq(last.device, 3);
	cr_assert_eq(last.type, TTA_L1);
	cr_assert_eq(last.thread, 9);
	cr_assert_eq(last.size, 64);
	cr_assert_eq(last.refs, 1);
	cr_assert_eq(last.views, 2);
	cr_assert_eq(last.flags, TTA_RECORD_DUP);
	cr_assert_eq(last.label, 5);
}

Test(events, at_the_edge_of_the_ring_the_oldest_may_be_being_written)
{
	append(15);
	got(15, 0);
	append(15);
	got(15, 0);
	append(16);
	got(15, 1);
	append(100);
	got(15, 85);
	cr_assert_eq(last.sequence, 145);
	cr_assert_eq(look()->lost, 86);
}

Test(events, a_first_look_gets_what_the_ring_still_holds)
{
	append(1000);
	got(15, 985);
}

Test(events, a_record_that_does_not_prove_itself_is_lost)
{
	struct tta_record *records =
		(void *)((char *)image.header + tta_load_relaxed64(&ring->ring_offset));

	append(3);
	tta_store_relaxed64(&records[1].sequence, 17);
	got(2, 1);
	append(2);
	tta_store_relaxed32(&records[3].what, TTA_OP_COUNT);
	tta_store_relaxed32(&records[4].what, TTA_OP_NONE);
	got(0, 2);
}

Test(events, a_visitor_may_stop_and_go_on)
{
	struct tta_events_read read;

	append(10);
	stop_after = 4;
	cr_assert_eq(tta_reader_events(reader, visit, NULL, &read), 77);
	cr_assert_eq(read.delivered, 4);
	got(6, 0);
}

Test(events, of_dead_processes_are_delivered)
{
	append(2);
	image_unlock(&image);
	got(2, 0);
}

Test(events, rings_out_of_bounds_deliver_nothing)
{
	const uint64_t good = tta_load_relaxed64(&ring->ring_offset);

	append(4);
	tta_store_relaxed32(&ring->ring_records, 15);
	got(0, 0);
	tta_store_relaxed32(&ring->ring_records, 32);
	got(0, 0);
	tta_store_relaxed32(&ring->ring_records, 1u << 21);
	got(0, 0);
	tta_store_relaxed32(&ring->ring_records, 16);
	tta_store_relaxed64(&ring->ring_offset, good + 64);
	got(0, 0);
	tta_store_relaxed64(&ring->ring_offset, good + 8);
	got(0, 0);
	tta_store_relaxed64(&ring->ring_offset, 64);
	got(0, 0);
	tta_store_relaxed64(&ring->ring_offset, UINT64_MAX - 63);
	got(0, 0);
	tta_store_relaxed64(&ring->ring_offset, good);
	got(4, 0);
}

Test(events, a_head_that_jumps_ends_in_bounded_time)
{
	append(4);
	got(4, 0);
	tta_store_relaxed64(&ring->head, UINT64_MAX);
	got(0, UINT64_MAX - 4);
	tta_store_relaxed64(&ring->head, 2);
	got(0, 0);
}

Test(events, larger_rings_are_read_in_bites)
{
	ring = image_lane(&image, 13, 4096);
	append(4000);
	look();
	got(4000, 0);
}

static tta_a32 stop;

static void *writer(void *arg)
{
	(void)arg;
	while (!tta_load_relaxed32(&stop))
		append(1);
	return NULL;
}

Test(events, delivered_and_lost_add_up_under_a_writer)
{
	struct tta_events_read read;
	uint64_t delivered = 0, lost = 0;
	pthread_t thread;

	cr_assert_eq(pthread_create(&thread, NULL, writer, NULL), 0);
	while (delivered < 20000) {
		cr_assert_eq(tta_reader_events(reader, visit, NULL, &read), 0);
		delivered += read.delivered;
		lost += read.lost;
	}
	tta_store_relaxed32(&stop, 1);
	pthread_join(thread, NULL);
	cr_assert_eq(tta_reader_events(reader, visit, NULL, &read), 0);
	delivered += read.delivered;
	lost += read.lost;
	cr_assert_eq(delivered + lost, tta_load_relaxed64(&ring->head));
	cr_assert_gt(lost, 0, "the writer never lapped the reader: nothing was shown");
}
