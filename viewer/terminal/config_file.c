/* SPDX-License-Identifier: BSD-2-Clause */
#include "config_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file_replace.h"

/* Nothing that blocks, or is not a file. */
static int open_file(const char *path, FILE **ret_file)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat there;

	if (descriptor < 0)
		return -errno;
	if (fstat(descriptor, &there) || !S_ISREG(there.st_mode)) {
		close(descriptor);
		return -EINVAL;
	}
	*ret_file = fdopen(descriptor, "r");
	if (*ret_file)
		return 0;
	close(descriptor);
	return -ENOMEM;
}

/* One line after the other, each with its end, if it has one. */
struct lines {
	FILE *file;
	char *text; /* of the current one; may hold anything */
	size_t length, room;
};

static int lines_open(const char *path, struct lines *lines)
{
	*lines = (struct lines){0};
	return open_file(path, &lines->file);
}

static bool lines_next(struct lines *lines)
{
	ssize_t length = getline(&lines->text, &lines->room, lines->file);

	lines->length = length > 0 ? (size_t)length : 0;
	return length > 0;
}

/* 0, or -EIO when not all was read. */
static int lines_close(struct lines *lines)
{
	int err = ferror(lines->file) ? -EIO : 0;

	fclose(lines->file);
	free(lines->text);
	return err;
}

/* A line cut at its parts, which lie in @text. */
struct parts {
	char text[CONFIG_LINE_SIZE];
	char *key, *value;   /* NULL = none */
	const char *comment; /* behind the value, with its #; "" = none */
	bool empty;	     /* nothing, or a comment alone */
};

static char *trim(char *text)
{
	char *end = text + strlen(text);

	while (end > text && isspace((unsigned char)end[-1]))
		*--end = '\0';
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

/* # begins a comment at the beginning of the line and after a blank. */
static char *find_comment(char *text)
{
	for (char *at = text; *at; at++)
		if (*at == '#' && (at == text || isspace((unsigned char)at[-1])))
			return at;
	return NULL;
}

/* What is too long, or holds a NUL, makes no sense. */
static void cut(const struct lines *line, struct parts *parts)
{
	static char nothing[] = "";
	char *comment, *equals;

	*parts = (struct parts){.comment = nothing};
	if (line->length >= sizeof(parts->text) ||
	    memchr(line->text, '\0', line->length)) {
		parts->empty = line->text[0] == '#';
		return;
	}
	memcpy(parts->text, line->text, line->length);
	parts->text[line->length - (line->text[line->length - 1] == '\n')] = '\0';
	comment = find_comment(parts->text);
	equals = strchr(parts->text, '=');
	if (comment && equals && equals > comment)
		equals = NULL;
	if (comment) {
		if (comment > parts->text)
			comment[-1] = '\0';
		else
			parts->empty = true;
		parts->comment = comment;
	}
	if (parts->empty || !*trim(parts->text)) {
		parts->empty = true;
		return;
	}
	if (!equals)
		return;
	*equals = '\0';
	parts->key = trim(parts->text);
	parts->value = trim(equals + 1);
}

int config_file_read(const char *path,
		     void (*visit)(void *arg, const struct config_line *line), void *arg)
{
	struct parts parts;
	struct lines lines;
	unsigned number = 0;
	int err = lines_open(path, &lines);

	if (err)
		return err;
	while (lines_next(&lines)) {
		number++;
		cut(&lines, &parts);
		if (!parts.empty)
			visit(arg, &(struct config_line){number, parts.key, parts.value});
	}
	return lines_close(&lines);
}

/* ---- writing ---- */

struct rewriting {
	const char *path;
	const struct config_source *source;
};

static void rewrite_line(FILE *to, const struct lines *line,
			 const struct config_source *source)
{
	const char *value;
	struct parts parts;

	cut(line, &parts);
	value = parts.key ? source->value(source->arg, parts.key) : NULL;
	if (value)
		fprintf(to, "%s = %s%s%s\n", parts.key, value, *parts.comment ? "  " : "",
			parts.comment);
	else
		fwrite(line->text, 1, line->length, to);
	if (!value && line->text[line->length - 1] != '\n')
		fputc('\n', to);
}

static int rewrite(FILE *to, void *arg)
{
	const struct rewriting *rewriting = arg;
	struct lines lines;
	int err = lines_open(rewriting->path, &lines);

	if (err && err != -ENOENT)
		return err;
	while (!err && lines_next(&lines))
		rewrite_line(to, &lines, rewriting->source);
	if (!err)
		err = lines_close(&lines);
	if (err && err != -ENOENT)
		return err;
	rewriting->source->missing(rewriting->source->arg, to);
	return ferror(to) ? -EIO : 0;
}

int config_file_write(const char *path, const struct config_source *source)
{
	struct rewriting rewriting = {path, source};
	char folders[PATH_MAX];
	struct stat there;
	int err;

	if (lstat(path, &there) == 0) {
		if (S_ISLNK(there.st_mode))
			return -ELOOP;
		if (!S_ISREG(there.st_mode))
			return -EINVAL;
		if (there.st_uid != geteuid())
			return -EPERM;
	}
	snprintf(folders, sizeof(folders), "%s", path);
	err = file_make_folders(folders);
	return err ? err : file_replace(path, 0644, true, rewrite, &rewriting);
}
