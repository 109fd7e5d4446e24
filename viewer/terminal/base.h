/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * base.h - baselines of the live view and of text: loaded, or taken now.
 */
#ifndef TTATOP_BASE_H
#define TTATOP_BASE_H

#include "sampler.h"
#include "state.h"

#define BASE_ERROR_SIZE 256

/*
 * Compare with what @name is from now on: @NAME or FILE, reduced to what is selected.
 * 0 or -errno with words in @error; the baseline then stays as it was.
 */
int base_load(struct view_state *state, struct sampler *sampler, const char *name,
	      char error[BASE_ERROR_SIZE]);
/* Compare with the newest sample. */
void base_set(struct view_state *state, struct sampler *sampler);

#endif
