/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * select.h - which processes, devices, types and buffers somebody wants to see.
 */
#ifndef TTATOP_SELECT_H
#define TTATOP_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snapshot.h"

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
	char *text; /* case-insensitive words, '|' = or; NULL = all */
	bool dead;  /* also processes in state dead */
};

/* Parse "1,5", "ml01,0", "0,2-5", "l1,cb". 0, -EINVAL, -ENOMEM. */
int selection_add_pids(struct selection *selection, const char *list);
int selection_add_users(struct selection *selection, const char *list);
int selection_add_devices(struct selection *selection, const char *list);
int selection_add_types(struct selection *selection, const char *list);
int selection_set_text(struct selection *selection, const char *text);
void selection_fini(struct selection *selection);

/* Does @haystack match the selection's text? NULL text matches. */
bool selection_text_matches(const char *text, const char *haystack);
bool selection_has_process(const struct selection *selection,
			   const struct snap_process *p);
bool selection_has_device(const struct selection *selection, const struct snap_device *d);
bool selection_has_type(const struct selection *selection, const char *type);
bool selection_has_buffer(const struct selection *selection,
			  const struct snapshot *snapshot,
			  const struct snap_buffer *buffer);

/*
 * A copy of @snapshot reduced to what is selected, with totals of what is left; buffers,
 * memory rows and devices included. 0 or -ENOMEM.
 */
int selection_apply(const struct selection *selection, const struct snapshot *snapshot,
		    struct snapshot **ret_snapshot);

#endif
