/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * atomic.h - the only place with atomic operations.
 *
 * Every operation names its order; there is no default. Shared words have a type of
 * their own, so that a plain access does not compile. The operations are the
 * compiler's C11/C++11 __atomic builtins: the same header serves C and C++, and
 * ThreadSanitizer understands them (it does not see liburcu's).
 */
#ifndef TTA_ATOMIC_H
#define TTA_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A shared 32-bit word; same size and alignment as uint32_t. */
typedef struct tta_a32 {
	uint32_t word;
} tta_a32;

/* A shared 64-bit word; 8-byte aligned on every ABI. */
typedef struct tta_a64 {
	uint64_t word __attribute__((__aligned__(8)));
} tta_a64;

#define TTA_ATOMIC_FUNCTIONS(bits)                                                       \
	static inline uint##bits##_t tta_load_relaxed##bits(const tta_a##bits *a)        \
	{                                                                                \
		return __atomic_load_n(&a->word, __ATOMIC_RELAXED);                      \
	}                                                                                \
	static inline uint##bits##_t tta_load_acquire##bits(const tta_a##bits *a)        \
	{                                                                                \
		return __atomic_load_n(&a->word, __ATOMIC_ACQUIRE);                      \
	}                                                                                \
	static inline uint##bits##_t tta_load_seq_cst##bits(const tta_a##bits *a)        \
	{                                                                                \
		return __atomic_load_n(&a->word, __ATOMIC_SEQ_CST);                      \
	}                                                                                \
	static inline void tta_store_relaxed##bits(tta_a##bits *a, uint##bits##_t v)     \
	{                                                                                \
		__atomic_store_n(&a->word, v, __ATOMIC_RELAXED);                         \
	}                                                                                \
	static inline void tta_store_release##bits(tta_a##bits *a, uint##bits##_t v)     \
	{                                                                                \
		__atomic_store_n(&a->word, v, __ATOMIC_RELEASE);                         \
	}                                                                                \
	static inline uint##bits##_t tta_add_relaxed##bits(tta_a##bits *a,               \
							   uint##bits##_t v)             \
	{                                                                                \
		return __atomic_fetch_add(&a->word, v, __ATOMIC_RELAXED);                \
	}                                                                                \
	static inline uint##bits##_t tta_add_acq_rel##bits(tta_a##bits *a,               \
							   uint##bits##_t v)             \
	{                                                                                \
		return __atomic_fetch_add(&a->word, v, __ATOMIC_ACQ_REL);                \
	}                                                                                \
	static inline uint##bits##_t tta_add_seq_cst##bits(tta_a##bits *a,               \
							   uint##bits##_t v)             \
	{                                                                                \
		return __atomic_fetch_add(&a->word, v, __ATOMIC_SEQ_CST);                \
	}                                                                                \
	static inline uint##bits##_t tta_or_relaxed##bits(tta_a##bits *a,                \
							  uint##bits##_t v)              \
	{                                                                                \
		return __atomic_fetch_or(&a->word, v, __ATOMIC_RELAXED);                 \
	}                                                                                \
	static inline uint##bits##_t tta_exchange_acq_rel##bits(tta_a##bits *a,          \
								uint##bits##_t v)        \
	{                                                                                \
		return __atomic_exchange_n(&a->word, v, __ATOMIC_ACQ_REL);               \
	}                                                                                \
	/* Strong compare and swap; *expected receives the value seen on failure. */     \
	static inline bool tta_cas_acq_rel##bits(                                        \
		tta_a##bits *a, uint##bits##_t *expected, uint##bits##_t desired)        \
	{                                                                                \
		return __atomic_compare_exchange_n(&a->word, expected, desired, false,   \
						   __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);  \
	}                                                                                \
	static inline bool tta_cas_seq_cst##bits(                                        \
		tta_a##bits *a, uint##bits##_t *expected, uint##bits##_t desired)        \
	{                                                                                \
		return __atomic_compare_exchange_n(&a->word, expected, desired, false,   \
						   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);  \
	}

TTA_ATOMIC_FUNCTIONS(32)
TTA_ATOMIC_FUNCTIONS(64)
#undef TTA_ATOMIC_FUNCTIONS

/* For inlines with external linkage, which may not call static functions. */
#define TTA_LOAD_RELAXED(a) __atomic_load_n(&(a)->word, __ATOMIC_RELAXED)

static inline void tta_fence_acquire(void)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
}

static inline void tta_fence_release(void)
{
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

static inline void tta_fence_seq_cst(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* Orders this thread against its own signal handlers only: no instruction. */
static inline void tta_fence_signal(void)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

#ifdef __cplusplus
}
#endif

#endif
