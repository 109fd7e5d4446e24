/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * torture_table.c - the live table and its pool under threads that collide on purpose.
 *
 *	thread A                thread B                scanner, another mapping
 *	alloc X                 alloc X                 slot a LIVE with X, generation g
 *	free X                  free X                  slot b LIVE with X
 *	                                                slot a still LIVE, generation g:
 *	                                                two entries of X at one instant
 *
 * Phases, each on a device of its own: collisions that break the host's duty, disjoint
 * addresses, growth and return, churn, producer and consumer, one bucket.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include <tta/tta.h>

#include "publisher.h"
#include "slots.h"
#include "torture.h"
#include "view.h"

#define THREADS	    4u
#define ADDRESSES   12u
#define BYTES	    64u
#define OWN	    500u
#define GROWN	    50000u /* by each thread */
#define CHURN_LIVE  4000u
#define QUEUE	    256u
#define ONE_BUCKET  40u
#define BUCKET_BITS 20 /* the same bucket in the first three levels */

enum device { COLLIDE, DISJOINT, GROWTH, CHURN, PRODUCE, BUCKET };

struct worker {
	const struct torture *t;
	unsigned number;
	uint64_t until;
	uint64_t allocs, frees;
};

static void run_workers(const struct torture *t, double share, void *(*work)(void *),
			struct worker *all)
{
	const struct crew crew = {work, all, sizeof(all[0]), THREADS};

	for (unsigned i = 0; i < THREADS; i++)
		all[i] = (struct worker){t, i, torture_until(t, share), 0, 0};
	crew_run(&crew);
}

static uint64_t sum_allocs(const struct worker *all)
{
	return all[0].allocs + all[1].allocs + all[2].allocs + all[3].allocs;
}

static uint64_t sum_frees(const struct worker *all)
{
	return all[0].frees + all[1].frees + all[2].frees + all[3].frees;
}

/* ---- collisions ---- */

struct scanner {
	const struct view *view;
	tta_a32 done;
	tta_a64 changed;
	uint64_t scans, met;
};

struct sighting {
	uint64_t index, word;
};

static bool same_entry(const struct view *view, const struct sighting *s)
{
	const struct tta_slot *slot = view_at(view, TTA_SECTION_POOL, s->index);
	uint64_t word = tta_load_acquire64(&slot->word);

	return tta_slot_state(word) == TTA_SLOT_LIVE &&
	       tta_slot_generation(word) == tta_slot_generation(s->word);
}

static void scan_once(struct scanner *scanner)
{
	uint64_t slots = view_count(scanner->view, TTA_SECTION_POOL);
	struct sighting seen[ADDRESSES] = {{0}};

	for (uint64_t i = 0; i < slots; i++) {
		struct slot_copy slot;
		struct sighting *s;

		if (!view_slot(view_at(scanner->view, TTA_SECTION_POOL, i), &slot)) {
			tta_add_relaxed64(&scanner->changed, 1);
			continue;
		}
		if (tta_slot_state(slot.word) != TTA_SLOT_LIVE)
			continue;
		s = &seen[slot.address / BYTES - 1];
		/* Live before and after this slot was seen live: two at one instant. */
		CHECK(s->word == 0 || !same_entry(scanner->view, s),
		      "address %llx has two live slots: %llu and %llu",
		      (unsigned long long)slot.address, (unsigned long long)s->index,
		      (unsigned long long)i);
		scanner->met += s->word != 0;
		*s = (struct sighting){i, slot.word};
	}
	scanner->scans++;
}

static void *scan(void *arg)
{
	struct scanner *scanner = arg;

	while (!tta_load_acquire32(&scanner->done))
		scan_once(scanner);
	return NULL;
}

