/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run_id.h - names that no other run has.
 */
#ifndef TTATOP_RUN_ID_H
#define TTATOP_RUN_ID_H

#define RUN_ID_SIZE 64 /* as a segment keeps it */

/* "PREFIX-0123456789abcdef"; a long prefix is cut. 0 or -errno. */
int run_id_make(const char *prefix, char id[RUN_ID_SIZE]);

#endif
