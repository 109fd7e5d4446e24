/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nth_call.h - which call of libtta.so fails, told through a shared page.
 */
#ifndef TTA_NTH_CALL_H
#define TTA_NTH_CALL_H

#include <stdbool.h>
#include <stdint.h>

enum fault_call {
	FAULT_NONE,
	FAULT_OPEN,
	FAULT_OPENAT,
	FAULT_FTRUNCATE,
	FAULT_MMAP,
	FAULT_MPROTECT,
	FAULT_MADVISE,
	FAULT_FCNTL,
	FAULT_LINKAT,
	FAULT_RENAME,
	FAULT_ACCESS,
	FAULT_PREAD,
	FAULT_READ,
	FAULT_FSTAT,
	FAULT_STATFS,
	FAULT_FSTATFS,
	FAULT_UNLINK,
	FAULT_CALLS,
};

struct fault_board {
	uint32_t call; /* enum fault_call */
	uint32_t nth;
	int error;
	uint32_t also; /* enum fault_call: all of these fail, with EACCES */
	uint32_t seen; /* calls so far: fewer than `nth` means that nothing failed */
};

#endif
