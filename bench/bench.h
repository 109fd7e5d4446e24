/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench.h - what a row is, and what it says.
 *
 * Each row runs in a child process of its own, so that levels, segments and failures of
 * one row never reach another. Its result lies in memory shared with the parent and
 * holds no pointers.
 */
#ifndef TTA_BENCH_H
#define TTA_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PEERS_MOST   8u
#define DETAILS_MOST 24u
#define TEXT_SIZE    160u

/* How long and how often. */
struct plan {
	bool quick;
	unsigned rounds; /* that count, after the warm-up */
	unsigned warm_up;
	uint64_t round_ns; /* aim for one loop in one round */
	int cpu, cpu2;	   /* the same when there is only one */
	int cpu_last;	   /* of those that may be used */
	unsigned cpus;
	const char *directory; /* of the segments, on tmpfs */
};

struct peer_result {
	char name[24];
	double value;	     /* in the row's unit, NaN = not available */
	char why[TEXT_SIZE]; /* when not available */
	double bound;	     /* the row must be <= bound x peer; 0 = only shown */
	bool missing;	     /* not installed, as opposed to failed */
};

struct detail {
	char name[40];
	double value; /* NaN = unknown */
};

struct row_result {
	char failure[TEXT_SIZE]; /* "" = measured */
	double value, limit, ratio;
	double p10, p90;
	bool ok;
	unsigned peers, details;
	struct peer_result peer[PEERS_MOST];
	struct detail detail[DETAILS_MOST];
};

struct row {
	const char *name;
	const char *unit;
	const char *budget; /* in words */
	int (*run)(const struct plan *plan, struct row_result *result);
};

extern const struct row rows[];
extern const size_t row_count;

/* Empty: every number is unknown. */
void result_clear(struct row_result *result);
void result_detail(struct row_result *result, const char *name, double value);
/* Says why there is no result; returns @err. */
int result_fail(struct row_result *result, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
struct peer_result *result_peer(struct row_result *result, const char *name, double value,
				const char *why);
/* Within @most times the limit, and within the bounds of all peers that were measured? */
void result_judge(struct row_result *result, double most);

/* The rows of design order, one function each. */
int row_off(const struct plan *plan, struct row_result *result);
int row_add(const struct plan *plan, struct row_result *result);
int row_alloc_hot(const struct plan *plan, struct row_result *result);
int row_free_hot(const struct plan *plan, struct row_result *result);
int row_live_hot(const struct plan *plan, struct row_result *result);
int row_churn_32k(const struct plan *plan, struct row_result *result);
int row_churn_1m(const struct plan *plan, struct row_result *result);
int row_threads_2(const struct plan *plan, struct row_result *result);
int row_same_device(const struct plan *plan, struct row_result *result);
int row_cross_free(const struct plan *plan, struct row_result *result);
int row_growth(const struct plan *plan, struct row_result *result);
int row_viewer_10hz(const struct plan *plan, struct row_result *result);
int row_tick_10k(const struct plan *plan, struct row_result *result);
int row_tick_100k(const struct plan *plan, struct row_result *result);
int row_snapshot_1m(const struct plan *plan, struct row_result *result);
int row_drain(const struct plan *plan, struct row_result *result);

#endif
