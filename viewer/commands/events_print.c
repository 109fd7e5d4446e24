/* SPDX-License-Identifier: BSD-2-Clause */
#include "events_print.h"

#include <inttypes.h>
#include <string.h>

#include "csv_text.h"
#include "format.h"
#include "text_table.h"
#include "trouble.h"

#define CELL_SIZE 320

/* What a cell is made from. */
struct cell_of {
	const struct event *event;
	const struct event_names *names;
	bool machine;	 /* for a program: exact, with dates */
	bool exact;	 /* bytes */
	bool note_label; /* the note tells the label */
};

typedef void (*cell_fn)(char text[CELL_SIZE], const struct cell_of *of);

static void cell_time(char text[CELL_SIZE], const struct cell_of *of)
{
	uint64_t ns = of->event->time_ns;
	char moment[FORMAT_SIZE], day[FORMAT_TIME_SIZE];

	if (!of->machine)
		snprintf(text, CELL_SIZE, "%s", format_moment(moment, ns));
	else
		snprintf(text, CELL_SIZE, "%s",
			 ns == SNAP_UNKNOWN ? "" : format_time(day, ns));
}

static void cell_dt(char text[CELL_SIZE], const struct cell_of *of)
{
	uint64_t ns = of->event->dt_ns;
	char since[FORMAT_SIZE];

	if (of->machine && ns != SNAP_UNKNOWN)
		snprintf(text, CELL_SIZE, "%" PRIu64, ns);
	else
		snprintf(text, CELL_SIZE, "%s", format_since(since, ns));
}

static const char *nothing(const struct cell_of *of)
{
	return of->machine ? "" : "-";
}

static void cell_pid(char text[CELL_SIZE], const struct cell_of *of)
{
	snprintf(text, CELL_SIZE, "%u", of->event->record.pid);
}

static void cell_comm(char text[CELL_SIZE], const struct cell_of *of)
{
	snprintf(text, CELL_SIZE, "%s", of->names->comm);
}

static void cell_tid(char text[CELL_SIZE], const struct cell_of *of)
{
	if (of->event->kind == EVENT_RECORD)
		snprintf(text, CELL_SIZE, "%u", of->event->record.thread);
	else
		strcpy(text, nothing(of));
}

static void cell_dev(char text[CELL_SIZE], const struct cell_of *of)
{
	if (event_has_place(of->event))
		snprintf(text, CELL_SIZE, "%u", of->event->record.device);
	else
		strcpy(text, nothing(of));
}

static void cell_type(char text[CELL_SIZE], const struct cell_of *of)
{
	snprintf(text, CELL_SIZE, "%s",
		 event_has_place(of->event) ? of->names->type : nothing(of));
}

static void cell_op(char text[CELL_SIZE], const struct cell_of *of)
{
	char mark[2] = {of->machine ? '\0' : event_op_mark(of->event), '\0'};

	snprintf(text, CELL_SIZE, "%s%s", event_op_name(of->event), mark);
}

static void cell_addr(char text[CELL_SIZE], const struct cell_of *of)
{
	if (event_has_address(of->event))
		snprintf(text, CELL_SIZE, "0x%08" PRIx64, of->event->record.address);
	else
		text[0] = '\0';
}

static void cell_bytes(char text[CELL_SIZE], const struct cell_of *of, uint64_t bytes)
{
	char number[FORMAT_SIZE];

	if (of->machine && bytes == SNAP_UNKNOWN)
		text[0] = '\0';
	else
		snprintf(text, CELL_SIZE, "%s",
			 format_bytes(number, bytes, false, of->machine || of->exact));
}

static void cell_size(char text[CELL_SIZE], const struct cell_of *of)
{
	if (event_has_size(of->event))
		cell_bytes(text, of, of->event->record.size);
	else
		strcpy(text, event_has_place(of->event) ? nothing(of) : "");
}

static void cell_ref(char text[CELL_SIZE], const struct cell_of *of)
{
	if (event_has_refs(of->event))
		snprintf(text, CELL_SIZE, "%u", of->event->record.refs);
	else
		strcpy(text, event_has_place(of->event) ? nothing(of) : "");
}

static void cell_live(char text[CELL_SIZE], const struct cell_of *of)
{
	if (event_has_place(of->event) || of->event->kind == EVENT_EXIT)
		cell_bytes(text, of, of->event->live);
	else
		text[0] = '\0';
}

static void cell_label(char text[CELL_SIZE], const struct cell_of *of)
{
	snprintf(text, CELL_SIZE, "%s", of->names->label);
}

static void cell_hex(char text[CELL_SIZE], const struct cell_of *of, uint64_t value)
{
	if (of->event->kind == EVENT_RECORD && value)
		snprintf(text, CELL_SIZE, "0x%" PRIx64, value);
	else
		strcpy(text, nothing(of));
}

static void cell_site(char text[CELL_SIZE], const struct cell_of *of)
{
	cell_hex(text, of, of->event->record.site);
}

