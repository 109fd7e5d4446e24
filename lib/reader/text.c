/* SPDX-License-Identifier: BSD-2-Clause */
#include "text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Bytes of the UTF-8 sequence at @at of @left bytes; 0 = not UTF-8. */
static size_t utf8_length(const unsigned char *at, size_t left, uint32_t *ret_code)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t length;
	uint32_t code;

	if (at[0] < 0x80) {
		*ret_code = at[0];
		return 1;
	}
	if (at[0] < 0xc2 || at[0] > 0xf4)
		return 0;
	length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
	if (length > left)
		return 0;
	code = at[0] & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (at[i] & 0x3fu);
	}
	if (code < smallest[length] || code > 0x10ffff ||
	    (code >= 0xd800 && code < 0xe000))
		return 0;
	*ret_code = code;
	return length;
}

/* Characters that drive a terminal or reorder what follows. */
static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c ||
	       (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

void tta__text_copy(char *to, size_t to_size, const char *from, size_t from_size)
{
	const unsigned char *bytes = (const unsigned char *)from;
	size_t end = strnlen(from, from_size);
	size_t out = 0;

	for (size_t at = 0; at < end;) {
		uint32_t code;
		size_t length = utf8_length(bytes + at, end - at, &code);

		if (length == 1 && (code == '\t' || code == '\n' || code == '\r'))
			code = ' ';
		if (length == 0 || is_control(code)) {
			at += length ? length : 1;
			continue;
		}
		if (out + length >= to_size)
			break;
		memcpy(to + out, bytes + at, length);
		if (length == 1)
			to[out] = (char)code;
		out += length;
		at += length;
	}
	to[out] = '\0';
}
