/* SPDX-License-Identifier: BSD-2-Clause */
#include "check_limits.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "filter_values.h"

const char *check_measure_name(enum check_measure measure)
{
	static const char *const names[] = {"bytes", "buffers", "refs"};

	return measure < CHECK_MEASURES ? names[measure] : "?";
}

static int set_name(const char *name, struct check_limit *limit)
{
	for (int m = 0; m < CHECK_MEASURES; m++)
		if (strcasecmp(name, check_measure_name((enum check_measure)m)) == 0) {
			limit->measure = (enum check_measure)m;
			return 0;
		}
	if (name[0] == '\0' || strlen(name) >= sizeof(limit->type))
		return -EINVAL;
	strcpy(limit->type, name);
	return 0;
}

/* "64K" or "NAME=64K"; @item is cut in two. */
static int parse_item(char *item, struct check_limits *limits)
{
	struct check_limit limit = {.measure = CHECK_BYTES};
	char *value = strchr(item, '=');

	if (limits->count == CHECK_LIMITS_MAX)
		return -EINVAL;
	if (value) {
		*value++ = '\0';
		if (set_name(item, &limit))
			return -EINVAL;
	}
	if (!filter_value_bytes(value ? value : item, &limit.value))
		return -EINVAL;
	limits->list[limits->count++] = limit;
	return 0;
}

int check_limits_parse(const char *text, struct check_limits *limits)
{
	char copy[256], *rest = copy, *item;
	int err = 0;

	if (strlen(text) >= sizeof(copy))
		return -EINVAL;
	strcpy(copy, text);
	while (!err && (item = strsep(&rest, ",")))
		err = parse_item(item, limits);
	return err;
}

struct check_allowed check_limits_for(const struct check_limits *limits, const char *type)
{
	struct check_allowed allowed = {0};

	for (int own = 0; own < 2; own++)
		for (size_t i = 0; i < limits->count; i++) {
			const struct check_limit *limit = &limits->list[i];
			bool holds = own ? strcasecmp(limit->type, type) == 0
					 : limit->type[0] == '\0';

			if (!holds)
				continue;
			allowed.value[limit->measure] = limit->value;
			allowed.given[limit->measure] = true;
		}
	return allowed;
}
