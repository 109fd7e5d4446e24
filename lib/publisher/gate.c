/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gate.c - the way from an event to the publisher, and who attaches it when.
 *
 * The gate is a page of its own that the kernel wipes in a child (MADV_WIPEONFORK): the
 * child of fork or clone reads zeros, which is the state before the first attach, and
 * touches nothing of its parent's segment. vfork children share the page, rightly.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/single_threaded.h>
#include <unistd.h>

#include "publisher.h"
#include "residue.h"
#include "testpoint.h"

struct gate tta__gate;

/* Not wiped: what a child keeps. */
/* Nobody who is not here can hold liburcu's locks: the process that loaded the library,
 * and children that a single thread forked. */
static pid_t rcu_pid;
static bool fork_alone;
static tta_a32 fork_lock; /* held while a descriptor of ours is open */
static tta_a32 warned;	  /* the one line was printed */

tta_a32 tta_level_word = {TTA_LEVEL_UNSET};

struct publisher *tta__gate_current(uint64_t attach_id)
{
	/* A1 acquire: the publisher was stored before its id. Weaker: a thread works on a
	 * half-made publisher. Bites: torture_attach. */
	if (attach_id == 0 || tta_load_acquire64(&tta__gate.attach_id) != attach_id)
		return NULL;
	return (struct publisher *)(uintptr_t)tta_load_relaxed64(&tta__gate.publisher);
}

/* Events that found nobody are counted in the segment, by whoever sees both. */
static void book_lost(struct publisher *p)
{
	uint64_t lost = tta_exchange_acq_rel64(&tta__gate.lost, 0);

	if (!lost)
		return;
	tta__incomplete(p, &p->overflow, TTA_COUNT_DROPPED_ATTACH);
	tta__count(&p->overflow, TTA_COUNT_DROPPED_ATTACH, lost - 1);
}

struct publisher *tta__gate_attached(void)
{
	return tta__gate_current(tta_load_acquire64(&tta__gate.attach_id));
}

void tta__gate_lost(void)
{
	struct publisher *p;

	tta_add_relaxed64(&tta__gate.lost, 1);
	tta_fence_seq_cst();
	p = tta__gate_attached();
	if (p)
		book_lost(p);
}

bool tta__gate_keep_early(const struct event *ev)
{
	uint32_t at;

	if (tta_load_relaxed32(&tta__gate.refused) ||
	    tta_load_relaxed32(&tta_level_word) == TTA_OFF)
		return false;
	at = tta_add_relaxed32(&tta__gate.early_taken, 1);
	if (at >= EARLY_EVENTS)
		return false;
	tta__gate.early[at].ev = *ev;
	/* A1: either the attacher finds it, or this thread finds the publisher. */
	tta_store_release32(&tta__gate.early[at].ready, EARLY_FILLED);
	tta_fence_seq_cst();
	return true;
}

/* How many were ever kept. */
static uint32_t early_count(void)
{
	uint32_t count = tta_load_acquire32(&tta__gate.early_taken);

	return count < EARLY_EVENTS ? count : EARLY_EVENTS;
}

/* Others publish it, who may be preempted: at most about a millisecond. */
static void await_early(uint32_t at)
{
	for (unsigned tries = 0; tries < 1000; tries++) {
		if (tta_load_acquire32(&tta__gate.early[at].ready) != EARLY_TAKEN)
			return;
		sched_yield();
	}
}

bool tta__gate_take_early(struct event *ev, uint32_t *ret_at)
{
	for (uint32_t i = 0; i < early_count(); i++) {
		uint32_t ready = EARLY_FILLED;

		/* One after another: a free must not overtake its alloc. */
		await_early(i);
		if (!tta_cas_acq_rel32(&tta__gate.early[i].ready, &ready, EARLY_TAKEN))
			continue;
		*ev = tta__gate.early[i].ev;
		*ret_at = i;
		return true;
	}
	return false;
}

void tta__gate_early_done(uint32_t at)
{
	tta_store_release32(&tta__gate.early[at].ready, EARLY_DONE);
}

/* fork must not copy an open descriptor of the segment: it would keep the lock alive. */
static void before_fork(void)
{
	fork_alone = __libc_single_threaded && rcu_pid == getpid();
	tta__trylock_briefly(&fork_lock);
}

static void after_fork_in_parent(void)
{
	tta__unlock_own(&fork_lock);
}

/* Alone: whoever held it is not here; and the thread has a new id. */
static void after_fork_in_child(void)
{
	TTA_TESTPOINT("fork: in the child");
	tta__unlock(&fork_lock);
	tta_thread.id = 0;
	if (fork_alone)
		rcu_pid = getpid();
}

/* The one line. */
static void warn(const struct config *config, int err)
{
	char text[512];
	uint32_t seen = 0;
	int length;

	if (config->quiet || !tta_cas_acq_rel32(&warned, &seen, 1))
		return;
	length = snprintf(
		text, sizeof(text),
		"libtta: no segment in %s: %s: memory of this process is not shown; "
		"free space there, set TTA_DIR, or silence this with TTA_QUIET=1\n",
		config->directory, strerrordesc_np(-err));
	if (length > 0 && write(STDERR_FILENO, text, (size_t)length) < 0)
		return;
}

static enum tta_level first_level(const struct config *config)
{
	uint32_t level = tta_load_relaxed32(&tta_level_word);

	/* A child goes on as its parent; tta_level_set() may have come first. */
	return level == TTA_LEVEL_UNSET ? config->level : (enum tta_level)level;
}

