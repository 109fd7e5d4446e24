/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guard.h - survive a file that its owner truncates under our mapping.
 */
#ifndef TTA_GUARD_H
#define TTA_GUARD_H

#include <stddef.h>

/* Install the SIGBUS handler of this process, once; 0 or -errno. */
int tta__guard_install(void);

/*
 * Run @body(@arg), which reads [@base, @base + @size). A SIGBUS there ends it at once:
 * whatever it holds at that moment leaks, so it touches the mapping only between calls
 * that own something for a moment.
 *
 * Return: what @body returned; -EFAULT a page was gone.
 */
int tta__guard_run(const void *base, size_t size, int (*body)(void *arg), void *arg);

#endif
