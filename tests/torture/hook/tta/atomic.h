/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * atomic.h - the project's atomic operations, each behind a point where a test can stop
 * the thread. Found before the real one by the objects of torture_step alone.
 */
#ifndef TTA_TORTURE_HOOK_ATOMIC_H
#define TTA_TORTURE_HOOK_ATOMIC_H

/* Each word on its own: the finest steps. */
#define TTA_NO_SIMD 1

#include_next <tta/atomic.h>

void torture_step_point(void);

#undef TTA_LOAD_RELAXED
#undef TTA_LOAD_ACQUIRE
#undef TTA_STORE_RELAXED
#undef TTA_STORE_RELEASE
#define TTA_LOAD_RELAXED(a)                                                              \
	(torture_step_point(), __atomic_load_n(&(a)->word, __ATOMIC_RELAXED))
#define TTA_LOAD_ACQUIRE(a)                                                              \
	(torture_step_point(), __atomic_load_n(&(a)->word, __ATOMIC_ACQUIRE))
#define TTA_STORE_RELAXED(a, v)                                                          \
	(torture_step_point(), __atomic_store_n(&(a)->word, (v), __ATOMIC_RELAXED))
#define TTA_STORE_RELEASE(a, v)                                                          \
	(torture_step_point(), __atomic_store_n(&(a)->word, (v), __ATOMIC_RELEASE))
#define tta_load_relaxed32(...)	 (torture_step_point(), tta_load_relaxed32(__VA_ARGS__))
#define tta_load_relaxed64(...)	 (torture_step_point(), tta_load_relaxed64(__VA_ARGS__))
#define tta_load_acquire32(...)	 (torture_step_point(), tta_load_acquire32(__VA_ARGS__))
#define tta_load_acquire64(...)	 (torture_step_point(), tta_load_acquire64(__VA_ARGS__))
#define tta_load_seq_cst32(...)	 (torture_step_point(), tta_load_seq_cst32(__VA_ARGS__))
#define tta_load_seq_cst64(...)	 (torture_step_point(), tta_load_seq_cst64(__VA_ARGS__))
#define tta_store_relaxed32(...) (torture_step_point(), tta_store_relaxed32(__VA_ARGS__))
#define tta_store_relaxed64(...) (torture_step_point(), tta_store_relaxed64(__VA_ARGS__))
#define tta_store_release32(...) (torture_step_point(), tta_store_release32(__VA_ARGS__))
#define tta_store_release64(...) (torture_step_point(), tta_store_release64(__VA_ARGS__))
#define tta_add_relaxed32(...)	 (torture_step_point(), tta_add_relaxed32(__VA_ARGS__))
#define tta_add_relaxed64(...)	 (torture_step_point(), tta_add_relaxed64(__VA_ARGS__))
#define tta_add_acq_rel64(...)	 (torture_step_point(), tta_add_acq_rel64(__VA_ARGS__))
#define tta_add_seq_cst32(...)	 (torture_step_point(), tta_add_seq_cst32(__VA_ARGS__))
#define tta_add_seq_cst64(...)	 (torture_step_point(), tta_add_seq_cst64(__VA_ARGS__))
#define tta_or_relaxed32(...)	 (torture_step_point(), tta_or_relaxed32(__VA_ARGS__))
#define tta_exchange_acq_rel64(...)                                                      \
	(torture_step_point(), tta_exchange_acq_rel64(__VA_ARGS__))
#define tta_cas_acq_rel32(...) (torture_step_point(), tta_cas_acq_rel32(__VA_ARGS__))
#define tta_cas_acq_rel64(...) (torture_step_point(), tta_cas_acq_rel64(__VA_ARGS__))
#define tta_cas_seq_cst64(...) (torture_step_point(), tta_cas_seq_cst64(__VA_ARGS__))
#define tta_store_pair_relaxed64(...)                                                    \
	(torture_step_point(), tta_store_pair_relaxed64(__VA_ARGS__))
#define tta_fence_signal() (torture_step_point(), tta_fence_signal())

#endif