static void *collide(void *arg)
{
	struct worker *w = arg;
	uint64_t state = w->t->seed + w->number;

	do {
		uint64_t word = random_next(&state);
		uint64_t address = (1 + word % ADDRESSES) * BYTES;

		if (word >> 40 & 1) {
			tta_alloc(COLLIDE, TTA_DRAM, address, BYTES);
			w->allocs++;
		} else {
			tta_free_sized(COLLIDE, TTA_DRAM, address, BYTES);
			w->frees++;
		}
	} while (((w->allocs + w->frees) & 255) || now_ns() < w->until);
	return NULL;
}

static void free_all(const struct view *view, struct worker *w, uint32_t device)
{
	struct account account;

	for (view_account(view, device, &account); account.live_slots > 0;
	     view_account(view, device, &account))
		for (uint64_t a = 1; a <= ADDRESSES; a++) {
			tta_free_sized(device, TTA_DRAM, a * BYTES, BYTES);
			w->frees++;
		}
}

static void check_collisions(const struct view *view, const struct worker *all)
{
	struct lane_sums lanes;
	struct account account;
	const struct kind_sums *detail = &account.kind[TTA_LINE_DETAIL];
	const struct kind_sums *other = &account.kind[TTA_LINE_NO_DETAIL];
	uint64_t inserts;

	view_account(view, COLLIDE, &account);
	view_lanes(view, &lanes);
	account_check_empty(&account, "collisions");
	CHECK(detail->alloc_count + other->alloc_count == sum_allocs(all),
	      "collisions: allocs are not exact");
	CHECK(detail->free_count + lanes.count[TTA_COUNT_UNKNOWN_FREES] +
			      lanes.count[TTA_COUNT_UNMATCHED] ==
		      sum_frees(all),
	      "collisions: frees are not exact");
	inserts = detail->alloc_count - lanes.count[TTA_COUNT_DUPS];
	printf("collide: allocs %llu dups %llu unknown %llu unmatched %llu inserts %llu "
	       "lost tries %llu dropped %llu\n",
	       (unsigned long long)sum_allocs(all),
	       (unsigned long long)lanes.count[TTA_COUNT_DUPS],
	       (unsigned long long)lanes.count[TTA_COUNT_UNKNOWN_FREES],
	       (unsigned long long)lanes.count[TTA_COUNT_UNMATCHED],
	       (unsigned long long)inserts,
	       (unsigned long long)(slots_filled() - inserts),
	       (unsigned long long)lane_sums_dropped(&lanes));
	CHECK(lanes.count[TTA_COUNT_DUPS] > 0, "no dup: nothing collided");
	CHECK(slots_filled() > inserts, "no rival was met: nothing was exercised");
	slots_check(0, "collisions");
}

/* At rest: slots filled for inserts that a rival ended. */
static uint64_t lost_tries(const struct view *view)
{
	struct lane_sums lanes;
	struct account account;

	view_account(view, COLLIDE, &account);
	view_lanes(view, &lanes);
	return slots_filled() -
	       (account.kind[TTA_LINE_DETAIL].alloc_count - lanes.count[TTA_COUNT_DUPS]);
}

/* Once, and on a busy machine until what is to be seen was seen. */
static void collide_until_seen(const struct torture *t, const struct view *view,
			       const struct scanner *scanner, struct worker *sum)
{
	struct worker all[THREADS];

	for (unsigned tries = 0; tries < 12; tries++) {
		run_workers(t, 0.4, collide, all);
		for (unsigned i = 0; i < THREADS; i++) {
			sum[i].allocs += all[i].allocs;
			sum[i].frees += all[i].frees;
		}
		if (tta_load_relaxed64(&scanner->changed) > 0 && lost_tries(view) > 0)
			return;
	}
}

