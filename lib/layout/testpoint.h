/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * testpoint.h - names for the moments between system calls and plain stores at which a
 * test lets the process die. Nothing is left of them but in the test's own compilation.
 */
#ifndef TTA_TESTPOINT_H
#define TTA_TESTPOINT_H

#ifdef TTA_TESTPOINTS
/* All names of a program lie in one section: a test finds those it never reached. */
void tta__testpoint(const char *const *point);
#define TTA_TESTPOINT(name)                                                              \
	do {                                                                             \
		static const char *tta_here                                              \
			__attribute__((section("tta_testpoints"), used)) = name;         \
		tta__testpoint(&tta_here);                                               \
	} while (0)
#else
#define TTA_TESTPOINT(name) ((void)0)
#endif

#endif
