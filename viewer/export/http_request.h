/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http_request.h - what is said about addresses and requests; pure.
 */
#ifndef TTATOP_HTTP_REQUEST_H
#define TTATOP_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/*
 * "127.0.0.1:9464", "[::1]:9464", "localhost:9464"; port 0 lets the kernel choose. Names
 * other than localhost are not looked up. 0 or -EINVAL.
 */
int http_address_parse(const char *text, struct sockaddr_storage *ret_address);
/* Can nobody but this machine reach it? */
bool http_address_is_loopback(const struct sockaddr_storage *address);
/* The reverse of parsing, with @port; returns @text. */
#define HTTP_ADDRESS_SIZE 64
const char *http_address_text(char text[HTTP_ADDRESS_SIZE],
			      const struct sockaddr_storage *address, unsigned port);

/*
 * Does the Accept header prefer OpenMetrics to plain text? @otherwise: what holds when it
 * asks for neither, or is not there (NULL).
 */
bool http_accepts_openmetrics(const char *accept, bool otherwise);

#endif
