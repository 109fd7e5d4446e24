/* SPDX-License-Identifier: BSD-2-Clause */
/* Leaves one of its buffers behind; with the argument "fixed" none. */
#include <string.h>

#include <tta/tta.h>

#define DEVICE	2
#define ADDRESS 0x40000u
#define BYTES	24576u

void leak_here(uint32_t label);

__attribute__((__noinline__)) void leak_here(uint32_t label)
{
	struct tta_alloc_desc desc = {
		.desc_size = sizeof(desc),
		.device = DEVICE,
		.type = TTA_DRAM,
		.address = ADDRESS,
		.size = BYTES,
		.site = (uint64_t)(uintptr_t)leak_here,
		.label = label,
	};

	tta_alloc_ex(&desc);
}

int main(int argc, char **argv)
{
	tta_alloc(DEVICE, TTA_DRAM, 0x1000, 4096);
	tta_alloc(DEVICE, TTA_L1, 0x2000, 2048);
	leak_here(tta_label("kv_cache"));
	tta_free(DEVICE, TTA_L1, 0x2000);
	tta_free(DEVICE, TTA_DRAM, 0x1000);
	if (argc > 1 && strcmp(argv[1], "fixed") == 0)
		tta_free(DEVICE, TTA_DRAM, ADDRESS);
	return 0;
}
