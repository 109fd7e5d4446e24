/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_long_lived.c - a reader that stays open says what a new one says.
 *
 * This process publishes at random, and after each step both readers look: whatever the
 * one that stays open did not copy again must be what the new one copied.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tta/reader.h>
#include <tta/tta.h>

#include "test_dir.h"

#define STEPS 3000

static unsigned seed = 20;

static uint32_t below(uint32_t limit)
{
	return (uint32_t)rand_r(&seed) % limit;
}

/* ---- one step ---- */

static void describe(void)
{
	const struct tta_memory_info memory = {
		.type = below(3), .capacity = below(1000), .banks = below(9)};
	const struct tta_device_info info = {.info_size = sizeof(info),
					     .kind = below(2) ? "cuda" : "tenstorrent",
					     .stable_id = below(2) ? "serial" : NULL,
					     .memory = &memory,
					     .memory_count = below(2)};

	tta_device_describe(below(3), &info);
}

static void name_something(void)
{
	char text[16];

	snprintf(text, sizeof(text), "name %u", below(40));
	if (below(2))
		tta_type(text);
	else
		tta_mark(text);
}

static void alloc_with_everything(uint32_t device, uint32_t type, uint64_t address)
{
	char text[16];

	snprintf(text, sizeof(text), "label %u", below(40));
	tta_alloc_ex(&(struct tta_alloc_desc){
		.desc_size = sizeof(struct tta_alloc_desc),
		.device = device,
		.type = type,
		.address = address,
		.size = below(5000),
		.bank_size = below(2) * 64,
		.group = below(4),
		.site = below(100),
		.label = below(2) ? tta_label(text) : 0,
	});
}

static void change_level(void)
{
	if (below(8) == 0)
		tta_level_set(TTA_COUNTERS + below(3));
}

static void step(void)
{
	uint32_t device = below(3), type = below(3);
	uint64_t address = 4096 + below(60) * 64;

	switch (below(16)) {
	case 0:
		return describe();
	case 1:
		return name_something();
	case 2:
		return change_level();
	case 3:
		return tta_add(device, type, (int64_t)below(2000) - 1000);
	case 4:
		return tta_view(device, type, address, 64);
	case 5:
		return tta_free_view(device, type, address);
	case 6:
		return tta_free_group(device, type, below(4));
	case 7:
		return below(10) ? tta_free_sized(device, type, address, 64)
				 : tta_device_close(device);
	case 8:
		return tta_alloc_failed(device, type, 1 << 20);
	case 9:
	case 10:
	case 11:
		return alloc_with_everything(device, type, address);
	case 12:
		return; /* nothing moves */
	default:
		return tta_free(device, type, address);
	}
}

/* ---- the same in all fields ---- */

#define SAME(a, b, field) cr_assert_eq((a)->field, (b)->field, #field)

/* Each reader measures the slope of the segment's clock for itself. */
static void same_time(uint64_t a, uint64_t b)
{
	uint64_t apart = a > b ? a - b : b - a;

	cr_assert_lt(apart, 50000, "times are %lu ns apart", (unsigned long)apart);
}

static void same_buffers(const struct tta_process *a, const struct tta_process *b)
{
	SAME(a, b, buffer_count);
	for (size_t i = 0; i < a->buffer_count; i++) {
		struct tta_buffer left = a->buffers[i], right = b->buffers[i];

		cr_assert_str_eq(left.label_text, right.label_text);
		left.label_text = right.label_text = "";
		same_time(left.time_ns, right.time_ns);
		left.time_ns = right.time_ns;
		cr_assert_arr_eq(&left, &right, sizeof(left), "buffer %zu", i);
	}
}

static void same_devices(const struct tta_process *a, const struct tta_process *b)
{
	SAME(a, b, device_count);
	for (size_t i = 0; i < a->device_count; i++) {
		const struct tta_device *left = &a->devices[i], *right = &b->devices[i];

		SAME(left, right, number);
		cr_assert_str_eq(left->kind, right->kind);
		cr_assert_str_eq(left->stable_id, right->stable_id);
		SAME(left, right, geometry_count);
		cr_assert_arr_eq(left->geometry, right->geometry,
				 left->geometry_count * sizeof(*left->geometry));
	}
}

static void same_marks(const struct tta_process *a, const struct tta_process *b)
{
	SAME(a, b, mark_count);
	for (size_t i = 0; i < a->mark_count; i++) {
		const struct tta_mark_info *left = &a->marks[i], *right = &b->marks[i];

		cr_assert_str_eq(left->name, right->name);
		same_time(left->time_ns, right->time_ns);
		SAME(left, right, exact);
		SAME(left, right, memory_count);
		cr_assert_arr_eq(left->memory, right->memory,
				 left->memory_count * sizeof(*left->memory));
	}
}

static void same_soundness(const struct tta_process *a, const struct tta_process *b)
{
	SAME(a, b, verdict);
	SAME(a, b, notes);
	SAME(a, b, level);
	SAME(a, b, state);
	same_time(a->last_event_ns, b->last_event_ns);
	same_time(a->incomplete_since_ns, b->incomplete_since_ns);
	SAME(a, b, file_bytes);
	SAME(a, b, totals_inexact);
	SAME(a, b, buffers_inexact);
	SAME(a, b, events);
	SAME(a, b, uncertain_count);
	SAME(a, b, lanes);
	SAME(a, b, residue);
	cr_assert_arr_eq(a->counts, b->counts, sizeof(a->counts));
}

static void same_process(const struct tta_process *a, const struct tta_process *b)
{
	same_soundness(a, b);
	SAME(a, b, memory_count);
	cr_assert_arr_eq(a->memory, b->memory, a->memory_count * sizeof(*a->memory));
	SAME(a, b, type_count);
	for (size_t i = 0; i < a->type_count; i++)
		cr_assert_str_eq(a->types[i].name, b->types[i].name);
	same_buffers(a, b);
	same_devices(a, b);
	same_marks(a, b);
}

static void same_samples(struct tta_reader *open)
{
	struct tta_sample *mine, *fresh;
	struct tta_reader *new;

	cr_assert_eq(tta_reader_open(NULL, &new), 0);
	cr_assert_eq(tta_reader_sample(open, TTA_SAMPLE_ALL, &mine), 0);
	cr_assert_eq(tta_reader_sample(new, TTA_SAMPLE_ALL, &fresh), 0);
	cr_assert_eq(mine->process_count, 1);
	cr_assert_eq(fresh->process_count, 1);
	same_process(&mine->processes[0], &fresh->processes[0]);
	tta_sample_free(mine);
	tta_sample_free(fresh);
	tta_reader_close(new);
}

static void setup(void)
{
	test_dir_make();
}

TestSuite(long_lived, .init = setup, .fini = test_dir_remove);

Test(long_lived, says_what_a_new_reader_says)
{
	struct tta_reader *reader;
	size_t most = 0;

	tta_level_set(TTA_EVENTS);
	cr_assert_eq(tta_reader_open(NULL, &reader), 0);
	for (unsigned i = 0; i < STEPS; i++) {
		struct tta_sample *sample;

		step();
		same_samples(reader);
		cr_assert_eq(tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample), 0);
		if (sample->processes[0].buffer_count > most)
			most = sample->processes[0].buffer_count;
		tta_sample_free(sample);
	}
	cr_assert_gt(most, 50, "hardly anything was published");
	tta_reader_close(reader);
}
