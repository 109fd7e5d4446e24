/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_parts.c - slots, sums, arena, order and guard on their own.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arena.h"
#include "guard.h"
#include "order.h"
#include "table.h"
#include "tally.h"

/* ---- slots ---- */

static struct tta_slot slot;
static tta_a32 stop;

Test(slot, only_live_ones_are_read)
{
	struct tta_slot_copy copy;

	for (uint32_t state = TTA_SLOT_FREE; state <= TTA_SLOT_RETIRED; state++) {
		tta_store_relaxed64(&slot.word, tta_slot_word(9, 1, 2, state));
		tta_store_relaxed64(&slot.address, 64);
		cr_assert_eq(tta__slot_read(&slot, &copy), state == TTA_SLOT_LIVE
								   ? TTA_SLOT_READ_LIVE
								   : TTA_SLOT_READ_NONE);
	}
	tta_store_relaxed64(&slot.word, tta_slot_word(9, 1, 2, TTA_SLOT_LIVE));
	cr_assert_eq(tta__slot_read(&slot, &copy), TTA_SLOT_READ_LIVE);
	cr_assert_eq(copy.address, 64);
	cr_assert_eq(tta_slot_generation(copy.word), 9);
}

/* Each generation has its own number in every field. */
static void *recycle(void *arg)
{
	(void)arg;
	for (uint32_t g = 1; !tta_load_relaxed32(&stop); g++) {
		tta_store_relaxed64(&slot.word,
				    tta_slot_word(g, 0, 1, TTA_SLOT_TENTATIVE));
		tta_fence_release();
		tta_store_relaxed64(&slot.address, g);
		tta_store_relaxed64(&slot.size, g);
		tta_store_relaxed64(&slot.origin, g);
		tta_store_relaxed32(&slot.bank_size, g);
		tta_store_release64(&slot.word, tta_slot_word(g, 0, 1, TTA_SLOT_LIVE));
	}
	return NULL;
}

Test(slot, a_reused_slot_never_passes_for_the_old_entry)
{
	struct tta_slot_copy copy;
	pthread_t thread;
	int read = 0;

	cr_assert_eq(pthread_create(&thread, NULL, recycle, NULL), 0);
	while (read < 200000) {
		if (tta__slot_read(&slot, &copy) != TTA_SLOT_READ_LIVE)
			continue;
		read++;
		cr_assert_eq(copy.address, tta_slot_generation(copy.word));
		cr_assert_eq(copy.size, copy.address);
		cr_assert_eq(copy.origin, copy.address);
		cr_assert_eq(copy.bank_size, copy.address);
	}
	tta_store_relaxed32(&stop, 1);
	pthread_join(thread, NULL);
}

/* ---- tally ---- */

Test(tally, finds_every_row_again)
{
	struct tta_tally tally = {0};

	for (uint32_t pair = 0; pair < 5000; pair++)
		tta__tally_row(&tally, pair * 257)->peak = pair;
	cr_assert_eq(tally.count, 5000);
	for (uint32_t pair = 0; pair < 5000; pair++) {
		cr_assert_eq(tta__tally_row(&tally, pair * 257)->peak, pair);
		tta__tally_row(&tally, pair * 257)->entries = 1;
	}
	tta__tally_clear_counters(&tally);
	cr_assert_eq(tta__tally_row(&tally, 257)->peak, 0);
	cr_assert_eq(tta__tally_row(&tally, 257)->entries, 1);
	tta__tally_clear_entries(&tally);
	cr_assert_eq(tta__tally_row(&tally, 257)->entries, 0);
	tta__tally_fini(&tally);
}

/* ---- arena ---- */

Test(arena, pieces_are_apart_and_tails_come_back)
{
	struct tta_arena arena = {0};
	char *a = tta__arena_take(&arena, 100, 1);
	char *b = tta__arena_take(&arena, 1000000, 8);
	char *c;

	memset(a, 1, 100);
	memset(b, 2, 8000000);
	tta__arena_trim(&arena, b, 10);
	c = tta__arena_take(&arena, 16, 1);
	cr_assert_eq(c, b + 16, "the tail is used again");
	cr_assert_eq(a[99], 1);
	cr_assert_null(tta__arena_take(&arena, SIZE_MAX / 2, 3), "overflow");
	tta__arena_fini(&arena);
}

