/* SPDX-License-Identifier: BSD-2-Clause */
#include "csv_text.h"

#include <stdbool.h>
#include <string.h>

void csv_put(FILE *file, const char *text)
{
	bool quote = strpbrk(text, ",\" ") || (*text && strchr("=+-@", *text));

	if (quote)
		fputc('"', file);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"')
			fputc('"', file);
		fputc(c < 0x20 || c == 0x7f ? '?' : c, file);
	}
	if (quote)
		fputc('"', file);
}
