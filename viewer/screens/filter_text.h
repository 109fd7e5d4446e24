/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * filter_text.h - one term of an expression, as text: to be put in or taken out.
 */
#ifndef TTATOP_FILTER_TEXT_H
#define TTATOP_FILTER_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * @text with KEY=@value in each of its alternatives, instead of the KEY= terms that are
 * there; NULL @value: without any. False: it does not fit into @room.
 */
bool filter_text_set(const char *text, const char *key, const char *value, char *result,
		     size_t room);

#endif
