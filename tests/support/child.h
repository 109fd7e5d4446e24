/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * child.h - run something in a child of fork and wait for its end.
 */
#ifndef TTA_CHILD_H
#define TTA_CHILD_H

#include <sys/types.h>

/*
 * @body ends the child itself; one that returns ends it by _exit(0). The child's pid;
 * exits 2 when there is none.
 * @ret_status: as of waitpid(), or NULL
 */
pid_t child_run(void (*body)(void), int *ret_status);

/* A publisher's start, which removes leftovers, and its orderly end with nothing left. */
void child_publish_once(void);

#endif
