/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes become messages, however they arrive: no one twice, none lost, and a guess of the
 * size is put right.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "messages.h"
#include "stream.h"

static int sender;
static struct stream stream;
static uint8_t data[8192];

static void set_up(void)
{
	int pair[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	sender = pair[0];
	stream = (struct stream){.fd = pair[1], .room = 512, .data = malloc(512)};
}

static void tear_down(void)
{
	free(stream.data);
	close(stream.fd);
	close(sender);
}

TestSuite(stream, .init = set_up, .fini = tear_down);

/* Ids that come out, which must be @next and so on; the next one. */
static uint64_t take(uint64_t next, bool quiet)
{
	struct wire_message message;
	enum stream_result result;

	while ((result = stream_next(&stream, quiet, &message)) == STREAM_MESSAGE)
		cr_assert_eq(message.id, next++, "id %lu, not %lu", message.id, next - 1);
	cr_assert_eq(result, STREAM_MORE);
	return next;
}

/* Fifty messages in pieces of @piece bytes; between pieces it may be quiet. */
static void in_pieces(uint32_t stride, size_t piece, bool quiet)
{
	uint8_t *end = data;
	uint64_t next = 1;

	for (uint64_t id = 1; id <= 50; id++)
		end = put(end, stride, WIRE_ALLOC, 0, 64, id);
	for (uint8_t *at = data; at < end; at += piece) {
		size_t size = (size_t)(end - at) < piece ? (size_t)(end - at) : piece;

		cr_assert_eq(write(sender, at, size), (ssize_t)size);
		while (stream_read(&stream) > 0)
			next = take(next, quiet);
	}
	cr_assert_eq(take(next, true), 51);
	cr_assert_eq(stream_rest(&stream), 0);
	cr_assert_eq(stream.stride, stride);
}

/* D28: also bytes one by one, with the guess that a pause brings. */
Test(stream, messages_come_out_whole_in_order_however_they_arrive)
{
	const uint32_t strides[] = {72, 112, 128, 144};
	const size_t pieces[] = {1, 7, 71, 72, 73, 100, 144, 145, 300, 8192};

	for (int i = 0; i < 4; i++)
		for (size_t j = 0; j < sizeof(pieces) / sizeof(pieces[0]); j++)
			for (int quiet = 0; quiet < 2; quiet++) {
				stream.stride = 0;
				stream.certain = false;
				stream.begin = stream.end = 0;
				in_pieces(strides[i], pieces[j], quiet);
			}
}

Test(stream, a_single_message_waits_for_quiet_and_is_handed_out_once)
{
	put(data, 112, WIRE_ALLOC, 0, 64, 1);
	cr_assert_eq(write(sender, data, 112), 112);
	cr_assert_eq(stream_read(&stream), 112);
	cr_assert_eq(take(1, false), 1);
	cr_assert(stream_undecided(&stream));
	cr_assert_eq(take(1, true), 2);
	cr_assert_not(stream_undecided(&stream));
	cr_assert_eq(take(2, true), 2);
	cr_assert_eq(stream_rest(&stream), 0);
}

Test(stream, a_stream_that_falls_out_of_step_is_broken)
{
	struct wire_message message;
	uint8_t *at = put(data, 72, WIRE_ALLOC, 0, 64, 1);

	at = put(at, 72, WIRE_ALLOC, 0, 64, 2);
	at = put(at + 1, 72, WIRE_ALLOC, 0, 64, 3);
	cr_assert_eq(write(sender, data, (size_t)(at - data)), at - data);
	stream_read(&stream);
	cr_assert_eq(stream_next(&stream, false, &message), STREAM_MESSAGE);
	cr_assert_eq(stream_next(&stream, false, &message), STREAM_MESSAGE);
	cr_assert_eq(stream_next(&stream, false, &message), STREAM_BROKEN);
}

Test(stream, an_end_within_a_message_is_seen)
{
	put(data, 72, WIRE_ALLOC, 0, 64, 1);
	put(data + 72, 72, WIRE_ALLOC, 0, 64, 2);
	cr_assert_eq(write(sender, data, 72 + 40), 72 + 40);
	close(sender);
	cr_assert_eq(stream_read(&stream), 72 + 40);
	cr_assert_eq(take(1, true), 2);
	cr_assert_eq(stream_rest(&stream), 40);
	cr_assert_eq(stream_read(&stream), 0);
	sender = -1;
}

/* Anything at all: never beyond the room, never without an answer. */
Test(stream, noise_ends_and_stays_in_its_room)
{
	unsigned seed = 1;

	for (int round = 0; round < 20000; round++) {
		struct wire_message message;
		uint8_t noise[400];
		size_t size = (size_t)rand_r(&seed) % sizeof(noise) + 1;

		for (size_t i = 0; i < size; i++)
			noise[i] = (uint8_t)(rand_r(&seed) % 3 ? 0 : rand_r(&seed) % 14);
		stream.stride = 0;
		stream.certain = false;
		stream.begin = stream.end = 0;
		cr_assert_eq(write(sender, noise, size), (ssize_t)size);
		while (stream_read(&stream) > 0)
			for (int i = 0;
			     stream_next(&stream, i % 2, &message) == STREAM_MESSAGE; i++)
				cr_assert_lt(i, 10);
		cr_assert_leq(stream.end, stream.room);
		cr_assert_leq(stream.begin, stream.end);
	}
}
