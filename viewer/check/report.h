/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report.h - what a check found out, and how it is told.
 */
#ifndef TTATOP_CHECK_REPORT_H
#define TTATOP_CHECK_REPORT_H

#include <stdio.h>

#include "book.h"
#include "growth.h"
#include "suppress.h"

#define CHECK_EXIT_CLEAN   0
#define CHECK_EXIT_GROWTH  1
#define CHECK_EXIT_UNKNOWN 125 /* git bisect skips the commit */

/* One execution of the command, or one mark. */
struct check_run {
	int number; /* 0 = the base, below it warm-ups, from 1 on measured */
	bool ran;   /* false: nothing was executed for it */
	bool ended_by_signal;
	int status;   /* exit status or signal */
	bool settled; /* the numbers stood still */
	uint64_t duration_ns;
	struct check_sums left;
	int64_t growth; /* of bytes, since the run before */
	bool growth_known;
};

/* after(0) ... after(n), and what is to be said of them. */
struct check_series {
	uint64_t *after[CHECK_MEASURES];
	struct growth growth[CHECK_MEASURES];
	double slope[CHECK_MEASURES]; /* per run */
};

struct check_range {
	uint64_t low, high;
};

struct check_class {
	const struct check_key *key;
	struct check_series series;
	enum growth_verdict verdict; /* the worst of the measures */
	bool fails;
	bool exit_residue;	   /* every owner has ended */
	const uint64_t *addresses; /* each once, in order */
	size_t address_count;
	const uint64_t *sites;
	size_t site_count;
	struct check_range allocs, frees; /* of one buffer */
	const struct suppression *suppressed;
};

/* All classes of one (device, type); told, not judged. */
struct check_total {
	const struct check_key *key; /* size and label say nothing */
	struct check_series series;
};

struct check_report {
	char *const *command;
	const char *run_id;
	const char *mark; /* NULL = measured after runs */
	bool strict, all;
	const struct check_limits *limits;
	size_t runs; /* measured */
	struct check_run *executed;
	size_t executed_count;
	struct check_class *classes; /* the worst first; clean ones are not listed */
	size_t class_count;
	struct check_total *totals;
	size_t total_count;
	const struct suppressions *suppressions;
	const char *const *reasons; /* why it cannot be judged */
	size_t reason_count;
	enum growth_verdict verdict;
	size_t failing; /* classes */
	int exit_code;
	const char *keep; /* folder with a snapshot of each run, NULL = none */
};

/* Verdicts of everything in @book; what the report points to is the book's. 0, -ENOMEM.
 */
int check_judge(struct check_book *book, const struct check_limits *limits,
		struct suppressions *suppressions, bool strict,
		struct check_report *report);

struct check_text_style {
	bool exact; /* bytes in full */
	FILE *file;
};

/* The line above all runs, the line of one run, and all that comes after. */
void check_text_begin(const struct check_report *report, struct check_text_style style);
void check_text_run(const struct check_report *report, const struct check_run *run,
		    struct check_text_style style);
int check_text_end(const struct check_report *report, struct check_text_style style);
/* Lines for a file of suppressions, for all that was found. */
int check_text_suppressions(const struct check_report *report, FILE *file);

/* 0, -ENOMEM, -EIO. */
int check_json_write(const struct check_report *report, FILE *file);
int check_junit_write(const struct check_report *report, FILE *file);

/* Classes of several devices that are otherwise equal; the devices as "0-7". */
struct check_group {
	const struct check_class *first;
	size_t count; /* they lie one after the other */
	char devices[64];
};

/* The group that begins at class @index. */
struct check_group check_group_at(const struct check_report *report, size_t index);
/* "kind:number" or "number" */
const char *check_device_name(const struct check_key *key, char name[64]);
/* Valid UTF-8 without control characters, to be freed; NULL without memory. */
char *check_clean_text(const char *text);
/* "exit 1", "signal 11", "-" */
const char *check_status_text(const struct check_run *run, char text[32]);

#endif
