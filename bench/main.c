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
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <tta/version.h>

#include "child.h"
#include "print.h"
#include "scratch.h"

#define ROW_SECONDS_MOST 600u

/* Before libtta's own constructor: only rows publish, each with its own settings. */
__attribute__((__constructor__(101))) static void attach_lazily(void)
{
	setenv("TTA_ATTACH", "lazy", 1);
	unsetenv("TTA_LEVEL");
	unsetenv("TTA_RING");
	unsetenv("TTA_RUN_ID");
	unsetenv("TT_ALLOC_TRACKING_ENABLED");
}

struct order {
	const struct row *row;
	const struct plan *plan;
	struct row_result *result;
	sigset_t signals; /* as they were */
};

static void run_row(void *arg)
{
	struct order *order = arg;

	sigprocmask(SIG_SETMASK, &order->signals, NULL);
	alarm(ROW_SECONDS_MOST);
	order->row->run(order->plan, order->result);
}

/* Whatever the row has left behind dies with it; we are its parent then. */
static void reap_all(void)
{
	const struct timespec moment = {.tv_nsec = 5000000};
	pid_t child = 1;

	for (unsigned tries = 0; child >= 0 && tries < 2000; tries++) {
		child = waitpid(-1, NULL, WNOHANG);
		if (child == 0)
			nanosleep(&moment, NULL);
	}
}

/* 0, or the signal that ends the bench. */
static int run_watched(struct order *order, const sigset_t *watched)
{
	int status = 0, number;
	pid_t child = child_start(order->plan->cpu, run_row, order);

	if (child < 0) {
		result_fail(order->result, -errno, "fork");
		return 0;
	}
	do
		number = sigwaitinfo(watched, NULL);
	while (number < 0 ||
	       (number == SIGCHLD && waitpid(child, &status, WNOHANG) != child));
	if (number != SIGCHLD)
		child_end(child, SIGKILL);
	else if (WIFSIGNALED(status))
		result_fail(order->result, -ECHILD, "ended by signal %d",
			    WTERMSIG(status));
	reap_all();
	return number == SIGCHLD ? 0 : number;
}

static int run_rows(struct run *run, const struct plan *plan)
{
	sigset_t watched;
	struct order order = {.plan = plan};
	int number = 0;

	sigemptyset(&watched);
	sigaddset(&watched, SIGCHLD);
	sigaddset(&watched, SIGINT);
	sigaddset(&watched, SIGTERM);
	sigaddset(&watched, SIGHUP);
	sigprocmask(SIG_BLOCK, &watched, &order.signals);
	for (size_t i = 0; i < row_count && !number; i++) {
		if (!run->wanted[i])
			continue;
		fprintf(stderr, "tta-bench: %s\n", rows[i].name);
		order.row = &rows[i];
		order.result = &run->result[i];
		number = run_watched(&order, &watched);
		scratch_clear(plan->directory, 0);
	}
	sigprocmask(SIG_SETMASK, &order.signals, NULL);
	return number;
}

static int select_rows(struct run *run, char *names)
{
	char *rest = NULL;

	memset(run->wanted, 0, sizeof(run->wanted));
	for (char *name = strtok_r(names, ",", &rest); name;
	     name = strtok_r(NULL, ",", &rest)) {
		size_t i = 0;

		while (i < row_count && strcmp(rows[i].name, name))
			i++;
		if (i == row_count) {
			fprintf(stderr, "tta-bench: row '%s': no such row: try --help\n",
				name);
			return -EINVAL;
		}
		run->wanted[i] = true;
	}
	return 0;
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
			if (select_rows(run, optarg))
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

static int bench(struct run *run, enum form form)
{
	struct plan plan = {.quick = run->quick,
			    .rounds = run->quick ? 9 : 31,
			    .warm_up = run->quick ? 2 : 4,
			    .round_ns = run->quick ? 1500000 : 5000000};
	char directory[64];
	int number, err = scratch_make(directory, sizeof(directory));

	if (err) {
		fprintf(stderr, "tta-bench: %s: %s: is there a /dev/shm?\n", directory,
			strerror(-err));
		return 2;
	}
	plan.directory = directory;
	plan_cpus(&plan);
	host_read(&run->host);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	number = run_rows(run, &plan);
	scratch_clear(directory, 1);
	if (number) {
		raise(number);
		return 2;
	}
	(form == FORM_JSON ? print_json : print_table)(stdout, run);
	for (size_t i = 0; i < row_count; i++)
		if (run->wanted[i] && run->result[i].failure[0])
			return 1;
	return 0;
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
	run.result = mmap(NULL, row_count * sizeof(*run.result), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (run.result == MAP_FAILED) {
		fprintf(stderr, "tta-bench: results: %s: try more memory\n",
			strerror(errno));
		return 2;
	}
	for (size_t i = 0; i < row_count; i++)
		result_clear(&run.result[i]);
	return bench(&run, form);
}
