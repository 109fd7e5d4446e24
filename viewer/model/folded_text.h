/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * folded_text.h - frames of folded stacks ("a;b;c 12"), as tools for flame graphs read
 * them.
 */
#ifndef TTATOP_FOLDED_TEXT_H
#define TTATOP_FOLDED_TEXT_H

#include <stdio.h>

/* @separator, then @name as a frame: a separator inside it would make two of it. */
void folded_put(FILE *file, const char *separator, const char *name);
/* The same; what has no label has a frame that says so. */
void folded_put_label(FILE *file, const char *separator, const char *label);

#endif
