/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * child.h - processes and threads of the bench, pinned; none outlives its parent.
 */
#ifndef TTA_BENCH_CHILD_H
#define TTA_BENCH_CHILD_H

#include <sys/types.h>

/* Best effort: a machine that forbids it is measured unpinned. */
void pin(int cpu);

/* Runs @body in a child that dies with its parent, pinned unless @cpu < 0; its pid. */
pid_t child_start(int cpu, void (*body)(void *arg), void *arg);

/* Ends a child with @signal and waits; seconds of CPU that it used. */
double child_end(pid_t child, int signal);

#endif