static void phase_collide(const struct torture *t, const struct view *view)
{
	struct scanner scanner = {.view = view};
	struct worker all[THREADS] = {{0}};
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, scan, &scanner) == 0, "pthread_create");
	collide_until_seen(t, view, &scanner, all);
	tta_store_release32(&scanner.done, 1);
	pthread_join(thread, NULL);
	free_all(view, &all[0], COLLIDE);
	all[0].allocs++; /* main's first event and its end */
	all[0].frees++;
	printf("collide: scans %llu slots changed while read %llu addresses that moved "
	       "%llu\n",
	       (unsigned long long)scanner.scans,
	       (unsigned long long)tta_load_relaxed64(&scanner.changed),
	       (unsigned long long)scanner.met);
	CHECK(tta_load_relaxed64(&scanner.changed) > 0, "the scanner met no change");
	check_collisions(view, all);
}

/* ---- disjoint addresses ---- */

static void *own_addresses(void *arg)
{
	struct worker *w = arg;
	uint64_t state = w->t->seed ^ w->number;
	uint64_t base = (uint64_t)(w->number + 1) << 32;
	uint32_t live[OWN] = {0};

	do {
		uint64_t word = random_next(&state);
		uint32_t i = (uint32_t)(word % OWN);
		uint64_t address = base + i * 4096;

		if (live[i]) {
			tta_free_sized(DISJOINT, TTA_L1, address, live[i]);
			w->frees++;
			live[i] = 0;
		} else {
			live[i] = 1 + (uint32_t)(word >> 40);
			tta_alloc(DISJOINT, TTA_L1, address, live[i]);
			w->allocs++;
		}
	} while (((w->allocs + w->frees) & 255) || now_ns() < w->until);
	for (uint32_t i = 0; i < OWN; i++)
		if (live[i]) {
			tta_free_sized(DISJOINT, TTA_L1, base + i * 4096, live[i]);
			w->frees++;
		}
	return NULL;
}

/* What a phase of conforming threads may not change. */
static void check_conforming(const struct view *view, uint32_t device,
			     const struct lane_sums *before, const char *what,
			     const struct worker *all)
{
	struct lane_sums now;
	struct account account;
	const struct kind_sums *detail = &account.kind[TTA_LINE_DETAIL];
	const struct kind_sums *other = &account.kind[TTA_LINE_NO_DETAIL];

	view_lanes(view, &now);
	view_account(view, device, &account);
	account_check_empty(&account, what);
	printf("%s: allocs %llu frees %llu detail dropped %llu pool %llu\n", what,
	       (unsigned long long)sum_allocs(all), (unsigned long long)sum_frees(all),
	       (unsigned long long)(lane_sums_dropped(&now) - lane_sums_dropped(before)),
	       (unsigned long long)slots_taken());
	CHECK(now.count[TTA_COUNT_DUPS] == before->count[TTA_COUNT_DUPS], "%s: a dup",
	      what);
	CHECK(now.count[TTA_COUNT_UNKNOWN_FREES] ==
		      before->count[TTA_COUNT_UNKNOWN_FREES],
	      "%s: an unknown free", what);
	/* Each dropped detail may leave one free without its entry, no more. */
	CHECK(now.count[TTA_COUNT_UNMATCHED] - before->count[TTA_COUNT_UNMATCHED] ==
		      other->alloc_count,
	      "%s: unmatched frees without a drop", what);
	CHECK(detail->alloc_count + other->alloc_count == sum_allocs(all),
	      "%s: allocs are not exact", what);
	CHECK(detail->free_count + other->free_count == sum_frees(all),
	      "%s: frees are not exact", what);
	slots_check(0, what);
}

static void phase_disjoint(const struct torture *t, const struct view *view)
{
	struct worker all[THREADS];
	struct lane_sums before;

	view_lanes(view, &before);
	run_workers(t, 0.15, own_addresses, all);
	check_conforming(view, DISJOINT, &before, "disjoint", all);
}

/* ---- growth ---- */

static void *grow(void *arg)
{
	struct worker *w = arg;
	uint64_t base = (uint64_t)(w->number + 1) << 40;

	for (uint64_t i = 0; i < GROWN; i++)
		tta_alloc(GROWTH, TTA_DRAM, base + i * BYTES, BYTES);
	for (uint64_t i = 0; i < GROWN; i++)
		tta_free_sized(GROWTH, TTA_DRAM, base + i * BYTES, BYTES);
	w->allocs = w->frees = GROWN;
	return NULL;
}

