/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * older.h - the term "age>60s" of a filter expression, typed by itself.
 */
#ifndef TTATOP_OLDER_H
#define TTATOP_OLDER_H

#include <stdbool.h>
#include <stddef.h>

/* The age in the first such term of @filter, "" when there is none; returns @age. */
const char *older_of(const char *filter, char *age, size_t room);
/*
 * @filter with this term, and no other such term, in each of its alternatives; an empty
 * @age takes it out. False: no room.
 */
bool older_put(const char *filter, const char *age, char *result, size_t room);
/* "60s", "5m", "90", or nothing. */
bool older_is_age(const char *text);

#endif
