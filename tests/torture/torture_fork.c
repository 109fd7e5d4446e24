/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * torture_fork.c - children are forked while other threads publish.
 *
 *	threads             main            child
 *	events, locks  -->  fork      -->   wiped gate, no mapping: its first event makes
 *a segment of its own; exit unlinks it, or keeps what it leaves
 *
 * The parent's segment stays as it is; nobody hangs (an alarm ends who does).
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tta/tta.h>

#include "publisher.h"
#include "slots.h"
#include "test_dir.h"
#include "torture.h"
#include "view.h"

#define THREADS	    2u
#define CHILD_PAIRS 100u
#define LEFT	    3u /* buffers that every eighth child leaves */
#define PATIENCE_S  60u

#ifdef __SANITIZE_ADDRESS__
const char *__asan_default_options(void);

/* At its end a child would wait for its parent's threads, which it does not have. */
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}
#endif

struct worker {
	uint64_t number;
	uint64_t allocs;
	tta_a32 *done;
};

static void *work(void *arg)
{
	struct worker *w = arg;

	while (!tta_load_acquire32(w->done)) {
		uint64_t address = (w->number + 1) << 40 | (w->allocs % 5000 + 1) << 6;

		tta_alloc(0, TTA_DRAM, address, 64);
		tta_free_sized(0, TTA_DRAM, address, 64);
		w->allocs++;
	}
	return NULL;
}

/* In the child. Exits 0 when its own segment says what it did. */
static _Noreturn void live_as_child(uint64_t parent_id, unsigned leave, bool alone)
{
	struct account account;
	struct view view;

	alarm(PATIENCE_S);
	for (uint64_t n = 1; n <= CHILD_PAIRS; n++) {
		tta_alloc(0, TTA_L1, n << 8, 64);
		if (n > leave)
			tta_free(0, TTA_L1, n << 8);
	}
	CHECK(tta__gate_attached() && tta__gate_attached()->attach_id != parent_id,
	      "the child publishes as its parent");
	/* Other threads of the parent may have held locks of liburcu. */
	CHECK(tta__gate_attached()->use_rcu == alone, "liburcu %s in a child of %s",
	      alone ? "unused" : "used", alone ? "one thread" : "many threads");
	view_open(&view);
	view_account(&view, 0, &account);
	account_check(&account, "child");
	CHECK(account.kind[TTA_LINE_DETAIL].alloc_count == CHILD_PAIRS &&
		      account.live_slots == leave,
	      "the child's segment says something else");
	exit(0);
}

/* What a child that ended left in the directory. */
static void check_heritage(pid_t child, unsigned leave)
{
	struct account account;
	struct view view;
	bool found = view_find(&view, child);
	char text[256];

	CHECK(found == (leave > 0), "the child's segment %s",
	      found ? "was left though it was empty" : "vanished with what it held");
	if (!found)
		return;
	view_account(&view, 0, &account);
	account_check(&account, "heritage");
	CHECK(account.live_slots == leave, "the child left something else");
	CHECK(tta_load_acquire32(&view.header->state) == TTA_STATE_CLOSED,
	      "the child's segment was not closed");
	CHECK(view.header->pid == (uint32_t)child, "the header names another process");
	snprintf(text, sizeof(text), "%s/tta.%u.%u.%u.%llu.%016llx", getenv("TTA_DIR"),
		 view.header->major, view.header->uid, view.header->pid,
		 (unsigned long long)view.header->start_time,
		 (unsigned long long)view.header->nonce);
	CHECK(unlink(text) == 0, "cannot remove %s", text);
	view_close(&view);
}

static void fork_one(uint64_t number, bool alone)
{
	uint64_t id = tta__gate_attached()->attach_id;
	unsigned leave = number % 8 == 7 ? LEFT : 0;
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	CHECK(child >= 0, "fork");
	if (child == 0)
		live_as_child(id, leave, alone);
	CHECK(waitpid(child, &status, 0) == child, "waitpid");
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0,
	      "child %llu ended with status %x", (unsigned long long)number,
	      (unsigned)status);
	check_heritage(child, leave);
}

static void check_parent(const struct view *view, const struct worker *all)
{
	struct lane_sums lanes;
	struct account account;
	uint64_t allocs = 0;

	for (unsigned i = 0; i < THREADS; i++)
		allocs += all[i].allocs;
	view_account(view, 0, &account);
	account_check_empty(&account, "parent");
	view_lanes(view, &lanes);
	printf("events of the parent %llu, dropped %llu\n",
	       (unsigned long long)lanes.events,
	       (unsigned long long)lane_sums_dropped(&lanes));
	CHECK(account.kind[TTA_LINE_DETAIL].alloc_count +
			      account.kind[TTA_LINE_NO_DETAIL].alloc_count ==
		      allocs,
	      "the parent's totals are not exact");
	CHECK(lanes.uncertain == 0, "an event of the parent is uncertain");
	CHECK(test_dir_count() == 1, "%d segments instead of the parent's",
	      test_dir_count());
	CHECK(allocs > 1000, "the parent hardly published");
	slots_check(0, "parent");
}

int main(int argc, char **argv)
{
	struct worker all[THREADS] = {{0}};
	pthread_t thread[THREADS];
	tta_a32 done = {0};
	struct torture t;
	struct view view;
	uint64_t until, children = 0;

	torture_begin(&t, "torture_fork", argc, argv);
	alarm(PATIENCE_S + (unsigned)t.seconds);
	CHECK(tta_thread_attach() == 0, "no lane");
	view_open(&view);
	for (unsigned i = 0; i < 8; i++)
		fork_one(i, true);
	for (unsigned i = 0; i < THREADS; i++) {
		all[i] = (struct worker){.number = i, .done = &done};
		CHECK(pthread_create(&thread[i], NULL, work, &all[i]) == 0,
		      "pthread_create");
	}
	for (until = torture_until(&t, 1); children < 8 || now_ns() < until; children++)
		fork_one(children, false);
	tta_store_release32(&done, 1);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	printf("children %llu\n", (unsigned long long)children);
	check_parent(&view, all);
	return 0;
}
