/* SPDX-License-Identifier: BSD-2-Clause */
#include "stream.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

static size_t filled(const struct stream *stream)
{
	return stream->end - stream->begin;
}

static void make_room(struct stream *stream)
{
	if (stream->begin == 0)
		return;
	memmove(stream->data, stream->data + stream->begin, filled(stream));
	stream->end -= stream->begin;
	stream->begin = 0;
}

int stream_read(struct stream *stream)
{
	ssize_t got;

	make_room(stream);
	do
		got = recv(stream->fd, stream->data + stream->end,
			   stream->room - stream->end, MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	stream->end += (size_t)got;
	return (int)got;
}

/* Find out the size; true: *result is the answer of stream_next(). */
static bool decide(struct stream *stream, bool quiet, enum stream_result *result)
{
	bool handled = stream->stride != 0;
	uint32_t found = wire_detect(stream->data + stream->begin, filled(stream), quiet);

	*result = found == WIRE_BROKEN ? STREAM_BROKEN : STREAM_MORE;
	if (found == WIRE_BROKEN || found == WIRE_UNDECIDED)
		return true;
	stream->stride = found;
	if (filled(stream) == found) {
		*result = handled ? STREAM_MORE : STREAM_MESSAGE;
		return true;
	}
	stream->certain = true;
	if (handled)
		stream->begin += found;
	return false;
}

enum stream_result stream_next(struct stream *stream, bool quiet,
			       struct wire_message *message)
{
	const uint8_t *at = stream->data + stream->begin;
	enum stream_result result;

	if (filled(stream) == 0)
		return STREAM_MORE;
	if (!stream->certain && decide(stream, quiet, &result)) {
		if (result == STREAM_MESSAGE)
			*message = wire_decode(at);
		return result;
	}
	at = stream->data + stream->begin;
	if (!wire_plausible(at, filled(stream)))
		return STREAM_BROKEN;
	if (filled(stream) < stream->stride)
		return STREAM_MORE;
	*message = wire_decode(at);
	stream->begin += stream->stride;
	return STREAM_MESSAGE;
}

bool stream_undecided(const struct stream *stream)
{
	return !stream->certain && filled(stream) != stream->stride;
}

size_t stream_rest(const struct stream *stream)
{
	return filled(stream) - (stream->certain ? 0 : stream->stride);
}
