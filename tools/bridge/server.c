/* SPDX-License-Identifier: BSD-2-Clause */
#include "server.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "ledger.h"
#include "patience.h"

#define CONNECTIONS_MOST 4096u /* that have not published yet */
#define CONNECTION_ROOM	 512u
#define EVENTS_AT_ONCE	 64
#define END_PATIENCE_MS	 5000

/* Somebody who has not published anything yet; most are monitors. */
struct connection {
	TAILQ_ENTRY(connection) link; /* the one that spoke last is the last */
	struct stream stream;
	uint64_t heard_ms;
	bool asked; /* something, and was answered */
	uint8_t data[CONNECTION_ROOM];
};

struct statistics {
	uint64_t clients, refused, monitors, dropped;
	uint64_t closed, died, broken, cut;
};

struct server {
	struct door *door;
	int epoll_fd, signal_fd;
	struct ledger ledger;
	TAILQ_HEAD(, connection) connections;
	unsigned connection_count;
	pid_t *children;
	size_t child_count, child_room;
	pid_t dumping;		  /* a child that prints; 0 = none */
	struct wire_message dump; /* to be printed after it; type 0 = none */
	struct statistics statistics;
	bool stop;
};

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void print_statistics(const struct server *server)
{
	const struct statistics *s = &server->statistics;

	printf("tta-bridge: clients: %zu now, %lu in all; %lu closed, %lu ended with "
	       "their "
	       "process, %lu bad streams, %lu cut short, %lu refused; others: %u now, "
	       "%lu "
	       "in all, %lu dropped\n",
	       server->child_count, s->clients, s->closed, s->died, s->broken, s->cut,
	       s->refused, server->connection_count, s->monitors, s->dropped);
	fflush(stdout);
}

/* ---- connections ---- */

static int watch(const struct server *server, int fd, void *what)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = what};

	return epoll_ctl(server->epoll_fd, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static void drop(struct server *server, struct connection *connection)
{
	TAILQ_REMOVE(&server->connections, connection, link);
	server->connection_count--;
	/* The child of a client holds it open, so that closing would not do. */
	epoll_ctl(server->epoll_fd, EPOLL_CTL_DEL, connection->stream.fd, NULL);
	close(connection->stream.fd);
	free(connection);
}

/* Room for one more: whoever has been silent for longest goes. */
static void drop_most_silent(struct server *server)
{
	struct connection *connection = TAILQ_FIRST(&server->connections);

	if (!connection)
		return;
	server->statistics.dropped++;
	drop(server, connection);
}

static void add_connection(struct server *server, int fd)
{
	struct connection *connection = calloc(1, sizeof(*connection));

	if (!connection || watch(server, fd, connection)) {
		server->statistics.dropped++;
		free(connection);
		close(fd);
		return;
	}
	connection->stream = (struct stream){
		.fd = fd, .room = CONNECTION_ROOM, .data = connection->data};
	TAILQ_INSERT_TAIL(&server->connections, connection, link);
	server->connection_count++;
}

static void accept_all(struct server *server)
{
	for (int i = 0; i < EVENTS_AT_ONCE; i++) {
		int fd = accept4(server->door->fd, NULL, NULL, SOCK_CLOEXEC);

		if (fd >= 0) {
			add_connection(server, fd);
			if (server->connection_count > CONNECTIONS_MOST)
				drop_most_silent(server);
			continue;
		}
		if (errno != EMFILE && errno != ENFILE)
			return;
		if (!server->connection_count) {
			/* Whoever knocks stays there: not a busy loop until it ends.
			 * Nobody else is kept waiting. */
			nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
			return;
		}
		drop_most_silent(server);
	}
}

/* ---- clients ---- */

/* Room for one more is made before there is one. */
static bool can_remember(struct server *server)
{
	size_t room = server->child_room ? server->child_room * 2 : 64;
	pid_t *list;

	if (server->child_count < server->child_room)
		return true;
	list = reallocarray(server->children, room, sizeof(*list));
	if (!list)
		return false;
	server->children = list;
	server->child_room = room;
	return true;
}

/* From now on it has a process of its own. */
static void promote(struct server *server, struct connection *connection,
		    const struct wire_message *message)
{
	int bridge = getpid();
	pid_t pid = -1;

	fflush(NULL);
	if (can_remember(server))
		pid = fork();
	if (pid == 0)
		client_run(&connection->stream, message, bridge);
	if (pid > 0) {
		server->children[server->child_count++] = pid;
		server->statistics.clients++;
	} else {
		server->statistics.refused++;
		fprintf(stderr,
			"tta-bridge: no process for a client: %s: it is refused\n",
			strerror(errno));
	}
	drop(server, connection);
}

/*
 * Whoever reads our output may be slow: that must not be our clients' trouble. One at a
 * time; of those that are asked for meanwhile the last is printed after it.
 */
static void start_dump(struct server *server, const struct wire_message *message)
{
	if (server->dumping) {
		server->dump = *message;
		return;
	}
	fflush(NULL);
	server->dumping = fork();
	if (server->dumping == 0) {
		close_range(3, ~0u, 0);
		ledger_dump(&server->ledger, message);
		_exit(0);
	}
	if (server->dumping < 0) {
		server->dumping = 0;
		fprintf(stderr, "tta-bridge: no process to print a dump: %s\n",
			strerror(errno));
	}
}

static void dump_ended(struct server *server)
{
	struct wire_message next = server->dump;

	server->dumping = 0;
	server->dump = (struct wire_message){0};
	if (next.type)
		start_dump(server, &next);
}

static void refuse(struct server *server, struct connection *connection)
{
	server->statistics.broken++;
	drop(server, connection);
}

static void consume(struct server *server, struct connection *connection, bool quiet)
{
	struct wire_message message;
	enum stream_result result;

	while ((result = stream_next(&connection->stream, quiet, &message)) ==
	       STREAM_MESSAGE) {
		if (wire_publishes(message.type)) {
			promote(server, connection, &message);
			return;
		}
		server->statistics.monitors += !connection->asked;
		connection->asked = true;
		if (wire_dumps(message.type)) {
			start_dump(server, &message);
			continue;
		}
		ledger_answer(&server->ledger, &message, connection->stream.fd,
			      connection->stream.stride);
	}
	if (result == STREAM_BROKEN)
		refuse(server, connection);
}

/* At its end what is there counts, also a single message: nothing more can come. */
static void finish(struct server *server, struct connection *connection)
{
	struct wire_message message;

	if (stream_next(&connection->stream, true, &message) == STREAM_MESSAGE &&
	    wire_publishes(message.type)) {
		promote(server, connection, &message);
		return;
	}
	server->statistics.cut += stream_rest(&connection->stream) > 0;
	drop(server, connection);
}

static void hear(struct server *server, struct connection *connection)
{
	int got = stream_read(&connection->stream);

	if (got == -EAGAIN)
		return;
	if (got <= 0) {
		finish(server, connection);
		return;
	}
	connection->heard_ms = now_ms();
	TAILQ_REMOVE(&server->connections, connection, link);
	TAILQ_INSERT_TAIL(&server->connections, connection, link);
	consume(server, connection, false);
}

/* Single messages that waited long enough; whether others wait. */
static bool decide_silent(struct server *server)
{
	struct connection *connection = TAILQ_FIRST(&server->connections), *following;
	uint64_t now = now_ms();
	bool waiting = false;

	for (; connection; connection = following) {
		following = TAILQ_NEXT(connection, link);
		if (!stream_undecided(&connection->stream))
			continue;
		if (now - connection->heard_ms >= PATIENCE_MS)
			consume(server, connection, true);
		else
			waiting = true;
	}
	return waiting;
}

/* ---- signals ---- */

static void forget(struct server *server, pid_t pid, int status)
{
	struct statistics *s = &server->statistics;
	int how = WIFEXITED(status) ? WEXITSTATUS(status) : CLIENT_STOPPED;

	if (pid == server->dumping) {
		dump_ended(server);
		return;
	}
	for (size_t i = 0; i < server->child_count; i++)
		if (server->children[i] == pid)
			server->children[i] = server->children[--server->child_count];
	s->closed += how == CLIENT_CLOSED;
	s->died += how == CLIENT_DIED;
	s->broken += how == CLIENT_BROKEN;
	s->cut += how == CLIENT_CUT;
}

static void reap(struct server *server)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		forget(server, pid, status);
}

