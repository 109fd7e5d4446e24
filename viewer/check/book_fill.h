/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * book_fill.h - what the files that fill a book share; private to the layer.
 */
#ifndef TTATOP_CHECK_BOOK_FILL_H
#define TTATOP_CHECK_BOOK_FILL_H

#include "book.h"

/* @device is an index in the snapshot. */
struct check_key check_key_make(const struct snapshot *snapshot, uint32_t device,
				const char *type, uint64_t size, const char *label);
/* By device and type alone. */
int check_key_compare_place(const struct check_key *a, const struct check_key *b);
/* Index of the class, made when it is new. 0 or -ENOMEM. */
int check_book_class(struct check_book *book, const struct check_key *key,
		     size_t *ret_class);
/* The next look, with zeros for the classes so far; NULL without memory. */
struct check_look *check_book_add_look(struct check_book *book);

#endif
