/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * detail_text.h - a line of words that is written in parts and then drawn; detail*.c
 * only.
 */
#ifndef TTATOP_DETAIL_TEXT_H
#define TTATOP_DETAIL_TEXT_H

#include "detail.h"

struct detail_text {
	char text[1024];
	size_t used;
};

void detail_add(struct detail_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Would "   @more" still fit into @cols? */
bool detail_fits(const struct detail_text *text, const char *more, int cols);
/* Add "  ..." if that fits into @cols, else nothing. */
bool detail_part(struct detail_text *text, int cols, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* "   lost records 312", nothing when it is zero. */
void detail_number(struct detail_text *text, const char *name, uint64_t value);
/* Draw and empty it. */
void detail_draw(struct detail_text *text, struct grid *grid, struct rect line,
		 unsigned attr);
/* "  DUP allocated while live   ..." */
void detail_flag_meanings(struct detail_text *text, const struct view_state *state,
			  const struct snap_buffer *buffer);

#endif
