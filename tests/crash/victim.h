/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * victim.h - a child that stops at one of its points and is killed there.
 *
 * Points are the stores to its segment (all atomic stores while it has none) and the
 * named ones of testpoint.h. The child stands still at its point, so that a reader can
 * look before and after the death.
 */
#ifndef TTA_VICTIM_H
#define TTA_VICTIM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct work {
	void (*prepare)(void); /* NULL: nothing */
	void (*run)(void);     /* may die at each of its points */
};

enum stop {
	STOP_POINT, /* it stands at the point */
	STOP_DONE,  /* the work was done first; it waits to be killed */
	STOP_ENDED, /* it ended by itself */
};

struct victim {
	pid_t child; /* ours */
	pid_t pid;   /* who stands at the point: the child, or a child of its own */
	enum stop stop;
	char where[64];
};

/* Once, before the first victim. */
void victims_begin(void);
/* Run @work in a child until its @nth point, 1 the first. */
void victim_start(struct victim *v, const struct work *work, uint64_t nth);
/* End who stands there, by SIGKILL; returns when it is dead. */
void victim_kill(const struct victim *v);
/* End and reap what is left of it. */
void victim_end(const struct victim *v);

/* ---- in the child ---- */

/* Whether the calling thread's points count; from the start for the one that runs. */
void points_begin(void);
void points_end(void);
/* The calling thread, not the process, ends at its @nth point. */
void points_end_thread_at(uint64_t nth);

/* ---- the named points of this program ---- */

size_t points_named(void);
const char *point_name(size_t index);
/* Deaths at it so far. */
uint64_t point_deaths(size_t index);

#endif
