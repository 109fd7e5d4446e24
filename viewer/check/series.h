/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * series.h - after(0) ... after(n) of classes and places; private to the layer.
 */
#ifndef TTATOP_CHECK_SERIES_H
#define TTATOP_CHECK_SERIES_H

#include "report.h"

/* Room for one value per look of @book. 0 or -ENOMEM. */
int check_series_open(const struct check_book *book, struct check_series *series);
void check_series_add(const struct check_book *book, size_t class,
		      struct check_series *series);
/* Growth and slope, once everything is added. */
void check_series_judge(const struct check_book *book,
			const struct check_allowed *allowed, struct check_series *series);
/* The worst of the measures. */
enum growth_verdict check_series_verdict(const struct check_series *series);
bool check_series_fails(const struct check_series *series);
/* Larger is worse. */
int check_severity(enum growth_verdict verdict, bool fails);

#endif
