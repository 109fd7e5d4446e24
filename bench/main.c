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
#include "scaling.h"
#include "scratch.h"
#include "soak.h"

#define SOAK_SECONDS_MOST 1000000u

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

enum form { FORM_TABLE, FORM_JSON };
enum mode { MODE_ROWS, MODE_SCALING, MODE_SOAK };

struct job {
	enum mode mode;
	enum form form;
	struct run run;
	struct scaling scaling;
	unsigned seconds; /* of the soak */
	struct soak *soak;
};

static void usage(FILE *out)
{
	fputs("usage: tta-bench [--json] [--quick] [--rows A,B... | --scaling]\n"
	      "       tta-bench --soak SECONDS\n\n"
	      "  --json     a document instead of tables\n"
	      "  --quick    shorter, and fewer processes and buffers\n"
	      "  --rows     only these rows\n"
	      "  --scaling  1 to 1,000 publishing processes with a viewer at 0 to 100 "
	      "Hz\n"
	      "  --soak     publishers at full speed against their own truth\n"
	      "\nrows:",
	      out);
	for (size_t i = 0; i < row_count; i++)
		fprintf(out, " %s", rows[i].name);
	fputs("\n\nExit: 0 all was measured, whatever it says; 1 something was not, or "
	      "the soak\nfound a mismatch; 2 usage.\n",
	      out);
}

static int read_seconds(struct job *job, const char *text)
{
	char *end;
	unsigned long seconds = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end || seconds < 1 ||
	    seconds > SOAK_SECONDS_MOST) {
		fprintf(stderr, "tta-bench: --soak '%s': 1 to %u seconds: try --help\n",
			text, SOAK_SECONDS_MOST);
		return -EINVAL;
	}
	job->seconds = (unsigned)seconds;
	return 0;
}

/* 0; 1 = done; -EINVAL. */
static int read_option(struct job *job, int option)
{
	switch (option) {
	case 'j':
		job->form = FORM_JSON;
		return 0;
	case 'q':
		job->run.quick = true;
		return 0;
	case 'r':
		return rows_select(&job->run, optarg);
	case 's':
		job->mode = MODE_SCALING;
		return 0;
	case 'k':
		job->mode = MODE_SOAK;
		return read_seconds(job, optarg);
	case 'h':
		usage(stdout);
		return 1;
	case 'V':
		puts("tta-bench " TTA_VERSION_STRING);
		return 1;
	default:
		return -EINVAL;
	}
}

/* 0; 1 = done; -EINVAL. */
static int read_options(struct job *job, int argc, char **argv)
{
	static const struct option options[] = {{"json", no_argument, NULL, 'j'},
						{"quick", no_argument, NULL, 'q'},
						{"rows", required_argument, NULL, 'r'},
						{"scaling", no_argument, NULL, 's'},
						{"soak", required_argument, NULL, 'k'},
						{"help", no_argument, NULL, 'h'},
						{"version", no_argument, NULL, 'V'},
						{0}};
	bool some_rows = false, scaling = false;
	int c, done = 0;

	while (!done && (c = getopt_long(argc, argv, "jhV", options, NULL)) >= 0) {
		some_rows |= c == 'r';
		scaling |= c == 's';
		done = read_option(job, c);
	}
	if (!done && (optind < argc || some_rows + scaling + (job->seconds > 0) > 1 ||
		      (job->seconds && (job->run.quick || job->form == FORM_JSON))))
		done = -EINVAL;
	return done;
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

/* 0, or the signal that is to end the bench; -ENOMEM. */
static int measure(struct job *job, const struct plan *plan, struct watch *watch)
{
	char threads[] = "threads_2,same_device,cross_free";
	int number = 0;

	if (job->mode == MODE_SOAK)
		return soak_run(job->seconds, plan, watch, &job->soak);
	if (job->mode == MODE_SCALING) {
		rows_select(&job->run, threads);
		number = scaling_run(&job->scaling, plan, watch);
	}
	return number ? number : rows_run(&job->run, plan, watch);
}

/* The exit status. */
static int report(const struct job *job)
{
	bool json = job->form == FORM_JSON;

	if (job->mode == MODE_SOAK) {
		print_soak(stdout, job->soak);
		return soak_passed(job->soak) ? 0 : 1;
	}
	if (job->mode == MODE_SCALING)
		(json ? print_scaling_json : print_scaling_table)(stdout, &job->scaling,
								  &job->run);
	else
		(json ? print_json : print_table)(stdout, &job->run);
	return rows_measured(&job->run) && scaling_measured(&job->scaling) ? 0 : 1;
}

/* The exit status. */
static int bench(struct job *job)
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
	plan = plan_new(job->run.quick, directory);
	host_read(&job->run.host);
	watch_begin(&watch);
	number = measure(job, &plan, &watch);
	watch_end(&watch);
	scratch_clear(directory, 1);
	if (number < 0)
		fprintf(stderr, "tta-bench: results: %s: try more memory\n",
			strerror(-number));
	if (number > 0)
		raise(number);
	return number ? 2 : report(job);
}

int main(int argc, char **argv)
{
	struct job job = {0};
	int done;

	memset(job.run.wanted, 1, sizeof(job.run.wanted));
	done = read_options(&job, argc, argv);
	if (done < 0)
		usage(stderr);
	if (done)
		return done < 0 ? 2 : 0;
	return bench(&job);
}
