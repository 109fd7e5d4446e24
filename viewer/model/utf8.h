/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * utf8.h - text from strangers, one character at a time, with its width in cells. Does
 * not depend on the locale, so that frames are the same everywhere.
 */
#ifndef TTATOP_UTF8_H
#define TTATOP_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* What stands for a control character, a broken sequence or a direction override. */
#define UTF8_REPLACEMENT '?'

struct utf8_char {
	char text[5]; /* NUL-terminated */
	size_t bytes; /* consumed from the input */
	int width;    /* 0 combining, 1, 2 */
};

/* Decode the character at @text, which is not at its end; hostile ones are replaced. */
struct utf8_char utf8_next(const char *text);

/* Cells that @text takes. */
int utf8_width(const char *text);

/* Encode @code; returns the number of bytes, 0 when it is no character. */
size_t utf8_encode(char text[5], uint32_t code);

/* Remove the last character of @text. */
void utf8_chop(char *text);

#endif
