/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_file.h"
#include "setup.h"
#include "trouble.h"

#define MACHINE_FILE "/etc/ttatop.conf"

int config_path(const struct options *options, char ret_path[PATH_MAX])
{
	const char *named = options->config ? options->config : getenv("TTATOP_CONFIG");
	const char *folder = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int length;

	if (named && *named)
		length = snprintf(ret_path, PATH_MAX, "%s", named);
	else if (folder && folder[0] == '/')
		length = snprintf(ret_path, PATH_MAX, "%s/ttatop/config", folder);
	else if (home && home[0] == '/')
		length = snprintf(ret_path, PATH_MAX, "%s/.config/ttatop/config", home);
	else
		return -ENOENT;
	return length < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* ---- reading ---- */

struct reading {
	struct view_state *state;
	const char *path;
	size_t wrong; /* lines */
};

static void complain(struct reading *reading, const struct config_line *line,
		     const char *what, const char *word)
{
	char clean[80];

	snprintf(clean, sizeof(clean), "%.60s", word);
	for (char *c = clean; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?';
	fprintf(stderr, "ttatop: %s:%u: %s%s%s%s: ignored\n", reading->path, line->number,
		what, *clean ? " '" : "", clean, *clean ? "'" : "");
	reading->wrong++;
}

static void read_line(void *arg, const struct config_line *line)
{
	struct reading *reading = arg;
	char what[160];
	size_t index;

	if (!line->key) {
		complain(reading, line, "not of the form key = value", "");
		return;
	}
	index = settings_find(line->key);
	if (index == settings_count()) {
		complain(reading, line, "no such setting", line->key);
	} else if (!settings_set(reading->state, index, line->value)) {
		snprintf(what, sizeof(what), "%.40s takes: %s: not", line->key,
			 settings_help(index));
		complain(reading, line, what, line->value);
	}
}

/* A file that is not there is none, unless it was asked for. */
static void read_file(struct reading *reading, const char *path, bool asked)
{
	int err;

	reading->path = path;
	err = config_file_read(path, read_line, reading);
	if (!err || (err == -ENOENT && !asked))
		return;
	fprintf(stderr, "ttatop: %s: %s: ignored\n", path,
		err == -EINVAL ? "no regular file" : strerrordesc_np(-err));
	reading->wrong++;
}

/* Returns how many lines or files made no sense. */
static size_t config_load(struct view_state *state, const struct options *options)
{
	struct reading reading = {.state = state};
	char path[PATH_MAX];

	read_file(&reading, MACHINE_FILE, false);
	if (config_path(options, path) == 0)
		read_file(&reading, path, options->config != NULL);
	return reading.wrong;
}

int config_setup(struct view_state *state, const struct options *options)
{
	size_t wrong;

	view_init(state);
	wrong = config_load(state, options);
	if (wrong)
		snprintf(state->message, sizeof(state->message),
			 "configuration: %zu wrong: run ttatop config check", wrong);
	return setup_options(state, options);
}

/* ---- writing ---- */

struct writing {
	const struct view_state *state;
	bool *written; /* which settings */
	char value[SETTING_VALUE_SIZE];
};

static const char *own_value(void *arg, const char *key)
{
	struct writing *writing = arg;
	size_t index = settings_find(key);

	if (index == settings_count())
		return NULL;
	writing->written[index] = true;
	return settings_get(writing->state, index, writing->value);
}

static void add_missing(void *arg, FILE *file)
{
	struct writing *writing = arg;
	char name[SETTING_NAME_SIZE];

	for (size_t i = 0; i < settings_count(); i++)
		if (!writing->written[i])
			fprintf(file, "# %s\n%s = %s\n", settings_help(i),
				settings_name(i, name),
				settings_get(writing->state, i, writing->value));
}

int config_save(const struct view_state *state, const struct options *options,
		char ret_path[PATH_MAX])
{
	struct writing writing = {.state = state};
	struct config_source source = {own_value, add_missing, &writing};
	int err = config_path(options, ret_path);

	if (err)
		return err;
	writing.written = calloc(settings_count(), sizeof(*writing.written));
	if (!writing.written)
		return -ENOMEM;
	err = config_file_write(ret_path, &source);
	free(writing.written);
	return err;
}

/* ---- the command ---- */

static int show(const struct view_state *state)
{
	char name[SETTING_NAME_SIZE], value[SETTING_VALUE_SIZE];

	for (size_t i = 0; i < settings_count(); i++)
		printf("%s = %s\n", settings_name(i, name),
		       settings_get(state, i, value));
	return finish_output("config", stdout);
}

static int show_path(const struct options *options)
{
	char path[PATH_MAX];
	int err = config_path(options, path);

	if (err)
		return trouble("config", "no path: %s: set HOME or XDG_CONFIG_HOME",
			       strerrordesc_np(-err));
	puts(path);
	return finish_output("config", stdout);
}

int config_command(const struct options *options)
{
	const char *word = options->arguments[0];
	struct view_state state;
	size_t wrong;
	int code;

	if (strcmp(word, "path") == 0)
		return show_path(options);
	if (strcmp(word, "show") != 0 && strcmp(word, "check") != 0)
		return trouble("config", "'%s': one of show, path, check", word);
	view_init(&state);
	wrong = config_load(&state, options);
	code = *word == 's' ? show(&state) : wrong > 0;
	view_fini(&state);
	return code;
}
