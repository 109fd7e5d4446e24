/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * events_print.h - rows of events: text, CSV, JSON.
 */
#ifndef TTATOP_EVENTS_PRINT_H
#define TTATOP_EVENTS_PRINT_H

#include "events_book.h"
#include "options.h"

#define EVENTS_COLUMNS_MAX 32

struct events_printer {
	const struct options *options;
	struct events_book *book;
	unsigned columns[EVENTS_COLUMNS_MAX];
	size_t column_count;
	bool has_label;	  /* a column of its own; else the note tells it */
	uint64_t last_ns; /* of the row before, SNAP_UNKNOWN */
};

/* 0, or EXIT_TROUBLE after a line on stderr: no such column. */
int events_printer_init(struct events_printer *printer, const struct options *options,
			struct events_book *book);
void events_print_title(struct events_printer *printer);
/* 0 or -ENOMEM; write errors stay in stdout. */
int events_print(struct events_printer *printer, struct event *event);

#endif
