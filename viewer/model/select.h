/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * select.h - which processes, devices, types and buffers somebody wants to see.
 */
#ifndef TTATOP_SELECT_H
#define TTATOP_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter.h"
#include "snapshot.h"

/* Where processes are known from. */
enum selection_source {
	SOURCE_NATIVE = 1,   /* segments, also those that a bridge publishes */
	SOURCE_TT_METAL = 2, /* tt-metal's own regions */
	SOURCE_DRIVER = 4,   /* holders without either; there unless sources are named */
};

/* Empty lists select everything. */
struct selection {
	uint32_t *pids;
	size_t pid_count;
	char **users; /* names or numbers */
	size_t user_count;
	uint32_t *devices; /* publisher's numbers */
	size_t device_count;
	char **types; /* upper case */
	size_t type_count;
	char *text;	       /* an expression, as it was given; NULL = all */
	struct filter *filter; /* the same, parsed */
	bool dead;	       /* also processes in state dead */
	unsigned sources;      /* set of enum selection_source, 0 = all */
};

/* Parse "1,5", "ml01,0", "0,2-5", "l1,cb". 0, -EINVAL, -ENOMEM. */
int selection_add_pids(struct selection *selection, const char *list);
int selection_add_users(struct selection *selection, const char *list);
int selection_add_devices(struct selection *selection, const char *list);
int selection_add_types(struct selection *selection, const char *list);
/* "native,tt-metal" */
int selection_add_sources(struct selection *selection, const char *list);
bool selection_has_source(const struct selection *selection,
			  enum selection_source source);
/* -EINVAL: filter_parse() says why. */
int selection_set_text(struct selection *selection, const char *text);
void selection_fini(struct selection *selection);

/* What words look at in a process. */
#define SELECTION_TEXT_SIZE 1200
const char *selection_process_text(const struct snap_process *p,
				   char text[SELECTION_TEXT_SIZE]);
/* @process is one of @snapshot's. */
bool selection_has_process(const struct selection *selection,
			   const struct snapshot *snapshot,
			   const struct snap_process *process);
/* By everything but the expression. */
bool selection_has_owner(const struct selection *selection, const struct snap_process *p);
bool selection_has_device(const struct selection *selection, const struct snap_device *d);
bool selection_has_type(const struct selection *selection, const char *type);
/* @owner_text: selection_process_text() of its process. */
bool selection_has_buffer(const struct selection *selection,
			  const struct snapshot *snapshot,
			  const struct snap_buffer *buffer, const char *owner_text);

/*
 * A copy of @snapshot reduced to what is selected, with totals of what is left; buffers,
 * memory rows and devices included. Where an expression chose buffers, memory rows are
 * the sums of those. 0 or -ENOMEM.
 */
int selection_apply(const struct selection *selection, const struct snapshot *snapshot,
		    struct snapshot **ret_snapshot);

#endif
