/* SPDX-License-Identifier: BSD-2-Clause */
#include "folded_text.h"

void folded_put(FILE *file, const char *separator, const char *name)
{
	fputs(separator, file);
	for (const unsigned char *c = (const unsigned char *)name; *c; c++)
		fputc(*c == ';' ? ',' : *c < 0x20 || *c == 0x7f ? '?' : *c, file);
}

void folded_put_label(FILE *file, const char *separator, const char *label)
{
	folded_put(file, separator, label[0] ? label : "(no label)");
}
