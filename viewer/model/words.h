/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * words.h - a list of strings of its own.
 */
#ifndef TTATOP_WORDS_H
#define TTATOP_WORDS_H

#include <stddef.h>

/* Append a copy. 0 or -ENOMEM. */
int words_add(char ***words, size_t *count, const char *word);
void words_free(char **words, size_t count);
/*
 * "a,c" to a set of bits: @name tells the word of each bit from 1 to @last. 0 or -EINVAL.
 */
int words_to_bits(const char *list, const char *(*name)(unsigned bit), unsigned last,
		  unsigned *ret_bits);

#endif
