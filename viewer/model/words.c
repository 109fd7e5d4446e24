/* SPDX-License-Identifier: BSD-2-Clause */
#include "words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int words_add(char ***words, size_t *count, const char *word)
{
	char **grown = reallocarray(*words, *count + 1, sizeof(**words));
	char *copy = strdup(word);

	if (grown)
		*words = grown;
	if (!grown || !copy) {
		free(copy);
		return -ENOMEM;
	}
	grown[(*count)++] = copy;
	return 0;
}

void words_free(char **words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(words[i]);
	free(words);
}
