/* SPDX-License-Identifier: BSD-2-Clause */
#include "setup.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "baseline.h"
#include "screen.h"

/* Frames use marks that East Asian terminals draw two cells wide. */
static bool locale_is_plain(void)
{
	const char *name = setlocale(LC_CTYPE, NULL);

	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return true;
	return name && (strncmp(name, "ja", 2) == 0 || strncmp(name, "ko", 2) == 0 ||
			strncmp(name, "zh", 2) == 0);
}

static void list_keys(FILE *file, const struct screen *screen)
{
	for (size_t i = 0; i < screen->column_count; i++)
		fprintf(file, "%s%s", i ? "," : "", screen->columns[i].key);
	fputc('\n', file);
}

/* "help" lists the keys on stdout. */
static int wrong_key(const struct screen *screen, const char *option, const char *word)
{
	if (strcmp(word, "help") == 0) {
		list_keys(stdout, screen);
		return 1;
	}
	fprintf(stderr, "ttatop: %s %s: no such column in view %s: one of ", option, word,
		screen->name);
	list_keys(stderr, screen);
	return 2;
}

static int setup_sort(struct view_state *state, const char *word)
{
	const struct screen *screen = screen_of(state);
	struct screen_state *own = view_screen(state);
	bool reverse = *word == '-';
	int column = table_find(screen->columns, screen->column_count, word + reverse);

	if (column < 0)
		return wrong_key(screen, "-s", word);
	own->sort.column = (size_t)column;
	own->sort.falling = (screen->columns[column].flags & TABLE_FALLING) != 0;
	own->sort.falling ^= reverse;
	return 0;
}

static int setup_columns(struct view_state *state, const char *list)
{
	const struct screen *screen = screen_of(state);

	if (table_choose(screen->columns, screen->column_count, list,
			 &view_screen(state)->choice))
		return wrong_key(screen, "-c", list);
	return 0;
}

static enum screen_id screen_for(enum view_name view)
{
	switch (view) {
	case VIEW_DEVICES:
		return SCREEN_DEVICES;
	case VIEW_BUFFERS:
		return SCREEN_BUFFERS;
	case VIEW_EVENTS:
		return SCREEN_EVENTS;
	default:
		return SCREEN_PROCESSES;
	}
}

int setup_view(struct view_state *state, const struct options *options)
{
	int err = 0;

	setlocale(LC_CTYPE, "");
	view_init(state);
	state->screen = screen_for(options->view);
	state->ascii = options->ascii || locale_is_plain();
	state->bytes = options->bytes;
	state->hide_header = options->no_header;
	state->delay = options->delay;
	if (options->tree)
		view_screen(state)->tree = true;
	if (options->sort)
		err = setup_sort(state, options->sort);
	if (!err && options->columns)
		err = setup_columns(state, options->columns);
	return err;
}

static int load_file(const char *path, struct snapshot **ret_snapshot,
		     char error[SNAPSHOT_ERROR_SIZE])
{
	FILE *file = fopen(path, "re");
	int err;

	if (!file)
		return -errno;
	err = snapshot_load(file, path, ret_snapshot, error);
	fclose(file);
	return err;
}

int setup_base(struct view_state *state, struct sampler *sampler,
	       const struct options *options)
{
	char error[SNAPSHOT_ERROR_SIZE] = "";
	const char *name = options->base;
	struct snapshot *base;
	int err;

	if (!name)
		return 0;
	err = *name == '@' ? baseline_load(name + 1, &base, error)
			   : load_file(name, &base, error);
	if (err) {
		fprintf(stderr, "ttatop: -B %s: %s\n", name,
			*error ? error : strerror(-err));
		return 2;
	}
	snprintf(state->base_name, sizeof(state->base_name), "%s", name + (*name == '@'));
	sampler_set_base(sampler, base);
	return 0;
}
