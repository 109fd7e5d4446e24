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

static void put_term(struct output *output, const char *head, const char *value)
{
	char term[256];
	const char *quote = strpbrk(value, " |'") ? "\"" : strchr(value, '"') ? "'" : "";
	int length = snprintf(term, sizeof(term), "%s%s%s%s", head, quote, value, quote);

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

/* "age>60s" is one of "age>", "age>=60s" is not. */
static bool is_term_of(const char *word, const char *head)
{
	size_t length = strlen(head);

	return strncasecmp(word, head, length) == 0 && word[length] != '=';
}

bool filter_text_set(const char *text, const char *head, const char *value, char *result,
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
				put_term(&output, head, value);
			put_word(&output, "| ", 2);
			text++;
		} else {
			if (!is_term_of(text, head))
				put_word(&output, text, length);
			text += length;
		}
	}
	if (value)
		put_term(&output, head, value);
	return !output.cut;
}

const char *filter_text_get(const char *text, const char *head, char *value, size_t room)
{
	*value = '\0';
	while (*text) {
		size_t length = word_length(text), skip = strlen(head);

		if (is_term_of(text, head)) {
			snprintf(value, room, "%.*s", (int)(length - skip), text + skip);
			return value;
		}
		text += length ? length : 1;
	}
	return value;
}
