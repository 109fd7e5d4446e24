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
#define TTA_LOAD_RELAXED(a)	__atomic_load_n(&(a)->word, __ATOMIC_RELAXED)
#define TTA_LOAD_ACQUIRE(a)	__atomic_load_n(&(a)->word, __ATOMIC_ACQUIRE)
#define TTA_STORE_RELAXED(a, v) __atomic_store_n(&(a)->word, (v), __ATOMIC_RELAXED)
#define TTA_STORE_RELEASE(a, v) __atomic_store_n(&(a)->word, (v), __ATOMIC_RELEASE)
#define TTA_FENCE_RELEASE()	__atomic_thread_fence(__ATOMIC_RELEASE)
#define TTA_FENCE_SIGNAL()	__atomic_signal_fence(__ATOMIC_SEQ_CST)

/*
 * Two neighbouring words, 16-byte aligned: relaxed, each whole, in no order. On x86-64
 * one instruction moves both (aligned 16-byte accesses are atomic where there is AVX:
 * Intel SDM 3 "Guaranteed Atomic Operations", AMD APM 2 7.3.2; earlier processors move
 * halves, each of them whole). ThreadSanitizer, and whoever defines TTA_NO_SIMD, gets
 * two accesses.
 */
typedef uint64_t tta_pair __attribute__((__vector_size__(16), __may_alias__));
#ifdef __cplusplus
#define TTA_PAIR(first, second) (tta_pair{(first), (second)})
#else
#define TTA_PAIR(first, second) ((tta_pair){(first), (second)})
#endif

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) && !defined(TTA_NO_SIMD)
#define TTA_NO_SIMD 1
#endif
#endif
#if defined(__SANITIZE_THREAD__) && !defined(TTA_NO_SIMD)
#define TTA_NO_SIMD 1
#endif

#if defined(__SSE2__) && !defined(TTA_NO_SIMD)
#define TTA_SIMD	     1
#define TTA_PAIR_LOAD(a)     (*(const volatile tta_pair *)(const void *)(a))
#define TTA_PAIR_STORE(a, v) (*(volatile tta_pair *)(void *)(a) = (v))
#else
#define TTA_SIMD 0
#define TTA_PAIR_LOAD(a)                                                                 \
	TTA_PAIR(TTA_LOAD_RELAXED((const tta_a64 *)(a)),                                 \
		 TTA_LOAD_RELAXED((const tta_a64 *)(a) + 1))
#define TTA_PAIR_STORE(a, v)                                                             \
	(TTA_STORE_RELAXED((tta_a64 *)(a), (v)[0]),                                      \
	 TTA_STORE_RELAXED((tta_a64 *)(a) + 1, (v)[1]))
#endif

static inline void tta_store_pair_relaxed64(tta_a64 *a, tta_pair pair)
{
	TTA_PAIR_STORE(a, pair);
}

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
