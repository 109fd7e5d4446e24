/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * format.h - numbers to text, the same in every command and screen; pure.
 */
#ifndef TTATOP_FORMAT_H
#define TTATOP_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FORMAT_SIZE	 32
#define FORMAT_TIME_SIZE 40

/* Bytes in powers of 1024 with one letter, at most 5 cells: "0", "512", "36.0K", "8.50G";
 * "-" for zero when @dash; "?" when unknown; exact digits when @exact. Returns @text. */
const char *format_bytes(char text[FORMAT_SIZE], uint64_t bytes, bool dash, bool exact);
/* The same with a sign: "+36.0K", "-1.20M", "0"; "?" when not @known. */
const char *format_change(char text[FORMAT_SIZE], int64_t bytes, bool known, bool exact);
/* Plain counts: "0"/"-", "1224", "12.3k", "?"; never longer than 6. */
const char *format_count(char text[FORMAT_SIZE], uint64_t count, bool dash);
/* Durations in at most 4 cells: "<1s", "4s", "26m", "3h", "9d". */
const char *format_age(char text[FORMAT_SIZE], uint64_t ns);
/* Time between two events: "+176us", "+6.66s", "+12m31s"; "" when unknown. */
const char *format_since(char text[FORMAT_SIZE], uint64_t ns);
/* Local time of day, "12:34:56.123456", from CLOCK_REALTIME; "?" when unknown. */
const char *format_moment(char text[FORMAT_SIZE], uint64_t realtime_ns);
/* RFC 3339 UTC with nanoseconds, from CLOCK_REALTIME. */
const char *format_time(char text[FORMAT_TIME_SIZE], uint64_t realtime_ns);
/* The reverse; false: not of that form. */
bool format_time_parse(const char *text, uint64_t *ret_realtime_ns);
/* "0-3,5" from a sorted list. Cut with "+" when it does not fit. */
const char *format_ranges(char *text, size_t room, const uint32_t *numbers, size_t count);

#endif