static void phase_growth(const struct torture *t, const struct view *view)
{
	struct worker all[THREADS], again[THREADS];
	struct lane_sums before;
	uint64_t taken;

	view_lanes(view, &before);
	run_workers(t, 0, grow, all);
	taken = slots_taken();
	check_conforming(view, GROWTH, &before, "growth", all);
	run_workers(t, 0, grow, again);
	for (unsigned i = 0; i < THREADS; i++) {
		again[i].allocs += all[i].allocs;
		again[i].frees += all[i].frees;
	}
	check_conforming(view, GROWTH, &before, "growth again", again);
	CHECK(taken <= THREADS * (GROWN + MAGAZINE_SLOTS + BATCH_SLOTS) + 4096,
	      "the pool took %llu slots", (unsigned long long)taken);
	CHECK(taken >= GROWN, "nothing grew");
}

/* ---- churn and hand-over at a constant number of live buffers ---- */

static void phase_churn(const struct torture *t, const struct view *view)
{
	uint64_t until = torture_until(t, 0.15), state = t->seed, taken = 0, rounds = 0;
	uint64_t *live = calloc(CHURN_LIVE, sizeof(*live));
	struct account account;

	CHECK(live, "no memory");
	for (; rounds < 20 * CHURN_LIVE || now_ns() < until; rounds++) {
		uint64_t word = random_next(&state);
		uint64_t i = word % CHURN_LIVE;

		if (live[i])
			tta_free(CHURN, TTA_DRAM, live[i]);
		live[i] = word | 1;
		tta_alloc(CHURN, TTA_DRAM, live[i], BYTES);
		if (rounds == 10 * CHURN_LIVE)
			taken = slots_taken();
	}
	printf("churn: rounds %llu pool %llu\n", (unsigned long long)rounds,
	       (unsigned long long)slots_taken());
	CHECK(slots_taken() == taken, "the pool grew at a constant live count");
	view_account(view, CHURN, &account);
	account_check(&account, "churn");
	CHECK(account.live_slots == CHURN_LIVE, "churn: another number is live");
	for (uint64_t i = 0; i < CHURN_LIVE; i++)
		tta_free(CHURN, TTA_DRAM, live[i]);
	free(live);
}

/* One thread allocates, the other frees; addresses go through a ring. */
struct handover {
	uint64_t until;
	tta_a64 in, out;
	tta_a64 queue[QUEUE];
	uint64_t taken; /* slots when the flow was steady */
};

static void *produce(void *arg)
{
	struct handover *h = arg;
	uint64_t n = 0;

	do {
		uint64_t address = (n % (1 << 20) + 1) * BYTES;

		while (n - tta_load_acquire64(&h->out) == QUEUE)
			sched_yield();
		tta_alloc(PRODUCE, TTA_DRAM, address, BYTES);
		tta_store_relaxed64(&h->queue[n % QUEUE], address);
		tta_store_release64(&h->in, ++n);
		if (n == 20 * QUEUE)
			h->taken = slots_taken();
	} while (n < 200 * QUEUE || (n & 255) || now_ns() < h->until);
	while (n - tta_load_acquire64(&h->out) == QUEUE)
		sched_yield();
	tta_store_relaxed64(&h->queue[n % QUEUE], 0);
	tta_store_release64(&h->in, n + 1);
	return NULL;
}

static void *consume(void *arg)
{
	struct handover *h = arg;

	for (uint64_t n = 0;; n++) {
		uint64_t address;

		while (tta_load_acquire64(&h->in) == n)
			sched_yield();
		address = tta_load_relaxed64(&h->queue[n % QUEUE]);
		if (address == 0)
			return NULL;
		tta_free(PRODUCE, TTA_DRAM, address);
		tta_store_release64(&h->out, n + 1);
	}
}

