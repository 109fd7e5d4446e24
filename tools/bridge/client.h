/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * client.h - one client, in a process of its own: it reads the connection and publishes
 * in a segment of its own, until the client closes it or ends.
 *
 * How the process ends is how the client is seen: orderly when the connection was closed;
 * without an end, as by a signal, when the client ended and left something. So the proofs
 * of death that hold for every publisher hold for clients as well.
 */
#ifndef BRIDGE_CLIENT_H
#define BRIDGE_CLIENT_H

#include "stream.h"

/* Exit status, for the parent's statistics. */
enum client_end {
	CLIENT_CLOSED = 0,
	CLIENT_DIED = 10,
	CLIENT_BROKEN = 11, /* not the protocol, or out of step */
	CLIENT_CUT = 12,    /* ended within a message */
	CLIENT_STOPPED = 13,
};

/*
 * In a child of fork: take over @stream, whose first publishing message is @message.
 * @bridge: pid of the bridge. Other descriptors of the parent are closed here.
 */
_Noreturn void client_run(const struct stream *stream, const struct wire_message *message,
			  int bridge);

#endif
