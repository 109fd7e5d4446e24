/* SPDX-License-Identifier: BSD-2-Clause */
#include "churn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <tta/tta.h>

/* xorshift64*: the same churn from the same seed, on every machine. */
static uint64_t random_below(struct sim_churn *churn, uint64_t limit)
{
	uint64_t x = churn->random;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	churn->random = x;
	return (x * UINT64_C(0x2545f4914f6cdd1d) >> 16) % limit;
}

void sim_churn_init(struct sim_churn *churn, const struct sim_churn_plan *plan)
{
	memset(churn, 0, sizeof(*churn));
	churn->plan = *plan;
	churn->random = plan->seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
}

void sim_churn_fini(struct sim_churn *churn)
{
	free(churn->sizes);
	churn->sizes = NULL;
	churn->room = 0;
}

static uint32_t place_device(const struct sim_churn *churn, size_t place)
{
	return churn->plan.device_first + (uint32_t)(place % churn->plan.device_count);
}

static uint64_t place_address(const struct sim_churn *churn, size_t place)
{
	return churn->plan.base + place / churn->plan.device_count * churn->plan.step;
}

static void alloc_place(struct sim_churn *churn, size_t place)
{
	const struct sim_churn_plan *plan = &churn->plan;
	uint64_t span = (plan->size_max - plan->size_min) / 64 + 1;
	uint64_t size = plan->size_min + 64 * random_below(churn, span);
	struct tta_alloc_desc desc = {.desc_size = sizeof(desc),
				      .device = place_device(churn, place),
				      .type = plan->type,
				      .address = place_address(churn, place),
				      .size = size,
				      .label = plan->label};

	churn->sizes[place] = size;
	if (plan->label)
		tta_alloc_ex(&desc);
	else
		tta_alloc(desc.device, desc.type, desc.address, size);
}

static void free_place(struct sim_churn *churn, size_t place)
{
	tta_free_sized(place_device(churn, place), churn->plan.type,
		       place_address(churn, place), churn->sizes[place]);
}

int sim_churn_resize(struct sim_churn *churn, size_t live)
{
	if (live > churn->room) {
		uint64_t *sizes = reallocarray(churn->sizes, live, sizeof(*sizes));

		if (!sizes)
			return -ENOMEM;
		churn->sizes = sizes;
		churn->room = live;
	}
	while (churn->live > live)
		free_place(churn, --churn->live);
	while (churn->live < live)
		alloc_place(churn, churn->live++);
	return 0;
}

void sim_churn_replace(struct sim_churn *churn)
{
	size_t place;

	if (churn->live == 0)
		return;
	place = (size_t)random_below(churn, churn->live);
	free_place(churn, place);
	alloc_place(churn, place);
}