Test(arena, keeps_its_memory_and_gives_back_what_is_too_much)
{
	struct tta_arena arena = {0};
	void *piece;

	tta__arena_take(&arena, 5000000, 1);
	tta__arena_take(&arena, 3000000, 1);
	tta__arena_reset(&arena);
	piece = tta__arena_take(&arena, 4, 1);
	cr_assert_not_null(tta__arena_take(&arena, 7900000, 1));
	tta__arena_reset(&arena);
	cr_assert_eq(tta__arena_take(&arena, 1000, 1), piece, "one chunk, kept");
	tta__arena_reset(&arena);
	cr_assert_not_null(tta__arena_take(&arena, 1000, 1));
	cr_assert_eq(arena.wanted, 1008, "the large chunk was freed");
	tta__arena_fini(&arena);
}

/* ---- order ---- */

/* By device, address, type; equal ones in order of their places. */
static bool follows(const struct tta_order *a, const struct tta_order *b)
{
	if (a->pair >> 8 != b->pair >> 8)
		return a->pair >> 8 < b->pair >> 8;
	if (a->key != b->key)
		return a->key < b->key;
	return a->pair != b->pair ? a->pair < b->pair : a->at < b->at;
}

/* Sort @count entries whose fields are random below masks; and look them up by place. */
static void sorts(size_t count, uint64_t addresses, uint32_t devices, uint32_t types)
{
	static struct tta_order original[5000];
	static struct tta_order list[5000], other[5000];
	struct tta_order *sorted;
	unsigned seed = 7;

	for (uint32_t i = 0; i < count; i++) {
		uint64_t high = (uint64_t)rand_r(&seed) << 33;

		original[i] = (struct tta_order){
			.key = (high ^ (uint64_t)rand_r(&seed) << 3) & addresses,
			.pair = ((uint32_t)rand_r(&seed) & devices) << 8 |
				((uint32_t)rand_r(&seed) & types),
			.at = i,
		};
	}
	memcpy(list, original, sizeof(list));
	sorted = tta__order_sort(list, other, count);
	for (size_t i = 1; i < count; i++)
		cr_assert(follows(&original[sorted[i - 1].at], &original[sorted[i].at]),
			  "%zu of %zu", i, count);
}

Test(order, sorts_by_device_address_type_and_place)
{
	for (size_t count = 0; count < 200; count++)
		sorts(count, 0xff0, 3, 3);
	sorts(5000, 0, 0, 0);
	sorts(5000, 0xfff8, 0, 0);
	sorts(5000, 0, 0xffff, 0xff);
	sorts(5000, 0x3fffffffc0, 7, 1);
	sorts(5000, UINT64_C(1) << 63, 1, 1);
	sorts(5000, UINT64_MAX, 0, 0);
	sorts(5000, UINT64_MAX, 0xffff, 0xff);
}

/* ---- guard ---- */

static int handled;

static void host_handler(int number)
{
	(void)number;
	handled++;
}

static int touch(void *arg)
{
	return *(volatile char *)arg + 1;
}

static int fault(void *arg)
{
	(void)arg;
	raise(SIGBUS);
	return 7;
}

static char *hole_beyond_the_end(void)
{
	int fd = memfd_create("guard", 0);
	char *base;

	cr_assert(fd >= 0 && !ftruncate(fd, 4096));
	base = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
	cr_assert_neq(base, MAP_FAILED);
	close(fd);
	return base;
}

Test(guard, a_page_that_is_gone_ends_the_body_again_and_again)
{
	char *base = hole_beyond_the_end();

	cr_assert_eq(tta__guard_install(), 0);
	for (int i = 0; i < 3; i++) {
		cr_assert_eq(tta__guard_run(base, 8192, touch, base), 1);
		cr_assert_eq(tta__guard_run(base, 8192, touch, base + 4096), -EFAULT);
	}
}

Test(guard, other_signals_go_to_the_host)
{
	signal(SIGBUS, host_handler);
	cr_assert_eq(tta__guard_install(), 0);
	raise(SIGBUS);
	cr_assert_eq(handled, 1);
	cr_assert_eq(tta__guard_run(NULL, SIZE_MAX, fault, NULL), 7,
		     "sent ones are no faults, wherever they seem to come from");
	cr_assert_eq(handled, 2);
}

Test(guard, a_fault_outside_of_the_body_ends_the_process, .signal = SIGBUS)
{
	char *base = hole_beyond_the_end();

	signal(SIGBUS, SIG_DFL);
	tta__guard_install();
	tta__guard_run(base, 4096, touch, base + 4096);
}

Test(guard, a_sent_signal_still_ends_the_process, .signal = SIGBUS)
{
	signal(SIGBUS, SIG_DFL);
	tta__guard_install();
	raise(SIGBUS);
}
