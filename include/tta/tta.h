/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tta.h - publish device-memory allocations of this process.
 *
 * Each process writes its own segment in the POSIX shared-memory directory; viewers
 * attach read-only. No call here blocks, exits, starts a thread, installs a signal
 * handler, prints (but one line when the segment cannot be made) or changes errno.
 *
 *	tta_alloc(0, TTA_DRAM, address, bytes);   after the memory was obtained
 *	...
 *	tta_free(0, TTA_DRAM, address);           before it can be handed out again
 *
 * The host's duty, on which every count rests: the call for an event returns before its
 * counterpart is issued. Events that break it become dup or unknown frees, never
 * corruption.
 *
 * Synchronisation: X = may run concurrently in any threads
 *
 *                       event   mark/label/type/describe   level_set
 *   event                 X                X                   X
 *   mark/label/type/...   X                X                   X
 *   level_set             X                X                   X
 *
 * Events are safe in signal handlers: one that interrupts another event of its thread is
 * queued and published by it. A first event of a thread inside a handler is best effort;
 * tta_thread_attach() makes it safe. A child of fork() publishes into a segment of its
 * own from its first event on; after exec() nothing is left.
 *
 * Environment (ignored in set-user-id programs, where publishing is off): TTA_LEVEL,
 * TTA_ATTACH, TTA_DIR, TTA_MODE, TTA_RING, TTA_MAX_BYTES, TTA_RUN_ID, TTA_QUIET,
 * TTA_ORPHAN_TTL, TT_ALLOC_TRACKING_ENABLED=0. See tta(7).
 */
#ifndef TTA_TTA_H
#define TTA_TTA_H

#include <stddef.h>
#include <stdint.h>

#include <tta/atomic.h>
#include <tta/export.h>
#include <tta/latch.h>
#include <tta/layout.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Not yet decided: the first event attaches. Never returned by tta_level(). */
#define TTA_LEVEL_UNSET 4u

/* The level in force; read by the inlines, written by the library alone. */
extern TTA_API tta_a32 tta_level_word;

#define TTA_ADD_LINES	 4u
#define TTA_BUSY_MAGIC	 UINT64_C(0x7474615f62757379)
#define TTA_BUSY_OUTSIDE ((uintptr_t)1) /* in tta_thread.busy: no read-side section */
/* Key of a cached line; never 0, and wrong for every type that is out of range. */
#define TTA_ADD_KEY(device, type) (UINT64_C(1) << 40 | (uint64_t)(device) << 8 | (type))

/*
 * On the stack of whoever enters, from enter to leave: an event that finds the busy mark
 * of its thread set looks whether it is still there.
 */
struct tta_busy_mark {
	tta_a64 magic; /* own address ^ TTA_BUSY_MAGIC */
};

/* What the inlines and the library keep per thread. The library's; not for users. */
struct tta_thread {
	uint64_t attach_id;  /* of the segment that the rest belongs to; 2 = none */
	const tta_a64 *gate; /* the attach id in force: 0 in a child of fork */
	void *lane;
	uintptr_t busy;	  /* address of the busy mark of the event in progress */
	tta_a64 deferred; /* handlers queued events meanwhile */
	uint64_t id;	  /* kernel thread id, 0 = not asked for yet */
	struct {
		uint64_t key;
		struct tta_counter_line *line;
	} add[TTA_ADD_LINES]; /* lines of this thread's lane */
};
/* initial-exec: one load; 112 bytes of the room that the loader keeps for dlopen(). */
extern TTA_API __thread struct tta_thread tta_thread
	__attribute__((__tls_model__("initial-exec")));

/* An allocation with everything that is known about it; 0 means not known. */
struct tta_alloc_desc {
	size_t desc_size; /* sizeof(struct tta_alloc_desc), set by the caller */
	uint32_t device;
	uint32_t type;
	uint64_t address;
	uint64_t size;	    /* bytes over all banks */
	uint64_t bank_size; /* bytes in each bank */
	uint64_t group;	    /* freed together by tta_free_group() */
	uint64_t site;	    /* code address of the caller */
	uint32_t label;	    /* from tta_label() */
	uint32_t reserved;
};

/* Geometry of one memory type; 0 means unknown. */
struct tta_memory_info {
	uint32_t type;
	uint32_t banks;
	uint64_t capacity;  /* bytes over all banks */
	uint64_t bank_size; /* bytes of one bank */
	uint64_t reserved;  /* bytes of the capacity that buffers never get */
	uint64_t base;	    /* first address of a bank */
};

