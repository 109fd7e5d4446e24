/* SPDX-License-Identifier: BSD-2-Clause */
#include "leaks_print.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "csv_table.h"
#include "format.h"

#define DEVICES_SIZE 64
#define BAR_CELLS    40

struct printer {
	const struct options *options;
	const struct leaks *leaks;
	const struct leaks_query *query;
	const struct leaks_request *request;
	struct text_table table;
	const char *titles[TEXT_TABLE_COLUMNS];
};

static void column(struct printer *p, const char *title)
{
	p->titles[p->table.columns++] = title;
	p->table.titles = p->titles;
}

static void add_bytes(struct printer *p, uint64_t bytes)
{
	char text[FORMAT_SIZE];

	text_table_add(&p->table, "%s",
		       format_bytes(text, bytes, false,
				    p->options->bytes || p->options->csv));
}

static void add_number(struct printer *p, uint64_t number)
{
	if (number == SNAP_UNKNOWN)
		text_table_add(&p->table, "?");
	else
		text_table_add(&p->table, "%" PRIu64, number);
}

/* CSV has nanoseconds. */
static void add_age(struct printer *p, uint64_t ns)
{
	char text[FORMAT_SIZE];

	if (p->options->csv)
		add_number(p, ns);
	else
		text_table_add(&p->table, "%s", format_age(text, ns));
}

static void add_hex(struct printer *p, uint64_t value)
{
	if (value)
		text_table_add(&p->table, "0x%" PRIx64, value);
	else
		text_table_add(&p->table, "%s", p->options->csv ? "" : "-");
}

static void add_text(struct printer *p, const char *text)
{
	text_table_add(&p->table, "%s", *text || p->options->csv ? text : "-");
}

static void add_devices(struct printer *p, const struct leaks_group *group)
{
	uint32_t *numbers = calloc(group->count + 1, sizeof(*numbers));
	char text[DEVICES_SIZE];
	size_t count;

	if (!numbers) {
		p->table.failed = true;
		return;
	}
	count = leaks_devices(p->leaks, group, numbers);
	text_table_add(&p->table, "%s",
		       format_ranges(text, sizeof(text), numbers, count));
	free(numbers);
}

static void add_trend(struct printer *p, const struct leaks_group *group)
{
	char text[FORMAT_SIZE] = "";

	if (group->trend == LEAKS_GROWS || group->trend == LEAKS_SHRINKS)
		format_change(text, group->change, true, p->options->bytes);
	if (group->trend == LEAKS_UNWATCHED)
		text_table_add(&p->table, "?");
	else if (p->options->csv || !*text)
		text_table_add(&p->table, "%s", leaks_trend_name(group->trend));
	else
		text_table_add(&p->table, "%s %s", leaks_trend_name(group->trend), text);
}

/* What of it ended processes left. */
static void add_state(struct printer *p, const struct leaks_group *group)
{
	uint64_t live = group->count - group->orphan - group->exited;
	char text[64] = "live";

	if (group->orphan && !group->exited && !live)
		strcpy(text, "ORPHAN");
	else if (group->exited && !group->orphan && !live)
		strcpy(text, "exited");
	else if (group->orphan || group->exited)
		snprintf(text, sizeof(text), "%" PRIu64 " of %zu ended",
			 group->orphan + group->exited, group->count);
	text_table_add(&p->table, "%s", text);
}

static void group_columns(struct printer *p)
{
	unsigned by = p->query->by;

	column(p, ">BYTES");
	column(p, ">BUF");
	column(p, ">REFS");
	column(p, "DEV");
	if (by & LEAKS_TYPE)
		column(p, "TYPE");
	if (by & LEAKS_SIZE)
		column(p, ">SIZE");
	if (by & LEAKS_PROCESS) {
		column(p, ">PID");
		column(p, "COMMAND");
	}
	if (by & LEAKS_GROUP)
		column(p, "GROUP");
	if (by & LEAKS_SITE)
		column(p, "SITE");
	column(p, ">OLDEST");
	if (p->query->earlier)
		column(p, "TREND");
	column(p, "STATE");
	if (by & LEAKS_LABEL)
		column(p, "LABEL");
}

static void group_row(struct printer *p, const struct leaks_group *group)
{
	const struct snap_buffer *first = group->first;
	unsigned by = p->query->by;

	add_bytes(p, group->bytes);
	add_number(p, group->count);
	add_number(p, group->refs);
	add_devices(p, group);
	if (by & LEAKS_TYPE)
		add_text(p, first->type);
	if (by & LEAKS_SIZE)
		add_bytes(p, first->size);
	if (by & LEAKS_PROCESS) {
		add_number(p, first->pid);
		add_text(p, p->leaks->now->processes[first->process].comm);
	}
	if (by & LEAKS_GROUP)
		add_hex(p, first->group);
	if (by & LEAKS_SITE)
		add_hex(p, first->site);
	add_age(p, group->oldest_ns);
	if (p->query->earlier)
		add_trend(p, group);
	add_state(p, group);
	if (by & LEAKS_LABEL)
		add_text(p, first->label);
}

