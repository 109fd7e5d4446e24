/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One process, six rounds, a mark "round" at the end of each. What a round leaves:
 * bytes: a buffer more; refs: one more reference of the same buffer; constant: nothing
 * new; noisy: a buffer now and then, which goes in the next round; clean: nothing.
 */
#include <stdio.h>
#include <string.h>

#include <tta/tta.h>

#define ROUNDS 6
#define BYTES  4096u

static void play(const char *what, uint64_t round)
{
	tta_alloc(0, TTA_DRAM, 0x100000, BYTES);
	if (strcmp(what, "bytes") == 0)
		tta_alloc(0, TTA_DRAM, 0x200000 + round * BYTES, BYTES);
	else if (strcmp(what, "refs") == 0)
		tta_alloc(0, TTA_DRAM, 0x300000, BYTES);
	else if (strcmp(what, "noisy") == 0 && round % 2 == 1)
		tta_alloc(0, TTA_DRAM, 0x400000, BYTES);
	else if (strcmp(what, "noisy") == 0 && round > 0)
		tta_free(0, TTA_DRAM, 0x400000);
	tta_free(0, TTA_DRAM, 0x100000);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "clean";

	if (strcmp(what, "clean") != 0)
		tta_alloc(0, TTA_DRAM, 0x500000, BYTES);
	for (uint64_t round = 0; round < ROUNDS; round++) {
		play(what, round);
		if (tta_mark("round")) {
			fputs("no mark could be set\n", stderr);
			return 1;
		}
	}
	tta_device_close(0);
	return 0;
}
