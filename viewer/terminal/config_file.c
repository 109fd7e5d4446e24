/* SPDX-License-Identifier: BSD-2-Clause */
#include "config_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file_replace.h"

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

static void cut(const char *line, struct parts *parts)
{
	static char nothing[] = "";
	char *comment, *equals;

	*parts = (struct parts){.comment = nothing};
	snprintf(parts->text, sizeof(parts->text), "%.*s", (int)sizeof(parts->text) - 1,
		 line);
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

/* The next line without its end; what does not fit is cut off. */
static bool next_line(FILE *file, char line[CONFIG_LINE_SIZE])
{
	size_t length;

	if (!fgets(line, CONFIG_LINE_SIZE, file))
		return false;
	length = strcspn(line, "\n");
	if (line[length] != '\n')
		for (int c = fgetc(file); c != EOF && c != '\n'; c = fgetc(file))
			continue;
	line[length] = '\0';
	return true;
}

int config_file_read(const char *path,
		     void (*visit)(void *arg, const struct config_line *line), void *arg)
{
	char line[CONFIG_LINE_SIZE];
	struct parts parts;
	unsigned number = 0;
	FILE *file;
	int err = open_file(path, &file);

	if (err)
		return err;
	while (next_line(file, line)) {
		number++;
		cut(line, &parts);
		if (!parts.empty)
			visit(arg, &(struct config_line){number, parts.key, parts.value});
	}
	err = ferror(file) ? -EIO : 0;
	fclose(file);
	return err;
}

/* ---- writing ---- */

struct rewriting {
	const char *path;
	const struct config_source *source;
};

static void rewrite_line(FILE *to, const char *line, const struct config_source *source)
{
	const char *value;
	struct parts parts;

	cut(line, &parts);
	value = parts.key ? source->value(source->arg, parts.key) : NULL;
	if (value)
		fprintf(to, "%s = %s%s%s\n", parts.key, value, *parts.comment ? "  " : "",
			parts.comment);
	else
		fprintf(to, "%s\n", line);
}

static int rewrite(FILE *to, void *arg)
{
	const struct rewriting *rewriting = arg;
	char line[CONFIG_LINE_SIZE];
	FILE *from;
	int err = open_file(rewriting->path, &from);

	if (err && err != -ENOENT)
		return err;
	while (!err && next_line(from, line))
		rewrite_line(to, line, rewriting->source);
	if (!err)
		fclose(from);
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
