/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publisher.h - what the files of the publisher share.
 *
 * All private state hangs off the gate, one page that the kernel wipes in a child of
 * fork (MADV_WIPEONFORK). Nothing here calls malloc: libtta must work beneath a malloc
 * that publishes.
 *
 * Files, from the API down:
 *   publish.c      the public event calls
 *   fast.c         the common event, in one piece
 *   event.c        every event: enter, nest, validate, run, leave
 *   steps.h        what both do: note, slot, record
 *   table.c        what an event means: entries, references, views
 *   group.c        members of a group
 *   index.[ch] pool.c address -> slot; slots
 *   counters.c     counter lines and live words
 *   lane.c         claim and recycle
 *   catalog.c      devices, types, labels; mark.c marks; level.c levels
 *   gate.c         attach and exit; birth.c a new segment; leftovers.c ended ones
 *   section.c      growth; memory.c private memory; identity.c, config.c, clock.c
 */
#ifndef TTA_PUBLISHER_H
#define TTA_PUBLISHER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <tta/layout.h>
#include <tta/tta.h>

#include "clock.h"
#include "index.h"
#include "segment_file.h"

#define MAGAZINE_SLOTS	256u /* free slots that one lane keeps, at most */
#define BATCH_SLOTS	64u  /* slots that travel together through the depot */
#define DEFERRED_EVENTS 8u   /* events nested in one event that are kept */
#define LONG_RING_LANES 32u  /* lanes beyond get short rings */
#define SHORT_RING	64u
#define GROW_STEP	8192u  /* bytes; first touch is the pause, so steps are small */
#define GROW_AHEAD	16384u /* bytes of slots that are kept ready: a few batches */
#define HOT_LINES	16u
#define GROUP_CHAINS	1024u

/* ---- config.c: the environment, read once per attach ---- */

struct config {
	bool secure; /* AT_SECURE: publish nothing, believe nothing */
	enum tta_level level;
	bool early;
	bool quiet;
	unsigned mode;
	uint32_t ring_records;
	uint64_t max_bytes; /* 0 = not given */
	uint64_t orphan_ttl_ns;
	const char *run_id;
	char directory[256];
};

void tta__config_read(struct config *config);

/* ---- memory.c: private memory that never moves and is never given back ---- */

struct memory {
	tta_a64 next; /* address of the next free byte of the current chunk */
	tta_a64 end;
	tta_a32 lock;
};

/* Zeroed, 64-byte aligned; NULL when refused. Lock-free for readers, trylock to grow. */
void *tta__memory_take(struct memory *memory, size_t bytes);
/* A large zeroed reservation, touched as used; NULL when refused. */
void *tta__memory_reserve(size_t bytes);
void tta__memory_release(void *base, size_t bytes);
/* Zero a reservation again, giving its pages back. */
void tta__memory_clear(void *base, size_t bytes);

/*
 * A short lock that nobody waits for: the loser does without. The word names the owner,
 * so that a lock held by an event that was left by longjmp can be given back.
 */
bool tta__trylock(tta_a32 *lock);
/* Tries for as long as such a lock is held, preempted once. */
bool tta__trylock_briefly(tta_a32 *lock);
/* For slow calls, which may wait: up to a second. */
bool tta__lock_patiently(tta_a32 *lock);
void tta__unlock(tta_a32 *lock);
/* Give a lock back if this thread holds it; true: it did. */
bool tta__unlock_own(tta_a32 *lock);

/* ---- section.c: a growing array in the segment ---- */

struct section {
	struct tta_section_head *head;
	char *base;
	uint64_t offset;
	uint64_t capacity;
	uint32_t stride;
	tta_a32 lock;	/* held while it grows */
	tta_a64 taken;	/* records handed out */
	tta_a64 backed; /* records with memory behind them */
};

struct publisher;

/* Hand out @count neighbouring records, zeroed; index of the first, or false. */
bool tta__section_take(struct publisher *p, enum tta_section_type type, uint64_t count,
		       uint64_t *ret_first);
/* The same, but leaves @spare records for those who cannot do without. */
bool tta__section_take_sparing(struct publisher *p, enum tta_section_type type,
			       uint64_t count, uint64_t spare, uint64_t *ret_first);
/* Table sections: publish one record that was taken and filled. S1 */
void tta__section_publish(struct section *section, uint64_t count);
/* True for sections whose count is what is backed, not what is filled. */
bool tta__section_counts_backed(enum tta_section_type type);
static inline void *tta__section_at(const struct section *section, uint64_t index)
{
	return section->base + index * section->stride;
}

/* ---- lane.c ---- */

/* One event as the caller told it. */
struct event {
	uint32_t op; /* enum tta_op */
	uint32_t device;
	uint32_t type;
	uint32_t label;
	uint64_t address;
	uint64_t size;
	uint64_t bank_size;
	uint64_t group;
	uint64_t site;
	uint64_t time; /* ticks */
	bool sized;
	bool deferred;
};

