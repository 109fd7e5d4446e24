/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * subject.h - publish for another process, as a bridge does. Not in libtta.so: for
 * programs of this project that link the publisher statically.
 */
#ifndef TTA_SUBJECT_H
#define TTA_SUBJECT_H

#include <stdint.h>

struct tta_subject {
	uint32_t pid;	     /* in this process's namespace; 0 = nobody can tell */
	uint64_t start_time; /* as in struct tta_header */
	const char *comm, *cmdline;
	const char *publisher; /* who says it */
};

/*
 * Before this process's first event; @subject is borrowed until then. In a child of fork
 * again: it starts without one.
 */
void tta__subject_set(const struct tta_subject *subject);

#endif
