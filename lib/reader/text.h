/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * text.h - strings of a segment, made safe for a terminal.
 */
#ifndef TTA_TEXT_H
#define TTA_TEXT_H

#include <stddef.h>

/*
 * Copy at most @from_size bytes of @from up to its first NUL into @to. Control characters
 * (also C1 and those that change the direction of text) and bytes that are not UTF-8 are
 * left out; tabs and line ends become blanks. @to is always terminated.
 */
void tta__text_copy(char *to, size_t to_size, const char *from, size_t from_size);

#endif