/* What the process shares for one (device, type); kept until exit. */
struct place {
	struct tta_live *live; /* NULL: not had yet; RCU */
	/* P4: lanes that insert here, + 2 once the overflow lane did. */
	tta_a32 writers;
	tta_a32 overflow_met;
};

/* A lane's way to its counter line and what goes with it. */
struct line_ref {
	uint64_t key; /* tta_line_key() without lane; 0 = empty */
	struct tta_counter_line *line;
	struct tta_live *live; /* NULL: no live word could be had */
	struct place *place;   /* NULL: not among its writers */
};

/* The same for a line of kind detail that has everything, and what its events have in
 * common: found without a search. */
struct hot_line {
	uint32_t device, type;
	struct tta_counter_line *line;
	struct tta_live *live;
	struct place *place;
	uint64_t what; /* of TTA_OP_ALLOC */
	uint64_t reserved0;
	tta_pair shape; /* the last four words of a slot: place, 1 alloc */
	/* what, thread, refs and extra of a record */
	tta_pair alloc_record, free_record;
	uint64_t reserved[4];
};
_Static_assert(sizeof(struct hot_line) == 128, "an index by shift");

static inline uint32_t hot_index(uint32_t device, uint32_t type)
{
	return (device ^ type << 3) % HOT_LINES;
}

/* What read-side sections cost this process. */
enum sections {
	SECTIONS_NONE,	/* child of fork: level changes watch the lanes instead */
	SECTIONS_LIGHT, /* no fence instruction: membarrier(2) */
	SECTIONS_FENCED,
};

/* Private side of a lane; lives as long as the process. */
struct lane {
	struct tta_lane *shared;
	struct publisher *p;
	struct tta_record *ring;
	uint64_t ring_mask;
	uint32_t thread;
	uint32_t magazine_count;
	/* The last insert, as filled: undone when it was left half-way. */
	uint64_t pending_word;
	uint32_t pending_slot;
	uint32_t index;
	struct tta_slot *pool;
	bool overflow; /* many threads use it at once: locked adds, no ring, no magazine
			*/
	enum sections sections;
	struct hot_line hot[HOT_LINES];
	uint32_t magazine[MAGAZINE_SLOTS];
	struct line_ref *lines; /* open addressing, owner thread only */
	uint32_t line_room, line_count;
	tta_a32 deferred_in;   /* places handed out to own handlers */
	uint32_t deferred_out; /* free-running, as the other */
	tta_a32 deferred_ready[DEFERRED_EVENTS];
	struct event deferred[DEFERRED_EVENTS];
};

/* The line of (device, type) is complete: the next event need not look for it. */
void tta__lane_remember(struct lane *lane, uint32_t device, uint32_t type,
			const struct line_ref *ref);
/* Claim for the calling thread: a dead thread's lane, else a new one, else NULL. */
struct lane *tta__lane_claim(struct publisher *p);
/* A ring for a lane without one, if it can be had. */
void tta__lane_give_ring(struct publisher *p, struct lane *lane);
/* Book what an owner left unfinished. */
void tta__lane_settle(struct lane *lane);

static inline void tta__count(struct lane *lane, enum tta_count which, uint64_t n)
{
	tta_a64 *word = &lane->shared->counts[which];

	if (lane->overflow)
		tta_add_relaxed64(word, n);
	else
		tta_store_relaxed64(word, tta_load_relaxed64(word) + n);
}

/* ---- counters.c ---- */

struct sums {
	uint64_t alloc_bytes, alloc_count, free_bytes, free_count;
};

/* An entry that was published with detail went with its table: nothing was given back.
 * False: that could not be counted. */
bool tta__counters_disown(struct publisher *p, struct lane *lane, uint32_t device,
			  uint32_t type, uint64_t bytes, uint64_t refs);
/* Book @add on (device, type, kind) of a lane; false: booked on the catch-all line. */
bool tta__counters_add(struct publisher *p, struct lane *lane, uint32_t device,
		       uint32_t type, enum tta_line_kind kind, const struct sums *add,
		       uint64_t unsized);
/* Make the copies of all lines of a lane equal again after a death in the middle. */
void tta__counters_repair(struct lane *lane);
/*
 * Count @lane among those who insert at (device, type), before its first put (P4); the
 * place, or NULL when there is no memory for it.
 */
struct place *tta__place_enter(struct publisher *p, struct lane *lane, uint32_t device,
			       uint32_t type);
/* Bring live bytes up; the lane keeps the largest value as its part of the peak. */
static inline void tta__live_raise(struct tta_live *live, struct tta_counter_line *line,
				   uint64_t bytes)
{
	uint64_t now = tta_add_relaxed64(&live->bytes, bytes) + bytes;

	if ((int64_t)now > (int64_t)tta_load_relaxed64(&line->peak))
		tta_store_relaxed64(&line->peak, now);
}

