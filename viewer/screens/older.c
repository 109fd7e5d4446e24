/* SPDX-License-Identifier: BSD-2-Clause */
#include "older.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "filter_values.h"

#define TERM "age>"

/* One word or term, up to a blank or bar outside of quotes. */
static size_t piece_length(const char *text)
{
	size_t length = 0;
	char quote = '\0';

	for (; text[length]; length++) {
		char c = text[length];

		if (quote)
			quote = c == quote ? '\0' : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '|' || isspace((unsigned char)c))
			break;
	}
	return length;
}

static bool is_term(const char *piece, size_t length)
{
	return length > strlen(TERM) && strncasecmp(piece, TERM, strlen(TERM)) == 0 &&
	       piece[strlen(TERM)] != '=';
}

const char *older_of(const char *filter, char *age, size_t room)
{
	*age = '\0';
	for (const char *at = filter; *at;) {
		size_t length = piece_length(at);

		if (is_term(at, length)) {
			snprintf(age, room, "%.*s", (int)(length - strlen(TERM)),
				 at + strlen(TERM));
			return age;
		}
		at += length ? length : 1;
	}
	return age;
}

struct result {
	char *text;
	size_t used, room;
	bool full;
};

static void add(struct result *result, const char *text, size_t length)
{
	if (result->used + length + 1 > result->room) {
		result->full = true;
		return;
	}
	memcpy(result->text + result->used, text, length);
	result->used += length;
	result->text[result->used] = '\0';
}

static void add_piece(struct result *result, const char *piece, size_t length)
{
	bool first = result->used == 0 || result->text[result->used - 1] == '|';

	if (!first)
		add(result, " ", 1);
	add(result, piece, length);
}

static void end_alternative(struct result *result, const char *age)
{
	char term[64];

	if (!*age)
		return;
	snprintf(term, sizeof(term), TERM "%.40s", age);
	add_piece(result, term, strlen(term));
}

bool older_put(const char *filter, const char *age, char *text, size_t room)
{
	struct result result = {.text = text, .room = room};

	*text = '\0';
	for (const char *at = filter; *at;) {
		size_t length = piece_length(at);

		if (*at == '|') {
			end_alternative(&result, age);
			add(&result, "|", 1);
		} else if (length > 0 && !is_term(at, length)) {
			add_piece(&result, at, length);
		}
		at += length ? length : 1;
	}
	end_alternative(&result, age);
	return !result.full;
}

bool older_is_age(const char *text)
{
	uint64_t ns;

	return !*text || filter_value_ns(text, &ns);
}