static void phase_produce(const struct torture *t, const struct view *view)
{
	struct handover h = {.until = torture_until(t, 0.15)};
	pthread_t producer, consumer;
	struct account account;
	uint64_t handed;

	CHECK(pthread_create(&producer, NULL, produce, &h) == 0, "pthread_create");
	CHECK(pthread_create(&consumer, NULL, consume, &h) == 0, "pthread_create");
	pthread_join(producer, NULL);
	pthread_join(consumer, NULL);
	handed = tta_load_relaxed64(&h.out);
	printf("produce: handed over %llu pool %llu\n", (unsigned long long)handed,
	       (unsigned long long)slots_taken());
	CHECK(slots_taken() == h.taken,
	      "the pool grew while buffers only passed through");
	view_account(view, PRODUCE, &account);
	account_check_empty(&account, "produce");
	CHECK(account.kind[TTA_LINE_DETAIL].alloc_count == handed, "produce: not exact");
}

/* ---- one bucket ---- */

static void find_addresses(uint64_t *address)
{
	const uint64_t mask = (UINT64_C(1) << BUCKET_BITS) - 1;
	unsigned found = 0;

	for (uint64_t a = 1; found < ONE_BUCKET; a++)
		if ((tta__index_key(BUCKET, TTA_L1, a).hash & mask) == 0)
			address[found++] = a;
}

static void bucket_account(const struct view *view, uint64_t live, const char *what)
{
	struct account account;

	view_account(view, BUCKET, &account);
	account_check(&account, what);
	CHECK(account.live_slots == live, "%s: %llu entries instead of %llu", what,
	      (unsigned long long)account.live_slots, (unsigned long long)live);
}

/* Fill, empty from the middle, fill again: spilled marks and holes must follow. */
static void phase_bucket(const struct torture *t, const struct view *view)
{
	uint64_t address[ONE_BUCKET], state = t->seed;
	struct lane_sums before, after;
	uint32_t live[ONE_BUCKET] = {0};
	uint64_t count = 0;

	find_addresses(address);
	view_lanes(view, &before);
	for (unsigned round = 0; round < 20000; round++) {
		uint64_t i = random_next(&state) % ONE_BUCKET;

		if (live[i])
			tta_free(BUCKET, TTA_L1, address[i]);
		else
			tta_alloc(BUCKET, TTA_L1, address[i], i + 1);
		count += live[i] ? (uint64_t)-1 : 1;
		live[i] = !live[i];
		if (round % 500 == 0)
			bucket_account(view, count, "bucket");
	}
	for (unsigned i = 0; i < ONE_BUCKET; i++)
		if (live[i])
			tta_free(BUCKET, TTA_L1, address[i]);
	bucket_account(view, 0, "bucket at the end");
	view_lanes(view, &after);
	CHECK(after.count[TTA_COUNT_UNKNOWN_FREES] ==
			      before.count[TTA_COUNT_UNKNOWN_FREES] &&
		      after.count[TTA_COUNT_UNMATCHED] ==
			      before.count[TTA_COUNT_UNMATCHED] &&
		      after.count[TTA_COUNT_DUPS] == before.count[TTA_COUNT_DUPS],
	      "bucket: an address was taken for another");
}

int main(int argc, char **argv)
{
	struct torture t;
	struct view view;

	torture_begin(&t, "torture_table", argc, argv);
	tta_alloc(COLLIDE, TTA_DRAM, BYTES, BYTES);
	tta_free(COLLIDE, TTA_DRAM, BYTES);
	view_open(&view);
	phase_collide(&t, &view);
	phase_disjoint(&t, &view);
	phase_growth(&t, &view);
	phase_churn(&t, &view);
	phase_produce(&t, &view);
	phase_bucket(&t, &view);
	slots_check(0, "at the end");
	return 0;
}