struct tta_device_info {
	size_t info_size;      /* sizeof(struct tta_device_info), set by the caller */
	const char *kind;      /* family, "tenstorrent"; at most 15 bytes are kept */
	const char *stable_id; /* serial, UUID, bus address; NULL = unknown; 39 bytes */
	const char *arch;      /* NULL = unknown; 23 bytes */
	const struct tta_memory_info *memory;
	size_t memory_count;
};

/* Out-of-line bodies of the inlines below; level already known not to be off. */
TTA_API void tta_publish_alloc(uint32_t device, uint32_t type, uint64_t address,
			       uint64_t size);
TTA_API void tta_publish_free(uint32_t device, uint32_t type, uint64_t address);
TTA_API void tta_publish_free_sized(uint32_t device, uint32_t type, uint64_t address,
				    uint64_t size);
TTA_API void tta_publish_add(uint32_t device, uint32_t type, int64_t delta_bytes);
/* Run what handlers queued while an inline was busy. */
TTA_API void tta_publish_deferred(void);

#ifndef TTA_OUT_OF_LINE

/**
 * tta_alloc - memory was obtained
 * @device:  number in this process's own numbering, < TTA_DEVICE_LIMIT
 * @type:    enum tta_memory_type or an id from tta_type()
 * @address: device address, also an offset inside each bank; 0 = it has none
 * @size:    bytes over all banks, < TTA_SIZE_LIMIT; 0 is accepted and counted
 *
 * Return:  nothing; what could not be published is counted in the segment.
 * Threads: any. Async: signal-safe (see above). Fork: safe.
 * Cost:    tens of nanoseconds; off: a load and a branch.
 */
TTA_INLINE void tta_alloc(uint32_t device, uint32_t type, uint64_t address, uint64_t size)
{
	if (TTA_UNLIKELY(TTA_LOAD_RELAXED(&tta_level_word) == TTA_OFF))
		return;
	tta_publish_alloc(device, type, address, size);
}

/**
 * tta_free - one owner lets go of an address; before it can be handed out again
 *
 * Takes an owner reference while there is one, else ends a view. An address that is not
 * live counts as an unknown free. Arguments, threads and cost as tta_alloc().
 */
TTA_INLINE void tta_free(uint32_t device, uint32_t type, uint64_t address)
{
	if (TTA_UNLIKELY(TTA_LOAD_RELAXED(&tta_level_word) == TTA_OFF))
		return;
	tta_publish_free(device, type, address);
}

/**
 * tta_free_sized - as tta_free, for callers that know the size
 * @size: bytes; counts at level counters and for addresses without an entry
 */
TTA_INLINE void tta_free_sized(uint32_t device, uint32_t type, uint64_t address,
			       uint64_t size)
{
	if (TTA_UNLIKELY(TTA_LOAD_RELAXED(&tta_level_word) == TTA_OFF))
		return;
	tta_publish_free_sized(device, type, address, size);
}

/**
 * tta_add - count bytes that have no address, in columns of their own
 * @delta_bytes: obtained (> 0) or given back (< 0)
 *
 * Threads: any. Async: signal-safe. Cost: a few nanoseconds, here in the caller, for the
 * last four (device, type) of a thread; else tens of nanoseconds.
 */
TTA_INLINE void tta_add(uint32_t device, uint32_t type, int64_t delta_bytes)
{
	struct tta_thread *t = &tta_thread;
	uint32_t at = (device ^ type) % TTA_ADD_LINES;
	struct tta_busy_mark mark;

	if (TTA_UNLIKELY(TTA_LOAD_RELAXED(&tta_level_word) == TTA_OFF))
		return;
	/* A1 acquire: the line is of the segment in force. A key of 0 matches nothing. */
	if (TTA_UNLIKELY(t->add[at].key != TTA_ADD_KEY(device, type) ||
			 type >= TTA_TYPE_LIMIT || t->busy ||
			 TTA_LOAD_ACQUIRE(t->gate) != t->attach_id)) {
		tta_publish_add(device, type, delta_bytes);
		return;
	}
	TTA_STORE_RELAXED(&mark.magic, (uintptr_t)&mark ^ TTA_BUSY_MAGIC);
	TTA_FENCE_SIGNAL();
	t->busy = (uintptr_t)&mark | TTA_BUSY_OUTSIDE;
	TTA_FENCE_SIGNAL();
	if (delta_bytes >= 0)
		tta_latch_add(t->add[at].line, TTA_COLUMN_ALLOC, (uint64_t)delta_bytes,
			      1);
	else
		tta_latch_add(t->add[at].line, TTA_COLUMN_FREE, 0 - (uint64_t)delta_bytes,
			      1);
	TTA_FENCE_SIGNAL();
	t->busy = 0;
	TTA_FENCE_SIGNAL();
	if (TTA_UNLIKELY(TTA_LOAD_RELAXED(&t->deferred)))
		tta_publish_deferred();
}

