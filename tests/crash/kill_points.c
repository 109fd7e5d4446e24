/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kill_points.c - death at every store that others can see, and at every named point.
 *
 *	child      prepare | run ... stands still at its n-th point
 *	reader               looks: alive, nothing uncertain, what is finished is there
 *	child                SIGKILL
 *	readers              an old one and a new one look: what was finished is there, at
 *	                     most the event in flight is uncertain, and it is named
 *	reaper               removes it
 *
 * for n = 1, 2, ... until the operation ends first; for each operation of operations.c.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tta/tta.h>

#include "child.h"
#include "operations.h"
#include "test_dir.h"
#include "torture.h"
#include "victim.h"
#include "witness.h"

#define POINTS_LEAST 1550u
#define SHOWN	     20u

struct campaign {
	struct witness resident; /* open all the time */
	const char *directory;
	uint64_t points, unborn, uncertain, failures;
	bool seen, gone; /* of the operation's segment */
};

static void wrong(struct campaign *c, const char *what, const char *where,
		  const char *who, const char *problem)
{
	if (c->failures++ < SHOWN)
		printf("WRONG %s, %s, %s: %s\n", what, where, who, problem);
}

/* ---- files ---- */

/* How many dot names there are; the last one's path. */
static unsigned temporaries(const struct campaign *c, char path[512])
{
	DIR *dir = opendir(c->directory);
	struct dirent *entry;
	unsigned count = 0;

	while (dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, ".tta.", 5) != 0)
			continue;
		snprintf(path, 512, "%s/%s", c->directory, entry->d_name);
		count++;
	}
	if (dir)
		closedir(dir);
	return count;
}

/* What an interrupted birth left goes at the next start, once it is old. */
static void check_temporaries(struct campaign *c, const char *what, const char *where)
{
	const struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
	unsigned count;
	char path[512];
	struct stat st;

	count = temporaries(c, path);
	if (count == 0)
		return;
	if (count > 1 || stat(path, &st)) {
		wrong(c, what, where, "directory", "more than one temporary name");
		return;
	}
	if (st.st_mtime > 1000) {
		child_publish_once();
		if (temporaries(c, path) != 1)
			wrong(c, what, where, "next start", "removed a young birth");
	}
	utimensat(AT_FDCWD, path, old, 0);
	child_publish_once();
	if (temporaries(c, path) != 0)
		wrong(c, what, where, "next start", "an old interrupted birth stays");
}

static void reap(struct campaign *c, const struct witness *w, const char *what,
		 const char *where, enum tta_reap_result expected)
{
	int got = tta_reader_reap(w->reader, w->process->name, w->process->inode, NULL,
				  NULL);

	if (got != (int)expected)
		wrong(c, what, where, "reaper", "the lock does not prove what is true");
}

/* ---- one death ---- */

/* Born and gone happen once per operation. */
static bool presence(struct campaign *c, const struct operation *op,
		     const struct witness *w)
{
	if (!w->process) {
		c->gone = c->seen;
		return c->seen ? op->goes : op->born;
	}
	c->seen = true;
	return !c->gone;
}

/* What is seen of a segment that is not there at every point. */
static bool look(struct campaign *c, struct witness *w, const struct truth *t,
		 const struct victim *v, const char *who)
{
	const char *problem = NULL;

	witness_look(w);
	if (w->sample->skipped_count)
		problem = w->sample->skipped[0].reason;
	else if (!presence(c, t->op, w))
		problem = "its segment is missing, or is back";
	else if (w->process)
		problem = witness_check(w, t);
	if (problem)
		wrong(c, t->op->name, v->where, who, problem);
	return w->process && !problem;
}

static void look_alive(struct campaign *c, struct truth *t, const struct victim *v)
{
	t->dead = false;
	if (look(c, &c->resident, t, v, "reader of the living"))
		reap(c, &c->resident, t->op->name, v->where, TTA_REAP_ALIVE);
}

static void look_dead(struct campaign *c, struct truth *t, const struct victim *v)
{
	struct witness fresh;

	t->dead = true;
	look(c, &c->resident, t, v, "resident reader");
	witness_open(&fresh);
	witness_turn(&fresh, v->pid);
	if (look(c, &fresh, t, v, "fresh reader")) {
		c->uncertain += fresh.process->uncertain_count > 0;
		reap(c, &fresh, t->op->name, v->where, TTA_REAP_REMOVED);
	} else {
		c->unborn += !fresh.process;
	}
	witness_close(&fresh);
}

/* A parent of the one that died lives on, with everything that it had. */
static void check_parent(struct campaign *c, const char *what, const struct victim *v)
{
	struct witness parent;

	witness_open(&parent);
	witness_turn(&parent, v->child);
	witness_look(&parent);
	if (!parent.process || parent.process->verdict != TTA_VERDICT_ALIVE ||
	    parent.process->totals_inexact || parent.process->memory_count != 1 ||
	    parent.process->memory->used != 64)
		wrong(c, what, v->where, "parent", "harmed by its child's death");
	witness_close(&parent);
}

/* Nothing stays between two deaths. */
static void sweep(struct campaign *c)
{
	struct witness w;

	witness_open(&w);
	witness_look(&w);
	for (size_t i = 0; i < w.sample->process_count; i++)
		tta_reader_reap(w.reader, w.sample->processes[i].name, 0, NULL, NULL);
	witness_close(&w);
	CHECK(test_dir_count() == 0, "a dead segment cannot be removed");
	witness_look(&c->resident);
}

