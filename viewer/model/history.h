/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * history.h - the last samples' totals: rates and sparklines. Bounded memory.
 */
#ifndef TTATOP_HISTORY_H
#define TTATOP_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snapshot.h"

struct history;

/* @points: samples kept per series. NULL without memory. */
struct history *history_new(size_t points);
void history_free(struct history *history);

/* Add one sample; 0 or -ENOMEM (the sample is then not added). */
int history_push(struct history *history, const struct snapshot *snapshot);

/* Bytes used of @type (NULL = all types) over all live processes, oldest first. */
size_t history_used(const struct history *history, const char *type, uint64_t *values,
		    size_t room);
/* Events per second over the last two samples; false: not known yet. */
bool history_event_rate(const struct history *history, double *ret_rate);
bool history_process_rate(const struct history *history, uint64_t segment,
			  double *ret_rate);
/* Seconds between the oldest and the newest sample. */
double history_span(const struct history *history);

#endif
