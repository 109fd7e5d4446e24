/* SPDX-License-Identifier: BSD-2-Clause */
/* Natural merge sort: what comes in are few sorted runs, mostly one. */
#include "extent_sort.h"

#include <stdbool.h>
#include <string.h>

static bool in_order(const struct extent *a, const struct extent *b)
{
	if (a->group != b->group)
		return a->group < b->group;
	if (a->begin != b->begin)
		return a->begin < b->begin;
	return a->end <= b->end;
}

static size_t run_end(const struct extent *list, size_t begin, size_t count)
{
	size_t end = begin + 1;

	while (end < count && in_order(&list[end - 1], &list[end]))
		end++;
	return end < count ? end : count;
}

/* Runs [@begin, @middle) and [@middle, @end) of @from become one in @to. */
static void merge(const struct extent *from, struct extent *to, size_t begin,
		  size_t middle, size_t end)
{
	size_t left = begin, right = middle;

	for (size_t at = begin; at < end; at++) {
		bool take_left = right == end ||
				 (left < middle && in_order(&from[left], &from[right]));

		to[at] = from[take_left ? left++ : right++];
	}
}

struct extent *extents_sort(struct extent *list, struct extent *other, size_t count)
{
	while (run_end(list, 0, count) < count) {
		struct extent *from = list;

		for (size_t begin = 0, middle, end; begin < count; begin = end) {
			middle = run_end(from, begin, count);
			end = middle < count ? run_end(from, middle, count) : count;
			merge(from, other, begin, middle, end);
		}
		list = other;
		other = from;
	}
	return list;
}
