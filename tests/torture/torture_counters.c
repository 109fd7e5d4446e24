/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * torture_counters.c - threads free each other's buffers while a reader sums the lines.
 *
 *	thread A                    thread B                    reader
 *	alloc X, counted (C2)                                   frees of all lines first,
 *	hands X over       ------>  free X, counted (C2)        then the allocs of all
 *
 * Every buffer has 64 bytes, so that a copy taken from the middle of an update shows
 * (C1), and live never comes out negative (C2). Fails without a single overlap.
 */
#include <pthread.h>
#include <stdio.h>

#include <tta/tta.h>

#include "slots.h"
#include "torture.h"
#include "view.h"

#define THREADS 4u
#define BOXES	64u
#define BYTES	64u

struct worker {
	const struct torture *t;
	struct worker *all;
	unsigned number;
	uint64_t until;
	uint64_t allocs, frees, adds;
	tta_a64 box[BOXES]; /* addresses for this thread to free; 0 = empty */
};

struct reader {
	const struct view *view;
	tta_a32 done;
	uint64_t sums, overlaps, odd;
	int64_t most; /* live bytes seen in the live word */
};

static void empty_box(struct worker *w, tta_a64 *box)
{
	/* acquire: the alloc came before. */
	uint64_t address = tta_exchange_acq_rel64(box, 0);

	if (address == 0)
		return;
	tta_free_sized(0, TTA_DRAM, address, BYTES);
	w->frees++;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	uint64_t state = w->t->seed + w->number;
	uint64_t fresh = (uint64_t)(w->number + 1) << 40;

	do {
		uint64_t word = random_next(&state);
		struct worker *other = &w->all[word % THREADS];
		tta_a64 *box = &other->box[word / 8 % BOXES];
		uint64_t empty = 0;

		fresh += BYTES;
		tta_alloc(0, TTA_DRAM, fresh, BYTES);
		w->allocs++;
		if (!tta_cas_acq_rel64(box, &empty, fresh)) {
			tta_free_sized(0, TTA_DRAM, fresh, BYTES);
			w->frees++;
		}
		empty_box(w, &w->box[word / 4096 % BOXES]);
		tta_add(0, TTA_DRAM, BYTES);
		tta_add(0, TTA_DRAM, -(int64_t)BYTES);
		w->adds++;
	} while ((w->allocs & 255) || now_ns() < w->until);
	return NULL;
}

/* One whole copy of a line: alloc or free columns. */
struct pair {
	uint64_t bytes, count;
};

static struct pair read_pair(struct reader *reader, const struct tta_counter_line *line,
			     bool frees)
{
	for (;;) {
		uint64_t sequence = tta_load_acquire64(&line->sequence); /* C1, C2 */
		const struct tta_sums *copy = &line->copy[sequence & 1];
		struct pair pair = {
			.bytes = tta_load_relaxed64(frees ? &copy->free_bytes
							  : &copy->alloc_bytes),
			.count = tta_load_relaxed64(frees ? &copy->free_count
							  : &copy->alloc_count),
		};

		tta_fence_acquire(); /* C1 */
		reader->odd += sequence & 1;
		if (tta_load_relaxed64(&line->sequence) == sequence)
			return pair;
		reader->overlaps++;
	}
}

/* Sum one side of all lines of this test; a whole copy never says half an update. */
static struct pair sum_side(struct reader *reader, bool frees)
{
	uint64_t lines = view_count(reader->view, TTA_SECTION_COUNTERS);
	struct pair sum = {0};

	for (uint64_t i = 0; i < lines; i++) {
		const struct tta_counter_line *line =
			view_at(reader->view, TTA_SECTION_COUNTERS, i);
		uint64_t key = tta_load_acquire64(&line->key);
		struct pair pair;

		if (key == 0 || (key >> 16 & 0xffff) != 0)
			continue;
		pair = read_pair(reader, line, frees);
		/* Lines of the overflow lane are not latches. */
		CHECK(key >> 32 == TTA_LANE_OVERFLOW || pair.bytes == BYTES * pair.count,
		      "half an update: %llu bytes of %llu events",
		      (unsigned long long)pair.bytes, (unsigned long long)pair.count);
		sum.bytes += pair.bytes;
		sum.count += pair.count;
	}
	return sum;
}

