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

static unsigned find_bit(const char *word, size_t length,
			 const char *(*name)(unsigned bit), unsigned last)
{
	for (unsigned bit = 1; bit <= last; bit <<= 1)
		if (strlen(name(bit)) == length && strncmp(name(bit), word, length) == 0)
			return bit;
	return 0;
}

int words_to_bits(const char *list, const char *(*name)(unsigned bit), unsigned last,
		  unsigned *ret_bits)
{
	unsigned bits = 0;

	for (;;) {
		size_t length = strcspn(list, ",");
		unsigned bit = find_bit(list, length, name, last);

		if (!bit)
			return -EINVAL;
		bits |= bit;
		if (!list[length])
			break;
		list += length + 1;
	}
	*ret_bits = bits;
	return 0;
}