#else /* the twins, as symbols of the library */
TTA_API void tta_alloc(uint32_t device, uint32_t type, uint64_t address, uint64_t size);
TTA_API void tta_free(uint32_t device, uint32_t type, uint64_t address);
TTA_API void tta_free_sized(uint32_t device, uint32_t type, uint64_t address,
			    uint64_t size);
TTA_API void tta_add(uint32_t device, uint32_t type, int64_t delta_bytes);
#endif

/**
 * tta_alloc_ex - tta_alloc() with label, group, site and bank size
 * @desc: borrowed for the call
 *
 * Threads, async, fork and cost as tta_alloc().
 */
TTA_API void tta_alloc_ex(const struct tta_alloc_desc *desc);

/**
 * tta_alloc_failed - the device was out of memory
 * @size: bytes that were asked for
 *
 * A record and a count. Threads, async, fork and cost as tta_alloc().
 */
TTA_API void tta_alloc_failed(uint32_t device, uint32_t type, uint64_t size);

/**
 * tta_view - an alias of an address appeared; it owns nothing and adds no bytes
 *
 * On an address that is not live the entry holds views alone (dangling, 0 bytes).
 * Threads, async, fork and cost as tta_alloc().
 */
TTA_API void tta_view(uint32_t device, uint32_t type, uint64_t address, uint64_t size);

/** tta_free_view - one view ended. As tta_view(). */
TTA_API void tta_free_view(uint32_t device, uint32_t type, uint64_t address);

/**
 * tta_free_group - every entry of a group ends, owners and views
 * @group: as in tta_alloc_desc; 0 does nothing
 *
 * Closes each entry whose alloc returned before this call began; each is an event of its
 * own, counted as closed. Threads: any. Async: not signal-safe.
 * Cost: in proportion to the members.
 */
TTA_API void tta_free_group(uint32_t device, uint32_t type, uint64_t group);

/**
 * tta_device_close - every entry of a device ends
 *
 * As tta_free_group(). Cost: in proportion to the live entries of the process.
 */
TTA_API void tta_device_close(uint32_t device);

/**
 * tta_device_describe - say what a device is; again replaces what was said
 * @info: borrowed for the call
 *
 * Return:  0; -EINVAL size, number or type; -ENOSPC no room; -ENODEV publishing is off.
 * Threads: any. Async: not signal-safe. May wait for a lock of other such calls.
 */
TTA_API int tta_device_describe(uint32_t device, const struct tta_device_info *info);

/**
 * tta_type - the id of a named memory type, made on first use
 * @name: at most 27 bytes are kept
 *
 * Return:  id; TTA_TYPE_LIMIT when there is no room or publishing is off (events with
 *          it are rejected and counted).
 * Threads: any. Async: not signal-safe. Keep the id; in a forked child ask again.
 */
TTA_API uint32_t tta_type(const char *name);

/**
 * tta_label - the id of a text, made on first use
 * @text: at most 63 bytes are kept
 *
 * Return:  id; 0 (no label) when there is no room or publishing is off.
 * Threads: any. Async: not signal-safe. Keep the id; in a forked child ask again.
 */
TTA_API uint32_t tta_label(const char *text);

/**
 * tta_mark - keep what every (device, type) holds now, under a name
 * @name: at most 39 bytes are kept
 *
 * Return:  0; -ENOSPC no room; -EBUSY other such calls take too long; -ENODEV publishing
 *          is off, or another thread is just attaching. What is refused is no event.
 * Threads: any. Async: not signal-safe. Cost: a scan of the table.
 */
TTA_API int tta_mark(const char *name);

/**
 * tta_level_set - how much is published from now on
 *
 * Leaving TTA_LIVE freezes the entries (viewers show them stale); coming back empties
 * the table and starts a new generation.
 *
 * Return:  0; -EINVAL level; -EBUSY another thread changes it, or events of other
 *          threads did not end in time; -ENODEV no segment could be made.
 * Threads: any. Async: not signal-safe. May wait for a grace period (milliseconds): not
 *          inside a read-side section of liburcu-bp.
 */
TTA_API int tta_level_set(enum tta_level level);

/** tta_level - the level in force. Any thread, signal-safe, one load. */
TTA_API enum tta_level tta_level(void);

/**
 * tta_thread_attach - claim this thread's lane now, so that events in handlers are safe
 *
 * Return: 0; -EAGAIN no lane could be had (its events go to the overflow lane);
 *         -ENODEV publishing is off.
 */
TTA_API int tta_thread_attach(void);

/** tta_version - "major.minor.patch" of the library; static storage. */
TTA_API const char *tta_version(void);

#ifdef __cplusplus
}
#endif

#endif
