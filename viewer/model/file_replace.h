/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * file_replace.h - write a file whole or not at all.
 */
#ifndef TTATOP_FILE_REPLACE_H
#define TTATOP_FILE_REPLACE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/*
 * Write @path by way of a temporary file beside it, which is gone afterwards in any
 * case. @write returns 0 or -errno. @mode is what others may do, less the umask.
 *
 * 0; -EEXIST when it is there and not to be replaced, or is no regular file; else what
 * the system or @write says.
 */
int file_replace(const char *path, mode_t mode, bool overwrite,
		 int (*write)(FILE *file, void *arg), void *arg);

/* Every folder on the way to @path, for the user alone. 0 or -errno. */
int file_make_folders(char *path);

#endif
