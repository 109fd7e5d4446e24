/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reader.h - read the segments of every process on the machine, changing nothing.
 *
 * A reader lists a directory, maps each segment read-only, trusts no byte of it, and
 * hands out private copies. Everything in a sample belongs to the sample and stays valid
 * until tta_sample_free().
 *
 *	struct tta_reader *reader;
 *	struct tta_sample *sample;
 *
 *	if (tta_reader_open(NULL, &reader))
 *		...
 *	if (tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample))
 *		...
 *	for (size_t i = 0; i < sample->process_count; i++)
 *		printf("%u\n", sample->processes[i].pid);
 *	tta_sample_free(sample);
 *	tta_reader_close(reader);
 *
 * Synchronisation: a reader belongs to one thread at a time; different readers are
 * independent. A sample may be read by any number of threads.
 *
 * Unknown is not zero: TTA_UNKNOWN in a number means that nobody knows.
 *
 * A file that its owner truncates under a mapping raises SIGBUS. tta_reader_open()
 * installs, once per process, a SIGBUS handler that recognises its own copies and hands
 * everything else to the handler that was there before.
 */
#ifndef TTA_READER_H
#define TTA_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tta/export.h>
#include <tta/layout.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TTA_UNKNOWN UINT64_MAX

/* What the owner of a segment is; proven by the kernel (OFD lock, robust mutexes). */
enum tta_verdict {
	TTA_VERDICT_ALIVE = 0,
	TTA_VERDICT_ENDING = 1,	 /* CLOSED, lock still held: counts as alive */
	TTA_VERDICT_ORPHAN = 2,	 /* died with residue */
	TTA_VERDICT_EXITED = 3,	 /* orderly end, residue left */
	TTA_VERDICT_DEAD = 4,	 /* ended, nothing left */
	TTA_VERDICT_UNKNOWN = 5, /* cannot be told */
	TTA_VERDICT_CORRUPT = 6, /* the bytes make no sense; see `problem` */
};

/* Notes beside a verdict. */
#define TTA_NOTE_DEAD_THREAD	1u  /* alive; a lane's thread has ended */
#define TTA_NOTE_NOT_MARKED	2u  /* dead; the kernel did not mark a lane's mutex */
#define TTA_NOTE_BY_MUTEX	4u  /* dead by robust mutex alone: no lock query */
#define TTA_NOTE_USERNS		8u  /* uid in name or header differs from the file's */
#define TTA_NOTE_STRANGER_LOCK	16u /* somebody holds a read lock on byte 0 */
#define TTA_NOTE_ALL_LANES_DEAD 32u /* alive by lock; every lane's thread has ended */
#define TTA_NOTE_FOREIGN_PID                                                             \
	64u /* `pid` is of another namespace and does not translate */

/* Why a part is not exact; a set. */
#define TTA_INEXACT_BUSY      1u   /* an event was in flight during every try */
#define TTA_INEXACT_DROPPED   2u   /* detail was dropped: incomplete_since_ns */
#define TTA_INEXACT_UNCERTAIN 4u   /* events of dead threads: happened or not? */
#define TTA_INEXACT_UNSIZED   8u   /* frees without a size: bytes unknown somewhere */
#define TTA_INEXACT_STALE     16u  /* the table is frozen: level below live */
#define TTA_INEXACT_MISMATCH  32u  /* at rest, table and counters disagree */
#define TTA_INEXACT_NO_TABLE  64u  /* buffers were not asked for, or are not published */
#define TTA_INEXACT_CORRUPT   128u /* something was out of bounds and left out */

/* What a process holds of one (device, type). */
struct tta_memory {
	uint32_t device; /* the publisher's number */
	uint32_t type;
	uint64_t used;	  /* bytes, table-backed and sized ones without detail */
	uint64_t peak;	  /* largest `used` so far */
	uint64_t buffers; /* live entries, TTA_UNKNOWN without the table */
	uint64_t refs;	  /* owner references outstanding */
	uint64_t allocs;
	uint64_t frees;
	uint64_t add_bytes_up; /* tta_add() columns */
	uint64_t add_bytes_down;
	uint64_t table_bytes;	  /* sum over entries, TTA_UNKNOWN without the table */
	uint64_t detail_bytes;	  /* what counters say of the same */
	uint64_t no_detail_bytes; /* live bytes that the table does not show */
};

struct tta_geometry {
	uint32_t type;
	uint32_t banks; /* 0 = unknown, as all of these */
	uint64_t capacity;
	uint64_t bank_size;
	uint64_t reserved;
	uint64_t base;
};

/* A device as one process described it. */
struct tta_device {
	uint32_t number;
	char kind[16];
	char stable_id[40]; /* "" = unknown */
	char arch[24];
	size_t geometry_count;
	const struct tta_geometry *geometry;
};

