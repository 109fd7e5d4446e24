/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * match.h - what is the same thing in two documents?
 *
 * By address: the same segment and serial; for two looks at the same processes. By class:
 * the same device, type, size and label, counted through; for two different runs.
 */
#ifndef TTATOP_MATCH_H
#define TTATOP_MATCH_H

#include "snapshot.h"

enum match_mode { MATCH_ADDRESS, MATCH_CLASS };

/* "address", "class", or "auto": by address when the documents share a segment, or when
 * one has none to match. 0 or -EINVAL. */
int match_parse(const char *word, const struct snapshot *base, const struct snapshot *now,
		enum match_mode *ret_mode);
const char *match_name(enum match_mode mode);

/* Order of devices, also of different documents: by kind and id, else by number. */
int match_compare_devices(const struct snap_device *a, const struct snap_device *b);
/* By device, type, size and label. */
int match_compare_classes(const struct snapshot *of_a, const struct snap_buffer *a,
			  const struct snapshot *of_b, const struct snap_buffer *b);
/* Per buffer: the how-manieth of its class it is, by address. 0 or -ENOMEM; free() it. */
int match_ordinals(const struct snapshot *snapshot, uint32_t **ret_ordinals);

#endif
