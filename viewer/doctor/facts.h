/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * facts.h - the steps of looking at the machine; private to the doctor.
 */
#ifndef TTATOP_FACTS_H
#define TTATOP_FACTS_H

#include "doctor.h"

uint64_t facts_now_ns(void);
/* Inode of a namespace's link, 0 = not known. */
uint64_t facts_namespace(const char *path);

void facts_directory(const char *path, struct doctor_directory_facts *facts);
/* Until @deadline_ns, of facts_now_ns(). @directory: where our segments are. */
void facts_proc(const char *directory, uint32_t uid, uint64_t deadline_ns,
		struct doctor_proc_facts *facts);
/* 0 or -ENOMEM. */
int facts_devices(const char *directory, struct doctor_device_facts *facts);
void facts_locks(const struct tta_sample *sample, struct doctor_lock_facts *facts);
void facts_terminal(struct doctor_terminal_facts *facts);

#endif
