/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * filter_text.h - one term of an expression, as text: to be put in or taken out.
 */
#ifndef TTATOP_FILTER_TEXT_H
#define TTATOP_FILTER_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * @text with the term @head@value ("dev=" "3") in each of its alternatives, instead of
 * the terms of that key and operator that are there; NULL @value: without any. False: it
 * does not fit into @room.
 */
bool filter_text_set(const char *text, const char *head, const char *value, char *result,
		     size_t room);
/* The value of the first such term, "" when there is none; returns @value. */
const char *filter_text_get(const char *text, const char *head, char *value, size_t room);

#endif
