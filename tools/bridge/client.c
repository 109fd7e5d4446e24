/* SPDX-License-Identifier: BSD-2-Clause */
#include "client.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <tta/tta.h>

#include "holdings.h"
#include "ledger.h"
#include "patience.h"
#include "peer.h"
#include "subject.h"

#define ROOM	     65536u
#define WIRE_TYPES   5u	 /* buffer types; they are numbered as libtta's */
#define END_PATIENCE 500 /* ms from a process's last descriptor to its end */

struct client {
	struct stream stream;
	struct peer peer;
	struct holdings holdings;
	struct ledger ledger;
	struct tta_subject subject; /* read at the first event */
	uint64_t messages;
	bool pid_differs;
	int signal_fd;
};

/* ---- messages ---- */

static uint32_t device_of(const struct wire_message *message)
{
	return (uint32_t)message->device; /* below 0: refused and counted by libtta */
}

static void publish_alloc(struct client *client, const struct wire_message *message)
{
	bool known = message->buffer_type < WIRE_TYPES;

	tta_alloc(device_of(message), known ? message->buffer_type : TTA_TYPE_LIMIT,
		  message->id, message->size);
	if (known && device_of(message) < TTA_DEVICE_LIMIT)
		holdings_add(&client->holdings, message->device, message->id,
			     message->buffer_type);
}

static void publish_kernel(const struct wire_message *message)
{
	static const char *const kinds[] = {"application kernel", "fabric kernel",
					    "dispatch kernel"};
	struct tta_alloc_desc desc = {
		.desc_size = sizeof(desc),
		.device = device_of(message),
		.type = TTA_KERNEL,
		.address = message->id,
		.size = message->size,
	};

	if (message->buffer_type < sizeof(kinds) / sizeof(kinds[0]))
		desc.label = tta_label(kinds[message->buffer_type]);
	tta_alloc_ex(&desc);
}

static void publish(struct client *client, const struct wire_message *message)
{
	uint32_t device = device_of(message);

	switch (message->type) {
	case WIRE_ALLOC:
		publish_alloc(client, message);
		break;
	case WIRE_FREE:
		tta_free(device,
			 holdings_take(&client->holdings, message->device, message->id,
				       TTA_DRAM),
			 message->id);
		break;
	case WIRE_CB_ALLOC:
		tta_alloc(device, TTA_CB, message->id, message->size);
		break;
	case WIRE_CB_FREE:
		tta_free_sized(device, TTA_CB, message->id, message->size);
		break;
	case WIRE_KERNEL_LOAD:
		publish_kernel(message);
		break;
	default: /* WIRE_KERNEL_UNLOAD */
		tta_free_sized(device, TTA_KERNEL, message->id, message->size);
		break;
	}
	ledger_touch(&client->ledger);
}

/* A sender in another pid namespace, or a child of the one that connected. */
static void compare_pids(struct client *client, const struct wire_message *message)
{
	char text[40];

	if (client->pid_differs || message->pid == 0 ||
	    (uint32_t)message->pid == client->peer.pid)
		return;
	client->pid_differs = true;
	snprintf(text, sizeof(text), "client calls itself %d", message->pid);
	tta_mark(text);
	fprintf(stderr, "tta-bridge: client %u (%s) calls itself %d: shown as %u\n",
		client->peer.pid, client->peer.comm, message->pid, client->peer.pid);
}

static void handle(struct client *client, const struct wire_message *message)
{
	client->messages++;
	if (wire_dumps(message->type)) {
		ledger_dump(&client->ledger, message);
		return;
	}
	if (!wire_publishes(message->type)) {
		ledger_answer(&client->ledger, message, client->stream.fd,
			      client->stream.stride);
		return;
	}
	publish(client, message);
	compare_pids(client, message);
}

/* ---- the connection ---- */

static _Noreturn void end(struct client *client, enum client_end how, const char *why)
{
	if (why) {
		tta_mark(why);
		fprintf(stderr, "tta-bridge: client %u (%s): %s after %lu messages\n",
			client->peer.pid, client->peer.comm, why,
			(unsigned long)client->messages);
	}
	exit(how);
}

static void consume(struct client *client, bool quiet)
{
	struct wire_message message;
	enum stream_result result;

	while ((result = stream_next(&client->stream, quiet, &message)) == STREAM_MESSAGE)
		handle(client, &message);
	if (result == STREAM_BROKEN)
		end(client, CLIENT_BROKEN, "bad stream");
}

/* The connection is at its end. Is the client, too? */
static _Noreturn void finish(struct client *client)
{
	consume(client, true);
	if (peer_ended(&client->peer, END_PATIENCE)) {
		/* As its client went: without an orderly end, unless nothing is left. */
		if (!ledger_holds_nothing((uint32_t)getpid()))
			_exit(CLIENT_DIED);
		exit(CLIENT_DIED);
	}
	if (stream_rest(&client->stream))
		end(client, CLIENT_CUT, "message cut short");
	end(client, CLIENT_CLOSED, NULL);
}

static _Noreturn void serve(struct client *client)
{
	struct pollfd ready[] = {{.fd = client->stream.fd, .events = POLLIN},
				 {.fd = client->signal_fd, .events = POLLIN}};

	for (;;) {
		int got = poll(ready, 2,
			       stream_undecided(&client->stream) ? PATIENCE_MS : -1);

		if (got == 0)
			consume(client, true);
		if (got <= 0)
			continue;
		if (ready[1].revents)
			end(client, CLIENT_STOPPED, NULL);
		got = stream_read(&client->stream);
		if (got == 0 || (got < 0 && got != -EAGAIN))
			finish(client);
		consume(client, false);
	}
}

/* ---- birth ---- */

static void only_keep(int fd)
{
	if (fd > 3)
		close_range(3, (unsigned)fd - 1, 0);
	close_range((unsigned)fd + 1, ~0u, 0);
}

/* SIGINT and SIGTERM become readable; blocked as the parent has them. */
static int watch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void introduce(struct client *client, int bridge)
{
	char name[16];

	peer_identify(&client->peer, client->stream.fd);
	snprintf(client->ledger.publisher, sizeof(client->ledger.publisher),
		 "tta-bridge %d", bridge);
	client->subject = (struct tta_subject){
		.pid = client->peer.pid,
		.start_time = client->peer.start_time,
		.comm = client->peer.comm,
		.cmdline = client->peer.cmdline,
		.publisher = client->ledger.publisher,
	};
	tta__subject_set(&client->subject);
	if (client->peer.run_id[0])
		setenv("TTA_RUN_ID", client->peer.run_id, 1);
	snprintf(name, sizeof(name), "bridge %u", client->peer.pid);
	prctl(PR_SET_NAME, name);
}

/* The bytes that the parent has read already move into a larger room. */
static void take_over(struct stream *to, const struct stream *from)
{
	*to = *from;
	to->room = ROOM;
	to->data = malloc(ROOM);
	if (!to->data)
		_exit(CLIENT_STOPPED);
	memcpy(to->data, from->data, from->end);
}

void client_run(const struct stream *stream, const struct wire_message *message,
		int bridge)
{
	struct client client = {0};

	take_over(&client.stream, stream);
	only_keep(stream->fd);
	client.signal_fd = watch_signals();
	introduce(&client, bridge);
	/* A thousand of us: short rings, unless somebody wants others. */
	setenv("TTA_RING", "256", 0);
	handle(&client, message);
	consume(&client, false);
	serve(&client);
}
