/* SPDX-License-Identifier: BSD-2-Clause */
#include "utf8.h"

#include <string.h>

struct range {
	uint32_t first, last;
};

/* Combining marks: they take no cell, and a grid has no place for them. */
static const struct range combining[] = {
	{0x0300, 0x036f}, {0x0483, 0x0489},   {0x0591, 0x05bd}, {0x0610, 0x061a},
	{0x064b, 0x065f}, {0x06d6, 0x06dc},   {0x0900, 0x0902}, {0x093c, 0x093c},
	{0x0941, 0x0948}, {0x0e31, 0x0e31},   {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e},
	{0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},   {0x200b, 0x200d}, {0x20d0, 0x20f0},
	{0x302a, 0x302f}, {0x3099, 0x309a},   {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
	{0xfeff, 0xfeff}, {0xe0100, 0xe01ef},
};

/* East Asian wide and full-width forms, and emoji. */
static const struct range wide[] = {
	{0x1100, 0x115f},   {0x231a, 0x231b},	{0x2329, 0x232a},   {0x23e9, 0x23ec},
	{0x2614, 0x2615},   {0x2648, 0x2653},	{0x26a1, 0x26a1},   {0x2705, 0x2705},
	{0x274c, 0x274c},   {0x2e80, 0x303e},	{0x3041, 0x33ff},   {0x3400, 0x4dbf},
	{0x4e00, 0x9fff},   {0xa000, 0xa4cf},	{0xa960, 0xa97f},   {0xac00, 0xd7a3},
	{0xf900, 0xfaff},   {0xfe30, 0xfe6f},	{0xff00, 0xff60},   {0xffe0, 0xffe6},
	{0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

/* Controls and characters that turn the direction of what follows. */
static const struct range hostile[] = {
	{0x0000, 0x001f}, {0x007f, 0x009f}, {0x00ad, 0x00ad}, {0x061c, 0x061c},
	{0x200e, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0xd800, 0xdfff},
	{0xe000, 0xf8ff}, {0xfff0, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe00ff},
};

static int range_has(const struct range *ranges, size_t count, uint32_t code)
{
	for (size_t i = 0; i < count; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return 1;
	return 0;
}
#define RANGE_HAS(ranges, code)                                                          \
	range_has(ranges, sizeof(ranges) / sizeof(*(ranges)), code)

/* Length that a lead byte announces; 0 for a byte that cannot lead. */
static size_t lead_length(unsigned char byte)
{
	if (byte < 0x80)
		return 1;
	if (byte >= 0xc2 && byte <= 0xdf)
		return 2;
	if (byte >= 0xe0 && byte <= 0xef)
		return 3;
	return byte >= 0xf0 && byte <= 0xf4 ? 4 : 0;
}

/* The code point at @text, or UINT32_MAX when the sequence is broken or overlong. */
static uint32_t decode(const char *text, size_t length)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t code;

	if (length == 0)
		return UINT32_MAX;
	code = (unsigned char)text[0] & masks[length];
	for (size_t i = 1; i < length; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return UINT32_MAX;
		code = code << 6 | ((unsigned char)text[i] & 0x3f);
	}
	return code < smallest[length] || code > 0x10ffff ? UINT32_MAX : code;
}

struct utf8_char utf8_next(const char *text)
{
	struct utf8_char result = {.text = {UTF8_REPLACEMENT}, .bytes = 1, .width = 1};
	size_t length = lead_length((unsigned char)text[0]);
	uint32_t code = decode(text, length);

	if (code == UINT32_MAX)
		return result;
	result.bytes = length;
	if (RANGE_HAS(hostile, code))
		return result;
	memcpy(result.text, text, length);
	result.text[length] = '\0';
	if (code >= 0x300 && RANGE_HAS(combining, code))
		result.width = 0;
	else if (code >= 0x1100 && RANGE_HAS(wide, code))
		result.width = 2;
	return result;
}

int utf8_width(const char *text)
{
	int width = 0;

	while (*text) {
		struct utf8_char next = utf8_next(text);

		width += next.width;
		text += next.bytes;
	}
	return width;
}

size_t utf8_encode(char text[5], uint32_t code)
{
	size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};

	if (code > 0x10ffff)
		return 0;
	for (size_t i = length - 1; i > 0; i--) {
		text[i] = (char)(0x80 | (code & 0x3f));
		code >>= 6;
	}
	text[0] = (char)(leads[length] | code);
	text[length] = '\0';
	return length;
}

void utf8_chop(char *text)
{
	size_t length = strlen(text);

	while (length > 0 && ((unsigned char)text[length - 1] & 0xc0) == 0x80)
		length--;
	if (length > 0)
		length--;
	text[length] = '\0';
}