struct tta_buffer {
	uint64_t address;
	uint64_t size;
	uint64_t bank_size; /* TTA_UNKNOWN = not told */
	uint64_t serial;    /* unique in its segment, not ordered */
	uint64_t time_ns;   /* CLOCK_MONOTONIC of the alloc */
	uint64_t group;	    /* 0 = none */
	uint64_t site;	    /* 0 = unknown */
	uint32_t device;
	uint32_t type;
	uint32_t refs;
	uint32_t views;
	uint32_t allocs;
	uint32_t frees;
	uint32_t flags;		/* TTA_SLOT_FLAG_* */
	uint32_t label;		/* 0 = none */
	const char *label_text; /* "" = none */
};

struct tta_mark_memory {
	uint32_t device;
	uint32_t type;
	uint64_t bytes; /* TTA_UNKNOWN possible */
	uint64_t buffers;
	uint64_t refs;
};

struct tta_mark_info {
	char name[40];
	uint64_t time_ns; /* CLOCK_MONOTONIC */
	bool exact;
	size_t memory_count;
	const struct tta_mark_memory *memory;
};

/* An event in flight when its thread died: nobody knows which of its steps ran. */
struct tta_uncertain {
	uint32_t op; /* enum tta_op */
	uint32_t device;
	uint32_t type;
	uint32_t thread;
	uint64_t address;
	uint64_t size;
};

struct tta_process {
	/* identity */
	char name[128]; /* of the file */
	uint64_t nonce;
	uint64_t inode;
	uint32_t file_uid;   /* st_uid: the truth */
	uint32_t header_uid; /* what the owner said */
	/* Of the subject, else the publisher; in the reader's namespace when it
	 * translates. */
	uint32_t pid;
	uint32_t own_pid;     /* the publisher's, in its namespace */
	uint32_t subject_pid; /* there too: whom it publishes for, 0 = itself */
	uint64_t pidns;
	uint64_t start_time; /* of `pid`: clock ticks after boot, 0 = unknown */
	uint64_t birth_realtime_ns;
	uint64_t birth_mono_ns;
	bool same_boot; /* boot id is this machine's */
	char comm[16];
	char cmdline[688];
	char run_id[64];
	char publisher[24];
	char publisher_version[24];
	uint32_t minor;

	enum tta_verdict verdict;
	uint32_t notes;	  /* TTA_NOTE_* */
	char problem[96]; /* of a corrupt segment; "" */
	enum tta_state state;
	enum tta_level level;
	uint64_t closed_time_ns; /* CLOCK_MONOTONIC, 0 = not closed */
	uint64_t last_event_ns;	 /* CLOCK_MONOTONIC, without tta_add, 0 = none yet */
	/* tta_add takes no time stamp: when this reader first saw the newest; 0 = none.
	 */
	uint64_t last_add_ns;
	uint64_t incomplete_since_ns; /* 0 = complete */
	uint64_t file_bytes;	      /* really allocated */

	/* soundness */
	uint32_t totals_inexact; /* TTA_INEXACT_*; 0 = exact */
	uint32_t buffers_inexact;
	uint64_t events;
	uint64_t uncertain_count;
	size_t uncertain_named; /* of these, in flight in lanes of dead threads */
	const struct tta_uncertain *uncertain;
	uint64_t counts[TTA_COUNT_LIMIT]; /* sums over lanes, by enum tta_count */
	uint64_t lost; /* records overwritten before tta_reader_events() got them */
	uint32_t lanes;
	uint32_t lanes_dead; /* their thread has ended */

	/* content */
	bool residue;	     /* something is left: entries, bytes or uncertain events */
	size_t memory_count; /* sorted by (device, type) */
	const struct tta_memory *memory;
	size_t device_count;
	const struct tta_device *devices;
	size_t type_count; /* named types, besides the built-in ones */
	const struct tta_type_record *types;
	size_t buffer_count; /* sorted by (device, address, type) */
	const struct tta_buffer *buffers;
	size_t mark_count;
	const struct tta_mark_info *marks;
};

/* A file that looks like a segment and could not be read at all. */
struct tta_skipped {
	char name[128];
	uint32_t file_uid;
	int error; /* positive errno: EACCES, EPROTONOSUPPORT (other major), ... */
	char reason[96];
};

struct tta_sample {
	uint64_t realtime_ns;
	uint64_t mono_ns;
	char boot_id[40];
	size_t process_count; /* sorted by (pid, start time, nonce) */
	const struct tta_process *processes;
	size_t skipped_count;
	const struct tta_skipped *skipped;
};

struct tta_reader;

#define TTA_SAMPLE_TOTALS  0u
#define TTA_SAMPLE_BUFFERS 1u
#define TTA_SAMPLE_MARKS   2u
#define TTA_SAMPLE_ALL	   3u

