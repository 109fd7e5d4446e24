/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * atomic.h - the project's atomic operations, each behind a point where a test can stop
 * the thread or let the process die. Found before the real one by the objects of the
 * tests that compile the publisher once more.
 */
#ifndef TTA_HOOK_ATOMIC_H
#define TTA_HOOK_ATOMIC_H

/* Each word on its own: the finest steps. */
#define TTA_NO_SIMD 1

#include <stddef.h>

#include_next <tta/atomic.h>

/* @stored: the word that is about to be written; NULL: a load or a fence. */
void hook_point(const void *stored);

#undef TTA_LOAD_RELAXED
#undef TTA_LOAD_ACQUIRE
#undef TTA_STORE_RELAXED
#undef TTA_STORE_RELEASE
#define TTA_LOAD_RELAXED(a)                                                              \
	(hook_point(NULL), __atomic_load_n(&(a)->word, __ATOMIC_RELAXED))
#define TTA_LOAD_ACQUIRE(a)                                                              \
	(hook_point(NULL), __atomic_load_n(&(a)->word, __ATOMIC_ACQUIRE))
#define TTA_STORE_RELAXED(a, v)                                                          \
	(hook_point(a), __atomic_store_n(&(a)->word, (v), __ATOMIC_RELAXED))
#define TTA_STORE_RELEASE(a, v)                                                          \
	(hook_point(a), __atomic_store_n(&(a)->word, (v), __ATOMIC_RELEASE))
#define tta_load_relaxed32(...)	     (hook_point(NULL), tta_load_relaxed32(__VA_ARGS__))
#define tta_load_relaxed64(...)	     (hook_point(NULL), tta_load_relaxed64(__VA_ARGS__))
#define tta_load_acquire32(...)	     (hook_point(NULL), tta_load_acquire32(__VA_ARGS__))
#define tta_load_acquire64(...)	     (hook_point(NULL), tta_load_acquire64(__VA_ARGS__))
#define tta_load_seq_cst32(...)	     (hook_point(NULL), tta_load_seq_cst32(__VA_ARGS__))
#define tta_load_seq_cst64(...)	     (hook_point(NULL), tta_load_seq_cst64(__VA_ARGS__))
#define tta_store_relaxed32(a, v)    (hook_point(a), tta_store_relaxed32(a, v))
#define tta_store_relaxed64(a, v)    (hook_point(a), tta_store_relaxed64(a, v))
#define tta_store_release32(a, v)    (hook_point(a), tta_store_release32(a, v))
#define tta_store_release64(a, v)    (hook_point(a), tta_store_release64(a, v))
#define tta_add_relaxed32(a, v)	     (hook_point(a), tta_add_relaxed32(a, v))
#define tta_add_relaxed64(a, v)	     (hook_point(a), tta_add_relaxed64(a, v))
#define tta_add_acq_rel32(a, v)	     (hook_point(a), tta_add_acq_rel32(a, v))
#define tta_add_acq_rel64(a, v)	     (hook_point(a), tta_add_acq_rel64(a, v))
#define tta_add_seq_cst32(a, v)	     (hook_point(a), tta_add_seq_cst32(a, v))
#define tta_add_seq_cst64(a, v)	     (hook_point(a), tta_add_seq_cst64(a, v))
#define tta_or_relaxed32(a, v)	     (hook_point(a), tta_or_relaxed32(a, v))
#define tta_or_relaxed64(a, v)	     (hook_point(a), tta_or_relaxed64(a, v))
#define tta_exchange_acq_rel32(a, v) (hook_point(a), tta_exchange_acq_rel32(a, v))
#define tta_exchange_acq_rel64(a, v) (hook_point(a), tta_exchange_acq_rel64(a, v))
#define tta_cas_acq_rel32(a, e, v)   (hook_point(a), tta_cas_acq_rel32(a, e, v))
#define tta_cas_acq_rel64(a, e, v)   (hook_point(a), tta_cas_acq_rel64(a, e, v))
#define tta_cas_seq_cst32(a, e, v)   (hook_point(a), tta_cas_seq_cst32(a, e, v))
#define tta_cas_seq_cst64(a, e, v)   (hook_point(a), tta_cas_seq_cst64(a, e, v))

/* Its halves one after the other, as a processor without AVX may store them. */
static inline void hook_store_pair(tta_a64 *a, tta_pair pair)
{
	TTA_STORE_RELAXED(a, pair[0]);
	TTA_STORE_RELAXED(a + 1, pair[1]);
}
#define tta_store_pair_relaxed64 hook_store_pair
#define tta_fence_signal()	 (hook_point(NULL), tta_fence_signal())

#endif
