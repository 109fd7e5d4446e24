/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rcu.h - liburcu, flavour bp, with its read-side sections in the caller: a few
 * instructions, without a call. Its header allows that for these small functions,
 * whatever the licence of the caller.
 *
 * Who defines TTA_LIGHT_RCU enters only where the library needs no fence instruction in
 * read-side sections: urcu_bp_has_sys_membarrier, see membarrier(2).
 */
#ifndef TTA_RCU_H
#define TTA_RCU_H

#ifdef __SANITIZE_ADDRESS__
/* It does not align its readers as their type demands: called, where the undefined-
 * behaviour sanitizer does not look. The library then has its own fences. */
#include <urcu-bp.h>
#define urcu_bp_has_sys_membarrier 1
#else
#define _LGPL_SOURCE		    /* the name until 0.13 */
#define URCU_INLINE_SMALL_FUNCTIONS /* and after */
#ifdef TTA_LIGHT_RCU
#define CONFIG_RCU_FORCE_SYS_MEMBARRIER
#endif
#include <urcu-bp.h>
#endif

#endif