/* ---- pool.c ---- */

/* Private companion of a slot: links of batches and of group chains. */
struct slot_link {
	tta_a32 next;	    /* in a batch or chain: slot + 1, 0 = end */
	tta_a32 next_batch; /* depot: slot + 1 of the next batch's first */
	tta_a32 chained;    /* 1 + the chain that the slot belongs to; 0 = none */
};

static inline struct tta_slot *tta__slot(const struct publisher *p, uint32_t slot);
/* A free slot for @lane; NO_SLOT when the pool cannot grow. */
uint32_t tta__pool_take(struct publisher *p, struct lane *lane);
void tta__pool_give(struct publisher *p, struct lane *lane, uint32_t slot);
/* Give back what an insert left half-way had taken. */
void tta__pool_settle(struct publisher *p, struct lane *lane);

/* ---- table.c ---- */

/* What an event turned out to be. */
struct outcome {
	uint32_t flags; /* TTA_RECORD_* */
	uint32_t refs, views;
	uint64_t size; /* of the record */
	struct sums sums;
	bool detail;  /* the table shows it */
	bool ended;   /* an entry went */
	bool dropped; /* detail was dropped by this event */
};

void tta__table_alloc(struct publisher *p, struct lane *lane, const struct event *ev,
		      struct outcome *out);
void tta__table_free(struct publisher *p, struct lane *lane, const struct event *ev,
		     struct outcome *out);
void tta__table_view(struct publisher *p, struct lane *lane, const struct event *ev,
		     struct outcome *out);
void tta__table_free_view(struct publisher *p, struct lane *lane, const struct event *ev,
			  struct outcome *out);
/*
 * Make live, with one owner, what was put into @hole by a lane that is not alone: @slot,
 * filled with @word; false: others were there first, and the slot was given back.
 */
bool tta__table_settle(struct publisher *p, struct lane *lane, const struct key *key,
		       tta_a64 *hole, uint32_t slot, uint64_t word);
/* End one entry whatever it holds; false: it was gone or is another by now. */
bool tta__table_close(struct publisher *p, struct lane *lane, uint32_t slot,
		      uint64_t word, bool keep_slot, struct event *ev,
		      struct outcome *out);
void tta__table_close_device(struct publisher *p, struct lane *lane, uint32_t device);
/* Empty the table: entries become allocations without detail. */
void tta__table_reset(struct publisher *p, struct lane *lane);

/* ---- group.c ---- */

void tta__group_push(struct publisher *p, uint32_t slot, uint64_t group);
/* A slot of @chain was retired. */
void tta__group_retired(struct publisher *p, struct lane *lane, uint32_t chain);
/* This thread left an event by longjmp, perhaps with a chain in its hands. */
void tta__group_recover(struct publisher *p);
/* Run @close on every member; a member may be gone by then. */
void tta__group_take(struct publisher *p, struct lane *lane, uint32_t device,
		     uint32_t type, uint64_t group);

/* ---- event.c ---- */

/* Any event, however unusual. */
void tta__event_alloc(uint32_t device, uint32_t type, uint64_t address, uint64_t size);
void tta__event_alloc_desc(const struct tta_alloc_desc *desc);
void tta__event_free(uint32_t device, uint32_t type, uint64_t address);
void tta__event_free_sized(uint32_t device, uint32_t type, uint64_t address,
			   uint64_t size);
void tta__event_publish(struct event *ev);

/*
 * Enter and leave as an event does, for slow calls: the lane, or NULL when publishing is
 * off or the thread is inside an event (the call came from a handler: counted).
 */
struct lane *tta__event_enter(struct tta_busy_mark *mark,
			      struct publisher **ret_publisher);
void tta__event_leave(struct publisher *p, struct lane *lane);
/* One closed member: an event of its own. False: the entry changed meanwhile. */
bool tta__event_close_slot(struct publisher *p, struct lane *lane, uint32_t slot,
			   uint64_t word, bool keep_slot);
/* Empty the table, as one event: a death in the middle is said. */
void tta__event_reset(struct publisher *p, struct lane *lane);
/* The record of a mark. */
void tta__event_mark(struct publisher *p, struct lane *lane, uint64_t index);

/* ---- gate.c ---- */

/* tta_thread.attach_id of a thread that has no lane: never in force, as ids are odd. */
#define NO_ATTACH UINT64_C(2)

#define GATE_BYTES   65536 /* a page on every machine */
#define EARLY_EVENTS 64u

enum early { EARLY_NONE, EARLY_FILLED, EARLY_TAKEN, EARLY_DONE };

