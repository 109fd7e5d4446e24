/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * order.c - a radix sort over the bits in which the keys differ.
 *
 * Addresses are aligned and lie close together, devices and types are few: what differs
 * fits one word, and few rounds of counting sort it. Each round is stable, so entries
 * with equal keys stay in order of their places.
 */
#include "order.h"

#include <stdbool.h>
#include <stdlib.h>

#define DIGIT_BITS 12u
#define DIGITS	   (1u << DIGIT_BITS)
#define FEW	   64u /* faster by comparing */

/* The bits of one field that differ between entries: @width of them from @shift. */
struct field {
	unsigned shift, width;
};

/* Address and device above the type, as one number. */
struct packing {
	struct field address, device, type;
};

static int compare(const void *left, const void *right)
{
	const struct tta_order *a = left, *b = right;

	if (a->pair >> 8 != b->pair >> 8)
		return a->pair >> 8 < b->pair >> 8 ? -1 : 1;
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->pair != b->pair)
		return a->pair < b->pair ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

static bool is_sorted(const struct tta_order *list, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (compare(&list[i - 1], &list[i]) > 0)
			return false;
	return true;
}

static struct field field_of(uint64_t differing)
{
	unsigned shift;

	if (differing == 0)
		return (struct field){0, 0};
	shift = (unsigned)__builtin_ctzll(differing);
	return (struct field){shift, 64 - (unsigned)__builtin_clzll(differing) - shift};
}

static struct packing packing_of(const struct tta_order *list, size_t count)
{
	uint64_t address = 0;
	uint32_t pair = 0;

	for (size_t i = 1; i < count; i++) {
		address |= list[i].key ^ list[0].key;
		pair |= list[i].pair ^ list[0].pair;
	}
	return (struct packing){
		.address = field_of(address),
		.device = field_of(pair >> 8),
		.type = field_of(pair & 0xffu),
	};
}

static uint64_t taken(uint64_t value, struct field field)
{
	return field.width == 64
		       ? value
		       : value >> field.shift & ((UINT64_C(1) << field.width) - 1);
}

static uint64_t packed(const struct tta_order *entry, const struct packing *p)
{
	uint64_t key = taken(entry->pair >> 8, p->device);

	key = (p->address.width < 64 ? key << p->address.width : 0) |
	      taken(entry->key, p->address);
	return (p->type.width ? key << p->type.width : key) |
	       taken(entry->pair & 0xffu, p->type);
}

/* One stable round by the digit at @shift of packed keys. */
static void scatter(const struct tta_order *from, struct tta_order *to, size_t count,
		    unsigned shift, uint32_t mask)
{
	uint32_t start[DIGITS] = {0}, sum = 0;

	for (size_t i = 0; i < count; i++)
		start[from[i].key >> shift & mask]++;
	for (size_t d = 0; d <= mask; d++) {
		uint32_t here = start[d];

		start[d] = sum;
		sum += here;
	}
	for (size_t i = 0; i < count; i++)
		to[start[from[i].key >> shift & mask]++] = from[i];
}

struct tta_order *tta__order_sort(struct tta_order *list, struct tta_order *other,
				  size_t count)
{
	struct packing p;
	unsigned bits, rounds, width;

	if (is_sorted(list, count))
		return list;
	p = packing_of(list, count);
	bits = p.address.width + p.device.width + p.type.width;
	if (count <= FEW || bits > 64) {
		qsort(list, count, sizeof(*list), compare);
		return list;
	}
	for (size_t i = 0; i < count; i++)
		list[i].key = packed(&list[i], &p);
	rounds = (bits + DIGIT_BITS - 1) / DIGIT_BITS;
	width = (bits + rounds - 1) / rounds;
	for (unsigned shift = 0; shift < bits; shift += width) {
		struct tta_order *sorted = other;

		scatter(list, sorted, count, shift, (1u << width) - 1);
		other = list;
		list = sorted;
	}
	return list;
}
