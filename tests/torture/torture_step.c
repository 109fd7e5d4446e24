/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * torture_step.c - every interleaving with one preemption, and random ones with two.
 *
 *	thread A                 thread B
 *	k atomic operations of a
 *	                         b, or its first j operations
 *	the rest of a
 *	                         the rest of b
 *
 * And the same inside one thread, as handlers do it:
 *
 *	event of X: k operations, then a handler
 *		event of Y: j operations, then a handler inside the handler
 *			event of Z
 *
 * The publisher is compiled once more for this program, with a stop before each atomic
 * operation (support/hook/tta/atomic.h); k and j count these stops. Each pair of
 *operations keeps the host's duty unless it says otherwise; after it everything is
 *closed, and table, counters, live word and pool must be empty and agree.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include <tta/tta.h>

#include "slots.h"
#include "torture.h"
#include "view.h"

#define X     0x1000u
#define Y     0x2000u
#define Z     0x3000u
#define GROUP 7u
#define TYPE  TTA_L1

struct pair {
	const char *name;
	void (*prepare)(void);
	void (*a)(void);
	void (*b)(void);
	bool conforms; /* no dup and no unknown free may come of it */
};

/* One of the two threads. */
struct stepper {
	tta_a32 go, paused, resume, finished, quit;
	void (*operation)(void);
	uint64_t steps, target; /* pause before so many'th operation; 0 = never */
	bool stepping;
	/* What runs there instead of a pause, and inside it. */
	void (*handler[2])(void);
	uint64_t handler_target; /* of the second */
	unsigned handlers_run;
	uint64_t round; /* makes the handlers' addresses and sizes new each time */
};

/* Of the thread that runs: the hook has no other way to know. */
static __thread struct stepper *self;

static void await(tta_a32 *word)
{
	while (!tta_load_acquire32(word))
		sched_yield();
	tta_store_relaxed32(word, 0);
}

/* Two handlers deep at most: each at its own operation of what it interrupts. */
static void run_handler(struct stepper *s)
{
	void (*handler)(void) = s->handler[s->handlers_run++];
	char signal_frame[2048];

	/* Lies between the two on a real stack; the publisher relies on it. */
	explicit_bzero(signal_frame, sizeof(signal_frame));
	s->steps = 0;
	s->target = s->handlers_run == 1 ? s->handler_target : 0;
	handler();
	s->target = 0;
	explicit_bzero(signal_frame, sizeof(signal_frame)); /* not a tail call */
}

void hook_point(const void *stored)
{
	struct stepper *s = self;

	(void)stored;
	if (!s || !s->stepping || ++s->steps != s->target)
		return;
	if (s->handler[0]) {
		run_handler(s);
		return;
	}
	tta_store_release32(&s->paused, 1);
	await(&s->resume);
}

static void step(struct stepper *s)
{
	s->steps = 0;
	s->stepping = true;
	s->operation();
	s->stepping = false;
}

static void *run_stepper(void *arg)
{
	struct stepper *s = arg;

	self = s;
	tta_alloc(1, TYPE, X, 1);
	tta_free(1, TYPE, X);
	for (;;) {
		await(&s->go);
		if (tta_load_relaxed32(&s->quit))
			return NULL;
		step(s);
		tta_store_release32(&s->finished, 1);
	}
}

/* True: it paused; false: it finished first. */
static bool start(struct stepper *s, void (*operation)(void), uint64_t target)
{
	s->operation = operation;
	s->target = target;
	tta_store_release32(&s->go, 1);
	for (;;) {
		if (tta_load_acquire32(&s->paused)) {
			tta_store_relaxed32(&s->paused, 0);
			return true;
		}
		if (tta_load_acquire32(&s->finished)) {
			tta_store_relaxed32(&s->finished, 0);
			return false;
		}
		sched_yield();
	}
}

static void finish(struct stepper *s, bool paused)
{
	if (!paused)
		return;
	tta_store_release32(&s->resume, 1);
	await(&s->finished);
}

/* ---- the operations ---- */

static void allocate(uint64_t address, uint64_t size, uint64_t group)
{
	const struct tta_alloc_desc desc = {
		.desc_size = sizeof(desc),
		.type = TYPE,
		.address = address,
		.size = size,
		.group = group,
	};

	tta_alloc_ex(&desc);
}

static void nothing(void)
{
}

