/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * torture_signals.c - handlers that publish inside events, inside each other, and jump.
 *
 *	event of main     SIGALRM            SIGUSR1
 *	half done  ---->  alloc: queued ---> alloc: queued too
 *	                  free: queued  <---
 *	end: publishes what was queued, in order
 *
 * Every event issued is counted once: as an alloc, a free, an unknown free, or dropped
 * for nesting deeper than the queue; what was queued is published as it was issued. errno
 *is never touched. A jump out of a handler leaves the event uncertain and nothing else:
 *the thread publishes on, the pool grows.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include <tta/tta.h>

#include "publisher.h"
#include "torture.h"
#include "view.h"

#define STRANGE_ERRNO 7777
#define DEEP	      12u /* events of one handler; the queue holds 8 */
#define GROWN	      5000u

enum device { OUTER, HANDLED };
enum mode { PAIRS, DEEPLY, JUMPING };

/* Handlers have no argument. Written by the main thread and its own handlers. */
static struct {
	enum mode mode;
	tta_a64 outer;	 /* rounds of the main thread */
	tta_a64 issued;	 /* by handlers */
	tta_a64 nested;	 /* handlers that met an event in progress */
	tta_a64 doubled; /* handlers that met another handler */
	tta_a64 jumps;
	tta_a64 address;
	tta_a32 inside;
	tta_a32 armed; /* the jump buffer is valid */
	tta_a32 errno_changed;
	sigjmp_buf back;
} handlers;

static void publish_handled(void)
{
	uint64_t address = 64 * (1 + tta_add_relaxed64(&handlers.address, 1));

	errno = STRANGE_ERRNO;
	tta_alloc(HANDLED, TTA_HOST, address, 64);
	tta_free_sized(HANDLED, TTA_HOST, address, 64);
	if (errno != STRANGE_ERRNO)
		tta_store_relaxed32(&handlers.errno_changed, 1);
	tta_add_relaxed64(&handlers.issued, 2);
}

static void on_signal(int signal)
{
	unsigned pairs = handlers.mode == DEEPLY ? DEEP / 2 : 1;
	int saved_errno = errno;

	(void)signal;
	if (tta_thread.busy)
		tta_add_relaxed64(&handlers.nested, 1);
	if (tta_add_relaxed32(&handlers.inside, 1) > 0)
		tta_add_relaxed64(&handlers.doubled, 1);
	if (handlers.mode == JUMPING && tta_thread.busy &&
	    tta_load_relaxed32(&handlers.armed)) {
		tta_store_relaxed32(&handlers.armed, 0);
		tta_store_relaxed32(&handlers.inside, 0);
		tta_add_relaxed64(&handlers.jumps, 1);
		siglongjmp(handlers.back, 1);
	}
	for (unsigned i = 0; i < pairs && handlers.mode != JUMPING; i++)
		publish_handled();
	tta_add_relaxed32(&handlers.inside, (uint32_t)-1);
	errno = saved_errno;
}

/* Signals from outside: the timer is too slow to meet handlers. */
struct sender {
	pthread_t to;
	uint64_t seed;
	bool patient; /* the next two only when the main thread got on a bit */
	tta_a32 done;
};

static void *send_signals(void *arg)
{
	struct sender *s = arg;
	uint64_t state = s->seed, seen = 0;

	while (!tta_load_acquire32(&s->done)) {
		uint64_t word = random_next(&state);
		uint64_t outer = tta_load_relaxed64(&handlers.outer);

		if (s->patient && outer - seen < 4)
			continue;
		seen = outer;
		pthread_kill(s->to, word & 1 ? SIGUSR1 : SIGALRM);
		for (unsigned i = word >> 16 & 1023; i > 0; i--)
			tta_fence_signal();
		if (s->patient)
			pthread_kill(s->to, word & 1 ? SIGALRM : SIGUSR1);
		for (unsigned i = word >> 32 & 1023; i > 0; i--)
			tta_fence_signal();
	}
	return NULL;
}

