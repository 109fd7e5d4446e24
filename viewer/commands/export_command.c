/* SPDX-License-Identifier: BSD-2-Clause */
/* export: what is known, in the formats of others. */
#include <errno.h>
#include <string.h>

#include "buffer_lines.h"
#include "commands.h"
#include "export_job.h"
#include "file_replace.h"
#include "snapshot_json.h"
#include "source.h"
#include "trouble.h"

static int to_stdout(int (*write)(FILE *file, void *arg), void *arg)
{
	int err = write(stdout, arg);

	if (err == EXPORT_SAID)
		return EXIT_TROUBLE;
	if (err && err != -EIO)
		return trouble("export", "%s", strerrordesc_np(-err));
	return finish_output("export", stdout);
}

int export_output(const struct options *options, bool replace,
		  int (*write)(FILE *file, void *arg), void *arg)
{
	bool may_replace = replace || options->force;
	int err;

	if (!options->output || strcmp(options->output, "-") == 0)
		return to_stdout(write, arg);
	err = file_replace(options->output, 0666, may_replace, write, arg);
	if (err == EXPORT_SAID)
		return EXIT_TROUBLE;
	if (err == -EEXIST && !may_replace)
		return trouble("export", "'%s' exists: use --force to replace it",
			       options->output);
	if (err == -EEXIST)
		return trouble("export", "'%s' is no regular file", options->output);
	if (err)
		return trouble("export", "write '%s': %s", options->output,
			       strerrordesc_np(-err));
	return 0;
}

/* ---- documents ---- */

struct document {
	const struct options *options;
	struct snapshot *snapshot;
	size_t unknown; /* buffers that were left out */
};

static int write_csv(FILE *file, void *arg)
{
	const struct document *document = arg;

	return buffer_lines_csv(document->snapshot, !document->options->no_header, file);
}

static int write_folded(FILE *file, void *arg)
{
	struct document *document = arg;

	return buffer_lines_folded(document->snapshot, file, &document->unknown);
}

static int write_jsonl(FILE *file, void *arg)
{
	const struct document *document = arg;

	return snapshot_write_lines(document->snapshot, file);
}

static int export_document(const struct options *options,
			   int (*write)(FILE *file, void *arg))
{
	struct document document = {.options = options};
	int result =
		source_named(options, "export", options->from ? options->from : "live",
			     &document.snapshot);

	if (result)
		return result;
	if (!document.snapshot->has_buffers)
		result = trouble("export", "'%s' has no buffers: take another snapshot",
				 options->from);
	else
		result = export_output(options, false, write, &document);
	if (document.unknown && !options->quiet)
		fprintf(stderr,
			"ttatop: export: %zu buffers of unknown size are left out\n",
			document.unknown);
	snapshot_free(document.snapshot);
	return result;
}

static int export_csv(const struct options *options)
{
	return export_document(options, write_csv);
}

static int export_folded(const struct options *options)
{
	return export_document(options, write_folded);
}

static int export_jsonl(const struct options *options)
{
	return export_document(options, write_jsonl);
}

static int export_prom(const struct options *options)
{
	return export_metrics(options, METRICS_PROM);
}

static int export_openmetrics(const struct options *options)
{
	return export_metrics(options, METRICS_OPENMETRICS);
}

/* ---- formats ---- */

#define TAKES_METRICS 1u /* --interval, --listen, --per-process */
#define TAKES_FOR     2u
#define TAKES_FROM    4u
#define TAKES_HEADER  8u

static const struct format {
	const char *name;
	unsigned takes;
	int (*run)(const struct options *options);
} formats[] = {
	{"prom", TAKES_METRICS | TAKES_FROM, export_prom},
	{"openmetrics", TAKES_METRICS | TAKES_FROM, export_openmetrics},
	{"trace", TAKES_FOR, export_trace},
	{"folded", TAKES_FROM, export_folded},
	{"csv", TAKES_FROM | TAKES_HEADER, export_csv},
	{"jsonl", TAKES_FROM, export_jsonl},
};

static const struct format *find_format(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

/* The first option that @format has no use for, NULL = none. */
static const char *useless(const struct options *options, const struct format *format)
{
	if (!(format->takes & TAKES_METRICS)) {
		if (options->interval > 0)
			return "--interval";
		if (options->listen)
			return "--listen";
		if (options->per_process)
			return "--per-process";
	}
	if (!(format->takes & TAKES_FOR) && options->duration >= 0)
		return "--for";
	if (!(format->takes & TAKES_HEADER) && options->no_header)
		return "--no-header";
	return NULL;
}

/* What cannot be together; 0 or EXIT_TROUBLE. */
static int check_combination(const struct options *options)
{
	bool to_file = options->output && strcmp(options->output, "-") != 0;

	if (options->listen && (options->output || options->interval > 0))
		return trouble("export", "--listen and a file: one of them");
	if (options->listen_any && !options->listen)
		return trouble("export", "--listen-any: there is no --listen");
	if (options->interval > 0 && !to_file)
		return trouble("export", "--interval: needs a file: -o FILE");
	if (options->from && (options->listen || options->interval > 0))
		return trouble("export",
			       "--from: a document does not change: write it once");
	return 0;
}

int command_export(const struct options *options)
{
	const struct format *format = find_format(options->arguments[0]);

	if (!format)
		return trouble(
			"export",
			"'%s' is no format: prom, openmetrics, trace, folded, csv, "
			"jsonl",
			options->arguments[0]);
	if (useless(options, format))
		return trouble("export", "%s: not with %s: see 'ttatop help export'",
			       useless(options, format), format->name);
	if (options->from && !(format->takes & TAKES_FROM))
		return trouble("export",
			       "--from '%s': a snapshot holds no events: %s is made of "
			       "what happens, --for SECS",
			       options->from, format->name);
	if (check_combination(options))
		return EXIT_TROUBLE;
	return format->run(options);
}
