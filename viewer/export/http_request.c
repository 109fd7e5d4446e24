/* SPDX-License-Identifier: BSD-2-Clause */
#include "http_request.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- addresses ---- */

static int parse_port(const char *text, in_port_t *ret_port)
{
	unsigned long port;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	port = strtoul(text, &end, 10);
	if (*end || end - text > 5 || port > 65535)
		return -EINVAL;
	*ret_port = htons((in_port_t)port);
	return 0;
}

static int parse_host(const char *host, in_port_t port, struct sockaddr_storage *ret)
{
	struct sockaddr_in *four = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)ret;
	size_t length = strlen(host);
	char inner[INET6_ADDRSTRLEN];

	memset(ret, 0, sizeof(*ret));
	if (strcmp(host, "localhost") == 0)
		host = "127.0.0.1";
	four->sin_family = AF_INET;
	four->sin_port = port;
	if (inet_pton(AF_INET, host, &four->sin_addr) == 1)
		return 0;
	if (host[0] != '[' || host[length - 1] != ']' || length > sizeof(inner))
		return -EINVAL;
	snprintf(inner, sizeof(inner), "%.*s", (int)length - 2, host + 1);
	memset(ret, 0, sizeof(*ret));
	six->sin6_family = AF_INET6;
	six->sin6_port = port;
	return inet_pton(AF_INET6, inner, &six->sin6_addr) == 1 ? 0 : -EINVAL;
}

int http_address_parse(const char *text, struct sockaddr_storage *ret_address)
{
	const char *colon = strrchr(text, ':');
	char host[HTTP_ADDRESS_SIZE];
	in_port_t port;

	if (!colon || colon == text || colon - text >= (long)sizeof(host) ||
	    parse_port(colon + 1, &port))
		return -EINVAL;
	memcpy(host, text, (size_t)(colon - text));
	host[colon - text] = '\0';
	return parse_host(host, port, ret_address);
}

bool http_address_is_loopback(const struct sockaddr_storage *address)
{
	const struct sockaddr_in *four = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;

	if (address->ss_family == AF_INET)
		return ntohl(four->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}

const char *http_address_text(char text[HTTP_ADDRESS_SIZE],
			      const struct sockaddr_storage *address, unsigned port)
{
	const struct sockaddr_in *four = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
	char host[INET6_ADDRSTRLEN] = "?";

	if (address->ss_family == AF_INET) {
		inet_ntop(AF_INET, &four->sin_addr, host, sizeof(host));
		snprintf(text, HTTP_ADDRESS_SIZE, "%s:%u", host, port);
	} else {
		inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof(host));
		snprintf(text, HTTP_ADDRESS_SIZE, "[%s]:%u", host, port);
	}
	return text;
}

/* ---- the Accept header ---- */

/* "q=0.75" among the parameters of one media range that ends at @end; 1 without. */
static double quality(const char *from, const char *end)
{
	for (const char *at = from; at < end; at++) {
		if (*at != ';')
			continue;
		at += 1 + strspn(at + 1, " \t");
		if (end - at > 2 && strncasecmp(at, "q=", 2) == 0)
			return strtod(at + 2, NULL);
		at--;
	}
	return 1;
}

/* The best quality that @type is wanted with; 0: not at all. */
static double wanted(const char *accept, const char *type)
{
	size_t length = strlen(type);
	double best = 0;

	while (*accept) {
		const char *end = accept + strcspn(accept, ",");

		accept += strspn(accept, " \t");
		if (accept < end && strncasecmp(accept, type, length) == 0 &&
		    strchr(";, \t", accept[length])) {
			double this = quality(accept, end);

			best = this > best ? this : best;
		}
		accept = *end ? end + 1 : end;
	}
	return best;
}

bool http_accepts_openmetrics(const char *accept, bool otherwise)
{
	double open = accept ? wanted(accept, "application/openmetrics-text") : 0;
	double plain = accept ? wanted(accept, "text/plain") : 0;

	if (open <= 0 && plain <= 0)
		return otherwise;
	return open > plain || (open > 0 && open == plain && otherwise);
}