/**
 * tta_reader_open - watch a directory of segments
 * @directory: NULL = $TTA_DIR, else /dev/shm; copied
 *
 * Return: 0; -ENOENT, -EACCES, -ENOTDIR of the directory; -ENOMEM.
 * Async:  not signal-safe. Fork: the child must not use the reader.
 */
TTA_API int tta_reader_open(const char *directory, struct tta_reader **ret_reader);

/** tta_reader_close - unmap everything; NULL is a no-op. Samples stay valid. */
TTA_API void tta_reader_close(struct tta_reader *reader);

/**
 * tta_reader_containers - from the next sample on: the directories of containers too?
 *
 * A container may have a private /dev/shm. With @look each process's view of the reader's
 * directory is listed, through /proc/<pid>/root and where that is permitted: each
 * directory once, as long as a process leads to it. What is not permitted is left out.
 * A directory that is being watched cannot be unmounted. tta_reader_reap() removes in the
 * reader's own directory alone.
 */
TTA_API void tta_reader_containers(struct tta_reader *reader, bool look);

/** tta_reader_directory - what is being watched; valid until close. */
TTA_API const char *tta_reader_directory(const struct tta_reader *reader);

/**
 * tta_reader_sample - copy what every segment holds now
 * @parts: TTA_SAMPLE_*; totals are always there
 *
 * Return: 0; -ENOMEM; the directory's error. Broken segments are no error: they appear
 *         as corrupt processes or as skipped files.
 * Cost:   one directory listing, microseconds per segment; one copy per live buffer of
 *         segments in which something moved since the reader's last sample with the
 *         same @parts. Bounded: never waits for a publisher. The reader keeps the memory
 *         of its newest sample for the next one.
 */
TTA_API int tta_reader_sample(struct tta_reader *reader, unsigned parts,
			      struct tta_sample **ret_sample);

/** tta_sample_free - NULL is a no-op. Any thread, also while the reader samples. */
TTA_API void tta_sample_free(struct tta_sample *sample);

/* One record of a ring, proven not to be torn. */
struct tta_event {
	uint64_t nonce; /* of the segment */
	uint32_t pid;	/* as in tta_process */
	uint32_t lane;
	uint64_t sequence; /* position in its lane */
	uint64_t time_ns;  /* CLOCK_MONOTONIC */
	uint32_t op;	   /* enum tta_op */
	uint32_t device;
	uint32_t type;
	uint32_t thread;
	uint64_t address;
	uint64_t size;
	uint64_t site;
	uint64_t group;
	uint32_t refs;	/* after the event */
	uint32_t views; /* after the event, at most 255 */
	uint32_t flags; /* TTA_RECORD_* */
	uint32_t label;
};

/* What one call of tta_reader_events() got. */
struct tta_events_read {
	uint64_t delivered;
	uint64_t lost; /* overwritten before they could be read */
};

/**
 * tta_reader_events - hand over the records written since the last call
 * @visit: called for each, in order within a lane, lanes one after the other; a
 *         non-zero return ends the call and is returned
 * @read:  NULL or what was delivered and lost, by this call
 *
 * The first call delivers what the rings still hold. Call tta_reader_sample() to notice
 * new segments.
 *
 * Return: 0; what @visit returned; -ENOMEM.
 */
TTA_API int tta_reader_events(struct tta_reader *reader,
			      int (*visit)(void *arg, const struct tta_event *event),
			      void *arg, struct tta_events_read *read);

/* Outcome of an attempt to remove a segment. */
enum tta_reap_result {
	TTA_REAP_REMOVED = 0,
	TTA_REAP_ALIVE = 1,   /* the owner holds its lock */
	TTA_REAP_GONE = 2,    /* the name is gone or leads to another file */
	TTA_REAP_BUSY = 3,    /* another reaper is at it */
	TTA_REAP_DENIED = 4,  /* no permission */
	TTA_REAP_REFUSED = 5, /* not a segment file, or the lock cannot be proven */
	TTA_REAP_LOCKED = 6,  /* somebody else holds a read lock on it */
};

/**
 * tta_reader_reap - remove the segment of a dead process
 * @name:   file name in the reader's directory
 * @inode:  what the name must lead to, 0 = whatever it leads to
 * @before: NULL or called once death is proven (both locks held) and before the file is
 *          removed, to save evidence; a non-zero return leaves the file alone
 *
 * Proves death by taking the OFD write lock on byte 0; byte 1 excludes other reapers. No
 * byte of the segment is written and no mutex of it is locked.
 *
 * Return: enum tta_reap_result, or the negative value that @before returned.
 */
TTA_API int tta_reader_reap(struct tta_reader *reader, const char *name, uint64_t inode,
			    int (*before)(void *arg), void *arg);

/** tta_type_name - name of a built-in type, else of @process's own; "?" when unknown. */
TTA_API const char *tta_type_name(const struct tta_process *process, uint32_t type);

#ifdef __cplusplus
}
#endif

#endif
