/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * setup.h - from the command line to a view_state, for live view and text alike.
 */
#ifndef TTATOP_SETUP_H
#define TTATOP_SETUP_H

#include "options.h"
#include "sampler.h"
#include "state.h"

/*
 * Apply --view, -s, -c, -t, --bytes, -U and the locale. 0, or 2 after a line on stderr
 * that says which word is wrong and which are right; 1 after a list that was asked for.
 */
int setup_view(struct view_state *state, const struct options *options);
/* The same over what a view_state was set up with already: view_init() and more. */
int setup_options(struct view_state *state, const struct options *options);
/* Load what -B names. 0, or 2 after a line on stderr. */
int setup_base(struct view_state *state, struct sampler *sampler,
	       const struct options *options);

#endif
