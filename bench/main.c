/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tta-bench - each row beside its limit and its peers, in one run.
 */
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tta/version.h>

#include "print.h"
#include "scratch.h"

/* Before libtta's own constructor: only rows publish, each with its own settings. */
__attribute__((__constructor__(101))) static void attach_lazily(void)
{
	setenv("TTA_ATTACH", "lazy", 1);
	unsetenv("TTA_LEVEL");
	unsetenv("TTA_RING");
	unsetenv("TTA_RUN_ID");
	unsetenv("TT_ALLOC_TRACKING_ENABLED");
}

static void plan_cpus(struct plan *plan)
{
	cpu_set_t set;
	unsigned found = 0;

	plan->cpus = 1;
	if (sched_getaffinity(0, sizeof(set), &set))
		return;
	plan->cpus = (unsigned)CPU_COUNT(&set);
	for (int i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET((size_t)i, &set))
			continue;
		if (found == 0)
			plan->cpu = i;
		if (found < 2)
			plan->cpu2 = i;
		plan->cpu_last = i;
		found++;
	}
}

static void usage(FILE *out)
{
	fputs("usage: tta-bench [--json] [--quick] [--rows A,B...]\n\nrows:", out);
	for (size_t i = 0; i < row_count; i++)
		fprintf(out, " %s", rows[i].name);
	fputs("\n\nExit: 0 all rows were measured, whatever they say; 1 some were not; 2 "
	      "usage.\n",
	      out);
}

enum form { FORM_TABLE, FORM_JSON };

/* 0; 1 = done; -EINVAL. */
static int read_options(struct run *run, enum form *form, int argc, char **argv)
{
	static const struct option options[] = {
		{"json", no_argument, NULL, 'j'},	{"quick", no_argument, NULL, 'q'},
		{"rows", required_argument, NULL, 'r'}, {"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},	{0}};
	int c;

	while ((c = getopt_long(argc, argv, "jhV", options, NULL)) >= 0) {
		if (c == 'j') {
			*form = FORM_JSON;
		} else if (c == 'q') {
			run->quick = true;
		} else if (c == 'r') {
			if (rows_select(run, optarg))
				return -EINVAL;
		} else if (c == 'h') {
			usage(stdout);
			return 1;
		} else if (c == 'V') {
			puts("tta-bench " TTA_VERSION_STRING);
			return 1;
		} else {
			return -EINVAL;
		}
	}
	return optind == argc ? 0 : -EINVAL;
}

static struct plan plan_new(bool quick, const char *directory)
{
	struct plan plan = {.quick = quick,
			    .rounds = quick ? 9 : 31,
			    .warm_up = quick ? 2 : 4,
			    .round_ns = quick ? 1500000 : 5000000,
			    .directory = directory};

	plan_cpus(&plan);
	return plan;
}

/* The exit status. */
static int bench(struct run *run, enum form form)
{
	char directory[64];
	struct watch watch;
	struct plan plan;
	int number, err = scratch_make(directory, sizeof(directory));

	if (err) {
		fprintf(stderr, "tta-bench: %s: %s: is there a /dev/shm?\n", directory,
			strerror(-err));
		return 2;
	}
	plan = plan_new(run->quick, directory);
	host_read(&run->host);
	watch_begin(&watch);
	number = rows_run(run, &plan, &watch);
	watch_end(&watch);
	scratch_clear(directory, 1);
	if (number < 0)
		fprintf(stderr, "tta-bench: results: %s: try more memory\n",
			strerror(-number));
	if (number > 0)
		raise(number);
	if (number)
		return 2;
	(form == FORM_JSON ? print_json : print_table)(stdout, run);
	return rows_measured(run) ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct run run = {0};
	enum form form = FORM_TABLE;
	int done;

	memset(run.wanted, 1, sizeof(run.wanted));
	done = read_options(&run, &form, argc, argv);
	if (done) {
		if (done < 0)
			usage(stderr);
		return done < 0 ? 2 : 0;
	}
	return bench(&run, form);
}
