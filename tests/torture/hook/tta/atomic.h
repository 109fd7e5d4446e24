/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * atomic.h - the project's atomic operations, each behind a point where a test can stop
 * the thread. Found before the real one by the objects of torture_step alone.
 */
#ifndef TTA_TORTURE_HOOK_ATOMIC_H
#define TTA_TORTURE_HOOK_ATOMIC_H

#include_next <tta/atomic.h>

void torture_step_point(void);

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
#define tta_fence_signal()     (torture_step_point(), tta_fence_signal())

#endif
