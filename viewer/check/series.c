/* SPDX-License-Identifier: BSD-2-Clause */
#include "series.h"

#include <errno.h>

#include "arena.h"

int check_series_open(const struct check_book *book, struct check_series *series)
{
	for (int m = 0; m < CHECK_MEASURES; m++) {
		series->after[m] =
			arena_array(book->arena, book->look_count, sizeof(uint64_t));
		if (!series->after[m])
			return -ENOMEM;
	}
	return 0;
}

void check_series_add(const struct check_book *book, size_t class,
		      struct check_series *series)
{
	for (size_t i = 0; i < book->look_count; i++) {
		struct check_sums sums = check_book_sums(book, i, class);

		for (int m = 0; m < CHECK_MEASURES; m++)
			series->after[m][i] =
				snap_sum(series->after[m][i], sums.value[m]);
	}
}

/* Least squares through (i, after(i)). */
static double find_slope(const uint64_t *after, size_t count)
{
	double middle = ((double)count - 1) / 2, up = 0, down = 0;

	for (size_t i = 0; i < count; i++) {
		double x = (double)i - middle;

		up += x * (double)after[i];
		down += x * x;
	}
	return down > 0 ? up / down : 0;
}

/* Where only bytes have a limit, buffers and references within them are allowed too;
 * they speak for themselves where bytes stand still. */
static bool is_excused(const struct check_allowed *allowed,
		       const struct check_series *series, int measure)
{
	const struct growth *bytes = &series->growth[CHECK_BYTES];

	return measure != CHECK_BYTES && !allowed->given[measure] &&
	       allowed->value[CHECK_BYTES] > 0 && !bytes->fails &&
	       bytes->verdict == GROWTH_NOISY;
}

void check_series_judge(const struct check_book *book,
			const struct check_allowed *allowed, struct check_series *series)
{
	size_t runs = book->look_count - 1;

	for (int m = 0; m < CHECK_MEASURES; m++) {
		struct growth *growth = &series->growth[m];

		*growth = growth_judge(series->after[m], runs, allowed->value[m]);
		if (is_excused(allowed, series, m) && growth->fails) {
			growth->fails = false;
			growth->verdict = GROWTH_NOISY;
		}
		series->slope[m] = find_slope(series->after[m], runs + 1);
	}
}

int check_severity(enum growth_verdict verdict, bool fails)
{
	switch (verdict) {
	case GROWTH_GROWING:
		return 5;
	case GROWTH_NOISY:
		return fails ? 4 : 2;
	case GROWTH_UNJUDGED:
		return 3;
	case GROWTH_CONSTANT:
		return 1;
	case GROWTH_CLEAN:
		break;
	}
	return 0;
}

enum growth_verdict check_series_verdict(const struct check_series *series)
{
	const struct growth *worst = &series->growth[CHECK_BYTES];

	for (int m = CHECK_BUFFERS; m < CHECK_MEASURES; m++) {
		const struct growth *growth = &series->growth[m];

		/* buffers and references that are not published hide no bytes */
		if (growth->verdict != GROWTH_UNJUDGED &&
		    check_severity(growth->verdict, growth->fails) >
			    check_severity(worst->verdict, worst->fails))
			worst = growth;
	}
	return worst->verdict;
}

bool check_series_fails(const struct check_series *series)
{
	for (int m = 0; m < CHECK_MEASURES; m++)
		if (series->growth[m].fails)
			return true;
	return false;
}
