/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stream.h - the bytes of one connection, cut into messages; bounded memory.
 */
#ifndef BRIDGE_STREAM_H
#define BRIDGE_STREAM_H

#include "wire.h"

enum stream_result {
	STREAM_MESSAGE, /* one is there */
	STREAM_MORE,	/* read again */
	STREAM_BROKEN,	/* not this protocol, or out of step */
};

struct stream {
	int fd;
	uint32_t stride; /* 0 = not known yet */
	/* The stride is proven by where a second message began. Until then the first one,
	 * once handled, stays in `data`: more bytes may show that it was longer. */
	bool certain;
	size_t begin, end; /* in data */
	size_t room;
	uint8_t *data;
};

/* Read what is there without waiting: bytes, 0 = the end, or -errno (-EAGAIN). */
int stream_read(struct stream *stream);
/* The next message; @quiet as in wire_detect(). */
enum stream_result stream_next(struct stream *stream, bool quiet,
			       struct wire_message *message);
/* Something is there whose size is not known: be patient, then ask with @quiet. */
bool stream_undecided(const struct stream *stream);
/* Bytes of a message that was not finished. */
size_t stream_rest(const struct stream *stream);

#endif
