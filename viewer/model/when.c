/* SPDX-License-Identifier: BSD-2-Clause */
#include "when.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_PER_S    UINT64_C(1000000000)
#define SECONDS_MAX 1e9
#define WORD_MAX    32

int when_seconds(const char *text, double *ret_seconds)
{
	static const struct {
		const char *suffix;
		double seconds;
	} units[] = {{"", 1},	{"s", 1},    {"ms", 1e-3},
		     {"m", 60}, {"h", 3600}, {"d", 86400}};
	char *end;
	double value;

	if (!isdigit((unsigned char)text[0]) && text[0] != '.')
		return -EINVAL;
	value = strtod(text, &end);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && end > text; i++) {
		if (strcmp(end, units[i].suffix) != 0 ||
		    !(value * units[i].seconds <= SECONDS_MAX))
			continue;
		*ret_seconds = value * units[i].seconds;
		return 0;
	}
	return -EINVAL;
}

/* Digits after a point, beyond nine cut; NULL: there are none. */
static const char *parse_fraction(const char *at, uint64_t *ret_ns)
{
	uint64_t unit = NS_PER_S / 10;

	*ret_ns = 0;
	if (!isdigit((unsigned char)*at))
		return NULL;
	for (; isdigit((unsigned char)*at); at++, unit /= 10)
		*ret_ns += (uint64_t)(*at - '0') * unit;
	return at;
}

static int to_ns(time_t seconds, uint64_t ns, uint64_t *ret_realtime_ns)
{
	if (seconds < 0 || (uint64_t)seconds > UINT64_MAX / NS_PER_S - 1)
		return -ERANGE;
	*ret_realtime_ns = (uint64_t)seconds * NS_PER_S + ns;
	return 0;
}

/* "10m ago" */
static int parse_ago(const char *text, uint64_t now, uint64_t *ret)
{
	char word[WORD_MAX] = "";
	size_t length = strcspn(text, " ");
	double seconds;

	if (length >= sizeof(word) || strcmp(text + length, " ago") != 0)
		return -EINVAL;
	memcpy(word, text, length);
	if (when_seconds(word, &seconds))
		return -EINVAL;
	if (seconds * 1e9 > (double)now)
		return -ERANGE;
	*ret = now - (uint64_t)(seconds * 1e9);
	return 0;
}

/* "@1767616496.5" */
static int parse_epoch(const char *text, uint64_t *ret)
{
	uint64_t ns = 0;
	unsigned long long seconds;
	char *end;
	const char *at;

	if (text[0] != '@' || !isdigit((unsigned char)text[1]))
		return -EINVAL;
	errno = 0;
	seconds = strtoull(text + 1, &end, 10);
	at = *end == '.' ? parse_fraction(end + 1, &ns) : end;
	if (!at || *at)
		return -EINVAL;
	if (errno || seconds > INT64_MAX)
		return -ERANGE;
	return to_ns((time_t)seconds, ns, ret);
}

/* "Z", "+01:00" or nothing: local time. */
static int apply_zone(const char *at, struct tm *tm, time_t *ret_seconds)
{
	struct tm offset = {0};
	time_t shift;

	if (*at == '\0') {
		tm->tm_isdst = -1;
		*ret_seconds = mktime(tm);
		return 0;
	}
	*ret_seconds = timegm(tm);
	if (strcmp(at, "Z") == 0 || strcmp(at, "z") == 0)
		return 0;
	if ((*at != '+' && *at != '-') || strlen(at) != 6)
		return -EINVAL;
	if (!isdigit((unsigned char)at[1]) || !isdigit((unsigned char)at[2]))
		return -EINVAL;
	if (strptime(at + 1, "%H:%M", &offset) != at + 6)
		return -EINVAL;
	shift = offset.tm_hour * 3600 + offset.tm_min * 60;
	*ret_seconds -= *at == '+' ? shift : -shift;
	return 0;
}

/* The rest of a time of day after hours and minutes: [:SS[.fraction]]. */
static const char *parse_rest(const char *at, struct tm *tm, uint64_t *ret_ns)
{
	*ret_ns = 0;
	tm->tm_sec = 0;
	if (at && *at == ':')
		at = strptime(at, ":%S", tm);
	if (at && *at == '.')
		at = parse_fraction(at + 1, ret_ns);
	return at;
}

static bool same_day(const struct tm *asked, const struct tm *got)
{
	/* strptime() takes 31 February; the calendar does not. */
	return asked->tm_mday == got->tm_mday && asked->tm_mon == got->tm_mon;
}

static int parse_date(const char *text, uint64_t *ret)
{
	struct tm tm = {0}, asked;
	const char *at = strptime(text, "%Y-%m-%d", &tm);
	uint64_t ns = 0;
	time_t seconds;

	if (at && (*at == 'T' || *at == 't' || *at == ' '))
		at = parse_rest(strptime(at + 1, "%H:%M", &tm), &tm, &ns);
	if (!at)
		return -EINVAL;
	asked = tm;
	if (apply_zone(at, &tm, &seconds) || !same_day(&asked, &tm))
		return -EINVAL;
	return to_ns(seconds, ns, ret);
}

/* "14:32:05", "yesterday 14:32" */
static int parse_clock(const char *text, uint64_t now, uint64_t *ret)
{
	static const char yesterday[] = "yesterday ";
	time_t seconds = (time_t)(now / NS_PER_S);
	bool before = strncmp(text, yesterday, strlen(yesterday)) == 0;
	const char *at = text + (before ? strlen(yesterday) : 0);
	uint64_t ns;
	struct tm tm;

	if (!localtime_r(&seconds, &tm))
		return -EINVAL;
	at = parse_rest(strptime(at, "%H:%M", &tm), &tm, &ns);
	if (!at || *at)
		return -EINVAL;
	tm.tm_mday -= before;
	tm.tm_isdst = -1;
	return to_ns(mktime(&tm), ns, ret);
}

int when_parse(const char *text, uint64_t now_realtime_ns, uint64_t *ret_realtime_ns)
{
	int err;

	if (strcmp(text, "now") == 0) {
		*ret_realtime_ns = now_realtime_ns;
		return 0;
	}
	err = parse_ago(text, now_realtime_ns, ret_realtime_ns);
	if (err == -EINVAL)
		err = parse_epoch(text, ret_realtime_ns);
	if (err == -EINVAL)
		err = parse_date(text, ret_realtime_ns);
	if (err == -EINVAL)
		err = parse_clock(text, now_realtime_ns, ret_realtime_ns);
	return err;
}
