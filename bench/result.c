/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * result.c - filling in a row's result, and judging it.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"

void result_clear(struct row_result *result)
{
	memset(result, 0, sizeof(*result));
	result->value = result->limit = result->ratio = NAN;
	result->p10 = result->p90 = NAN;
}

void result_detail(struct row_result *result, const char *name, double value)
{
	struct detail *detail = &result->detail[result->details];

	if (result->details == DETAILS_MOST)
		return;
	snprintf(detail->name, sizeof(detail->name), "%s", name);
	detail->value = value;
	result->details++;
}

int result_fail(struct row_result *result, int err, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(result->failure, sizeof(result->failure), format, args);
	va_end(args);
	if (err < 0 && length > 0 && (size_t)length < sizeof(result->failure))
		snprintf(result->failure + length,
			 sizeof(result->failure) - (size_t)length, ": %s",
			 strerror(-err));
	result->ok = false;
	return err;
}

struct peer_result *result_peer(struct row_result *result, const char *name, double value,
				const char *why)
{
	struct peer_result *peer = &result->peer[result->peers];

	if (result->peers == PEERS_MOST)
		return peer - 1;
	snprintf(peer->name, sizeof(peer->name), "%s", name);
	snprintf(peer->why, sizeof(peer->why), "%s", why);
	peer->value = value;
	result->peers++;
	return peer;
}

void result_judge(struct row_result *result, double most)
{
	/* A comparison with NaN is false: what was not measured does not pass. */
	result->ok = result->failure[0] == '\0' && result->value <= most * result->limit;
	for (unsigned i = 0; i < result->peers; i++) {
		const struct peer_result *peer = &result->peer[i];

		if (peer->bound > 0 && !peer->missing &&
		    !(result->value <= peer->bound * peer->value))
			result->ok = false;
	}
}
