/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * torture_lanes.c - threads that come and go; each takes over a dead one's lane.
 *
 *	thread A                 kernel                     thread B
 *	returns, pthread_exit,   marks A's robust mutex     sees the mark: EOWNERDEAD,
 *	or is cancelled                                     continues A's counters
 *
 * At most WAVE threads live at once, so that about as many lanes must do; totals stay
 * exact, and since all ended between two events nothing is uncertain.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

#include <tta/tta.h>

#include "slots.h"
#include "torture.h"
#include "view.h"

#define WAVE	8u
#define LEAST	200u
#define BUFFERS 40u

enum end { BY_RETURN, BY_EXIT, BY_CANCEL, ENDS };

/* The kernel orders a dead owner before the next; TSan cannot see that, so there each
 * comes and goes through a door. */
struct door {
	pthread_mutex_t mutex;
};

struct guest {
	struct door *door;
	pthread_t thread;
	bool running;
	enum end end;
	uint64_t number;
	tta_a64 allocs; /* also of a cancelled one */
	tta_a32 seen;	/* it publishes */
};

static void publish_pair(struct guest *g, uint64_t n)
{
	uint64_t address = (g->number + 1) << 24 | (n + 1) << 6;

	tta_alloc(0, TTA_L1, address, 64);
	tta_free_sized(0, TTA_L1, address, 64);
	tta_store_relaxed64(&g->allocs, tta_load_relaxed64(&g->allocs) + 1);
}

static void come_in(struct door *door)
{
	if (UNDER_TSAN)
		pthread_mutex_lock(&door->mutex);
	while (tta_thread_attach() != 0)
		sched_yield(); /* somebody is making lanes */
	if (UNDER_TSAN)
		pthread_mutex_unlock(&door->mutex);
}

static void go_out(void *arg)
{
	struct door *door = arg;

	if (!UNDER_TSAN)
		return;
	pthread_mutex_lock(&door->mutex);
	pthread_mutex_unlock(&door->mutex);
}

/* Frames that are unwound stay poisoned for ASan unless it is told. */
static void tell_asan(void)
{
#ifdef __SANITIZE_ADDRESS__
	__asan_handle_no_return();
#endif
}

static void stay(struct guest *g)
{
	int old;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
	come_in(g->door);
	for (uint64_t n = 0; n < BUFFERS; n++)
		publish_pair(g, n);
	tta_store_release32(&g->seen, 1);
	tell_asan();
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
	if (g->end == BY_EXIT)
		pthread_exit(NULL);
	for (uint64_t n = BUFFERS; g->end == BY_CANCEL; n++) {
		publish_pair(g, n & 0xffff);
		tell_asan();
		pthread_testcancel();
	}
}

static void *visit(void *arg)
{
	struct guest *g = arg;

	pthread_cleanup_push(go_out, g->door);
	stay(g);
	pthread_cleanup_pop(1);
	return NULL;
}

/* The thread's lane is dead when this returns; returns what it published. */
static uint64_t see_off(struct guest *g)
{
	uint64_t allocs;

	if (!g->running)
		return 0;
	if (g->end == BY_CANCEL) {
		while (!tta_load_acquire32(&g->seen))
			;
		pthread_cancel(g->thread);
	}
	pthread_join(g->thread, NULL);
	allocs = tta_load_relaxed64(&g->allocs);
	*g = (struct guest){0};
	return allocs;
}

static void welcome(struct guest *g, uint64_t number, struct door *door)
{
	g->door = door;
	g->number = number;
	g->end = (enum end)(number % ENDS);
	g->running = true;
	CHECK(pthread_create(&g->thread, NULL, visit, g) == 0, "pthread_create");
}

static void check_lanes(const struct view *view, uint64_t guests, uint64_t allocs)
{
	struct lane_sums lanes;
	struct account account;

	view_lanes(view, &lanes);
	view_account(view, 0, &account);
	account_check_empty(&account, "lanes");
	printf("threads %llu allocs %llu lanes %llu claims %llu recycled %llu dropped "
	       "%llu\n",
	       (unsigned long long)guests, (unsigned long long)allocs,
	       (unsigned long long)lanes.lanes, (unsigned long long)lanes.claims,
	       (unsigned long long)lanes.recycled,
	       (unsigned long long)lane_sums_dropped(&lanes));
	CHECK(account.kind[TTA_LINE_DETAIL].alloc_count +
			      account.kind[TTA_LINE_NO_DETAIL].alloc_count ==
		      allocs,
	      "allocs are not exact");
	CHECK(lanes.uncertain == 0, "%llu events are uncertain",
	      (unsigned long long)lanes.uncertain);
	CHECK(lanes.events == 2 * allocs, "%llu events instead of %llu",
	      (unsigned long long)lanes.events, (unsigned long long)(2 * allocs));
	/* main's lane, and one more for each claim that lost a race for a dead lane */
	CHECK(lanes.lanes <= 2 * WAVE, "lanes are not recycled");
	CHECK(lanes.recycled > guests / 2, "nothing was recycled");
	slots_check(0, "lanes");
}

int main(int argc, char **argv)
{
	static struct guest guests[WAVE];
	struct door door = {PTHREAD_MUTEX_INITIALIZER};
	uint64_t number = 0, allocs = 0, state, until;
	struct torture t;
	struct view view;

	torture_begin(&t, "torture_lanes", argc, argv);
	state = t.seed;
	CHECK(tta_thread_attach() == 0, "no lane");
	view_open(&view);
	for (until = torture_until(&t, 1); number < LEAST || now_ns() < until; number++) {
		struct guest *g = &guests[random_next(&state) % WAVE];

		allocs += see_off(g);
		welcome(g, number, &door);
	}
	for (unsigned i = 0; i < WAVE; i++)
		allocs += see_off(&guests[i]);
	check_lanes(&view, number, allocs);
	return 0;
}
