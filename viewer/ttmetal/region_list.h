/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * region_list.h - the regions of a directory, and the processes that they name. Files are
 * read, never mapped (one may shrink) and never written.
 */
#ifndef TTATOP_REGION_LIST_H
#define TTATOP_REGION_LIST_H

#include "region.h"

/* What can be said of a slot's process; nothing here is a proof. */
enum region_life {
	REGION_ALIVE,
	REGION_STALE,  /* no process has this pid here */
	REGION_REUSED, /* one has, but it began after the slot was written */
};

struct region_owner {
	enum region_life life;
	uint64_t start_time;	  /* clock ticks after boot, 0 = unknown */
	uint64_t start_mono_ns;	  /* 0 = unknown */
	uint64_t updated_mono_ns; /* 0 = not to be told: the clock's epoch is unknown */
};

struct region_file {
	char name[48];
	uint64_t id;	  /* from the name */
	bool has_chip_id; /* else the name holds the logical device number */
	uint32_t uid, mode;
	int error; /* positive errno of opening or reading; 0 = read */
	enum region_verdict verdict;
	bool in_flux; /* it changed at every try: counters of several instants */
	struct region region;
	struct region_owner owners[REGION_SLOTS]; /* beside region.slots */
};

struct region_list {
	size_t count; /* sorted by id */
	struct region_file *files;
};

/* 0 or -ENOMEM; a directory that cannot be read has none. */
int region_list_read(const char *directory, struct region_list *ret_list);
void region_list_fini(struct region_list *list);

#endif
