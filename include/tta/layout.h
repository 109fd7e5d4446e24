/* SPDX-License-Identifier: BSD-2-Clause */
/* clang-format off: the table */
/*
 * layout.h - every byte of a segment: a versioned ABI, one definition for all programs.
 *
 * A segment is one sparse file in the POSIX shared-memory directory, written by exactly
 * one process. Page 0 holds the header, the section heads and the overflow lane; every
 * section is an array of equal records at a fixed file offset, with a count that only
 * grows. Records below the count are backed by memory; nothing else may be touched by a
 * reader (reading a hole through a mapping allocates it).
 *
 * Edges (each ordered access in the code cites one of these):
 *
 *  edge kind       release side                    acquire side
 *       carries
 *  H1   exclusive  segment_publish: linkat         reader: open
 *       header, heads
 *  H2   validated  state and level stores          reader: state load
 *       what they announce
 *  S1   exclusive  section growth: count           section count load
 *       records below the count
 *  L1   validated  ring_append: head               ring read: head
 *       record words
 *  L2   validated  ring_append: fence before words ring read: fence, head again
 *       that old words are being overwritten
 *  L3   validated  note_begin: fence before note   lane read: note
 *       the in-flight record
 *  L4   validated  note_end: events                lane read: events
 *       the event's effects
 *  C1   validated  latch: sequence                 latch read: sequence
 *       one whole copy
 *  C2   validated  latch: sequence release         free columns, acquire
 *       allocs before frees
 *  P1   validated  table: word to LIVE             slot read: word
 *       slot fields
 *  P2   validated  table: fence before the fields  slot read: fence, word again
 *       that the slot is being reused
 *  P3   exclusive  index: hole release store, CAS  index look-up: acquire
 *       slot fields, in the process
 *  P4   Dekker     count writers, put, look again  the same in the other thread
 *       one entry per address
 *  D1   exclusive  depot push: CAS                 depot pop: CAS
 *       links of a batch
 *  G1   exclusive  group push: CAS                 group take: exchange
 *       links of a chain
 *  A1   exclusive  gate publish: attach id         event: attach id
 *       publisher state, lines kept per thread
 */
/* clang-format on */
#ifndef TTA_LAYOUT_H
#define TTA_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#include <tta/atomic.h>

