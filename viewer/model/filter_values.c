/* SPDX-License-Identifier: BSD-2-Clause */
#include "filter_values.h"

#include <ctype.h>
#include <stddef.h>
#include <strings.h>

#include "snapshot.h"

struct unit {
	const char *suffix;
	uint64_t size;
};

struct decimal {
	uint64_t whole;
	double part; /* behind the point */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *parse_whole(const char *text, uint64_t *ret_number)
{
	uint64_t number = 0;
	const char *at = text;

	for (; is_digit(*at); at++)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(*at - '0'), &number))
			return NULL;
	*ret_number = number;
	return at > text ? at : NULL;
}

/* "12", "1.5"; NULL: not so. */
static const char *parse_decimal(const char *text, struct decimal *ret_decimal)
{
	const char *at = parse_whole(text, &ret_decimal->whole);
	double unit = 0.1;

	ret_decimal->part = 0;
	if (!at || *at != '.')
		return at;
	if (!is_digit(*++at))
		return NULL;
	for (; is_digit(*at); at++) {
		ret_decimal->part += (*at - '0') * unit;
		unit /= 10;
	}
	return at;
}

static bool parse_scaled(const char *text, const struct unit *units, size_t count,
			 uint64_t *ret_value)
{
	struct decimal decimal;
	const char *suffix = parse_decimal(text, &decimal);
	uint64_t value, part;

	for (size_t i = 0; suffix && i < count; i++) {
		if (strcasecmp(suffix, units[i].suffix) != 0)
			continue;
		part = (uint64_t)(decimal.part * (double)units[i].size + 0.5);
		if (__builtin_mul_overflow(decimal.whole, units[i].size, &value) ||
		    __builtin_add_overflow(value, part, &value) || value == SNAP_UNKNOWN)
			return false;
		*ret_value = value;
		return true;
	}
	return false;
}

bool filter_value_number(const char *text, uint64_t *ret_number)
{
	const char *end = parse_whole(text, ret_number);

	return end && !*end && *ret_number != SNAP_UNKNOWN;
}

bool filter_value_bytes(const char *text, uint64_t *ret_bytes)
{
	static const struct unit units[] = {
		{"", 1},
		{"K", UINT64_C(1) << 10},
		{"M", UINT64_C(1) << 20},
		{"G", UINT64_C(1) << 30},
		{"T", UINT64_C(1) << 40},
	};

	return parse_scaled(text, units, sizeof(units) / sizeof(units[0]), ret_bytes);
}

bool filter_value_ns(const char *text, uint64_t *ret_ns)
{
	static const struct unit units[] = {
		{"", UINT64_C(1000000000)},	{"ms", UINT64_C(1000000)},
		{"s", UINT64_C(1000000000)},	{"m", UINT64_C(60000000000)},
		{"h", UINT64_C(3600000000000)}, {"d", UINT64_C(86400000000000)},
	};

	return parse_scaled(text, units, sizeof(units) / sizeof(units[0]), ret_ns);
}

bool filter_value_address(const char *text, uint64_t *ret_address)
{
	const char *at = strncasecmp(text, "0x", 2) == 0 ? text + 2 : text;
	const char *begin = at;
	uint64_t address = 0;

	for (; isxdigit((unsigned char)*at) && at - begin < 16; at++)
		address = address << 4 |
			  (uint64_t)(is_digit(*at) ? *at - '0' : (*at | 0x20) - 'a' + 10);
	*ret_address = address;
	return at > begin && !*at && address != SNAP_UNKNOWN;
}
