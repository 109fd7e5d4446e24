/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * row_churn.c - random buffers end and new ones come, at a constant live count.
 *
 * Ours, the limit and the peer run through the same driver: a random place of an array
 * of keys gives the buffer that ends, and gets the key of the one that comes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "limit.h"
#include "peer_mutex_table.h"
#include "peers.h"
#include "publishing.h"

struct churn {
	uint32_t live; /* power of two */
	uint32_t next;
	uint64_t random;
	uint32_t *key;
	struct limit_memory *limit;
	struct limit_record *line; /* one per live buffer */
	struct mutex_table *table;
};

/* Every key an address of its own, in no order; multiples of 64 below 2^44. */
static inline uint64_t scatter(uint32_t key)
{
	return (uint64_t)(key * UINT32_C(0x9e3779b1) ^ 0x5bd1e995) * 64 + 0x100000;
}

static inline uint32_t draw(struct churn *churn)
{
	churn->random ^= churn->random << 13;
	churn->random ^= churn->random >> 7;
	churn->random ^= churn->random << 17;
	return (uint32_t)(churn->random >> 16) & (churn->live - 1);
}

typedef void event_fn(struct churn *churn, uint32_t key);

__attribute__((always_inline)) static inline void drive(struct churn *churn,
							uint64_t iterations,
							event_fn *put, event_fn *take)
{
	for (uint64_t i = 0; i < iterations; i++) {
		uint32_t at = draw(churn);

		take(churn, churn->key[at]);
		churn->key[at] = churn->next++;
		put(churn, churn->key[at]);
	}
}

static inline void our_put(struct churn *churn, uint32_t key)
{
	(void)churn;
	tta_alloc(0, TTA_DRAM, scatter(key), 4096);
}

static inline void our_take(struct churn *churn, uint32_t key)
{
	(void)churn;
	tta_free(0, TTA_DRAM, scatter(key));
}

/* The hot limit and one random line. */
static inline void limit_touch(struct churn *churn, uint32_t key)
{
	tta_a64 *word = &churn->line[(scatter(key) >> 6) & (churn->live - 1)].word[0];

	tta_store_relaxed64(word, tta_load_relaxed64(word) + 1);
	limit_event(churn->limit, key);
}

static inline void table_put(struct churn *churn, uint32_t key)
{
	mutex_table_put(churn->table, scatter(key), 4096);
}

static inline void table_take(struct churn *churn, uint32_t key)
{
	mutex_table_take(churn->table, scatter(key));
}

static void run_ours(void *state, uint64_t iterations)
{
	drive(state, iterations, our_put, our_take);
}

static void run_limit(void *state, uint64_t iterations)
{
	drive(state, iterations, limit_touch, limit_touch);
}

static void run_table(void *state, uint64_t iterations)
{
	drive(state, iterations, table_put, table_take);
}

/* As many live buffers as wanted; for each loop its own keys. */
static int prepare(struct churn *churn, uint32_t live, event_fn *put)
{
	churn->live = live;
	churn->random = 88172645463325252u;
	churn->key = malloc(live * sizeof(*churn->key));
	churn->limit = limit_memory_new();
	churn->line = aligned_alloc(64, live * sizeof(*churn->line));
	churn->table = mutex_table_new(live);
	if (!churn->key || !churn->limit || !churn->line || !churn->table)
		return -ENOMEM;
	memset(churn->line, 0, live * sizeof(*churn->line));
	for (uint32_t i = 0; i < live; i++) {
		churn->key[i] = churn->next++;
		put(churn, churn->key[i]);
	}
	return 0;
}

static int row_churn(const struct plan *plan, struct row_result *result, uint32_t live)
{
	struct contest contest = {.plan = plan};
	struct churn ours = {0}, limit = {0}, table = {0};
	unsigned value, least, peer;
	int err = publishing_begin(TTA_EVENTS, result);

	if (err)
		return err;
	if (prepare(&ours, live, our_put) || prepare(&limit, live, limit_touch) ||
	    prepare(&table, live, table_put))
		return result_fail(result, -ENOMEM, "%u live buffers", live);
	least = contest_add(&contest, (struct loop){run_limit, &limit, 2, NULL});
	value = contest_add(&contest, (struct loop){run_ours, &ours, 2, NULL});
	peer = contest_add(&contest, (struct loop){run_table, &table, 2, NULL});
	contest_run(&contest);
	result_from(result, &contest, value, least);
	result_peer(result, "mutex_table", contest.stats[peer].median, "");
	result_detail(result, "live", live);
	result_judge(result, 2.0);
	return publishing_check(plan, result);
}

int row_churn_32k(const struct plan *plan, struct row_result *result)
{
	return row_churn(plan, result, 1u << 15);
}

int row_churn_1m(const struct plan *plan, struct row_result *result)
{
	return row_churn(plan, result, plan->quick ? 1u << 17 : 1u << 20);
}
