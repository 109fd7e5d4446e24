/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "arena.h"

Test(arena, memory_is_zeroed_aligned_and_apart)
{
	struct arena *arena = arena_new();
	char *first = arena_array(arena, 3, 1), *second = arena_array(arena, 100000, 1);

	cr_assert(first && second);
	cr_assert_eq((uintptr_t)first % 16, 0);
	memset(first, 1, 3);
	for (size_t i = 0; i < 100000; i++)
		cr_assert_eq(second[i], 0);
	cr_assert_not_null(arena_array(arena, 0, 8));
	cr_assert_str_eq(arena_printf(arena, "%d-%s", 4, "x"), "4-x");
	cr_assert_not(arena_failed(arena));
	arena_free(arena);
	arena_free(NULL);
}

Test(arena, too_much_is_refused_and_remembered)
{
	struct arena *arena = arena_new();

	cr_assert_null(arena_array(arena, SIZE_MAX, 2));
	cr_assert(arena_failed(arena));
	arena_free(arena);
}

Test(arena, lives_as_long_as_somebody_holds_it)
{
	struct arena *old = arena_new(), *young = arena_new();
	const char *text = arena_string(old, "still here");

	arena_hold(young, old);
	arena_free(old);
	cr_assert_str_eq(text, "still here");
	arena_free(young);
}

Test(arena, large_blocks_are_used_again_and_zeroed_again)
{
	struct arena_pool *pool = arena_pool_new();
	struct arena *first = arena_new_in(pool), *second;
	char *large = arena_array(first, 3 << 20, 1), *again;

	cr_assert_eq(arena_pool_of(first), pool);
	memset(large, 1, 3 << 20);
	arena_free(first);
	second = arena_new_in(pool);
	cr_assert_neq(arena_room(second, 1 << 20, 1), large, "too small for it");
	again = arena_array(second, 5 << 19, 1);
	cr_assert_eq(again, large);
	for (size_t i = 0; i < 5 << 19; i++)
		cr_assert_eq(again[i], 0);
	cr_assert_neq(arena_room(second, 3 << 20, 1), large, "in use");
	arena_pool_free(pool);
	arena_free(second);
	arena_pool_free(NULL);
}
