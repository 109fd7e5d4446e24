/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * segment_name.c - the identity in a file name, and the directory in force.
 */
#include "segment_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tta/layout.h>

void tta__segment_name_format(const struct tta_segment_name *id,
			      char name[TTA_SEGMENT_NAME_SIZE])
{
	snprintf(name, TTA_SEGMENT_NAME_SIZE,
		 TTA_NAME_PREFIX "%" PRIu32 ".%" PRIu32 ".%" PRIu32 ".%" PRIu64
				 ".%016" PRIx64,
		 id->major, id->uid, id->pid, id->start_time, id->nonce);
}

/* One number up to @end_char; digits of @base only, no sign, no blank, no overflow. */
static bool take_number(const char **at, char end_char, unsigned base, uint64_t limit,
			uint64_t *ret_number)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t number = 0;
	const char *start = *at;

	for (; **at && **at != end_char; ++*at) {
		const char *digit = memchr(digits, **at, base);

		if (!digit || number > (limit - (uint64_t)(digit - digits)) / base)
			return false;
		number = number * base + (uint64_t)(digit - digits);
	}
	if (*at == start || **at != end_char)
		return false;
	if (end_char)
		++*at;
	*ret_number = number;
	return true;
}

bool tta__segment_name_parse(const char *name, struct tta_segment_name *ret_id)
{
	const size_t prefix = sizeof(TTA_NAME_PREFIX) - 1;
	uint64_t major, uid, pid, start, nonce;
	const char *at = name + prefix;

	if (strncmp(name, TTA_NAME_PREFIX, prefix) != 0)
		return false;
	if (!take_number(&at, '.', 10, UINT32_MAX, &major) ||
	    !take_number(&at, '.', 10, UINT32_MAX, &uid) ||
	    !take_number(&at, '.', 10, UINT32_MAX, &pid) ||
	    !take_number(&at, '.', 10, UINT64_MAX, &start) ||
	    !take_number(&at, '\0', 16, UINT64_MAX, &nonce))
		return false;
	*ret_id = (struct tta_segment_name){
		.major = (uint32_t)major,
		.uid = (uint32_t)uid,
		.pid = (uint32_t)pid,
		.start_time = start,
		.nonce = nonce,
	};
	return true;
}

const char *tta__segment_directory(const char *directory, bool secure)
{
	const char *from_environment = secure ? NULL : getenv("TTA_DIR");

	if (directory && directory[0])
		return directory;
	if (from_environment && from_environment[0])
		return from_environment;
	return "/dev/shm";
}