static void start_timer(long period_us)
{
	const struct itimerval timer = {{0, period_us}, {0, period_us}};

	CHECK(setitimer(ITIMER_REAL, &timer, NULL) == 0, "setitimer");
}

static void handle(int signal)
{
	/* Not masked: handlers interrupt each other. */
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	sigemptyset(&action.sa_mask);
	CHECK(sigaction(signal, &action, NULL) == 0, "sigaction");
}

static void publish_outer(uint64_t n)
{
	uint64_t address = (n & 0xffff) << 6 | 1;

	errno = STRANGE_ERRNO;
	tta_alloc(OUTER, TTA_HOST, address, 64);
	tta_free_sized(OUTER, TTA_HOST, address, 64);
	CHECK(errno == STRANGE_ERRNO, "an event changed errno");
}

/* How many events the segment accounts for. */
static uint64_t events_counted(const struct view *view)
{
	struct lane_sums lanes;
	struct account account;
	uint64_t counted;

	view_lanes(view, &lanes);
	counted = lanes.count[TTA_COUNT_UNKNOWN_FREES] +
		  lanes.count[TTA_COUNT_DROPPED_NESTED];
	for (uint32_t device = OUTER; device <= HANDLED; device++) {
		view_account(view, device, &account);
		for (unsigned kind = TTA_LINE_DETAIL; kind <= TTA_LINE_NO_DETAIL; kind++)
			counted += account.kind[kind].alloc_count +
				   account.kind[kind].free_count;
	}
	return counted;
}

/* Without a drop each alloc meets its free: nothing was queued as something else. */
static void check_faithful(const struct view *view)
{
	struct lane_sums lanes;
	struct account account;

	view_lanes(view, &lanes);
	view_account(view, HANDLED, &account);
	account_check(&account, "handlers");
	if (lane_sums_dropped(&lanes) > 0)
		return; /* then frees may lack their allocs */
	CHECK(lanes.count[TTA_COUNT_DUPS] == 0 &&
		      lanes.count[TTA_COUNT_UNKNOWN_FREES] == 0 &&
		      account.live_slots == 0,
	      "a queued event was published as another: dups %llu unknown %llu left %llu",
	      (unsigned long long)lanes.count[TTA_COUNT_DUPS],
	      (unsigned long long)lanes.count[TTA_COUNT_UNKNOWN_FREES],
	      (unsigned long long)account.live_slots);
}

static void storm(const struct torture *t, const struct view *view, enum mode mode,
		  const char *what)
{
	struct sender sender = {
		.to = pthread_self(),
		.seed = t->seed + mode,
		.patient = mode == PAIRS,
	};
	uint64_t until = torture_until(t, 0.3), n = 0;
	uint64_t before = events_counted(view);
	uint64_t issued = tta_load_relaxed64(&handlers.issued);
	struct lane_sums lanes;
	pthread_t thread;

	handlers.mode = mode;
	start_timer(mode == PAIRS ? 0 : 50);
	CHECK(pthread_create(&thread, NULL, send_signals, &sender) == 0,
	      "pthread_create");
	while ((n & 255) || now_ns() < until) {
		publish_outer(n++);
		tta_store_relaxed64(&handlers.outer, n);
	}
	tta_store_release32(&sender.done, 1);
	pthread_join(thread, NULL);
	start_timer(0);
	publish_outer(n++);
	issued = 2 * n + tta_load_relaxed64(&handlers.issued) - issued;
	view_lanes(view, &lanes);
	printf("%s: issued %llu nested %llu in handlers %llu dropped %llu\n", what,
	       (unsigned long long)issued,
	       (unsigned long long)tta_load_relaxed64(&handlers.nested),
	       (unsigned long long)tta_load_relaxed64(&handlers.doubled),
	       (unsigned long long)lanes.count[TTA_COUNT_DROPPED_NESTED]);
	CHECK(events_counted(view) - before == issued,
	      "%s: %llu events counted, %llu issued", what,
	      (unsigned long long)(events_counted(view) - before),
	      (unsigned long long)issued);
	CHECK(tta_load_relaxed32(&handlers.errno_changed) == 0,
	      "an event in a handler changed errno");
}

