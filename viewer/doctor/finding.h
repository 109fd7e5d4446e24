/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * finding.h - how checks say what they found; and the checks.
 */
#ifndef TTATOP_FINDING_H
#define TTATOP_FINDING_H

#include "doctor.h"

void found_ok(struct doctor_finding *finding, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));
/* @try: one command. */
void found_warn(struct doctor_finding *finding, const char *try, const char *format, ...)
	__attribute__((__format__(__printf__, 3, 4)));
void found_fail(struct doctor_finding *finding, const char *try, const char *format, ...)
	__attribute__((__format__(__printf__, 3, 4)));
/* Add to the text. */
void found_more(struct doctor_finding *finding, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));
/* "s" unless there is one. */
const char *plural(uint64_t count);
/* Without a sample nothing can be said of segments: true, and said. */
bool found_unreadable(const struct doctor_facts *facts, struct doctor_finding *finding);

bool process_ended(const struct tta_process *process);
bool process_alive(const struct tta_process *process);
/* Has this process a segment here? */
bool publishes(const struct doctor_facts *facts, uint32_t pid);

void check_shm_dir(const struct doctor_facts *facts, struct doctor_finding *f);
void check_shm_segments(const struct doctor_facts *facts, struct doctor_finding *f);
void check_shm_stale(const struct doctor_facts *facts, struct doctor_finding *f);
void check_publisher_live(const struct doctor_facts *facts, struct doctor_finding *f);
void check_publisher_version(const struct doctor_facts *facts, struct doctor_finding *f);
void check_publisher_disabled(const struct doctor_facts *facts, struct doctor_finding *f);
void check_publisher_library(const struct doctor_facts *facts, struct doctor_finding *f);
void check_publisher_rejects(const struct doctor_facts *facts, struct doctor_finding *f);
void check_consistency(const struct doctor_facts *facts, struct doctor_finding *f);
void check_lock(const struct doctor_facts *facts, struct doctor_finding *f);
void check_ns_pid(const struct doctor_facts *facts, struct doctor_finding *f);
void check_ns_shm(const struct doctor_facts *facts, struct doctor_finding *f);
void check_hidepid(const struct doctor_facts *facts, struct doctor_finding *f);
void check_holders(const struct doctor_facts *facts, struct doctor_finding *f);
void check_region(const struct doctor_facts *facts, struct doctor_finding *f);
void check_term_type(const struct doctor_facts *facts, struct doctor_finding *f);
void check_term_size(const struct doctor_facts *facts, struct doctor_finding *f);
void check_term_locale(const struct doctor_facts *facts, struct doctor_finding *f);
void check_term_colors(const struct doctor_facts *facts, struct doctor_finding *f);
void check_clock(const struct doctor_facts *facts, struct doctor_finding *f);
void check_version(const struct doctor_facts *facts, struct doctor_finding *f);

#endif
