/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * config.c - the environment, as tta(7) lists it. Nonsense is ignored, never fatal.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "publisher.h"

#define RING_MAX (1u << 20)

static enum tta_level level_of(const char *text)
{
	static const char *const names[] = {"off", "counters", "live", "events"};

	for (unsigned i = 0; text && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(text, names[i]) == 0)
			return (enum tta_level)i;
	return TTA_EVENTS;
}

/* Digits in @base with an optional K, M or G; @otherwise when it is anything else. */
static uint64_t number_of(const char *text, int base, uint64_t otherwise)
{
	unsigned long long number;
	char *end;

	if (!text || text[0] < '0' || text[0] > '9')
		return otherwise;
	number = strtoull(text, &end, base);
	if (number > UINT64_MAX >> 30)
		return otherwise;
	switch (*end) {
	case 'K':
		return end[1] ? otherwise : number << 10;
	case 'M':
		return end[1] ? otherwise : number << 20;
	case 'G':
		return end[1] ? otherwise : number << 30;
	default:
		return *end ? otherwise : number;
	}
}

static uint32_t ring_of(const char *text)
{
	uint64_t wanted = number_of(text, 10, 1024);
	uint32_t records = SHORT_RING;

	if (wanted == 0)
		return 0;
	while (records < wanted && records < RING_MAX)
		records *= 2;
	return records;
}

static bool is(const char *text, const char *value)
{
	return text && strcmp(text, value) == 0;
}

void tta__config_read(struct config *config)
{
	const char *mode;

	*config = (struct config){.secure = getauxval(AT_SECURE) != 0};
	if (config->secure) {
		config->level = TTA_OFF;
		return;
	}
	config->level = level_of(getenv("TTA_LEVEL"));
	if (is(getenv("TT_ALLOC_TRACKING_ENABLED"), "0"))
		config->level = TTA_OFF;
	config->early = !is(getenv("TTA_ATTACH"), "lazy");
	config->quiet = is(getenv("TTA_QUIET"), "1");
	mode = getenv("TTA_MODE");
	config->mode = mode ? (unsigned)(number_of(mode, 8, 0600) & 0777) | TTA_MODE_EXACT
			    : 0644;
	config->ring_records = ring_of(getenv("TTA_RING"));
	config->max_bytes = number_of(getenv("TTA_MAX_BYTES"), 10, 0);
	config->orphan_ttl_ns =
		number_of(getenv("TTA_ORPHAN_TTL"), 10, 86400) * 1000000000u;
	config->run_id = getenv("TTA_RUN_ID");
	strncpy(config->directory, tta__segment_directory(NULL, false),
		sizeof(config->directory) - 1);
}
