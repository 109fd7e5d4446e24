/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bank.h - one bank of a memory type: its addresses, and who else lies in it. All banks
 * of an interleaved buffer look alike, so one stands for all. Private to the model.
 */
#ifndef TTATOP_BANK_H
#define TTATOP_BANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snapshot.h"

#define BANK_APART_MAX 8

/* Addresses of a bank that are described as another type's. */
struct bank_apart {
	uint64_t begin, end;
	const char *type;
};

struct bank {
	const char *type;
	uint64_t begin, end;
	struct bank_apart apart[BANK_APART_MAX]; /* in order */
	size_t apart_count;
};

/* What lies between two buffers, or what is left of it. */
struct bank_gap {
	uint64_t begin, end;
	const char *apart; /* whose it is; NULL: free for the bank's own type */
};

/* False: it is not described where the bank of that memory row begins and ends. */
bool bank_of(const struct snap_device *device, size_t row, struct bank *ret_bank);
/*
 * Do buffers of @type lie in this bank? Circular buffers and kernels share L1; types with
 * addresses of their own inside it are set apart.
 */
bool bank_holds(const struct bank *bank, const char *type);
/* Circular buffers and kernels have no bank of their own: they live in that of L1. */
bool bank_guest(const char *type, const char *other);
/* Where @buffer ends in each of @banks; false: not known. */
bool bank_buffer_end(const struct snap_buffer *buffer, uint64_t banks, uint64_t *ret_end);
/* The first piece of [*at, @end), which then begins behind it; false: nothing left. */
bool bank_next_gap(const struct bank *bank, uint64_t *at, uint64_t end,
		   struct bank_gap *ret_gap);

#endif