#ifdef __cplusplus
#define TTA_STATIC_ASSERT(cond, text) static_assert(cond, text)
extern "C" {
#else
#define TTA_STATIC_ASSERT(cond, text) _Static_assert(cond, text)
#endif

#define TTA_AT(type, member, offset)                                                     \
	TTA_STATIC_ASSERT(offsetof(type, member) == (offset),                            \
			  #type "." #member " moved: bump TTA_SEGMENT_MAJOR")
#define TTA_SIZE(type, bytes)                                                            \
	TTA_STATIC_ASSERT(sizeof(type) == (bytes),                                       \
			  #type " changed size: bump TTA_SEGMENT_MAJOR")

/* Version of the bytes. A reader refuses another major, and accepts any minor. */
#define TTA_SEGMENT_MAJOR 1u
#define TTA_SEGMENT_MINOR 0u

#define TTA_MAGIC	"TTASEG\r\n" /* 8 bytes, no terminator */
#define TTA_BYTE_ORDER	0x01020304u
#define TTA_HEADER_SIZE 4096u
#define TTA_PAGE_SIZE	4096u  /* unit of section offsets, on every machine */
#define TTA_NAME_PREFIX "tta." /* tta.<major>.<uid>.<pid>.<start time>.<nonce> */

/* Limits that the layout imposes. */
#define TTA_DEVICE_LIMIT 65536u		     /* device numbers are < this */
#define TTA_TYPE_LIMIT	 256u		     /* type ids are < this */
#define TTA_LABEL_LIMIT	 65536u		     /* label ids are < this; 0 = no label */
#define TTA_REFS_LIMIT	 65535u		     /* owner references of one entry */
#define TTA_VIEWS_LIMIT	 16383u		     /* views of one entry */
#define TTA_SIZE_LIMIT	 (UINT64_C(1) << 62) /* a buffer is smaller than this */
#define TTA_SECTION_MAX	 32u		     /* heads a reader follows */

/* Built-in memory types; ids from TTA_TYPE_FIRST_NAMED are named by the process. */
enum tta_memory_type {
	TTA_DRAM = 0,
	TTA_L1 = 1,
	TTA_SYSTEM = 2,
	TTA_L1_SMALL = 3,
	TTA_TRACE = 4,
	TTA_CB = 5,
	TTA_KERNEL = 6,
	TTA_HOST = 7,
	TTA_TYPE_BUILTIN_COUNT = 8,
	TTA_TYPE_FIRST_NAMED = 16,
};

enum tta_state {
	TTA_STATE_BIRTH = 0, /* never visible under a segment name */
	TTA_STATE_LIVE = 1,
	TTA_STATE_CLOSED = 2, /* orderly end began; late events still count */
};

enum tta_level {
	TTA_OFF = 0,
	TTA_COUNTERS = 1, /* counts and sized bytes, no table */
	TTA_LIVE = 2,	  /* also the table of live buffers */
	TTA_EVENTS = 3,	  /* also a record of each event */
};

enum tta_clock_kind {
	TTA_CLOCK_TSC = 1,
	TTA_CLOCK_MONOTONIC = 2, /* ticks are nanoseconds */
};

/* Header flags. */
#define TTA_FLAG_NO_OFD 1u /* the OFD lock could not be proven at birth */

enum tta_section_type {
	TTA_SECTION_DEVICES = 1,       /* struct tta_device_record */
	TTA_SECTION_DEVICE_MEMORY = 2, /* struct tta_device_memory_record */
	TTA_SECTION_TYPES = 3,	       /* struct tta_type_record */
	TTA_SECTION_LABELS = 4,	       /* struct tta_label_record; id = index + 1 */
	TTA_SECTION_MARKS = 5,	       /* struct tta_mark_record */
	TTA_SECTION_MARK_ROWS = 6,     /* struct tta_mark_row */
	TTA_SECTION_LANES = 7,	       /* struct tta_lane */
	TTA_SECTION_RINGS = 8,	       /* struct tta_record; lanes point into it */
	TTA_SECTION_COUNTERS = 9,      /* struct tta_counter_line */
	TTA_SECTION_LIVE = 10,	       /* struct tta_live */
	TTA_SECTION_POOL = 11,	       /* struct tta_slot */
	TTA_SECTION_COUNT = 11,
};

/* Head of one section; chained by file offset, unknown types are skipped. */
struct tta_section_head {
	uint32_t type;	   /* enum tta_section_type */
	uint32_t version;  /* of the record, 1 */
	uint32_t stride;   /* bytes from record to record */
	uint32_t flags;	   /* 0 */
	uint64_t offset;   /* file offset of record 0 */
	uint64_t capacity; /* records that fit, most of them holes */
	tta_a64 count;	   /* published records; S1 */
	uint64_t next;	   /* file offset of the next head, 0 ends */
	uint64_t reserved[2];
};
TTA_SIZE(struct tta_section_head, 64);
TTA_AT(struct tta_section_head, offset, 16);
TTA_AT(struct tta_section_head, capacity, 24);
TTA_AT(struct tta_section_head, count, 32);
TTA_AT(struct tta_section_head, next, 40);

enum tta_op {
	TTA_OP_NONE = 0,
	TTA_OP_ALLOC = 1,
	TTA_OP_FREE = 2,
	TTA_OP_VIEW = 3,
	TTA_OP_FREE_VIEW = 4,
	TTA_OP_ALLOC_FAILED = 5,
	TTA_OP_CLOSE = 6, /* a member that ended by free_group or device_close */
	TTA_OP_MARK = 7,  /* address = index of the mark */
	TTA_OP_ADD = 8,	  /* only as a note in flight; never in a ring */
	TTA_OP_COUNT = 9,
};

/* Record flags: what the event turned out to be. */
#define TTA_RECORD_DUP	     1u	  /* alloc of a live address */
#define TTA_RECORD_SIZE	     2u	  /* its size differed from the entry's */
#define TTA_RECORD_UNKNOWN   4u	  /* free without an entry */
#define TTA_RECORD_UNMATCHED 8u	  /* the same, but detail was dropped before */
#define TTA_RECORD_DANGLING  16u  /* left or made an entry of views alone */
#define TTA_RECORD_NO_DETAIL 32u  /* counted, not in the table */
#define TTA_RECORD_UNSIZED   64u  /* no size was told */
#define TTA_RECORD_DEFERRED  128u /* came from a signal handler inside an event */

/* One event; also the note of the event in flight. All words are atomic, relaxed. */
struct tta_record {
	tta_a64 sequence; /* position in the ring: proves the record */
	tta_a64 time;	  /* ticks of the header's clock */
	tta_a64 address;
	tta_a64 size;
	tta_a32 what;	/* op | type << 8 | device << 16 */
	tta_a32 thread; /* kernel thread id in the publisher's pid namespace */
	tta_a32 refs;	/* owner references after the event */
	tta_a32 extra;	/* label | flags << 16 | views after (saturated) << 24 */
	tta_a64 site;	/* call site, 0 = unknown */
	tta_a64 group;	/* 0 = none */
};
TTA_SIZE(struct tta_record, 64);
TTA_AT(struct tta_record, what, 32);
TTA_AT(struct tta_record, site, 48);

/*
 * What a lane counts besides bytes. Single writer: the lane's thread; in the overflow
 * lane locked adds.
 */
enum tta_count {
	TTA_COUNT_UNKNOWN_FREES = 0,
	TTA_COUNT_UNMATCHED = 1,
	TTA_COUNT_CLOSED = 2,
	TTA_COUNT_DUPS = 3,
	TTA_COUNT_SIZE_CHANGES = 4,
	TTA_COUNT_VIEWS = 5,
	TTA_COUNT_VIEW_FREES = 6,
	TTA_COUNT_ALLOC_FAILED = 7,
	TTA_COUNT_ADDRESS_ZERO = 8,
	TTA_COUNT_SIZE_ZERO = 9,
	TTA_COUNT_DANGLING = 10,
	TTA_COUNT_REJECTED_DEVICE = 11,
	TTA_COUNT_REJECTED_TYPE = 12,
	TTA_COUNT_REJECTED_SIZE = 13,
	/* Detail dropped, by cause: each makes the segment incomplete. */
	TTA_COUNT_DROPPED_SLOT = 16,  /* no slot: the pool could not grow */
	TTA_COUNT_DROPPED_INDEX = 17, /* no place in the index */
	TTA_COUNT_DROPPED_LINE = 18,  /* no counter line: booked without (device, type) */
	TTA_COUNT_DROPPED_NESTED = 19,	/* more than 8 events inside one event: lost */
	TTA_COUNT_DROPPED_REFS = 20,	/* reference or view count saturated */
	TTA_COUNT_DROPPED_ATTACH = 21,	/* came while another thread attached: lost */
	TTA_COUNT_SIZE_RAISE_LOST = 22, /* entry ended while its size was being raised */
	/* Record not written, bytes and table are right. */
	TTA_COUNT_NO_RECORD = 24,
	TTA_COUNT_LIMIT = 40,
};

/*
 * What one publishing thread owns. The mutex is robust, process-shared and NORMAL; only
 * threads of the segment's own process ever lock it, everybody else loads its word.
 */
struct tta_lane {
	unsigned char
		mutex[64]; /* pthread_mutex_t; lock word at header.mutex_lock_offset */
	/* written by the owner thread */
	/* stored together, at the end of an event */
	tta_a64 events;	      /* finished events, without tta_add; L4 */
	tta_a64 last_time;    /* ticks of the newest of them */
	tta_a64 head;	      /* next ring position to write; L1 */
	tta_a64 ring_offset;  /* file offset of the ring, 0 = no ring */
	tta_a32 ring_records; /* power of two, 0 = no ring */
	tta_a32 thread;	      /* kernel thread id of the owner */
	tta_a32 claims;	      /* owners so far */
	tta_a32 reserved0;
	tta_a64 note;	   /* events + 1 while one is in flight; L3 */
	tta_a64 uncertain; /* events of dead owners that may not have happened */
	struct tta_record in_flight; /* address, size, what and thread alone */
	tta_a64 counts[TTA_COUNT_LIMIT];
};
TTA_SIZE(struct tta_lane, 512);
TTA_AT(struct tta_lane, events, 64);
TTA_AT(struct tta_lane, last_time, 72);
TTA_AT(struct tta_lane, head, 80);
TTA_AT(struct tta_lane, ring_offset, 88);
TTA_AT(struct tta_lane, ring_records, 96);
TTA_AT(struct tta_lane, note, 112);
TTA_AT(struct tta_lane, in_flight, 128);
TTA_AT(struct tta_lane, counts, 192);

/* What a counter line counts. */
enum tta_line_kind {
	TTA_LINE_DETAIL = 1,	/* events that the table also shows */
	TTA_LINE_NO_DETAIL = 2, /* address 0, dropped detail, level counters */
	TTA_LINE_ADD = 3,	/* tta_add: alloc_* up, free_* down */
	/* alloc_* of TTA_LINE_DETAIL that a table which started anew shows no more. */
	TTA_LINE_DISOWNED = 4,
	TTA_LINE_LIMIT,
};

/* A lane index in keys: the overflow lane, which has no index. */
#define TTA_LANE_OVERFLOW 0xffffffu

/* Key of a counter line; kind > 0, so a key is never 0. */
static inline uint64_t tta_line_key(uint32_t lane, uint32_t device, uint32_t type,
				    uint32_t kind)
{
	return (uint64_t)lane << 32 | (uint64_t)device << 16 | (uint64_t)type << 8 | kind;
}

/* Monotonic sums; what is outstanding is the difference. */
struct tta_sums {
	tta_a64 alloc_bytes;
	tta_a64 alloc_count;
	tta_a64 free_bytes;
	tta_a64 free_count;
};

/*
 * Counters of one (lane, device, type, kind): a latch. The copy of index
 * (sequence & 1) is whole at every instant, also after a death in the middle.
 * Lines of the overflow lane have many writers: they use copy 0 with locked adds and
 * leave the sequence 0.
 */
struct tta_counter_line {
	tta_a64 sequence; /* C1, C2 */
	tta_a64 key;	  /* tta_line_key(); 0 = not handed out yet */
	struct tta_sums copy[2];
	tta_a64 peak;	 /* largest live bytes this lane got back from the live word */
	tta_a64 unsized; /* frees whose bytes are unknown */
	tta_a64 missed;	 /* bytes that could not be added to the live word yet; signed */
	uint64_t reserved[3];
};
TTA_SIZE(struct tta_counter_line, 128);
TTA_AT(struct tta_counter_line, copy, 16);
TTA_AT(struct tta_counter_line, peak, 80);
TTA_AT(struct tta_counter_line, unsized, 88);

/* Live bytes of one (device, type): every lane adds to it, which makes peaks exact. */
struct tta_live {
	tta_a64 key;   /* device << 16 | type << 8 | 1 */
	tta_a64 bytes; /* signed */
	uint64_t reserved[6];
};
TTA_SIZE(struct tta_live, 64);

static inline uint64_t tta_live_key(uint32_t device, uint32_t type)
{
	return (uint64_t)device << 16 | (uint64_t)type << 8 | 1u;
}

/*
 * A slot of the pool: one live buffer. Everything that decides is in `word`, changed
 * by CAS alone:
 *
 *   63          33   32     31        18 17         2 1    0
 *   | generation  | joined |   views    |    refs    | state |
 *
 * A generation is one identity of an entry; (generation, slot) is its serial. `joined`
 * says that more than one call made the entry what it is: only then may somebody besides
 * the last owner still change its size.
 */
enum tta_slot_state {
	TTA_SLOT_FREE = 0,
	/* Being filled, or not yet proven the only one; with refs or views: about to
	 * become live by a store, so that nobody else may change the word. */
	TTA_SLOT_TENTATIVE = 1,
	TTA_SLOT_LIVE = 2,
	TTA_SLOT_RETIRED = 3, /* ended, still linked in its group's chain */
};

#define TTA_SLOT_FLAG_DUP  1u /* allocated while live */
#define TTA_SLOT_FLAG_SIZE 2u /* allocated while live with another size */

#define TTA_SIZE_TAKEN	      UINT64_MAX       /* slot.size once the entry has ended */
#define TTA_SIZE_LEAVING      (UINT64_MAX - 1) /* while, or since, its last owner leaves */
#define TTA_BANK_SIZE_UNKNOWN UINT32_MAX       /* given, but too large for the field */

struct tta_slot {
	tta_a64 word; /* P1, P2 */
	tta_a64 address;
	tta_a64 size;	   /* bytes over all banks */
	tta_a64 group;	   /* 0 = none */
	tta_a64 origin;	   /* site << 16 | label */
	tta_a64 time;	   /* ticks of the (first) alloc */
	tta_a32 place;	   /* device | type << 16 | flags << 24 */
	tta_a32 allocs;	   /* owner allocations so far; frees = allocs - refs */
	tta_a32 bank_size; /* bytes per bank, 0 = not told */
	tta_a32 reserved;
};
TTA_SIZE(struct tta_slot, 64);
TTA_AT(struct tta_slot, origin, 32);
TTA_AT(struct tta_slot, place, 48);
TTA_AT(struct tta_slot, bank_size, 56);

#define TTA_SLOT_JOINED (UINT64_C(1) << 32)

static inline uint64_t tta_slot_word(uint32_t generation, uint32_t views, uint32_t refs,
				     uint32_t state)
{
	return (uint64_t)generation << 33 | (uint64_t)views << 18 | (uint64_t)refs << 2 |
	       state;
}
static inline uint32_t tta_slot_state(uint64_t word)
{
	return (uint32_t)word & 3u;
}
static inline uint32_t tta_slot_refs(uint64_t word)
{
	return (uint32_t)(word >> 2) & 0xffffu;
}
static inline uint32_t tta_slot_views(uint64_t word)
{
	return (uint32_t)(word >> 18) & 0x3fffu;
}
static inline uint32_t tta_slot_generation(uint64_t word)
{
	return (uint32_t)(word >> 33);
}

/* Description of a device; a later record of the same number replaces an earlier one. */
struct tta_device_record {
	uint32_t number;
	uint32_t reserved0;
	uint64_t time;	    /* ticks */
	char kind[16];	    /* family: "tenstorrent", "cuda", "host"; NUL-terminated */
	char stable_id[40]; /* serial number, UUID or bus address; "" = unknown */
	char arch[24];
	uint64_t reserved[4];
};
TTA_SIZE(struct tta_device_record, 128);
TTA_AT(struct tta_device_record, kind, 16);
TTA_AT(struct tta_device_record, stable_id, 32);
TTA_AT(struct tta_device_record, arch, 72);

/* Geometry of one memory type of a device; later records replace earlier ones. */
struct tta_device_memory_record {
	uint32_t device;
	uint32_t type;
	uint64_t capacity;	 /* bytes over all banks, 0 = unknown */
	uint64_t bank_size;	 /* bytes of one bank, 0 = unknown */
	uint64_t reserved_bytes; /* of the capacity, not available to buffers */
	uint32_t banks;		 /* 0 = unknown */
	uint32_t reserved0;
	uint64_t base; /* first address of a bank */
	uint64_t reserved[2];
};
TTA_SIZE(struct tta_device_memory_record, 64);
TTA_AT(struct tta_device_memory_record, banks, 32);

struct tta_type_record {
	uint32_t id;
	char name[28]; /* NUL-terminated */
};
TTA_SIZE(struct tta_type_record, 32);

struct tta_label_record {
	char text[64]; /* NUL-terminated */
};
TTA_SIZE(struct tta_label_record, 64);

struct tta_mark_record {
	uint64_t time;	    /* ticks */
	uint64_t first_row; /* index in the mark rows */
	uint32_t rows;
	uint32_t exact; /* 1 = no event was in flight while the rows were taken */
	char name[40];	/* NUL-terminated */
};
TTA_SIZE(struct tta_mark_record, 64);

/* What one (device, type) held at a mark. */
struct tta_mark_row {
	uint32_t mark;
	uint32_t device;
	uint32_t type;
	uint32_t flags; /* 1 = bytes unknown */
	uint64_t bytes;
	uint64_t buffers;
	uint64_t refs;
	uint64_t reserved[3];
};
TTA_SIZE(struct tta_mark_row, 64);

/*
 * Page 0. Everything up to `state` is constant once the segment is visible (H1); the
 * rest is atomic.
 */
struct tta_header {
	char magic[8];
	uint32_t byte_order;
	uint32_t major;
	uint32_t minor;
	uint32_t header_size;
	uint64_t fingerprint; /* tta_layout_fingerprint() of the writer */
	uint64_t nonce;
	uint64_t file_size;	/* virtual: most of it is holes */
	uint64_t first_section; /* file offset of the first head */
	uint32_t section_count;
	uint32_t page_size; /* of the machine */
	uint32_t uid;
	uint32_t pid;	     /* in the publisher's pid namespace */
	uint64_t pidns;	     /* inode of that namespace, 0 = unknown */
	uint64_t start_time; /* field 22 of /proc/self/stat, 0 = unknown */
	uint64_t birth_realtime_ns;
	uint64_t birth_mono_ns;
	uint32_t mutex_size;	    /* sizeof(pthread_mutex_t) */
	uint32_t mutex_lock_offset; /* of the futex word inside it */
	uint32_t flags;		    /* TTA_FLAG_* */
	uint32_t clock_kind;	    /* enum tta_clock_kind */
	uint64_t clock_base_ticks;  /* ns = base_ns + ((ticks - base_ticks) * mult >>
				       shift) */
	uint64_t clock_base_ns;	    /* of CLOCK_MONOTONIC */
	uint64_t clock_mult;
	uint32_t clock_shift;	  /* < 64 */
	uint32_t overflow_offset; /* file offset of the overflow lane */
	char boot_id[40];
	char comm[16];
	char publisher[24];
	char publisher_version[24];
	char run_id[64];
	char cmdline[688]; /* arguments separated by blanks */
	/* Whom this process publishes for, as a bridge does; comm and cmdline are then
	 * the subject's. Locks, threads and `pid` are the publisher's: they prove who
	 * writes. */
	uint64_t subject_start_time; /* as start_time, 0 = unknown */
	uint32_t subject_pid;	     /* in the publisher's pid namespace, 0 = itself */
	uint32_t reserved0;

	tta_a32 state;		  /* enum tta_state; H2 */
	tta_a32 level;		  /* enum tta_level; H2 */
	tta_a64 closed_time;	  /* ticks, 0 = not closed */
	tta_a64 incomplete_since; /* ticks of the first dropped detail, 0 = complete */
	tta_a64 table_generation; /* grows when the table starts anew */
	tta_a64 level_time;	  /* ticks of the last change of level */
	tta_a64 unlinked;	  /* ticks when the owner removed the name, 0 = not */
	tta_a64 reaped; /* ended segments that this process removed at its start */
	uint64_t reserved[121];

	struct tta_lane overflow; /* shared by all threads that could not get a lane */
	struct tta_section_head sections[16];
	uint64_t tail[64];
};
TTA_SIZE(struct tta_header, TTA_HEADER_SIZE);
TTA_AT(struct tta_header, fingerprint, 24);
TTA_AT(struct tta_header, nonce, 32);
TTA_AT(struct tta_header, uid, 64);
TTA_AT(struct tta_header, pidns, 72);
TTA_AT(struct tta_header, start_time, 80);
TTA_AT(struct tta_header, mutex_size, 104);
TTA_AT(struct tta_header, clock_base_ticks, 120);
TTA_AT(struct tta_header, boot_id, 152);
TTA_AT(struct tta_header, comm, 192);
TTA_AT(struct tta_header, run_id, 256);
TTA_AT(struct tta_header, cmdline, 320);
TTA_AT(struct tta_header, subject_start_time, 1008);
TTA_AT(struct tta_header, subject_pid, 1016);
TTA_AT(struct tta_header, state, 1024);
TTA_AT(struct tta_header, closed_time, 1032);
TTA_AT(struct tta_header, overflow, 2048);
TTA_AT(struct tta_header, sections, 2560);

#ifdef __cplusplus
}
#endif

#endif
