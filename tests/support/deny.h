/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * deny.h - a system call that fails from now on, in this process and its children.
 */
#ifndef TTA_DENY_H
#define TTA_DENY_H

#include <stdbool.h>
#include <stdint.h>

#define DENY_ANY UINT32_MAX

/*
 * Let @call fail with @error; when @value is not DENY_ANY, only calls whose second
 * argument is @value. False when the kernel does not let us.
 */
bool deny(long call, uint32_t value, int error);

#endif
