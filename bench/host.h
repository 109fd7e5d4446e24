/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * host.h - the machine that the numbers are of.
 */
#ifndef TTA_BENCH_HOST_H
#define TTA_BENCH_HOST_H

#include <stdbool.h>
#include <stdio.h>

struct host {
	char cpu[96], kernel[80], time[32];
	unsigned cpus;
	double load; /* over the last minute, before the run */
};

void host_read(struct host *host);
/* The line above a table. */
void host_print(FILE *out, const struct host *host, bool quick);

#endif
