/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proc_look.h - what /proc says of one process that may publish.
 */
#ifndef TTATOP_PROC_LOOK_H
#define TTATOP_PROC_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct proc_look {
	uint32_t pid, uid;
	char comm[16];
	bool has_library; /* maps libtta*.so */
	char off_by[48];  /* "TTA_LEVEL=off", "" = not known to be off */
	bool maps_denied, environ_denied;
};

/* The first line of a file, without its end. False: it cannot be read. */
bool proc_line(const char *path, char *text, size_t room);
/*
 * Look at @pid; its environment only when it is of user @uid, or that is root. False:
 * there is no such process here.
 */
bool proc_look_at(uint32_t pid, uint32_t uid, struct proc_look *ret_look);
/* Segments of @directory as process @pid sees it. */
size_t proc_look_segments(uint32_t pid, const char *directory);

#endif
