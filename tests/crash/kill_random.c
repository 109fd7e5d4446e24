/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kill_random.c - publishers that die by SIGKILL at any instant, and nothing is lost.
 *
 * Each follows a script of one to four threads: allocs and frees, in some also dups,
 * views, groups and tta_add, at one (device, type) or at several. What was begun and what
 * was done is written to memory outside of the segment, before and after each call; from
 * that and the seed everything that must be there follows.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "judge.h"
#include "test_dir.h"
#include "torture.h"

#define LONGEST_US 20000u
#define SHOWN	   20u

struct campaign {
	uint64_t kills, seed;
	uint64_t wrong, unborn, looked;
	struct findings findings;
	struct done *done;
	struct tta_reader *resident;
};

static void usage(void)
{
	fputs("usage: kill_random [--kills N] [--seed S]\n", stderr);
	exit(2);
}

static void read_options(struct campaign *c, int argc, char **argv)
{
	for (int i = 1; i < argc; i += 2) {
		char *end = NULL;

		if (i + 1 < argc && strcmp(argv[i], "--kills") == 0)
			c->kills = strtoull(argv[i + 1], &end, 0);
		else if (i + 1 < argc && strcmp(argv[i], "--seed") == 0)
			c->seed = strtoull(argv[i + 1], &end, 0);
		if (!end || *end != '\0')
			usage();
	}
}

static void wrong(struct campaign *c, uint64_t kill, const struct load *load,
		  const char *problem)
{
	if (c->wrong++ < SHOWN)
		printf("WRONG kill %llu (load seed %llu, threads %u, mix %u%s): %s\n",
		       (unsigned long long)kill, (unsigned long long)load->seed,
		       load->threads, load->mix, load->shared ? ", shared" : "", problem);
}

/* ---- one death ---- */

static void sleep_us(uint64_t us)
{
	const struct timespec pause = {.tv_nsec = (long)us * 1000};

	nanosleep(&pause, NULL);
}

static const struct tta_process *find(const struct tta_sample *sample, pid_t pid)
{
	for (size_t i = 0; i < sample->process_count; i++)
		if (sample->processes[i].pid == (uint32_t)pid)
			return &sample->processes[i];
	return NULL;
}

/* Now and then somebody watches: what it saw alive must not stick to the dead. */
static pid_t run_and_kill(struct campaign *c, const struct load *load, uint64_t *state)
{
	const bool look = random_next(state) % 4 == 0;
	struct tta_sample *sample;
	pid_t child;

	memset(c->done, 0, SCRIPT_THREADS * sizeof(*c->done));
	fflush(stdout);
	child = fork();
	CHECK(child >= 0, "fork");
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		load_publish(load, c->done);
	}
	sleep_us(random_next(state) % LONGEST_US);
	if (look && tta_reader_sample(c->resident, TTA_SAMPLE_ALL, &sample) == 0) {
		const struct tta_process *p = find(sample, child);

		if (p && p->verdict != TTA_VERDICT_ALIVE)
			wrong(c, 0, load, "not alive while it lives");
		c->looked += p != NULL;
		tta_sample_free(sample);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return child;
}

static int keep_event(void *arg, const struct tta_event *event)
{
	struct testimony *t = arg;

	if (t->process && event->pid == t->process->pid) {
		CHECK(t->count < JUDGE_RECORDS, "more records than the rings hold");
		t->event[t->count++] = *event;
	}
	return 0;
}

/* Nobody told of anything but, perhaps, the first call's beginning. */
static bool may_be_unborn(const struct campaign *c)
{
	for (unsigned i = 0; i < SCRIPT_THREADS; i++)
		if (tta_load_acquire64(&c->done[i].done) > 0)
			return false;
	return true;
}

static bool same(const struct tta_process *a, const struct tta_process *b)
{
	bool equal = a && b && a->verdict == b->verdict && a->events == b->events &&
		     a->uncertain_count == b->uncertain_count &&
		     a->memory_count == b->memory_count &&
		     a->buffer_count == b->buffer_count;

	for (size_t i = 0; equal && i < a->memory_count; i++)
		equal = memcmp(&a->memory[i], &b->memory[i], sizeof(a->memory[i])) == 0;
	return equal;
}

