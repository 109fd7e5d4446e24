/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event_json.h - an event as one line of schema ttatop.event.
 */
#ifndef TTATOP_EVENT_JSON_H
#define TTATOP_EVENT_JSON_H

#include <stdio.h>

#include "event.h"

/* What the numbers of an event are called; never NULL but mark, "" = none. */
struct event_names {
	const char *comm, *user, *type, *label;
	const char *mark; /* NULL = not known */
	uint32_t uid;
};

/* 0, -ENOMEM or -EIO. */
int event_write_json(FILE *file, const struct event *event,
		     const struct event_names *names);

#endif
