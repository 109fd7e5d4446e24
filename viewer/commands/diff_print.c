/* SPDX-License-Identifier: BSD-2-Clause */
#include "diff_print.h"

#include <inttypes.h>

#include "folded_text.h"
#include "format.h"
#include "text_table.h"

#define DEVICES_SIZE 64

struct printer {
	const struct options *options;
	const struct delta_query *query;
	struct text_table table;
	const char *titles[TEXT_TABLE_COLUMNS];
};

static void column(struct printer *p, const char *title)
{
	p->titles[p->table.columns++] = title;
	p->table.titles = p->titles;
}

static void add_device(struct text_table *table, const char *kind,
		       const uint32_t *numbers, size_t count)
{
	char text[DEVICES_SIZE];

	text_table_add(table, "%s%s%s", kind, kind[0] ? ":" : "",
		       format_ranges(text, sizeof(text), numbers, count));
}

static void add_size(struct text_table *table, uint64_t bytes, bool exact)
{
	char text[FORMAT_SIZE];

	text_table_add(table, "%s", format_bytes(text, bytes, false, exact));
}

static void add_change(struct text_table *table, const struct delta_measure *measure,
		       size_t devices, bool exact)
{
	char text[FORMAT_SIZE];

	text_table_add(table, "%s",
		       format_change(text, measure->change / (int64_t)devices,
				     measure->known, exact));
}

static void add_bytes(struct text_table *table, const struct delta_measure *bytes,
		      bool exact)
{
	add_size(table, bytes->base, exact);
	add_size(table, bytes->now, exact);
	add_change(table, bytes, 1, exact);
}

/* Changes of counts are small and told in full. */
static void add_counts(struct text_table *table, const struct delta_measure *buffers,
		       const struct delta_measure *refs)
{
	add_change(table, buffers, 1, true);
	add_change(table, refs, 1, true);
}

static bool one_process(const struct delta_query *query)
{
	return query->by & DELTA_PROC && query->match == MATCH_ADDRESS;
}

static void key_columns(struct printer *p)
{
	unsigned by = p->query->by;

	if (one_process(p->query))
		column(p, ">PID");
	if (by & DELTA_PROC)
		column(p, "COMMAND");
	if (by & DELTA_USER)
		column(p, "USER");
	column(p, one_process(p->query) ? "STATE" : "CHANGE");
	if (by & DELTA_DEV)
		column(p, ">DEV");
	if (by & DELTA_TYPE)
		column(p, "TYPE");
	if (by & DELTA_ADDR)
		column(p, "ADDRESS");
	if (by & DELTA_SIZE)
		column(p, ">SIZE");
	if (by & DELTA_LABEL)
		column(p, "LABEL");
}

static void columns(struct printer *p)
{
	key_columns(p);
	column(p, ">BASE");
	column(p, ">NOW");
	column(p, ">BYTES");
	if (p->query->devices_merged)
		column(p, ">EACH");
	column(p, ">BUF");
	column(p, ">REFS");
}

static void add_state(struct printer *p, const struct delta_by_row *row)
{
	if (!one_process(p->query))
		text_table_add(&p->table, "%s", delta_change_name(row->change));
	else if (row->is_gone)
		text_table_add(&p->table, "gone");
	else
		text_table_add(&p->table, "%s%s", row->is_new ? "new " : "",
			       snap_state_name(row->process->state));
}

static void add_keys(struct printer *p, const struct delta_by_row *row)
{
	struct text_table *table = &p->table;
	unsigned by = p->query->by;

	if (one_process(p->query))
		text_table_add(table, "%u", row->process->pid);
	if (by & DELTA_PROC)
		text_table_add(table, "%s", row->process->comm);
	if (by & DELTA_USER)
		text_table_add(table, "%s", row->process->user);
	add_state(p, row);
	if (by & DELTA_DEV)
		add_device(table, row->device->kind, row->devices, row->device_count);
	if (by & DELTA_TYPE)
		text_table_add(table, "%s", row->type);
	if (by & DELTA_ADDR)
		text_table_add(table, "0x%08" PRIx64, row->buffer->addr);
	if (by & DELTA_SIZE)
		add_size(table, row->buffer->size, p->options->bytes);
	if (by & DELTA_LABEL)
		text_table_add(table, "%s",
			       row->buffer->label[0] ? row->buffer->label : "-");
}

