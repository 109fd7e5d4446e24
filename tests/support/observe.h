/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * observe.h - what a reader sees of one process, for tests that publish.
 */
#ifndef TTA_OBSERVE_H
#define TTA_OBSERVE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <tta/reader.h>

struct observation {
	struct tta_reader *reader;
	struct tta_sample *sample;
	const struct tta_process *process; /* NULL: not there */
};

/* Sample TTA_DIR and pick @pid; aborts when the directory cannot be read. */
struct observation observe(pid_t pid);
void observe_end(struct observation *o);

/* What the process holds of (device, type); zeros when there is no such row. */
struct tta_memory observe_memory(const struct observation *o, uint32_t device,
				 uint32_t type);
/* Its entry, or NULL. */
const struct tta_buffer *observe_buffer(const struct observation *o, uint32_t device,
					uint32_t type, uint64_t address);

/* Sample until @pid has @verdict and all @notes, at most some seconds; the last one. */
struct observation observe_until(pid_t pid, enum tta_verdict verdict, uint32_t notes);

#endif