static void alloc_x(void)
{
	allocate(X, 64, 0);
}

static void alloc_x_larger(void)
{
	allocate(X, 256, 0);
}

static void alloc_x_grouped(void)
{
	allocate(X, 64, GROUP);
}

static void alloc_xy_grouped(void)
{
	allocate(X, 64, GROUP);
	allocate(Y, 64, GROUP);
}

static void alloc_y_grouped(void)
{
	allocate(Y, 128, GROUP);
}

static void alloc_y(void)
{
	allocate(Y, 128, 0);
}

static void alloc_x_twice(void)
{
	allocate(X, 64, 0);
	allocate(X, 64, 0);
}

static void alloc_x_view(void)
{
	allocate(X, 64, 0);
	tta_view(0, TYPE, X, 64);
}

static void handle_y(void)
{
	allocate(self->round << 16 | Y, self->round * 1000, 0);
}

static void handle_z(void)
{
	allocate(self->round << 16 | Z, self->round, 0);
}

static void free_x(void)
{
	tta_free(0, TYPE, X);
}

static void free_and_alloc_x(void)
{
	tta_free(0, TYPE, X);
	allocate(X, 192, 0);
}

static void free_and_alloc_x_grouped(void)
{
	tta_free(0, TYPE, X);
	allocate(X, 192, GROUP);
}

static void free_x_alloc_y(void)
{
	tta_free(0, TYPE, X);
	allocate(Y, 192, 0);
}

static void view_x(void)
{
	tta_view(0, TYPE, X, 64);
}

static void free_view_x(void)
{
	tta_free_view(0, TYPE, X);
}

static void free_view_x_alloc_y(void)
{
	tta_free_view(0, TYPE, X);
	allocate(Y, 128, 0);
}

static void free_group(void)
{
	tta_free_group(0, TYPE, GROUP);
}

static void close_device(void)
{
	tta_device_close(0);
}

static const struct pair pairs[] = {
	{"alloc X | alloc Y", nothing, alloc_x, alloc_y, true},
	{"alloc X | alloc X", nothing, alloc_x, alloc_x, false},
	{"alloc X | view X", nothing, alloc_x, view_x, false},
	{"alloc X | alloc X grouped", nothing, alloc_x, alloc_x_grouped, false},
	{"dup of X, larger | free X", alloc_x, alloc_x_larger, free_x, false},
	{"dup of X, larger | free X, alloc Y", alloc_x, alloc_x_larger, free_x_alloc_y,
	 false},
	{"free X | free X", alloc_x_twice, free_x, free_x, false},
	{"free X | dup of X", alloc_x, free_x, alloc_x_larger, false},
	{"free X | free and alloc X", alloc_x, free_x, free_and_alloc_x, false},
	{"free X | view X", alloc_x, free_x, view_x, false},
	{"free X | free view X", alloc_x_view, free_x, free_view_x, true},
	{"free X | free view X, alloc Y", alloc_x_view, free_x, free_view_x_alloc_y,
	 true},
	{"free view X | free X, alloc Y", alloc_x_view, free_view_x, free_x_alloc_y,
	 true},
	{"free X with view | alloc X", alloc_x_view, free_x, alloc_x_larger, false},
	{"free group | free X, alloc X", alloc_xy_grouped, free_group, free_and_alloc_x,
	 false},
	{"free group | free X, alloc X grouped", alloc_xy_grouped, free_group,
	 free_and_alloc_x_grouped, false},
	{"free group | alloc Y grouped", alloc_x_grouped, free_group, alloc_y_grouped,
	 true},
	{"free group | free group", alloc_xy_grouped, free_group, free_group, true},
	{"free group | close device", alloc_xy_grouped, free_group, close_device, true},
	{"alloc Y grouped | free group", alloc_x_grouped, alloc_y_grouped, free_group,
	 true},
	{"free X grouped | free group", alloc_xy_grouped, free_x, free_group, false},
	{"close device | free X, alloc X", alloc_x, close_device, free_and_alloc_x,
	 false},
	{"close device | alloc Y", alloc_x, close_device, alloc_y, true},
};

/* ---- running them ---- */

struct explorer {
	const struct torture *t;
	struct view view;
	struct stepper a, b;
	uint64_t state, single, twice;
};

