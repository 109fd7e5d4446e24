/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http.h - answers GET /metrics, and nothing else. The only file with libmicrohttpd.
 *
 * One thread, many clients. Each has a few seconds for its request and for taking the
 * answer; when there are many the oldest goes, so that whoever holds connections open
 * keeps nobody else out. A connection has one answer and takes a bounded memory.
 */
#ifndef TTATOP_HTTP_H
#define TTATOP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct http_server;

struct http_handler {
	/* A text to be freed by the caller, NULL without memory: the client gets 503. */
	char *(*make)(void *arg, bool openmetrics, size_t *ret_size);
	void *arg;
	bool openmetrics; /* for clients that ask for nothing in particular */
};

/* 0 or -errno: -EADDRINUSE, -EACCES, ... */
int http_open(const struct sockaddr_storage *address, const struct http_handler *handler,
	      struct http_server **ret_server);
/* What the kernel chose for port 0. */
unsigned http_port(const struct http_server *server);
/* Serve until @stop can be read. 0 or -errno. */
int http_serve(struct http_server *server, int stop);
void http_close(struct http_server *server);

#endif