static void take_signals(struct server *server)
{
	struct signalfd_siginfo info;

	while (read(server->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			reap(server);
		else if (info.ssi_signo == SIGUSR1)
			print_statistics(server);
		else
			server->stop = true;
	}
}

int server_take_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* ---- run ---- */

static void turn(struct server *server, bool *waiting)
{
	struct epoll_event events[EVENTS_AT_ONCE];
	int count = epoll_wait(server->epoll_fd, events, EVENTS_AT_ONCE,
			       *waiting ? PATIENCE_MS : -1);

	/* Connections first: accepting may drop one that is among the events. */
	for (int i = 0; i < count; i++)
		if (events[i].data.ptr && events[i].data.ptr != server)
			hear(server, events[i].data.ptr);
	*waiting = decide_silent(server);
	for (int i = 0; i < count; i++) {
		if (!events[i].data.ptr)
			accept_all(server);
		else if (events[i].data.ptr == server)
			take_signals(server);
	}
}

/* Clients end orderly; what is left of them is shown as exited. */
static void end_clients(struct server *server)
{
	uint64_t end = now_ms() + END_PATIENCE_MS;
	const struct timespec pause = {.tv_nsec = 10000000};

	server->dump = (struct wire_message){0};
	if (server->dumping)
		kill(server->dumping, SIGKILL);
	for (size_t i = 0; i < server->child_count; i++)
		kill(server->children[i], SIGTERM);
	while (server->child_count && now_ms() < end) {
		reap(server);
		nanosleep(&pause, NULL);
	}
}

int server_run(struct door *door, int signal_fd)
{
	struct server server = {.door = door, .signal_fd = signal_fd};
	bool waiting = false;
	int err;

	TAILQ_INIT(&server.connections);
	snprintf(server.ledger.publisher, sizeof(server.ledger.publisher),
		 "tta-bridge %d", getpid());
	server.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	err = signal_fd < 0 || server.epoll_fd < 0 ? -errno : 0;
	if (!err)
		err = watch(&server, door->fd, NULL);
	if (!err)
		err = watch(&server, signal_fd, &server);
	if (err) {
		fprintf(stderr, "tta-bridge: wait for clients: %s\n", strerror(-err));
		return 1;
	}
	while (!server.stop)
		turn(&server, &waiting);
	while (server.connection_count)
		drop(&server, TAILQ_FIRST(&server.connections));
	end_clients(&server);
	print_statistics(&server);
	ledger_fini(&server.ledger);
	free(server.children);
	return 0;
}