/* A live address has one entry. */
static void check_unique(const struct explorer *e, const char *what)
{
	uint64_t slots = view_count(&e->view, TTA_SECTION_POOL);
	unsigned live_x = 0, live_y = 0;

	for (uint64_t i = 0; i < slots; i++) {
		struct slot_copy slot;

		if (!view_slot(view_at(&e->view, TTA_SECTION_POOL, i), &slot) ||
		    tta_slot_state(slot.word) != TTA_SLOT_LIVE)
			continue;
		live_x += slot.address == X;
		live_y += slot.address == Y;
	}
	CHECK(live_x <= 1 && live_y <= 1, "%s: one address has two entries", what);
}

static void check_pair(struct explorer *e, const struct pair *pair, const char *where)
{
	struct lane_sums lanes;
	struct account account;
	char what[160];

	snprintf(what, sizeof(what), "%s, %s", pair->name, where);
	view_account(&e->view, 0, &account);
	account_check(&account, what);
	check_unique(e, what);
	tta_device_close(0);
	view_account(&e->view, 0, &account);
	account_check_empty(&account, what);
	slots_check(0, what);
	view_lanes(&e->view, &lanes);
	CHECK(lane_sums_dropped(&lanes) == 0, "%s: detail was dropped", what);
}

static void check_duty(struct explorer *e, const struct pair *pair,
		       const struct lane_sums *before)
{
	struct lane_sums now;

	view_lanes(&e->view, &now);
	CHECK(!pair->conforms ||
		      (now.count[TTA_COUNT_DUPS] == before->count[TTA_COUNT_DUPS] &&
		       now.count[TTA_COUNT_UNKNOWN_FREES] ==
			       before->count[TTA_COUNT_UNKNOWN_FREES]),
	      "%s: a dup or an unknown free", pair->name);
}

/* False: a ended before its k-th operation. */
static bool run_pair(struct explorer *e, const struct pair *pair, uint64_t k, uint64_t j)
{
	bool a_paused, b_paused;
	char where[64];

	pair->prepare();
	a_paused = start(&e->a, pair->a, k);
	b_paused = start(&e->b, pair->b, j);
	finish(&e->a, a_paused);
	finish(&e->b, b_paused);
	snprintf(where, sizeof(where), "a at %llu, b at %llu", (unsigned long long)k,
		 (unsigned long long)j);
	check_pair(e, pair, where);
	return a_paused;
}

static void explore(struct explorer *e, const struct pair *pair, double share)
{
	uint64_t until = torture_until(e->t, share);
	struct lane_sums before;
	uint64_t length_a = 1, length_b = 1;

	view_lanes(&e->view, &before);
	for (; run_pair(e, pair, length_a, 0); length_a++)
		length_b = e->b.steps > length_b ? e->b.steps : length_b;
	e->single += length_a;
	while (now_ns() < until) {
		run_pair(e, pair, 1 + random_next(&e->state) % length_a,
			 1 + random_next(&e->state) % length_b);
		e->twice++;
	}
	check_duty(e, pair, &before);
	CHECK(length_a > 20, "%s: only %llu atomic operations", pair->name,
	      (unsigned long long)length_a);
}

/* Every place for a handler, and in it every place for another. */
static void explore_handlers(struct explorer *e)
{
	struct stepper *s = &e->a;
	uint64_t runs = 0, j = 1;
	struct account account;

	s->handler[0] = handle_y;
	s->handler[1] = handle_z;
	for (uint64_t k = 1;; k++, j = 1) {
		do {
			uint64_t expected, bytes = 64;

			s->handler_target = j;
			s->handlers_run = 0;
			s->round = ++runs;
			start(s, alloc_x, k);
			expected = 1 + s->handlers_run;
			bytes += s->handlers_run > 0 ? s->round * 1000 : 0;
			bytes += s->handlers_run > 1 ? s->round : 0;
			view_account(&e->view, 0, &account);
			CHECK(account.live_slots == expected &&
				      account.live_refs == expected &&
				      account.live_bytes == bytes,
			      "handler at %llu, handler in it at %llu: %llu entries of "
			      "%llu bytes instead of %llu of %llu",
			      (unsigned long long)k, (unsigned long long)j,
			      (unsigned long long)account.live_slots,
			      (unsigned long long)account.live_bytes,
			      (unsigned long long)expected, (unsigned long long)bytes);
			check_pair(e, &(struct pair){.name = "handlers"}, "after");
			j++;
		} while (s->handlers_run == 2);
		if (s->handlers_run == 0)
			break;
	}
	s->handler[0] = NULL;
	printf("handlers in handlers %llu\n", (unsigned long long)runs);
	CHECK(runs > 100, "no handler was exercised");
}

