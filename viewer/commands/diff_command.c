/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "commands.h"
#include "delta_json.h"
#include "format.h"
#include "source.h"
#include "text_table.h"
#include "trouble.h"

static void add_place(struct text_table *table, const char *kind, uint32_t number,
		      const char *type)
{
	text_table_add(table, "%s%s%u", kind, kind[0] ? ":" : "", number);
	text_table_add(table, "%s", type);
}

static void add_bytes(struct text_table *table, const struct delta_measure *bytes,
		      bool exact)
{
	char text[FORMAT_SIZE];

	text_table_add(table, "%s", format_bytes(text, bytes->base, false, exact));
	text_table_add(table, "%s", format_bytes(text, bytes->now, false, exact));
	text_table_add(table, "%s",
		       format_change(text, bytes->change, bytes->known, exact));
}

/* Changes of counts are small and told in full. */
static void add_change(struct text_table *table, const struct delta_measure *measure)
{
	char text[FORMAT_SIZE];

	text_table_add(table, "%s",
		       format_change(text, measure->change, measure->known, true));
}

static void add_state(struct text_table *table, const struct delta_row *row)
{
	if (row->is_gone)
		text_table_add(table, "gone");
	else
		text_table_add(table, "%s%s", row->is_new ? "new " : "",
			       snap_state_name(row->state));
}

static int print_rows(const struct delta *delta, const struct options *options)
{
	static const char *const titles[] = {">PID", "COMMAND", "STATE", ">DEV",
					     "TYPE", ">BASE",	">NOW",	 ">BYTES",
					     ">BUF", ">REFS"};
	struct text_table table = {.columns = 10, .titles = titles};
	int err;

	for (size_t i = 0; i < delta->row_count; i++) {
		const struct delta_row *row = &delta->rows[i];

		text_table_add(&table, "%u", row->pid);
		text_table_add(&table, "%s", row->comm);
		add_state(&table, row);
		add_place(&table, row->device_kind, row->device_number, row->type);
		add_bytes(&table, &row->bytes, options->bytes);
		add_change(&table, &row->buffers);
		add_change(&table, &row->refs);
	}
	err = text_table_print(&table, stdout, !options->no_header);
	text_table_fini(&table);
	return err;
}

static int print_totals(const struct delta *delta, const struct options *options)
{
	static const char *const titles[] = {">DEV",   "TYPE", ">BASE", ">NOW",
					     ">BYTES", ">BUF", ">REFS"};
	struct text_table table = {.columns = 7, .titles = titles};
	int err;

	for (size_t i = 0; i < delta->total_count; i++) {
		const struct delta_total *total = &delta->totals[i];

		add_place(&table, total->device_kind, total->device_number, total->type);
		add_bytes(&table, &total->bytes, options->bytes);
		add_change(&table, &total->buffers);
		add_change(&table, &total->refs);
	}
	err = text_table_print(&table, stdout, !options->no_header);
	text_table_fini(&table);
	return err;
}

static int print_text(const struct delta *delta, const struct options *options)
{
	char bytes[FORMAT_SIZE], buffers[FORMAT_SIZE], refs[FORMAT_SIZE];
	int err;

	if (!delta->different)
		return 0;
	err = print_rows(delta, options);
	putchar('\n');
	if (!err)
		err = print_totals(delta, options);
	printf("\ntotal %s bytes, %s buffers, %s references\n",
	       format_change(bytes, delta->bytes.change, delta->bytes.known,
			     options->bytes),
	       format_change(buffers, delta->buffers.change, delta->buffers.known, true),
	       format_change(refs, delta->refs.change, delta->refs.known, true));
	return err;
}

static int print(const struct options *options, const struct delta *delta, const char *a,
		 const char *b)
{
	int err = options->json ? delta_write(delta, a, b, stdout)
				: print_text(delta, options);

	if (err == -ENOMEM)
		return trouble("diff", "%s", strerrordesc_np(ENOMEM));
	err = finish_output("diff", stdout);
	return err ? err : delta->different;
}

static void remark(const struct options *options, const struct snapshot *snapshot,
		   const char *name)
{
	if (!snapshot->exact && !options->quiet)
		fprintf(stderr, "ttatop: diff: '%s' is not exact\n", name);
}

static int compare(const struct options *options, const struct snapshot *base,
		   const struct snapshot *now, const char *a, const char *b)
{
	struct delta *delta;
	int result;

	remark(options, base, a);
	remark(options, now, b);
	if (delta_compute(base, now, false, &delta))
		return trouble("diff", "%s", strerrordesc_np(ENOMEM));
	result = print(options, delta, a, b);
	delta_free(delta);
	return result;
}

int command_diff(const struct options *options)
{
	const char *a = options->arguments[0];
	const char *b = options->argument_count > 1 ? options->arguments[1] : "live";
	struct snapshot *base, *now;
	int result = source_named(options, "diff", a, &base);

	if (result)
		return result;
	result = source_named(options, "diff", b, &now);
	if (result == 0) {
		result = compare(options, base, now, a, b);
		snapshot_free(now);
	}
	snapshot_free(base);
	return result;
}
