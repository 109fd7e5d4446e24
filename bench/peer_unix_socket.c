/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peer_unix_socket.c - the old way: a 72-byte message for each event, to a server.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "peers.h"

struct message {
	uint8_t kind; /* 1 = alloc, 2 = free */
	uint8_t pad[3];
	int32_t device;
	uint64_t size;
	uint8_t type;
	uint8_t pad2[3];
	int32_t pid;
	uint64_t address;
	uint64_t time;
	uint64_t answer[4];
};
_Static_assert(sizeof(struct message) == 72, "as the server reads it");

struct server {
	struct sockaddr_un address;
	int listener;
};

/* Sums up until the other side closes. */
static void serve(void *arg)
{
	struct server *server = arg;
	uint64_t bytes = 0;
	struct message message;
	int client = accept(server->listener, NULL, NULL);

	while (client >= 0 &&
	       recv(client, &message, sizeof(message), MSG_WAITALL) == sizeof(message))
		bytes += message.kind == 1 ? message.size : 0 - message.size;
	_exit(bytes == 0 ? 0 : 1);
}

static void send_event(int client, struct message *message, uint8_t kind)
{
	message->kind = kind;
	while (send(client, message, sizeof(*message), MSG_NOSIGNAL) < 0 &&
	       errno == EINTR)
		;
}

static void run(void *state, uint64_t iterations)
{
	int client = (int)(intptr_t)state;
	struct message message = {.size = 4096, .pid = (int32_t)getpid()};

	for (uint64_t i = 0; i < iterations; i++) {
		message.address = 0x1000;
		message.time = now_ns();
		send_event(client, &message, 1);
		message.time = 0;
		send_event(client, &message, 2);
	}
}

static int listen_at(struct server *server, const char *directory)
{
	int length;

	server->address.sun_family = AF_UNIX;
	length = snprintf(server->address.sun_path, sizeof(server->address.sun_path),
			  "%s/.socket", directory);
	if (length >= (int)sizeof(server->address.sun_path))
		return -ENAMETOOLONG;
	server->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (server->listener < 0 ||
	    bind(server->listener, (struct sockaddr *)&server->address,
		 sizeof(server->address)) ||
	    listen(server->listener, 1))
		return -errno;
	return 0;
}

static int open_socket(const struct plan *plan, struct loop *loop, char why[TEXT_SIZE])
{
	struct server server = {.listener = -1};
	int err = listen_at(&server, plan->directory);
	int room = 1 << 20, client;

	if (!err && child_start(plan->cpu2, serve, &server) < 0)
		err = -errno;
	client = err ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (!err && (client < 0 || connect(client, (struct sockaddr *)&server.address,
					   sizeof(server.address))))
		err = -errno;
	if (server.listener >= 0)
		close(server.listener);
	if (err) {
		snprintf(why, TEXT_SIZE, "socket: %s", strerror(-err));
		return err == -ENOENT ? -EIO : err;
	}
	setsockopt(client, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	*loop = (struct loop){.run = run, .state = (void *)(intptr_t)client, .events = 2};
	return 0;
}

const struct peer peer_unix_socket = {.name = "unix_socket", .open = open_socket};
