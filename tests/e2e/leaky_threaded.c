/* SPDX-License-Identifier: BSD-2-Clause */
/* Four threads allocate and free; each forgets one buffer of its own. */
#include <pthread.h>

#include <tta/tta.h>

#define THREADS 4
#define ROUNDS	2000
#define BYTES	8192u

void *work(void *arg);

__attribute__((__noinline__)) void *work(void *arg)
{
	uint64_t base = (uint64_t)(uintptr_t)arg;
	struct tta_alloc_desc forgotten = {
		.desc_size = sizeof(forgotten),
		.device = 1,
		.type = TTA_L1,
		.address = base,
		.size = BYTES,
		.site = (uint64_t)(uintptr_t)work,
		.label = tta_label("scratch"),
	};

	for (uint64_t i = 1; i <= ROUNDS; i++)
		tta_alloc(1, TTA_L1, base + i * BYTES, BYTES);
	tta_alloc_ex(&forgotten);
	for (uint64_t i = 1; i <= ROUNDS; i++)
		tta_free(1, TTA_L1, base + i * BYTES);
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];

	for (uintptr_t i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, work, (void *)((i + 1) << 32)))
			return 1;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
