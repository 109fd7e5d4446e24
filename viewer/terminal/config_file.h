/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * config_file.h - files of lines "key = value"; # begins a comment. Read line by line,
 * and written so that whatever a person wrote around the values stays.
 *
 * Own code, not a library: inih tells one error per file and cannot write, GKeyFile
 * refuses the whole file for one bad line, libconfig loses comments.
 */
#ifndef TTATOP_CONFIG_FILE_H
#define TTATOP_CONFIG_FILE_H

#include <stddef.h>
#include <stdio.h>

#define CONFIG_LINE_SIZE 1024

struct config_line {
	unsigned number; /* from 1 */
	const char *key; /* NULL: the line makes no sense */
	const char *value;
};

/* Every line that is neither empty nor a comment. 0 or -errno; -EINVAL: no regular file.
 */
int config_file_read(const char *path,
		     void (*visit)(void *arg, const struct config_line *line), void *arg);

/*
 * What @path holds, with other values. @value gives that of a key (NULL: no such key, the
 * line stays); keys that it asks for in @missing are added at the end.
 */
struct config_source {
	/* The value of @key, NULL = none of ours. */
	const char *(*value)(void *arg, const char *key);
	/* Lines for what was not asked for by value(). */
	void (*missing)(void *arg, FILE *file);
	void *arg;
};

/*
 * Replace @path, whole or not at all. 0; -ELOOP it is a link; -EPERM it belongs to
 * somebody else; -EINVAL it is no regular file; what the system says.
 */
int config_file_write(const char *path, const struct config_source *source);

#endif
