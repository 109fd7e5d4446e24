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

#endif
