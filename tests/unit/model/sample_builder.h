/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sample_builder.h - samples made by hand, for tests of the model.
 */
#ifndef TTA_SAMPLE_BUILDER_H
#define TTA_SAMPLE_BUILDER_H

#include "snapshot.h"

#define SAMPLE_ROOM 16

/* The clocks of every sample made here. */
#define SAMPLE_REALTIME_NS                                                               \
	UINT64_C(1767616496123456789) /* 2026-01-05T12:34:56.123456789Z */
#define SAMPLE_MONO_NS UINT64_C(1000000000000)

struct sample_builder;

struct sample_builder *sample_new(void);
void sample_delete(struct sample_builder *builder);
struct tta_sample *sample_of(struct sample_builder *builder);

/*
 * A living, exact process of uid 0 at level events, whose last event is a second old and
 * whose nonce is its pid. Change what is returned. Add processes by increasing pid.
 */
struct tta_process *sample_process(struct sample_builder *builder, uint32_t pid);
/* The row of (device, type) of the newest process, made when there is none. */
struct tta_memory *sample_memory(struct sample_builder *builder, uint32_t device,
				 uint32_t type);
/* A buffer of the newest process; its row grows as well. */
struct tta_buffer *sample_buffer(struct sample_builder *builder, uint32_t device,
				 uint32_t type, uint64_t address, uint64_t size);
struct tta_device *sample_device(struct sample_builder *builder, uint32_t number,
				 const char *kind, const char *stable_id);
/* Of the newest device: @banks of @bank_size. */
struct tta_geometry *sample_geometry(struct sample_builder *builder, uint32_t type,
				     uint32_t banks, uint64_t bank_size);
void sample_type(struct sample_builder *builder, uint32_t id, const char *name);
/* With one row of DRAM on device 0. */
struct tta_mark_info *sample_mark(struct sample_builder *builder, const char *name,
				  uint64_t bytes);
void sample_skipped(struct sample_builder *builder, const char *name, int error,
		    const char *reason);

/* Build; fails the test when that fails. */
struct snapshot *sample_snapshot(struct sample_builder *builder);

/* Find things by what identifies them; NULL = not there. */
struct snap_process *find_process(const struct snapshot *snapshot, uint32_t pid);
struct snap_buffer *find_buffer(const struct snapshot *snapshot, uint32_t pid,
				uint64_t addr);
struct snap_device_memory *find_row(const struct snapshot *snapshot, uint32_t device,
				    const char *type);

#endif