/* Deeper on the stack than the event that was jumped out of. */
static __attribute__((noinline)) void publish_deeper(uint64_t n)
{
	char room[512];

	explicit_bzero(room, sizeof(room));
	publish_outer(n);
	explicit_bzero(room, sizeof(room)); /* not a tail call */
}

static void jump_around(const struct torture *t)
{
	struct sender sender = {.to = pthread_self(), .seed = t->seed};
	uint64_t until = torture_until(t, 0.3);
	/* Survives the jumps. */
	volatile uint64_t n = 0;
	pthread_t thread;

	handlers.mode = JUMPING;
	CHECK(pthread_create(&thread, NULL, send_signals, &sender) == 0,
	      "pthread_create");
	while ((n & 63) || now_ns() < until) {
		if (sigsetjmp(handlers.back, 1) == 0) {
			tta_store_relaxed32(&handlers.armed, 1);
			/* New addresses, so that pool and index grow meanwhile. */
			tta_alloc(OUTER, TTA_L1, (uint64_t)(n + 1) << 8, 64);
			if (n & 7)
				tta_free(OUTER, TTA_L1, (uint64_t)(n + 1) << 8);
			tta_store_relaxed32(&handlers.armed, 0);
		}
		n++;
	}
	tta_store_release32(&sender.done, 1);
	pthread_join(thread, NULL);
}

/* The thread goes on with other work, which uses the stack that the event had. */
static __attribute__((noinline)) void use_stack(void)
{
	char room[16384];

	explicit_bzero(room, sizeof(room));
}

/* Without signals, everything works as if nobody had jumped. */
static void check_after_jumps(const struct view *view)
{
	uint64_t before = events_counted(view);
	struct lane_sums lanes, after;

	for (uint64_t n = 0; n < 100; n++)
		publish_deeper(n);
	CHECK(events_counted(view) - before == 200,
	      "the thread no longer publishes: %llu events of 200",
	      (unsigned long long)(events_counted(view) - before));
	view_lanes(view, &lanes);
	for (uint64_t n = 0; n < GROWN; n++)
		tta_alloc(OUTER, TTA_DRAM, (n + 1) << 8, 64);
	view_lanes(view, &after);
	CHECK(lane_sums_dropped(&after) == lane_sums_dropped(&lanes),
	      "the pool no longer grows");
	printf("jump: jumps %llu uncertain %llu\n",
	       (unsigned long long)tta_load_relaxed64(&handlers.jumps),
	       (unsigned long long)after.uncertain);
	CHECK(after.uncertain > 0, "no event was left in the middle");
	CHECK(after.uncertain <= tta_load_relaxed64(&handlers.jumps),
	      "more uncertain events than jumps");
}

int main(int argc, char **argv)
{
	struct lane_sums lanes;
	struct torture t;
	struct view view;

	torture_begin(&t, "torture_signals", argc, argv);
	if (UNDER_TSAN) {
		puts("skipped: TSan delivers signals late, so that nothing nests");
		return SKIPPED;
	}
	CHECK(tta_thread_attach() == 0, "no lane");
	view_open(&view);
	handle(SIGALRM);
	handle(SIGUSR1);
	storm(&t, &view, PAIRS, "pairs");
	CHECK(tta_load_relaxed64(&handlers.nested) > 0, "no handler met an event");
	check_faithful(&view);
	storm(&t, &view, DEEPLY, "deep");
	CHECK(tta_load_relaxed64(&handlers.doubled) > 0, "no handler met a handler");
	view_lanes(&view, &lanes);
	CHECK(lanes.count[TTA_COUNT_DROPPED_NESTED] > 0, "the queue never overflowed");
	CHECK(lanes.uncertain == 0, "an event is uncertain without a jump");
	jump_around(&t);
	use_stack();
	check_after_jumps(&view);
	return 0;
}
