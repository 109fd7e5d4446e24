/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program as others write it, C and C++ alike: publishes, and lets a reader look.
 */
#include <stdlib.h>

#include <tta/tta.h>
#include <tta/version.h>

int main(int argc, char **argv)
{
	void (*twin)(uint32_t, uint32_t, uint64_t, uint64_t) = tta_alloc;

	if (argc < 2)
		return 2;
	tta_alloc(0, TTA_DRAM, 4096, 1000);
	twin(0, TTA_DRAM, 8192, 234); /* the symbol behind the inline */
	if (system(argv[1]))
		return 1;
	tta_free(0, TTA_DRAM, 4096);
	tta_free_sized(0, TTA_DRAM, 8192, 234);
	return tta_version()[0] == TTA_VERSION_STRING[0] ? 0 : 3;
}
