/* SPDX-License-Identifier: BSD-2-Clause */
#include "text.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <tta/layout.h>

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Ends the word that begins at *at and moves *at behind it. */
static const char *take_word(char **at, struct sim_words *words)
{
	bool quoted = **at == '"';
	char *start = *at + quoted;
	char *end = start;

	while (*end != '\0' && (quoted ? *end != '"' : !blank(*end)))
		end++;
	if (quoted && *end == '\0')
		return "the quote is not closed";
	if (quoted && end[1] != '\0' && !blank(end[1]))
		return "a blank is missing behind the quote";
	if (words->count == SIM_WORD_LIMIT)
		return "too many words";
	words->word[words->count++] = start;
	*at = *end == '\0' ? end : end + 1;
	*end = '\0';
	return NULL;
}

const char *sim_words_split(char *line, struct sim_words *ret_words)
{
	const char *wrong = NULL;

	ret_words->count = 0;
	while (!wrong) {
		while (blank(*line))
			line++;
		if (*line == '\0' || *line == '#')
			return NULL;
		wrong = take_word(&line, ret_words);
	}
	return wrong;
}

static int digit_value(char c, unsigned base)
{
	int value = -1;

	if (c >= '0' && c <= '9')
		value = c - '0';
	else if (base == 16 && c >= 'a' && c <= 'f')
		value = c - 'a' + 10;
	else if (base == 16 && c >= 'A' && c <= 'F')
		value = c - 'A' + 10;
	return value;
}

const char *sim_scan_u64(const char *text, uint64_t *ret_value)
{
	unsigned base = 10;
	uint64_t value = 0;
	int digit;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	}
	if (digit_value(*text, base) < 0)
		return NULL;
	for (; (digit = digit_value(*text, base)) >= 0; text++) {
		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, (uint64_t)digit, &value))
			return NULL;
	}
	*ret_value = value;
	return text;
}

int sim_parse_u64(const char *text, uint64_t *ret_value)
{
	uint64_t value;
	const char *end = sim_scan_u64(text, &value);

	if (!end || *end != '\0')
		return -EINVAL;
	*ret_value = value;
	return 0;
}

/* A size at the start of @text; returns what follows, NULL if there is none. */
static const char *scan_size(const char *text, uint64_t *ret_bytes)
{
	static const char suffixes[] = "KMGT";
	uint64_t value;
	const char *end = sim_scan_u64(text, &value);
	const char *suffix;
	unsigned shift;

	if (!end)
		return NULL;
	suffix = *end == '\0' ? NULL : strchr(suffixes, *end);
	if (suffix) {
		shift = 10u * (unsigned)(suffix - suffixes + 1);
		if (value > UINT64_MAX >> shift)
			return NULL;
		value <<= shift;
		end++;
	}
	*ret_bytes = value;
	return end;
}

int sim_parse_size(const char *text, uint64_t *ret_bytes)
{
	uint64_t bytes;
	const char *end = scan_size(text, &bytes);

	if (!end || *end != '\0')
		return -EINVAL;
	*ret_bytes = bytes;
	return 0;
}

int sim_parse_delta(const char *text, int64_t *ret_bytes)
{
	bool negative = *text == '-';
	uint64_t bytes;

	if (*text == '-' || *text == '+')
		text++;
	if (sim_parse_size(text, &bytes) || bytes > INT64_MAX)
		return -EINVAL;
	*ret_bytes = negative ? -(int64_t)bytes : (int64_t)bytes;
	return 0;
}

int sim_parse_sizes(const char *text, uint64_t *ret_least, uint64_t *ret_most)
{
	uint64_t least, most;
	const char *end = scan_size(text, &least);

	if (!end)
		return -EINVAL;
	most = least;
	if (*end == '-' && sim_parse_size(end + 1, &most))
		return -EINVAL;
	if ((*end != '\0' && *end != '-') || most < least)
		return -EINVAL;
	*ret_least = least;
	*ret_most = most;
	return 0;
}

int sim_parse_devices(const char *text, uint32_t *ret_first, uint32_t *ret_last)
{
	uint64_t first, last;
	const char *end = sim_scan_u64(text, &first);

	if (!end)
		return -EINVAL;
	last = first;
	if (*end == '-' && sim_parse_u64(end + 1, &last))
		return -EINVAL;
	if ((*end != '\0' && *end != '-') || last < first || last >= TTA_DEVICE_LIMIT)
		return -EINVAL;
	*ret_first = (uint32_t)first;
	*ret_last = (uint32_t)last;
	return 0;
}

int sim_parse_duration(const char *text, uint64_t *ret_ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{"us", 1000},
		{"ms", 1000 * 1000},
		{"s", 1000 * 1000 * 1000},
		{"m", UINT64_C(60) * 1000 * 1000 * 1000},
	};
	uint64_t value;
	const char *end = sim_scan_u64(text, &value);

	for (size_t i = 0; end && i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].name) != 0)
			continue;
		if (value > INT64_MAX / units[i].ns)
			return -EINVAL;
		*ret_ns = value * units[i].ns;
		return 0;
	}
	return -EINVAL;
}

int sim_copy_text(char *buffer, size_t size, const char *text)
{
	size_t length = strlen(text);

	if (length >= size)
		return -ENAMETOOLONG;
	memcpy(buffer, text, length + 1);
	return 0;
}
