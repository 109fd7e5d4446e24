/* SPDX-License-Identifier: BSD-2-Clause */
#include "format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "snapshot.h"

#define NS_PER_S UINT64_C(1000000000)

/* @value / @unit with three digits, rounded; false when that rounds up to @limit. */
static bool three_digits(char *text, size_t room, uint64_t value, uint64_t unit,
			 unsigned limit, char letter)
{
	double scaled = (double)value / (double)unit;

	if (scaled < 9.995)
		snprintf(text, room, "%.2f%c", scaled, letter);
	else if (scaled < 99.95)
		snprintf(text, room, "%.1f%c", scaled, letter);
	else if (scaled + 0.5 < limit)
		snprintf(text, room, "%.0f%c", scaled, letter);
	else
		return false;
	return true;
}

static void scaled_text(char *text, size_t room, uint64_t value, unsigned step,
			const char *letters)
{
	uint64_t unit = step;

	while (!three_digits(text, room, value, unit, step, *letters) && letters[1]) {
		unit *= step;
		letters++;
	}
}

static void bytes_text(char text[FORMAT_SIZE], uint64_t bytes, bool exact)
{
	if (exact || bytes < 1024)
		snprintf(text, FORMAT_SIZE, "%" PRIu64, bytes);
	else
		scaled_text(text, FORMAT_SIZE, bytes, 1024, "KMGTPE");
}

const char *format_bytes(char text[FORMAT_SIZE], uint64_t bytes, bool dash, bool exact)
{
	if (bytes == SNAP_UNKNOWN)
		return strcpy(text, "?");
	if (bytes == 0 && dash)
		return strcpy(text, "-");
	bytes_text(text, bytes, exact);
	return text;
}

const char *format_change(char text[FORMAT_SIZE], int64_t bytes, bool known, bool exact)
{
	uint64_t size = bytes < 0 ? -(uint64_t)bytes : (uint64_t)bytes;
	char digits[FORMAT_SIZE];

	if (!known)
		return strcpy(text, "?");
	if (bytes == 0)
		return strcpy(text, "0");
	bytes_text(digits, size, exact);
	snprintf(text, FORMAT_SIZE, "%c%.30s", bytes < 0 ? '-' : '+', digits);
	return text;
}

const char *format_count(char text[FORMAT_SIZE], uint64_t count, bool dash)
{
	if (count == SNAP_UNKNOWN)
		return strcpy(text, "?");
	if (count == 0 && dash)
		return strcpy(text, "-");
	if (count < 10000)
		snprintf(text, FORMAT_SIZE, "%" PRIu64, count);
	else
		scaled_text(text, FORMAT_SIZE, count, 1000, "kMGTPE");
	return text;
}

const char *format_age(char text[FORMAT_SIZE], uint64_t ns)
{
	static const struct {
		uint64_t seconds, limit;
		char letter;
	} units[] = {
		{1, 60, 's'},
		{60, 3600, 'm'},
		{3600, 86400, 'h'},
		{86400, 86400 * UINT64_C(1000), 'd'},
		{31557600, UINT64_MAX, 'y'},
	};
	uint64_t seconds = ns / NS_PER_S;
	size_t i = 0;

	if (ns == SNAP_UNKNOWN)
		return strcpy(text, "?");
	if (seconds == 0)
		return strcpy(text, "<1s");
	while (seconds >= units[i].limit)
		i++;
	snprintf(text, FORMAT_SIZE, "%" PRIu64 "%c", seconds / units[i].seconds,
		 units[i].letter);
	return text;
}

const char *format_since(char text[FORMAT_SIZE], uint64_t ns)
{
	static const struct {
		double ns;
		const char *name;
	} units[] = {{1, "ns"}, {1e3, "us"}, {1e6, "ms"}, {1e9, "s"}};
	size_t i = 0;

	if (ns == SNAP_UNKNOWN)
		return strcpy(text, "");
	if (ns >= 60 * NS_PER_S) {
		snprintf(text, FORMAT_SIZE, "+%" PRIu64 "m%02" PRIu64 "s",
			 ns / NS_PER_S / 60, ns / NS_PER_S % 60);
		return text;
	}
	while (i < 3 && (double)ns / units[i].ns >= 999.5)
		i++;
	snprintf(text, FORMAT_SIZE, "+%.3g%s", (double)ns / units[i].ns, units[i].name);
	return text;
}

const char *format_moment(char text[FORMAT_SIZE], uint64_t realtime_ns)
{
	time_t seconds = (time_t)(realtime_ns / NS_PER_S);
	char day[16];
	struct tm tm;

	if (realtime_ns == SNAP_UNKNOWN || !localtime_r(&seconds, &tm) ||
	    !strftime(day, sizeof(day), "%H:%M:%S", &tm))
		return strcpy(text, "?");
	snprintf(text, FORMAT_SIZE, "%s.%06" PRIu64, day, realtime_ns % NS_PER_S / 1000);
	return text;
}

const char *format_time(char text[FORMAT_TIME_SIZE], uint64_t realtime_ns)
{
	time_t seconds = (time_t)(realtime_ns / NS_PER_S);
	struct tm tm;
	size_t length;

	if (realtime_ns == SNAP_UNKNOWN || !gmtime_r(&seconds, &tm))
		return strcpy(text, "?");
	length = strftime(text, FORMAT_TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + length, FORMAT_TIME_SIZE - length, ".%09" PRIu64 "Z",
		 realtime_ns % NS_PER_S);
	return text;
}

/* ".5" to ".500000000" in nanoseconds; NULL: no digits. Digits beyond nine are cut. */
static const char *parse_fraction(const char *text, uint64_t *ret_ns)
{
	uint64_t ns = 0, unit = NS_PER_S / 10;
	const char *at = text;

	for (; *at >= '0' && *at <= '9'; at++) {
		ns += (uint64_t)(*at - '0') * unit;
		unit /= 10;
	}
	*ret_ns = ns;
	return at > text ? at : NULL;
}

bool format_time_parse(const char *text, uint64_t *ret_realtime_ns)
{
	struct tm tm = {0};
	uint64_t ns = 0;
	const char *at = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	time_t seconds;

	if (at && *at == '.')
		at = parse_fraction(at + 1, &ns);
	if (!at || strcmp(at, "Z") != 0)
		return false;
	seconds = timegm(&tm);
	if (seconds < 0 || (uint64_t)seconds > UINT64_MAX / NS_PER_S - 1)
		return false;
	*ret_realtime_ns = (uint64_t)seconds * NS_PER_S + ns;
	return true;
}

const char *format_ranges(char *text, size_t room, const uint32_t *numbers, size_t count)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0, last; i < count; i = last + 1) {
		char item[32];
		size_t length;

		for (last = i;
		     last + 1 < count && numbers[last + 1] == numbers[last] + 1;)
			last++;
		snprintf(item, sizeof(item), last > i ? "%s%u-%u" : "%s%u", i ? "," : "",
			 numbers[i], numbers[last]);
		length = strlen(item);
		/* what follows needs a cell for its "+" */
		if (used + length + (last + 1 < count) >= room) {
			if (used + 1 < room)
				strcpy(text + used, "+");
			break;
		}
		strcpy(text + used, item);
		used += length;
	}
	return text;
}
