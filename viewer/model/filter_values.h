/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * filter_values.h - numbers as people type them, in filters and options. Unsigned, no
 * blanks; false when the text is not of that form or does not fit below SNAP_UNKNOWN.
 */
#ifndef TTATOP_FILTER_VALUES_H
#define TTATOP_FILTER_VALUES_H

#include <stdbool.h>
#include <stdint.h>

/* "12" */
bool filter_value_number(const char *text, uint64_t *ret_number);
/* "4096", "64K", "1.5M", "2G", "1T", in powers of 1024 */
bool filter_value_bytes(const char *text, uint64_t *ret_bytes);
/* "90", "0.5s", "500ms", "10m", "1h", "2d" */
bool filter_value_ns(const char *text, uint64_t *ret_ns);
/* "0x3ffff000", "3ffff000" */
bool filter_value_address(const char *text, uint64_t *ret_address);

#endif