static void read_live_word(struct reader *reader)
{
	const struct tta_live *live = view_at(reader->view, TTA_SECTION_LIVE, 0);
	int64_t bytes = (int64_t)tta_load_relaxed64(&live->bytes);

	CHECK(bytes >= 0, "the live word says %lld bytes", (long long)bytes);
	if (bytes > reader->most)
		reader->most = bytes;
}

static void *read_lines(void *arg)
{
	struct reader *reader = arg;

	while (!tta_load_acquire32(&reader->done)) {
		struct pair frees = sum_side(reader, true);
		struct pair allocs = sum_side(reader, false);

		CHECK(allocs.count >= frees.count && allocs.bytes >= frees.bytes,
		      "live is negative: %llu allocs, %llu frees",
		      (unsigned long long)allocs.count, (unsigned long long)frees.count);
		read_live_word(reader);
		reader->sums++;
	}
	return NULL;
}

static void check_totals(const struct view *view, const struct worker *all,
			 const struct reader *reader)
{
	uint64_t allocs = 1, adds = 0;
	const struct kind_sums *add;
	struct account account;

	for (unsigned i = 0; i < THREADS; i++) {
		allocs += all[i].allocs;
		adds += all[i].adds;
	}
	view_account(view, 0, &account);
	account_check_empty(&account, "at the end");
	CHECK(account.kind[TTA_LINE_DETAIL].alloc_count +
			      account.kind[TTA_LINE_NO_DETAIL].alloc_count ==
		      allocs,
	      "allocs are not exact");
	add = &account.kind[TTA_LINE_ADD];
	CHECK(add->alloc_bytes == BYTES * adds && add->free_count == adds,
	      "tta_add is not exact");
	CHECK((account.peak >= (uint64_t)reader->most && account.peak % BYTES == 0) ||
		      account.lines_dropped,
	      "the peak says %llu, %lld were seen", (unsigned long long)account.peak,
	      (long long)reader->most);
	printf("allocs %llu adds %llu sums %llu overlaps %llu odd sequences %llu peak "
	       "%llu\n",
	       (unsigned long long)allocs, (unsigned long long)adds,
	       (unsigned long long)reader->sums, (unsigned long long)reader->overlaps,
	       (unsigned long long)reader->odd, (unsigned long long)account.peak);
}

int main(int argc, char **argv)
{
	static struct worker all[THREADS];
	const struct crew crew = {work, all, sizeof(all[0]), THREADS};
	struct reader reader = {0};
	struct torture t;
	struct view view;
	pthread_t thread;

	torture_begin(&t, "torture_counters", argc, argv);
	tta_alloc(0, TTA_DRAM, BYTES, BYTES);
	tta_free(0, TTA_DRAM, BYTES);
	view_open(&view);
	reader.view = &view;
	for (unsigned i = 0; i < THREADS; i++) {
		all[i].t = &t;
		all[i].all = all;
		all[i].number = i;
		all[i].until = torture_until(&t, 1);
	}
	CHECK(pthread_create(&thread, NULL, read_lines, &reader) == 0, "pthread_create");
	crew_run(&crew);
	tta_store_release32(&reader.done, 1);
	pthread_join(thread, NULL);
	for (unsigned i = 0; i < THREADS * BOXES; i++)
		empty_box(&all[0], &all[i / BOXES].box[i % BOXES]);
	check_totals(&view, all, &reader);
	slots_check(0, "at the end");
	CHECK(reader.overlaps > 0, "no update was met: nothing was exercised");
	return 0;
}