/* ---- alone, and then not ---- */

/* Where nobody has inserted yet; new for each run. */
static uint32_t fresh;

static void alloc_fresh(void)
{
	tta_alloc(fresh, TYPE, X, 64);
}

/* The first lane is there and alone. */
static void settle_fresh(void)
{
	tta_alloc(fresh, TYPE, Y, 64);
	tta_free(fresh, TYPE, Y);
}

/* Has a line for what it may have to drop, but has not inserted. */
static void visit_fresh(void)
{
	tta_alloc(fresh, TYPE, 0, 0);
}

/* One run: 1 when the second thread had to drop its detail. */
static uint64_t run_alone(struct explorer *e, uint64_t k, uint64_t j, bool *ret_paused)
{
	struct lane_sums before, after;
	struct account account;
	bool a_paused, b_paused;
	uint64_t dropped;

	view_lanes(&e->view, &before);
	fresh++;
	start(&e->a, settle_fresh, 0);
	start(&e->b, visit_fresh, 0);
	a_paused = start(&e->a, alloc_fresh, k);
	b_paused = start(&e->b, alloc_fresh, j);
	finish(&e->a, a_paused);
	finish(&e->b, b_paused);
	view_lanes(&e->view, &after);
	view_account(&e->view, fresh, &account);
	account_check(&account, "alone");
	dropped = lane_sums_dropped(&after) - lane_sums_dropped(&before);
	CHECK(account.live_slots == 1 && account.live_refs + dropped == 2,
	      "alone, a at %llu, b at %llu: %llu entries, %llu owners, %llu dropped",
	      (unsigned long long)k, (unsigned long long)j,
	      (unsigned long long)account.live_slots,
	      (unsigned long long)account.live_refs, (unsigned long long)dropped);
	tta_device_close(fresh);
	*ret_paused = a_paused;
	return dropped;
}

/*
 * The first lane of a place is stopped at each of its operations while the second makes
 * its first insert there. Stopped between its put and its store to live it keeps the
 * second waiting, and then without detail; nowhere else.
 */
static void explore_alone(struct explorer *e, double share)
{
	uint64_t until = torture_until(e->t, share);
	uint64_t k = 1, dropped = 0, runs = 0;
	bool paused = true;

	for (; paused; k++)
		dropped += run_alone(e, k, 0, &paused);
	CHECK(dropped > 0, "nobody met a slot that is about to become live");
	CHECK(dropped <= 4, "detail was dropped at %llu of %llu operations",
	      (unsigned long long)dropped, (unsigned long long)k);
	for (; now_ns() < until && fresh < 20000; runs++)
		run_alone(e, 1 + random_next(&e->state) % k,
			  1 + random_next(&e->state) % k, &paused);
	printf("alone: operations %llu dropped at %llu, two preemptions %llu\n",
	       (unsigned long long)k, (unsigned long long)dropped,
	       (unsigned long long)runs);
}

static void quit(struct stepper *s, pthread_t thread)
{
	tta_store_relaxed32(&s->quit, 1);
	tta_store_release32(&s->go, 1);
	pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
	const unsigned count = sizeof(pairs) / sizeof(pairs[0]);
	static struct explorer e;
	pthread_t a, b;
	struct torture t;

	torture_begin(&t, "torture_step", argc, argv);
	e.t = &t;
	e.state = t.seed;
	alloc_x();
	free_x();
	view_open(&e.view);
	CHECK(pthread_create(&a, NULL, run_stepper, &e.a) == 0, "pthread_create");
	start(&e.a, nothing, 0);
	CHECK(pthread_create(&b, NULL, run_stepper, &e.b) == 0, "pthread_create");
	start(&e.b, nothing, 0);
	explore_handlers(&e);
	for (unsigned i = 0; i < count; i++)
		explore(&e, &pairs[i], 0.9 / count);
	fresh = 100;
	explore_alone(&e, 0.1);
	quit(&e.a, a);
	quit(&e.b, b);
	printf("pairs %u interleavings: one preemption %llu, two %llu\n", count,
	       (unsigned long long)e.single, (unsigned long long)e.twice);
	CHECK(e.single > 1000, "nothing was exercised");
	return 0;
}
