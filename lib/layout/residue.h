/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * residue.h - is anything left in a segment?
 */
#ifndef TTA_RESIDUE_H
#define TTA_RESIDUE_H

#include <stdbool.h>

#include "validate.h"

/*
 * True when @base holds a live entry, live bytes, events without detail or added bytes
 * that were not given back, or an event of which nobody knows whether it happened.
 *
 * @map: as validated, with each capacity lowered to what the caller has proven to be
 *       backed: published records up to there are read. The caller guards the mapping
 *       against SIGBUS.
 * @ret_host_only: NULL, or receives whether all of it is of type TTA_HOST; false when
 *       nothing is left.
 *
 * Stops at the first thing that is left and not of type TTA_HOST. More pairs of device
 * and type without detail than fit the bounded scratch count as residue.
 */
bool tta__mapping_has_residue(const void *base, const struct tta_layout_map *map,
			      bool *ret_host_only);

#endif
