/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "json_write.h"
#include "report.h"

char *check_clean_text(const char *text)
{
	json_t *valid = json_text(text); /* UTF-8, as in the documents */
	char *copy = valid ? strdup(json_is_null(valid) ? "" : json_string_value(valid))
			   : NULL;

	json_decref(valid);
	for (char *c = copy; c && *c; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
		else if (*c == '\xc2' && (unsigned char)c[1] < 0xa0) /* C1 */
			c[0] = c[1] = '?';
	}
	return copy;
}