static void check_resident(struct campaign *c, uint64_t kill, const struct load *load,
			   const struct tta_process *fresh)
{
	struct tta_sample *sample;

	CHECK(tta_reader_sample(c->resident, TTA_SAMPLE_ALL, &sample) == 0, "sample");
	if (!same(find(sample, (pid_t)fresh->pid), fresh))
		wrong(c, kill, load, "a resident reader says something else");
	tta_sample_free(sample);
}

static void check_death(struct campaign *c, uint64_t kill, const struct load *load,
			pid_t pid)
{
	static struct testimony t;
	struct tta_reader *reader;
	struct tta_sample *sample;
	const char *problem = NULL;

	CHECK(tta_reader_open(NULL, &reader) == 0, "no reader");
	CHECK(tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample) == 0, "sample");
	t.process = find(sample, pid);
	t.count = 0;
	CHECK(tta_reader_events(reader, keep_event, &t, NULL) == 0, "events");
	if (t.process)
		problem = judge(&t, load, c->done, &c->findings);
	else if (sample->skipped_count || !may_be_unborn(c))
		problem = "no segment of what was done";
	else
		c->unborn++;
	if (problem)
		wrong(c, kill, load, problem);
	if (t.process) {
		check_resident(c, kill, load, t.process);
		if (tta_reader_reap(reader, t.process->name, t.process->inode, NULL,
				    NULL) != TTA_REAP_REMOVED)
			wrong(c, kill, load, "death is not proven");
	}
	tta_sample_free(sample);
	tta_reader_close(reader);
}

static void run(struct campaign *c)
{
	uint64_t state = c->seed;

	for (uint64_t kill = 1; kill <= c->kills; kill++) {
		uint64_t lot = random_next(&state);
		const struct load load = {
			.seed = random_next(&state),
			.threads = 1 + (unsigned)(lot % SCRIPT_THREADS),
			.mix = (unsigned)(lot >> 8) % 16,
			.shared = (lot >> 16) % 2,
		};

		check_death(c, kill, &load, run_and_kill(c, &load, &state));
	}
}

static void say(const char *what, uint64_t count)
{
	printf("%s %llu, ", what, (unsigned long long)count);
}

static void report(const struct campaign *c, double seconds)
{
	say("kills", c->kills);
	say("wrong", c->wrong);
	say("unborn", c->unborn);
	say("seen alive", c->looked);
	say("uncertain events", c->findings.uncertain);
	say("with detail dropped", c->findings.dropped);
	say("with a lane without ring", c->findings.ringless);
	say("held against the truth: events", c->findings.events);
	say("entries", c->findings.entries);
	say("records", c->findings.records);
	printf("%.1f s\n", seconds);
}

int main(int argc, char **argv)
{
	static struct campaign c = {.kills = 300};
	uint64_t begin = now_ns();

	c.seed = begin;
	read_options(&c, argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("kill_random: --kills %llu --seed %llu\n", (unsigned long long)c.kills,
	       (unsigned long long)c.seed);
	test_dir_make();
	c.done = mmap(NULL, SCRIPT_THREADS * sizeof(*c.done), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(c.done != MAP_FAILED, "mmap");
	CHECK(tta_reader_open(NULL, &c.resident) == 0, "no reader");
	run(&c);
	tta_reader_close(c.resident);
	report(&c, (double)(now_ns() - begin) / 1e9);
	CHECK(c.findings.events > c.kills && c.findings.records > c.kills,
	      "nothing was exercised");
	/* Detail may be dropped, and a lane may be without a ring, when the holder of a
	 * short lock is preempted for long; it is said, and rare. */
	CHECK(c.findings.dropped + c.findings.ringless <= 5 + c.kills / 50,
	      "detail is dropped too often");
	CHECK(c.kills < 100 || c.findings.uncertain > 0, "no event was cut");
	return c.wrong > 0;
}