static void cell_group(char text[CELL_SIZE], const struct cell_of *of)
{
	cell_hex(text, of, of->event->record.group);
}

static void cell_note(char text[CELL_SIZE], const struct cell_of *of)
{
	char note[EVENT_NOTE_SIZE];
	const char *label =
		of->note_label && of->event->kind == EVENT_RECORD ? of->names->label : "";

	event_note(note, of->event, of->names->mark);
	snprintf(text, CELL_SIZE, "%s%s%s", label, label[0] && note[0] ? ", " : "", note);
}

static const struct column {
	const char *name, *title;
	int width; /* negative: to the left */
	cell_fn make;
} all_columns[] = {
	{"time", "TIME", -15, cell_time},    {"dt", "+DT", 8, cell_dt},
	{"pid", "PID", 7, cell_pid},	     {"comm", "COMMAND", -8, cell_comm},
	{"tid", "TID", 7, cell_tid},	     {"dev", "DEV", 3, cell_dev},
	{"type", "TYPE", -5, cell_type},     {"op", "OP", -6, cell_op},
	{"addr", "ADDRESS", -10, cell_addr}, {"size", "SIZE", 5, cell_size},
	{"ref", "REF", 3, cell_ref},	     {"live", "LIVE", 7, cell_live},
	{"label", "LABEL", -12, cell_label}, {"site", "SITE", -14, cell_site},
	{"group", "GROUP", -6, cell_group},  {"note", "NOTE", -1, cell_note},
};

static bool add_column(struct events_printer *printer, const char *name, size_t length)
{
	for (unsigned i = 0; i < sizeof(all_columns) / sizeof(all_columns[0]); i++) {
		if (strncmp(all_columns[i].name, name, length) != 0 ||
		    all_columns[i].name[length])
			continue;
		if (printer->column_count == EVENTS_COLUMNS_MAX)
			return false;
		printer->columns[printer->column_count++] = i;
		printer->has_label |= all_columns[i].make == cell_label;
		return true;
	}
	return false;
}

int events_printer_init(struct events_printer *printer, const struct options *options,
			struct events_book *book)
{
	const char *list = options->columns;

	*printer = (struct events_printer){
		.options = options, .book = book, .last_ns = SNAP_UNKNOWN};
	if (!list && options->csv)
		list = "time,dt,pid,comm,tid,dev,type,op,addr,size,ref,live,label,site,"
		       "group,note";
	if (!list)
		list = "time,pid,dev,type,op,addr,size,ref,live,note";
	for (const char *at = list;; at++) {
		size_t length = strcspn(at, ",");

		if (!add_column(printer, at, length))
			return trouble("events",
				       "--columns: no column '%.*s': there are time, dt, "
				       "pid, comm, tid, dev, type, op, addr, size, ref, "
				       "live, label, site, group, note",
				       (int)length, at);
		at += length;
		if (*at == '\0')
			return 0;
	}
}

static void put_cell(const struct events_printer *printer, size_t index, char *text)
{
	const struct column *column = &all_columns[printer->columns[index]];
	bool last = index + 1 == printer->column_count;

	strip_controls(text);
	if (printer->options->csv)
		csv_put(stdout, text);
	else if (last && column->width < 0)
		fputs(text, stdout);
	else
		printf("%*s", column->width, text);
	putchar(last ? '\n' : printer->options->csv ? ',' : ' ');
}

void events_print_title(struct events_printer *printer)
{
	char text[CELL_SIZE];

	if (printer->options->json || printer->options->no_header)
		return;
	for (size_t i = 0; i < printer->column_count; i++) {
		const struct column *column = &all_columns[printer->columns[i]];

		snprintf(text, sizeof(text), "%s",
			 printer->options->csv ? column->name : column->title);
		put_cell(printer, i, text);
	}
}

static void find_dt(struct events_printer *printer, struct event *event)
{
	event->dt_ns = SNAP_UNKNOWN;
	if (event->time_ns == SNAP_UNKNOWN)
		return;
	if (printer->last_ns != SNAP_UNKNOWN && event->time_ns >= printer->last_ns)
		event->dt_ns = event->time_ns - printer->last_ns;
	printer->last_ns = event->time_ns;
}

int events_print(struct events_printer *printer, struct event *event)
{
	const struct options *options = printer->options;
	char unnamed[32], text[CELL_SIZE];
	struct event_names names = events_names(printer->book, event, unnamed);
	const struct cell_of of = {
		.event = event,
		.names = &names,
		.machine = options->csv,
		.exact = options->bytes,
		.note_label = !printer->has_label,
	};

	find_dt(printer, event);
	if (options->json)
		return event_write_json(stdout, event, &names);
	for (size_t i = 0; i < printer->column_count; i++) {
		all_columns[printer->columns[i]].make(text, &of);
		put_cell(printer, i, text);
	}
	return 0;
}
