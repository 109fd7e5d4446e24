/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export.h - how symbols of libtta are exported, inlined and hinted.
 *
 * Included by every public header; declares nothing.
 */
#ifndef TTA_EXPORT_H
#define TTA_EXPORT_H

#define TTA_API __attribute__((__visibility__("default")))

/*
 * An inline of the public API. The library holds an out-of-line twin of the same
 * name for other languages, dlsym() and function pointers (GNU inline semantics:
 * this definition never emits a symbol of its own).
 */
#define TTA_INLINE extern inline __attribute__((__gnu_inline__, __always_inline__))

#define TTA_LIKELY(x)	__builtin_expect(!!(x), 1)
#define TTA_UNLIKELY(x) __builtin_expect(!!(x), 0)

#endif
