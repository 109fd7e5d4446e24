/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options.h - the command line of ttatop; one table is the source of parsing and --help.
 */
#ifndef TTATOP_OPTIONS_H
#define TTATOP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "select.h"

enum view_name {
	VIEW_DEFAULT = 0, /* not asked for: processes */
	VIEW_PROCESSES,
	VIEW_DEVICES,
	VIEW_BUFFERS,
	VIEW_EVENTS,
	VIEW_DELTA,
};

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* What only check knows. */
struct check_options {
	long warmup;
	double settle;	/* seconds, < 0 = until the numbers stand still */
	double timeout; /* seconds, < 0 = none */
	const char *marks, *limit, *suppress;
	const char *setup, *prepare, *conclude, *cleanup; /* lines of shell */
	const char *json_file, *junit;
	bool ignore_failure, gen_suppressions, all, keep_segments;
};

struct options {
	/* common */
	const char *config;    /* --config, NULL = where it usually is */
	const char *directory; /* --shm-dir, NULL = TTA_DIR or the default */
	bool containers;       /* directories of other mount namespaces as well */
	double delay;	       /* seconds between updates, >= 0.1 */
	bool delay_given, no_mouse;
	long count; /* updates, lines; -1 = not given */
	bool batch, once, json, csv, bytes, no_header, ascii, readonly, tree, quiet;
	enum color_when color;
	enum view_name view;
	const char *sort;    /* key, NULL = the view's own; "-key" reverses */
	const char *columns; /* NULL = the view's own */
	const char *base;    /* FILE or @NAME */
	struct selection selection;
	/* of one command */
	const char *output; /* -o */
	bool force, no_buffers, redact, yes, no_keep;
	const char *keep;
	double older; /* seconds, < 0 = not given */
	bool follow, suspicious, strict, pid_exit;
	const char *since, *until; /* a time or the name of a mark */
	const char *only, *skip;   /* names of checks; a change */
	const char *by, *match;
	uint64_t min, fail; /* bytes, UINT64_MAX = not given */
	long top;	    /* rows, -1 = not given */
	bool devices_merged, folded, addresses;
	double interval, duration; /* seconds, < 0 = not given */
	const char *listen;	   /* ADDR:PORT */
	bool listen_any, per_process;
	const char *from;
	struct check_options check;
	const struct command *command;
	/* what is left */
	int argument_count;
	char **arguments;
};

enum command_id {
	COMMAND_LIVE = 1,
	COMMAND_SNAPSHOT = 2,
	COMMAND_DIFF = 4,
	COMMAND_BASELINE = 8,
	COMMAND_REAP = 16,
	COMMAND_HELP = 32,
	COMMAND_EVENTS = 256,
	COMMAND_DOCTOR = 512,
	COMMAND_LEAKS = 64,
	COMMAND_COMPLETION = 128,
	COMMAND_CHECK = 1024,
	COMMAND_EXPORT = 2048,
	COMMAND_CONFIG = 4096,
};

struct command {
	enum command_id id;
	const char *name;
	const char *synopsis; /* after the name */
	const char *summary;  /* one line */
	const char *about;    /* some lines */
	int arguments_min, arguments_max;
};

/* NULL: no such command. */
const struct command *command_find(const char *name);
const struct command *command_list(size_t *ret_count);

enum option_kind {
	OPTION_FLAG,	/* a bool */
	OPTION_TEXT,	/* a const char * */
	OPTION_SECONDS, /* a double */
	OPTION_BYTES,	/* a uint64_t: "64K" */
	OPTION_FILTER,	/* selection.text, an expression */
	OPTION_VALUE,	/* what `set` makes of it */
	OPTION_MAYBE,	/* the same; the argument is --NAME=ARGUMENT or NULL */
	OPTION_ASK,	/* --help, --version: ends the parsing */
};

#define VALUES_FILES	 "<files>"
#define VALUES_FOLDERS	 "<folders>"
#define VALUES_BASELINES "<baselines>" /* @NAME, or a file */

/*
 * One option: all that parsing, --help, completion and the manual know of it. A letter or
 * name may stand for different things in different commands, in rows of their own.
 */
struct option_spec {
	char letter; /* 0 = long only */
	const char *name;
	const char *argument; /* NULL = takes none */
	unsigned commands;    /* set of enum command_id */
	const char *help;
	enum option_kind kind;
	size_t offset;						/* in struct options */
	int (*set)(struct options *options, const char *value); /* 0 or -errno */
	/* For completion: words, after a comma when a list of them is taken; or one of
	 * the VALUES_ above; NULL = anything. */
	const char *values;
};

const struct option_spec *option_table(size_t *ret_count);

enum options_result {
	OPTIONS_RUN = 0,
	OPTIONS_HELP = 1,    /* --help was asked for */
	OPTIONS_VERSION = 3, /* --version */
	OPTIONS_WRONG = 2,   /* said on stderr; also the exit code */
};

/*
 * Parse what follows the command's name: argv[0] is ignored. The options borrow @argv;
 * end them with options_fini() whatever the result.
 */
enum options_result options_parse(const struct command *command, int argc, char **argv,
				  struct options *options);
void options_fini(struct options *options);
/* What `help COMMAND` prints. */
void options_help(const struct command *command, FILE *file);

#endif
