/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scratch.h - the bench's own directory on tmpfs.
 */
#ifndef TTA_BENCH_SCRATCH_H
#define TTA_BENCH_SCRATCH_H

#include <stddef.h>

/* Makes it and puts it into TTA_DIR. 0 or -errno. */
int scratch_make(char *path, size_t size);
/* Removes what is in it; with the directory itself when @all. */
void scratch_clear(const char *path, int all);

#endif
