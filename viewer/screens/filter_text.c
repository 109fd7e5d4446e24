/* SPDX-License-Identifier: BSD-2-Clause */
#include "filter_text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct output {
	char *text;
	size_t used, room;
	bool cut;
};

static void put(struct output *output, const char *text, size_t length)
{
	if (output->used + length >= output->room) {
		output->cut = true;
		return;
	}
	memcpy(output->text + output->used, text, length);
	output->used += length;
	output->text[output->used] = '\0';
}

/* With a blank before it, unless it begins an alternative. */
static void put_word(struct output *output, const char *word, size_t length)
{
	if (output->used > 0 && output->text[output->used - 1] != ' ')
		put(output, " ", 1);
	put(output, word, length);
}

static void put_term(struct output *output, const char *key, const char *value)
{
	char term[256];
	const char *quote = strpbrk(value, " |'") ? "\"" : strchr(value, '"') ? "'" : "";
	int length = snprintf(term, sizeof(term), "%s=%s%s%s", key, quote, value, quote);

	if (length < 0 || (size_t)length >= sizeof(term))
		output->cut = true;
	else
		put_word(output, term, (size_t)length);
}

/* Up to the blank or bar that ends it; quotes hold them together. */
static size_t word_length(const char *word)
{
	size_t length = 0;
	char quote = '\0';

	for (; word[length]; length++) {
		char c = word[length];

		if (quote)
			quote = c == quote ? '\0' : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == ' ' || c == '|')
			break;
	}
	return length;
}

static bool is_term_of(const char *word, const char *key)
{
	size_t length = strlen(key);

	return strncasecmp(word, key, length) == 0 && word[length] == '=';
}

bool filter_text_set(const char *text, const char *key, const char *value, char *result,
		     size_t room)
{
	struct output output = {.text = result, .room = room};

	*result = '\0';
	while (*text) {
		size_t length = word_length(text);

		if (*text == ' ') {
			text++;
		} else if (*text == '|') {
			if (value)
				put_term(&output, key, value);
			put_word(&output, "| ", 2);
			text++;
		} else {
			if (!is_term_of(text, key))
				put_word(&output, text, length);
			text += length;
		}
	}
	if (value)
		put_term(&output, key, value);
	return !output.cut;
}
