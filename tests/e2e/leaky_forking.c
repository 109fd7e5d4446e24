/* SPDX-License-Identifier: BSD-2-Clause */
/* Three children each forget a buffer; one of them ends without a word. */
#include <sys/wait.h>
#include <unistd.h>

#include <tta/tta.h>

#define CHILDREN 3

void child(uint32_t number);

__attribute__((__noinline__)) void child(uint32_t number)
{
	struct tta_alloc_desc desc = {
		.desc_size = sizeof(desc),
		.device = number,
		.type = TTA_DRAM,
		.address = 0x3000,
		.size = 12288,
		.site = (uint64_t)(uintptr_t)child,
		.label = tta_label("worker"),
	};

	tta_alloc_ex(&desc);
	tta_alloc(number, TTA_DRAM, 0x8000, 64);
	tta_free(number, TTA_DRAM, 0x8000);
}

int main(void)
{
	int status, failed = 0;

	tta_alloc(0, TTA_DRAM, 0x100, 100);
	for (uint32_t i = 0; i < CHILDREN; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			child(i);
			if (i == 1)
				_exit(0);
			return 0;
		}
		failed |= pid < 0;
	}
	while (wait(&status) > 0)
		failed |= status != 0;
	tta_free(0, TTA_DRAM, 0x100);
	return failed;
}
