/* SPDX-License-Identifier: BSD-2-Clause */
#include "run_id.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/random.h>

int run_id_make(const char *prefix, char id[RUN_ID_SIZE])
{
	uint64_t chance;

	if (getrandom(&chance, sizeof(chance), 0) != (ssize_t)sizeof(chance))
		return -errno;
	snprintf(id, RUN_ID_SIZE, "%.46s-%016" PRIx64, prefix, chance);
	return 0;
}