static void publish_gate(struct publisher *p)
{
	/* Else a child would start as its parent's thread: refuse to be copied blindly.
	 */
	madvise(&tta__gate, sizeof(tta__gate), MADV_WIPEONFORK);
	tta__level_follow(p);
	tta_store_relaxed64(&tta__gate.publisher, (uint64_t)(uintptr_t)p);
	tta_store_release64(&tta__gate.attach_id, p->attach_id); /* A1 */
	tta_store_relaxed32(&tta_level_word, tta_load_relaxed32(&p->level));
	tta_fence_seq_cst();
	book_lost(p);
}

static void attach(const struct config *config, enum tta_level level)
{
	struct publisher *p = tta__memory_reserve(sizeof(*p));
	int err = -ENOMEM;

	if (p) {
		tta_store_relaxed32(&p->level, level);
		/* A child of fork may have inherited locked registry mutexes of liburcu.
		 */
		p->use_rcu = rcu_pid == getpid();
		err = tta__birth(p, config);
	}
	if (err) {
		tta_store_relaxed32(&tta__gate.refused, 1);
		tta_store_relaxed32(&tta_level_word, TTA_OFF);
		warn(config, err);
		tta__memory_release(p, p ? sizeof(*p) : 0);
		return;
	}
	TTA_TESTPOINT("attach: born");
	publish_gate(p);
	TTA_TESTPOINT("attach: in force");
	tta_store_relaxed64(&p->header->reaped, tta__leftovers_remove(p, config));
}

/* With the attaching lock. */
static void attach_locked(void)
{
	struct config config;
	enum tta_level level;

	tta__config_read(&config);
	level = first_level(&config);
	if (level == TTA_OFF) {
		tta_store_relaxed32(&tta_level_word, TTA_OFF);
	} else if (tta__trylock_briefly(&fork_lock)) {
		attach(&config, level);
		tta__unlock(&fork_lock);
	}
}

struct publisher *tta__gate_attach(void)
{
	struct publisher *p = tta__gate_attached();
	int cancel_state;

	if (p || tta_load_relaxed32(&tta__gate.refused))
		return p;
	/* Files are opened: cancellation here would leave everything half-made. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	/* Nobody waits when another thread is at it. */
	if (tta__trylock(&tta__gate.attaching)) {
		if (!tta__gate_attached())
			attach_locked();
		tta__unlock(&tta__gate.attaching);
	}
	pthread_setcancelstate(cancel_state, NULL);
	return tta__gate_attached();
}

struct publisher *tta__gate_attach_patiently(void)
{
	struct publisher *p = tta__gate_attach();

	for (unsigned tries = 0; !p && tries < 10000; tries++) {
		if (tta_load_relaxed32(&tta__gate.refused) ||
		    tta_load_relaxed32(&tta_level_word) == TTA_OFF)
			return NULL;
		sched_yield();
		p = tta__gate_attach();
	}
	return p;
}

/* ---- start and end of the process ---- */

__attribute__((constructor)) static void tta_load(void)
{
	int saved_errno = errno;
	struct config config;

	rcu_pid = getpid();
	tta__clock_start();
	pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
	madvise(&tta__gate, sizeof(tta__gate), MADV_WIPEONFORK);
	tta__config_read(&config);
	if (config.level == TTA_OFF)
		tta_store_relaxed32(&tta_level_word, TTA_OFF);
	else if (config.early)
		tta__gate_attach();
	errno = saved_errno;
}

static bool has_residue(const struct publisher *p)
{
	struct tta_layout_map map = {.overflow = p->header->overflow_offset};
	bool host_only = false;
	bool residue;

	for (uint32_t type = 1; type <= TTA_SECTION_COUNT; type++) {
		const struct section *s = &p->section[type];

		map.section[type] = (struct tta_section_view){
			.offset = s->offset,
			.capacity = s->capacity,
			.count_offset = (uint64_t)((char *)&s->head->count - p->base),
			.stride = s->stride,
		};
	}
	residue = tta__mapping_has_residue(p->base, &map, &host_only);
	return residue && !(host_only && !p->keep);
}

static void unlink_name(struct publisher *p)
{
	if (tta__segment_unlink(p->directory, p->name, p->file_device, p->file_inode) ==
	    0)
		tta_store_relaxed64(&p->header->unlinked, tta__clock_ticks());
}

void tta__exit_check(struct publisher *p)
{
	uint64_t hint = tta_load_relaxed64(&p->closing_hint);
	uint64_t slots = tta_load_acquire64(&p->section[TTA_SECTION_POOL].taken);

	/* Late destructors free thousands: look further only when the hint went. */
	for (uint64_t i = 0; i < slots; i++) {
		uint64_t at = (hint + i) % slots;

		if (tta_slot_state(tta_load_relaxed64(
			    &tta__slot(p, (uint32_t)at)->word)) != TTA_SLOT_LIVE)
			continue;
		tta_store_relaxed64(&p->closing_hint, at);
		return;
	}
	if (!p->keep && !has_residue(p))
		unlink_name(p);
}

__attribute__((destructor)) static void tta_unload(void)
{
	struct publisher *p = tta__gate_attached();
	int saved_errno = errno;

	if (!p)
		return;
	tta_store_relaxed64(&p->header->closed_time, tta__clock_ticks());
	tta_store_release32(&p->header->state, TTA_STATE_CLOSED); /* H2 */
	tta_store_release32(&p->closed, 1);
	tta__level_follow(p);
	TTA_TESTPOINT("exit: closed");
	if (!p->keep && !has_residue(p))
		unlink_name(p);
	TTA_TESTPOINT("exit: decided");
	errno = saved_errno;
}