static int flush(struct printer *p)
{
	int err = text_table_print(&p->table, stdout, !p->options->no_header);

	text_table_fini(&p->table);
	p->table = (struct text_table){0};
	return err;
}

static int print_rows(struct printer *p, const struct delta_by *delta)
{
	columns(p);
	for (size_t i = 0; i < delta->row_count; i++) {
		const struct delta_by_row *row = &delta->rows[i];

		add_keys(p, row);
		add_bytes(&p->table, &row->bytes, p->options->bytes);
		if (p->query->devices_merged)
			add_change(&p->table, &row->bytes, row->device_count,
				   p->options->bytes);
		add_counts(&p->table, &row->buffers, &row->refs);
	}
	return flush(p);
}

static int print_totals(struct printer *p, const struct delta *totals)
{
	static const char *const titles[] = {">DEV",   "TYPE", ">BASE", ">NOW",
					     ">BYTES", ">BUF", ">REFS"};

	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		column(p, titles[i]);
	for (size_t i = 0; i < totals->total_count; i++) {
		const struct delta_total *total = &totals->totals[i];

		add_device(&p->table, total->device_kind, &total->device_number, 1);
		text_table_add(&p->table, "%s", total->type);
		add_bytes(&p->table, &total->bytes, p->options->bytes);
		add_counts(&p->table, &total->buffers, &total->refs);
	}
	return flush(p);
}

static void print_sum(const struct options *options, const struct delta *totals)
{
	char bytes[FORMAT_SIZE], buffers[FORMAT_SIZE], refs[FORMAT_SIZE];

	printf("total %s bytes, %s buffers, %s references\n",
	       format_change(bytes, totals->bytes.change, totals->bytes.known,
			     options->bytes),
	       format_change(buffers, totals->buffers.change, totals->buffers.known,
			     true),
	       format_change(refs, totals->refs.change, totals->refs.known, true));
}

int diff_print(const struct options *options, const struct delta_query *query,
	       const struct delta_by *delta, const struct delta *totals)
{
	struct printer p = {.options = options, .query = query};
	bool many = !query->devices_merged && totals->total_count > 0;
	int err;

	if (delta->row_count == 0)
		return 0;
	err = print_rows(&p, delta);
	putchar('\n');
	if (!err && many) {
		err = print_totals(&p, totals);
		putchar('\n');
	}
	print_sum(options, totals);
	return err;
}

static void put_place(const struct delta_query *query, const struct delta_by_row *row,
		      const char **separator)
{
	char text[DEVICES_SIZE];

	if (query->by & DELTA_DEV) {
		folded_put(stdout, *separator, "dev ");
		fputs(format_ranges(text, sizeof(text), row->devices, row->device_count),
		      stdout);
		*separator = ";";
	}
	if (query->by & DELTA_TYPE) {
		folded_put(stdout, *separator, row->type);
		*separator = ";";
	}
}

static void put_buffer(const struct delta_query *query, const struct snap_buffer *buffer,
		       const char **separator)
{
	char text[FORMAT_SIZE];

	if (query->by & DELTA_LABEL) {
		folded_put_label(stdout, *separator, buffer->label);
		*separator = ";";
	}
	if (query->by & DELTA_SIZE) {
		folded_put(stdout, *separator,
			   format_bytes(text, buffer->size, false, true));
		*separator = ";";
	}
	if (query->by & DELTA_ADDR)
		printf("%s0x%" PRIx64, *separator, buffer->addr);
}

static void put_frames(const struct delta_query *query, const struct delta_by_row *row)
{
	const char *separator = "";

	if (query->by & DELTA_USER) {
		folded_put(stdout, separator, row->process->user);
		separator = ";";
	}
	if (query->by & DELTA_PROC) {
		folded_put(stdout, separator, row->process->comm);
		if (one_process(query))
			printf(" %u", row->process->pid);
		separator = ";";
	}
	put_place(query, row, &separator);
	put_buffer(query, row->buffer, &separator);
}

size_t diff_print_folded(const struct delta_query *query, const struct delta_by *delta)
{
	size_t unknown = 0;

	for (size_t i = 0; i < delta->row_count; i++) {
		const struct delta_by_row *row = &delta->rows[i];

		if (!row->bytes.known) {
			unknown++;
			continue;
		}
		put_frames(query, row);
		printf(" %" PRIu64 " %" PRIu64 "\n", row->bytes.base, row->bytes.now);
	}
	return unknown;
}