static void buffer_columns(struct printer *p)
{
	static const char *const titles[] = {"ADDRESS", ">SIZE", "DEV",	  "TYPE",
					     ">PID",	"STATE", ">REFS", ">ALLOC",
					     ">FREED",	">AGE",	 "SITE",  "GROUP",
					     "LABEL"};

	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		column(p, titles[i]);
}

static void buffer_row(struct printer *p, const struct snap_buffer *buffer)
{
	const struct snapshot *now = p->leaks->now;

	text_table_add(&p->table, "0x%08" PRIx64, buffer->addr);
	add_bytes(p, buffer->size);
	add_number(p, now->devices[buffer->device].number);
	add_text(p, buffer->type);
	add_number(p, buffer->pid);
	text_table_add(&p->table, "%s",
		       snap_state_name(now->processes[buffer->process].state));
	add_number(p, buffer->refs);
	add_number(p, buffer->allocs);
	add_number(p, buffer->frees);
	add_age(p, buffer->age_ns);
	add_hex(p, buffer->site);
	add_hex(p, buffer->group);
	add_text(p, buffer->label);
}

/* Print what was added, and make room for another table. */
static int flush(struct printer *p)
{
	bool header = !p->options->no_header;
	int err = p->options->csv ? csv_table_print(&p->table, stdout, header)
				  : text_table_print(&p->table, stdout, header);

	text_table_fini(&p->table);
	p->table = (struct text_table){0};
	return err;
}

static int print_groups(struct printer *p)
{
	group_columns(p);
	for (size_t i = 0; i < p->leaks->group_count && i < p->request->groups; i++)
		group_row(p, &p->leaks->groups[i]);
	return flush(p);
}

/* In the order of the groups. */
static int print_buffers(struct printer *p)
{
	buffer_columns(p);
	for (size_t i = 0; i < p->leaks->group_count && i < p->request->groups; i++) {
		const struct leaks_group *group = &p->leaks->groups[i];

		for (size_t j = 0; j < group->count; j++)
			buffer_row(p, p->leaks->buffers[group->begin + j]);
	}
	return flush(p);
}

static void age_row(struct printer *p, const struct leaks_age *age)
{
	char from[FORMAT_SIZE], to[FORMAT_SIZE], bar[BAR_CELLS + 1] = "";
	size_t cells = (size_t)(age->buffers * BAR_CELLS / p->leaks->buffer_count);

	memset(bar, '#', cells + (cells == 0));
	if (age->from_ns == 0)
		text_table_add(&p->table, "<%s", format_age(to, age->to_ns));
	else if (age->to_ns == SNAP_UNKNOWN)
		text_table_add(&p->table, ">%s", format_age(from, age->from_ns));
	else
		text_table_add(&p->table, "%s-%s", format_age(from, age->from_ns),
			       format_age(to, age->to_ns));
	add_number(p, age->buffers);
	add_bytes(p, age->bytes);
	text_table_add(&p->table, "%s", bar);
}

static int print_ages(struct printer *p)
{
	column(p, ">AGE");
	column(p, ">BUF");
	column(p, ">BYTES");
	column(p, "SHARE");
	for (size_t i = 0; i < LEAKS_AGES; i++)
		if (p->leaks->ages[i].buffers)
			age_row(p, &p->leaks->ages[i]);
	return flush(p);
}

static void print_totals(const struct printer *p)
{
	const struct leaks *leaks = p->leaks;
	char bytes[FORMAT_SIZE], age[FORMAT_SIZE];

	printf("%s bytes in %zu buffers, %zu groups",
	       format_bytes(bytes, leaks->bytes, false, p->options->bytes),
	       leaks->buffer_count, leaks->group_count);
	if (p->query->older_ns)
		printf(", older than %s", format_age(age, p->query->older_ns));
	if (leaks->orphan)
		printf("; %" PRIu64 " ORPHAN", leaks->orphan);
	if (leaks->exited)
		printf("; %" PRIu64 " exited", leaks->exited);
	if (leaks->unknown_age)
		printf("; %" PRIu64 " of unknown age", leaks->unknown_age);
	putchar('\n');
}

static int print_text(struct printer *p)
{
	int err = p->leaks->group_count ? print_groups(p) : 0;

	if (!err && p->request->addresses && p->leaks->group_count) {
		putchar('\n');
		err = print_buffers(p);
	}
	if (!err && p->leaks->group_count) {
		putchar('\n');
		err = print_ages(p);
		putchar('\n');
	}
	print_totals(p);
	return err;
}

int leaks_print(const struct options *options, const struct leaks *leaks,
		const struct leaks_query *query, const struct leaks_request *request)
{
	struct printer p = {options, leaks, query, request, .table = {0}};

	if (!options->csv)
		return print_text(&p);
	return request->addresses ? print_buffers(&p) : print_groups(&p);
}
