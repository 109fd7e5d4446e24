/* SPDX-License-Identifier: BSD-2-Clause */
/* export prom and openmetrics: once, again and again into a file, or over HTTP. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "end_signals.h"
#include "export_job.h"
#include "file_replace.h"
#include "http.h"
#include "http_request.h"
#include "metrics.h"
#include "source.h"
#include "trouble.h"

struct exporter {
	const struct options *options;
	enum metrics_dialect dialect;
	struct tta_reader *reader; /* NULL: not opened yet */
	struct snapshot *document; /* of --from, NULL = look */
	struct counters counters;
	int look_error; /* of the newest look, and said already */
	int write_error;
};

/* ---- one look ---- */

/* A directory that is not there may come. */
static int take_look(struct exporter *exporter, struct snapshot **ret_snapshot)
{
	const struct options *options = exporter->options;
	int err = 0;

	if (!exporter->reader) {
		err = tta_reader_open(options->directory, &exporter->reader);
		if (err)
			exporter->reader = NULL;
		else
			tta_reader_containers(exporter->reader, options->containers);
	}
	return err ? err : source_try(options, exporter->reader, ret_snapshot);
}

/* Once for each reason: whoever looks every second does not want to read it each time. */
static void remark(int err, int *said, const char *what, const char *name)
{
	if (err && err != *said)
		trouble("export", "%s '%s': %s", what, name, strerrordesc_np(-err));
	*said = err;
}

static const char *directory(const struct exporter *exporter)
{
	if (exporter->reader)
		return tta_reader_directory(exporter->reader);
	return exporter->options->directory ? exporter->options->directory
					    : "the directory of segments";
}

/* What failed is part of the metrics: only a lack of memory leaves nothing to write. */
static int write_look(struct exporter *exporter, enum metrics_dialect dialect, FILE *file)
{
	struct snapshot *snapshot = exporter->document;
	struct metrics_look look = {.took_ns = SNAP_UNKNOWN,
				    .dialect = dialect,
				    .per_process = exporter->options->per_process};
	uint64_t begin = source_now_ns(CLOCK_MONOTONIC);
	int err = 0;

	if (!exporter->document) {
		err = take_look(exporter, &snapshot);
		look.took_ns = source_now_ns(CLOCK_MONOTONIC) - begin;
		remark(err, &exporter->look_error, "read", directory(exporter));
	}
	if (err)
		counters_failed(&exporter->counters);
	else
		err = counters_take(&exporter->counters, snapshot);
	look.snapshot = exporter->look_error ? NULL : snapshot;
	if (err != -ENOMEM)
		err = metrics_write(file, &look, &exporter->counters);
	if (!exporter->document && !exporter->look_error)
		snapshot_free(snapshot);
	return err;
}

static int write_file(FILE *file, void *arg)
{
	struct exporter *exporter = arg;

	return write_look(exporter, exporter->dialect, file);
}

static int once(struct exporter *exporter)
{
	int result = export_output(exporter->options, true, write_file, exporter);

	return result ? result : exporter->look_error ? EXIT_TROUBLE : 0;
}

/* ---- into a file, again and again ---- */

/* A file system that is full for a while ends nothing; a file that cannot be does. */
static int every_interval(struct exporter *exporter, struct end_signals *signals)
{
	const struct options *options = exporter->options;
	int result = export_output(options, true, write_file, exporter);

	while (!result && !end_signals_wait(signals, (int)(options->interval * 1e3))) {
		int err = file_replace(options->output, 0666, true, write_file, exporter);

		remark(err, &exporter->write_error, "write", options->output);
	}
	return result;
}

/* ---- over HTTP ---- */

static char *make_answer(void *arg, bool openmetrics, size_t *ret_size)
{
	char *text = NULL;
	FILE *file = open_memstream(&text, ret_size);
	int err = -ENOMEM;

	if (file) {
		err = write_look(arg, openmetrics ? METRICS_OPENMETRICS : METRICS_PROM,
				 file);
		if (fclose(file))
			err = -ENOMEM;
	}
	if (!err)
		return text;
	free(text);
	return NULL;
}

static int find_address(const struct options *options, struct sockaddr_storage *address)
{
	if (http_address_parse(options->listen, address))
		return trouble("export",
			       "--listen '%s': no address and port: try 127.0.0.1:9464",
			       options->listen);
	if (http_address_is_loopback(address) || options->listen_any)
		return 0;
	return trouble("export",
		       "--listen '%s': other machines could read it: try 127.0.0.1, or "
		       "--listen-any if they shall",
		       options->listen);
}

static int serve(struct exporter *exporter, struct end_signals *signals)
{
	const struct options *options = exporter->options;
	const struct http_handler handler = {make_answer, exporter,
					     exporter->dialect == METRICS_OPENMETRICS};
	char text[HTTP_ADDRESS_SIZE];
	struct sockaddr_storage address;
	struct http_server *server;
	int err = find_address(options, &address);

	if (err)
		return err;
	err = http_open(&address, &handler, &server);
	if (err)
		return trouble("export", "--listen '%s': %s", options->listen,
			       strerrordesc_np(-err));
	if (!options->quiet)
		fprintf(stderr, "ttatop: export: listening on http://%s/metrics\n",
			http_address_text(text, &address, http_port(server)));
	err = http_serve(server, signals->fd);
	http_close(server);
	end_signals_wait(signals, 0);
	return err ? trouble("export", "--listen '%s': %s", options->listen,
			     strerrordesc_np(-err))
		   : 0;
}

/* ---- all of it ---- */

static int run_on(struct exporter *exporter)
{
	struct end_signals signals;
	int err = end_signals_begin(&signals);

	if (err)
		return trouble("export", "wait for signals: %s", strerrordesc_np(-err));
	if (exporter->options->listen)
		err = serve(exporter, &signals);
	else
		err = every_interval(exporter, &signals);
	end_signals_end(&signals);
	return err;
}

int export_metrics(const struct options *options, enum metrics_dialect dialect)
{
	struct options mine = *options;
	struct exporter exporter = {.options = &mine, .dialect = dialect};
	int result = 0;

	/* What the dead have counted counts. */
	mine.selection.dead = true;
	if (counters_init(&exporter.counters))
		return trouble("export", "%s", strerrordesc_np(ENOMEM));
	if (options->from)
		result = source_named(&mine, "export", options->from, &exporter.document);
	if (!result && (options->listen || options->interval > 0))
		result = run_on(&exporter);
	else if (!result)
		result = once(&exporter);
	snapshot_free(exporter.document);
	tta_reader_close(exporter.reader);
	counters_fini(&exporter.counters);
	return result;
}
