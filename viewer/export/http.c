/* SPDX-License-Identifier: BSD-2-Clause */
#include "http.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http_request.h"

#define CLIENTS	      48u /* beyond it the oldest goes */
#define CLIENTS_HARD  64u
#define CLIENT_MEMORY 16384u /* for the request line and the headers */
#define CLIENT_NS     UINT64_C(5000000000)
#define SWEEP_MS      500
#define STIRRED	      3u

#define TYPE_PROM	 "text/plain; version=0.0.4; charset=utf-8"
#define TYPE_OPENMETRICS "application/openmetrics-text; version=1.0.0; charset=utf-8"

struct client {
	int socket; /* -1: free */
	uint64_t since_ns;
};

struct http_server {
	struct MHD_Daemon *daemon;
	struct http_handler handler;
	struct client clients[CLIENTS_HARD];
	/* Rounds to go without waiting: libmicrohttpd notices an end in one, and takes up
	 * listening in another, but has nothing to poll for it. */
	unsigned stirred;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* ---- clients ---- */

/* libmicrohttpd sees the end and closes. */
static void cut_off(struct http_server *server, struct client *client)
{
	shutdown(client->socket, SHUT_RDWR);
	server->stirred = STIRRED;
}

static void cut_off_oldest(struct http_server *server)
{
	struct client *oldest = NULL;
	size_t count = 0;

	for (size_t i = 0; i < CLIENTS_HARD; i++) {
		struct client *client = &server->clients[i];

		if (client->socket < 0)
			continue;
		count++;
		if (!oldest || client->since_ns < oldest->since_ns)
			oldest = client;
	}
	if (count > CLIENTS)
		cut_off(server, oldest);
}

static void cut_off_slow(struct http_server *server)
{
	uint64_t now = now_ns();

	for (size_t i = 0; i < CLIENTS_HARD; i++)
		if (server->clients[i].socket >= 0 &&
		    now - server->clients[i].since_ns > CLIENT_NS)
			cut_off(server, &server->clients[i]);
}

static void client_began(struct http_server *server, int socket, void **context)
{
	for (size_t i = 0; i < CLIENTS_HARD; i++) {
		struct client *client = &server->clients[i];

		if (client->socket >= 0)
			continue;
		*client = (struct client){socket, now_ns()};
		*context = client;
		break;
	}
	cut_off_oldest(server);
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **context,
			  enum MHD_ConnectionNotificationCode code)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct http_server *server = arg;
	struct client *client = *context;

	server->stirred = STIRRED;
	if (code == MHD_CONNECTION_NOTIFY_STARTED && info)
		client_began(server, info->connect_fd, context);
	else if (code == MHD_CONNECTION_NOTIFY_CLOSED && client)
		client->socket = -1;
}

/* ---- answers ---- */

/* One request for each connection: it has a deadline. */
static enum MHD_Result send_and_close(struct MHD_Connection *connection, unsigned status,
				      struct MHD_Response *response)
{
	enum MHD_Result result = MHD_NO;

	if (response &&
	    MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close"))
		result = MHD_queue_response(connection, status, response);
	if (response)
		MHD_destroy_response(response);
	return result;
}

static enum MHD_Result refuse(struct MHD_Connection *connection, unsigned status,
			      const char *why)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
		strlen(why), (void *)(uintptr_t)why, MHD_RESPMEM_PERSISTENT);

	if (response && status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	return send_and_close(connection, status, response);
}

static enum MHD_Result answer_metrics(const struct http_server *server,
				      struct MHD_Connection *connection)
{
	const char *accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							 MHD_HTTP_HEADER_ACCEPT);
	bool open = http_accepts_openmetrics(accept, server->handler.openmetrics);
	struct MHD_Response *response;
	size_t size;
	char *text = server->handler.make(server->handler.arg, open, &size);

	if (!text)
		return refuse(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "no memory\n");
	response = MHD_create_response_from_buffer(size, text, MHD_RESPMEM_MUST_FREE);
	if (!response)
		free(text);
	else
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
					open ? TYPE_OPENMETRICS : TYPE_PROM);
	return send_and_close(connection, MHD_HTTP_OK, response);
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection,
				  const char *url, const char *method,
				  const char *version, const char *upload,
				  size_t *upload_size, void **context)
{
	(void)version;
	(void)upload;
	(void)upload_size;
	(void)context;
	if (strcmp(url, "/metrics") != 0)
		return refuse(connection, MHD_HTTP_NOT_FOUND,
			      "nothing here: see /metrics\n");
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 &&
	    strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return refuse(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
			      "GET and HEAD alone\n");
	return answer_metrics(arg, connection);
}

/* ---- the server ---- */

int http_open(const struct sockaddr_storage *address, const struct http_handler *handler,
	      struct http_server **ret_server)
{
	struct http_server *server = calloc(1, sizeof(*server));
	unsigned flags = MHD_USE_EPOLL;
	int err;

	if (!server)
		return -ENOMEM;
	server->handler = *handler;
	for (size_t i = 0; i < CLIENTS_HARD; i++)
		server->clients[i].socket = -1;
	if (address->ss_family == AF_INET6)
		flags |= MHD_USE_IPv6;
	errno = 0;
	server->daemon = MHD_start_daemon(
		flags, 0, NULL, NULL, on_request, server, MHD_OPTION_SOCK_ADDR, address,
		MHD_OPTION_CONNECTION_LIMIT, CLIENTS_HARD,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CLIENT_MEMORY,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)(CLIENT_NS / 1000000000),
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_END);
	if (server->daemon) {
		*ret_server = server;
		return 0;
	}
	err = errno ? -errno : -EIO;
	free(server);
	return err;
}

unsigned http_port(const struct http_server *server)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);

	return info ? info->port : 0;
}

static int wait_ms(struct http_server *server)
{
	MHD_UNSIGNED_LONG_LONG wish;

	if (server->stirred) {
		server->stirred--;
		return 0;
	}
	if (MHD_get_timeout(server->daemon, &wish) == MHD_YES && wish < SWEEP_MS)
		return (int)wish;
	return SWEEP_MS;
}

int http_serve(struct http_server *server, int stop)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	struct pollfd polled[] = {{.fd = stop, .events = POLLIN},
				  {.fd = info ? info->epoll_fd : -1, .events = POLLIN}};

	if (!info)
		return -ENOTSUP;
	for (;;) {
		if (poll(polled, 2, wait_ms(server)) < 0 && errno != EINTR)
			return -errno;
		if (polled[0].revents)
			return 0;
		if (MHD_run(server->daemon) != MHD_YES)
			return -EIO;
		cut_off_slow(server);
	}
}

void http_close(struct http_server *server)
{
	if (!server)
		return;
	MHD_stop_daemon(server->daemon);
	free(server);
}
