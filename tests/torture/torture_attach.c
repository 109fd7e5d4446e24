/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * torture_attach.c - the first events of many threads at once, in one child after
 *another.
 *
 *	thread A                     thread B
 *	makes the segment            finds nobody to publish: counts its event as lost
 *	publishes the gate (A1),     (or sees the gate)
 *	books what was lost
 *
 * Every event is counted or counted as lost, exactly. And a thread that is cancelled
 * while it makes the segment does not turn publishing off for the process.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tta/tta.h>

#include "child.h"
#include "publisher.h"
#include "torture.h"
#include "view.h"

#define THREADS	   4u
#define EVENTS	   64u
#define PATIENCE_S 60u
/* Exit codes of a child, beside 0 and 1. */
#define CROWDED 3 /* several threads came before there was a segment */

struct starter {
	pthread_barrier_t *barrier;
	unsigned number;
	bool early; /* no segment yet when its first event began */
};

static void *start(void *arg)
{
	struct starter *s = arg;

	pthread_barrier_wait(s->barrier);
	s->early = tta__gate_attached() == NULL;
	for (uint64_t n = 1; n <= EVENTS; n++)
		tta_alloc(0, TTA_DRAM, (uint64_t)(s->number + 1) << 32 | n << 6, 64);
	/* Nobody takes over a lane here: torture_lanes is about that. */
	pthread_barrier_wait(s->barrier);
	return NULL;
}

static _Noreturn void attach_together(void)
{
	struct starter all[THREADS];
	const struct crew crew = {start, all, sizeof(all[0]), THREADS};
	pthread_barrier_t barrier;
	struct lane_sums lanes;
	struct account account;
	struct view view;
	uint64_t counted, lost;

	alarm(PATIENCE_S);
	pthread_barrier_init(&barrier, NULL, THREADS);
	for (unsigned i = 0; i < THREADS; i++)
		all[i] = (struct starter){&barrier, i, false};
	crew_run(&crew);
	view_open(&view);
	view_account(&view, 0, &account);
	account_check(&account, "child");
	view_lanes(&view, &lanes);
	counted = account.kind[TTA_LINE_DETAIL].alloc_count +
		  account.kind[TTA_LINE_NO_DETAIL].alloc_count;
	lost = lanes.count[TTA_COUNT_DROPPED_ATTACH];
	CHECK(counted + lost == THREADS * EVENTS, "%llu counted + %llu lost of %u events",
	      (unsigned long long)counted, (unsigned long long)lost, THREADS * EVENTS);
	for (unsigned i = 0; i < THREADS; i++)
		for (uint64_t n = 1; n <= EVENTS; n++)
			tta_free(0, TTA_DRAM, (uint64_t)(i + 1) << 32 | n << 6);
	exit(all[0].early + all[1].early + all[2].early + all[3].early > 1 ? CROWDED : 0);
}

/* Cancelled at the first cancellation point: inside its first event, if there is one. */
static void *cancelled_early(void *arg)
{
	pthread_cancel(pthread_self());
	tta_alloc(0, TTA_DRAM, 64, 64);
	pthread_testcancel();
	return arg;
}

static _Noreturn void attach_cancelled(void)
{
	struct account account;
	struct view view;
	pthread_t thread;
	void *result;

	alarm(PATIENCE_S);
	CHECK(pthread_create(&thread, NULL, cancelled_early, NULL) == 0,
	      "pthread_create");
	pthread_join(thread, &result);
	CHECK(result == PTHREAD_CANCELED, "the thread was not cancelled");
	tta_alloc(0, TTA_DRAM, 128, 64);
	CHECK(view_find(&view, getpid()),
	      "a thread cancelled in its first event turned publishing off");
	view_account(&view, 0, &account);
	CHECK(account.kind[TTA_LINE_DETAIL].alloc_count >= 1, "the event is missing");
	tta_free(0, TTA_DRAM, 64);
	tta_free(0, TTA_DRAM, 128);
	exit(0);
}

static int in_child(void (*life)(void))
{
	int status;

	child_run(life, &status);
	CHECK(WIFEXITED(status), "a child did not end by itself");
	CHECK(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == CROWDED,
	      "a child failed");
	return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	uint64_t until, children = 0, crowded = 0;
	struct torture t;

	torture_begin(&t, "torture_attach", argc, argv);
	for (until = torture_until(&t, 1); children < 16 || now_ns() < until; children++)
		crowded += in_child(attach_together) == CROWDED;
	printf("children %llu, threads met an attach in %llu\n",
	       (unsigned long long)children, (unsigned long long)crowded);
	CHECK(crowded > 0, "nobody met another thread's attach");
	in_child(attach_cancelled);
	return 0;
}
