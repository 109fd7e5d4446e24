/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TTA_FAULT_HOST_H
#define TTA_FAULT_HOST_H

/* Buffers of the main thread and of the other one; each frees half of them. */
#define FAULT_HOST_MAIN	  700u
#define FAULT_HOST_THREAD 300u
#define FAULT_HOST_ALLOCS (FAULT_HOST_MAIN + FAULT_HOST_THREAD)
#define FAULT_HOST_FREES  (FAULT_HOST_ALLOCS / 2)
#define FAULT_HOST_OUTPUT "errno changed 0, descriptors 3 and 3\n"
/* Exit status: the fault is too much for the host itself. */
#define FAULT_HOST_CANNOT 77

#endif