static enum stop die_at(struct campaign *c, const struct operation *op, uint64_t nth)
{
	struct truth truth = {.op = op};
	struct victim v;

	victim_start(&v, &op->work, nth);
	truth.done = v.stop != STOP_POINT;
	witness_turn(&c->resident, v.pid);
	if (v.stop != STOP_ENDED) {
		look_alive(c, &truth, &v);
		victim_kill(&v);
	}
	look_dead(c, &truth, &v);
	if (v.pid != v.child)
		check_parent(c, op->name, &v);
	victim_end(&v);
	check_temporaries(c, op->name, v.where);
	sweep(c);
	return v.stop;
}

static void run_operation(struct campaign *c, const struct operation *op)
{
	uint64_t nth = 1;

	c->seen = !op->born;
	c->gone = false;
	while (die_at(c, op, nth) == STOP_POINT)
		nth++;
	c->points += nth - 1;
	printf("%-42s %4llu points\n", op->name, (unsigned long long)(nth - 1));
	if (nth - 1 < op->least)
		wrong(c, op->name, "all", "count", "fewer points than it has");
}

/* ---- reapers that die ---- */

/* Shared with the reaper. */
static tta_a32 *evidence;
static char orphan_name[128];

static int save_evidence(void *arg)
{
	(void)arg;
	tta_store_relaxed32(evidence, 1);
	return 0;
}

static void reap_orphan(void)
{
	struct tta_reader *reader;

	points_end();
	CHECK(tta_reader_open(NULL, &reader) == 0, "no reader");
	points_begin();
	tta_reader_reap(reader, orphan_name, 0, save_evidence, NULL);
	points_end();
}

static void nothing(void)
{
}

static void hold_one(void)
{
	tta_alloc(LEDGER_DEVICE, LEDGER_TYPE, 0x1000, 64);
}

static const struct operation orphan = {
	.name = "reap",
	.work = {hold_one, nothing},
	.before = {{TTA_OP_ALLOC, 0x1000, 64}},
	.goes = true,
};

/* An orphan, and the truth about it. */
static pid_t leave_orphan(struct campaign *c)
{
	struct victim v;

	victim_start(&v, &orphan.work, 0);
	victim_kill(&v);
	victim_end(&v);
	witness_turn(&c->resident, v.pid);
	witness_look(&c->resident);
	CHECK(c->resident.process, "no orphan");
	strcpy(orphan_name, c->resident.process->name);
	return v.pid;
}

static enum stop reaper_dies_at(struct campaign *c, uint64_t nth)
{
	const struct work work = {NULL, reap_orphan};
	struct victim v, dead = {.pid = leave_orphan(c), .where = "after a dead reaper"};
	struct truth truth = {.op = &orphan, .done = true};

	tta_store_relaxed32(evidence, 0);
	c->seen = true;
	victim_start(&v, &work, nth);
	victim_kill(&v);
	victim_end(&v);
	strcpy(dead.where, v.where);
	look_dead(c, &truth, &dead); /* the next reaper removes it if this one did not */
	if (c->gone && !tta_load_relaxed32(evidence))
		wrong(c, "reap", v.where, "evidence", "removed before it was saved");
	c->gone = false;
	sweep(c);
	return v.stop;
}

static void run_reapers(struct campaign *c)
{
	uint64_t nth = 1;

	evidence = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	CHECK(evidence != MAP_FAILED, "mmap");
	while (reaper_dies_at(c, nth) == STOP_POINT)
		nth++;
	c->points += nth - 1;
	printf("%-42s %4llu points\n", "reap", (unsigned long long)(nth - 1));
}

/* ---- all of them ---- */

static void check_named(struct campaign *c)
{
	for (size_t i = 0; i < points_named(); i++)
		if (point_deaths(i) == 0)
			wrong(c, "named point", point_name(i), "count",
			      "nobody died there");
}

static int list_points(void)
{
	for (size_t i = 0; i < points_named(); i++)
		puts(point_name(i));
	return 0;
}

/* kill_points [--list | OPERATION] */
int main(int argc, char **argv)
{
	static struct campaign c;
	const char *wanted = argc > 1 ? argv[1] : NULL;

	if (wanted && strcmp(wanted, "--list") == 0)
		return list_points();
	setvbuf(stdout, NULL, _IOLBF, 0);
	c.directory = test_dir_make();
	victims_begin();
	witness_open(&c.resident);
	witness_look(&c.resident);
	for (unsigned i = 0; i < operations_count; i++)
		if (!wanted || strcmp(wanted, operations[i].name) == 0)
			run_operation(&c, &operations[i]);
	if (!wanted) {
		run_reapers(&c);
		check_named(&c);
		if (c.points < POINTS_LEAST)
			wrong(&c, "campaign", "all", "count",
			      "fewer points than there are");
	}
	witness_close(&c.resident);
	printf("operations %u, points %llu, named points %zu, unborn or gone %llu, "
	       "uncertain "
	       "%llu, wrong %llu\n",
	       operations_count, (unsigned long long)c.points, points_named(),
	       (unsigned long long)c.unborn, (unsigned long long)c.uncertain,
	       (unsigned long long)c.failures);
	return c.failures > 0;
}