/* Everything zero, as a child finds it: nothing attached. */
struct gate {
	tta_a64 attach_id; /* A1; 0 = none */
	tta_a64 publisher; /* address */
	/* The level while the common event may run in one piece; changed under RCU. */
	tta_a32 fast_level;
	/* Here, so that an event finds it without another load. */
	struct index index;
	tta_a32 attaching;
	tta_a32 refused; /* the segment could not be made: do not try again */
	tta_a64 lost;	 /* events that found nobody to publish them */
	const struct tta_subject *subject; /* set before the attach, or NULL */
	/* Events of threads that came while another attached. */
	tta_a32 early_taken;
	struct {
		tta_a32 ready; /* enum early */
		struct event ev;
	} early[EARLY_EVENTS];
} __attribute__((aligned(GATE_BYTES)));
extern struct gate tta__gate __attribute__((visibility("hidden")));

/* This thread's kernel id, asked for once. */
uint32_t tta__thread_id(void);

/* The publisher of this process, attached if need be; NULL: off, refused or busy. */
struct publisher *tta__gate_attach(void);
/* The publisher if there is one; attaches nothing. */
struct publisher *tta__gate_attached(void);
/* The publisher if @attach_id is the one in force (A1), else NULL: one load each. */
struct publisher *tta__gate_current(uint64_t attach_id);
/* For slow calls: as tta__gate_attach(), but waits for another thread's attach. */
struct publisher *tta__gate_attach_patiently(void);
/* An event that cannot be published at all: counted once a segment is there. */
void tta__gate_lost(void);
/* Keep an event for whoever attaches; false: not kept (counted unless publishing is off).
 */
bool tta__gate_keep_early(const struct event *ev);
/* The next kept event, once those before are published; given to one caller only, who
 * says when it is done. False: there is none left, and all are published (or given up
 * on). */
bool tta__gate_take_early(struct event *ev, uint32_t *ret_at);
void tta__gate_early_done(uint32_t at);
/* After an entry went in state CLOSED: unlink when it was the last. */
void tta__exit_check(struct publisher *p);

/* ---- level.c ---- */

/* After the level or `closed` changed: whether the common event may take the short way.
 */
void tta__level_follow(struct publisher *p);

/* ---- birth.c, leftovers.c, identity.c, clock.c ---- */

int tta__birth(struct publisher *p, const struct config *config);
/* Remove ended segments of our uid beyond the bounds; returns how many went. */
uint64_t tta__leftovers_remove(const struct publisher *p, const struct config *config);
void tta__identity_fill(struct tta_header *header);
/* Read a small /proc file without stdio; bytes, 0 on error; NUL-terminated. */
size_t tta__read_text(const char *path, char *text, size_t room);

/* ---- the publisher of one attach ---- */

struct device_block {
	struct place place[TTA_TYPE_LIMIT];
};

struct device_page {
	struct device_block *block[256];
};

struct publisher {
	uint64_t attach_id;
	struct tta_header *header;
	char *base;
	uint64_t size;
	struct section section[TTA_SECTION_COUNT + 1];
	struct memory memory;

	tta_a32 level;		/* changed under RCU */
	tta_a32 detail_dropped; /* frees without an entry may be legitimate */
	tta_a32 closed;
	tta_a64 closing_hint; /* a slot that was live when last looked at */
	bool use_rcu;	      /* not in a child of fork: inherited registry locks */

	tta_a32 level_lock;
	tta_a32 catalog_lock;  /* slow calls only */
	tta_a32 lane_refusals; /* claims that failed */
	tta_a32 named_types;   /* next id */

	tta_a64 *lanes; /* address of struct lane, by index; reserved for all */
	struct lane overflow;

	struct device_page *device_page[TTA_DEVICE_LIMIT / 256]; /* RCU */
	struct slot_link *links;
	tta_a64 depot;		     /* tag << 32 | slot + 1 */
	tta_a64 chain[GROUP_CHAINS]; /* slot + 1 */
	tta_a32 chain_lock[GROUP_CHAINS];
	tta_a32 chain_retired[GROUP_CHAINS];
	tta_a32 chain_members[GROUP_CHAINS];
	tta_a32 unchained; /* entries that joined a group without a link */

	uint64_t max_bytes;
	tta_a64 backed_bytes;
	uint64_t fsid;
	uint32_t ring_records;
	bool keep; /* a run id: ended segments stay */
	char directory[256];
	char name[TTA_SEGMENT_NAME_SIZE];
	uint64_t file_device, file_inode;
};

static inline struct tta_slot *tta__slot(const struct publisher *p, uint32_t slot)
{
	return (struct tta_slot *)p->section[TTA_SECTION_POOL].base + slot;
}

/* Detail was dropped: say since when, and let unmatched frees be unmatched. */
void tta__incomplete(struct publisher *p, struct lane *lane, enum tta_count cause);

#endif
