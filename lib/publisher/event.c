/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event.c - one event, from entry to exit.
 *
 *	enter   busy mark, attach, lane, read-side section
 *	note    1  in-flight record, then note = events + 1
 *	table   2  the CAS that decides
 *	count   3  the lane's counters    4  live bytes and peak
 *	record  5  ring, then events = note
 *	leave   what handlers queued meanwhile, section, busy mark
 *
 * A death between note and events leaves one uncertain event: the one in flight.
 */
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "publisher.h"
#include "rcu.h"
#include "steps.h"

__thread struct tta_thread tta_thread __attribute__((tls_model("initial-exec"))) = {
	.attach_id = NO_ATTACH,
};

uint32_t tta__thread_id(void)
{
	if (!tta_thread.id)
		tta_thread.id = (uint64_t)syscall(SYS_gettid);
	return (uint32_t)tta_thread.id;
}

/* What a kernel puts on the stack to call a handler: registers, vector state, siginfo. */
#define SIGNAL_FRAME_LEAST 1024u

void tta__incomplete(struct publisher *p, struct lane *lane, enum tta_count cause)
{
	uint64_t never = 0;

	tta__count(lane, cause, 1);
	tta_store_relaxed32(&p->detail_dropped, 1);
	tta_cas_acq_rel64(&p->header->incomplete_since, &never, tta__clock_ticks());
}

/* ---- step 1 and the end of step 5 ---- */

/* The number of the event; without meaning in the overflow lane, which many are in. */
static uint64_t note_begin(struct lane *lane, const struct event *ev)
{
	if (!lane->overflow)
		return tta__note_begin(lane->shared,
				       tta__what(ev->op, ev->device, ev->type),
				       ev->address, ev->size);
	return tta_add_acq_rel64(&lane->shared->note, 1); /* L3 */
}

static void note_end(struct lane *lane, uint64_t event, uint64_t time)
{
	if (!lane->overflow) {
		tta__note_end(lane->shared, event, time);
		return;
	}
	tta_store_relaxed64(&lane->shared->last_time, time);
	tta_add_acq_rel64(&lane->shared->events, 1); /* L4 */
}

/* ---- what is counted ---- */

static bool type_known(const struct publisher *p, uint32_t type)
{
	return type < TTA_TYPE_BUILTIN_COUNT ||
	       (type >= TTA_TYPE_FIRST_NAMED &&
		type < tta_load_acquire32(&p->named_types));
}

static bool accepted(struct publisher *p, struct lane *lane, const struct event *ev)
{
	enum tta_count cause;

	if (ev->device >= TTA_DEVICE_LIMIT)
		cause = TTA_COUNT_REJECTED_DEVICE;
	else if (!type_known(p, ev->type))
		cause = TTA_COUNT_REJECTED_TYPE;
	else if (ev->size >= TTA_SIZE_LIMIT)
		cause = TTA_COUNT_REJECTED_SIZE;
	else
		return true;
	tta__count(lane, cause, 1);
	return false;
}

/* Without the table: what the sizes alone tell. */
static uint64_t sums_without_table(const struct event *ev, struct outcome *out)
{
	out->size = ev->size;
	out->flags |= TTA_RECORD_NO_DETAIL;
	if (ev->op == TTA_OP_ALLOC) {
		out->sums.alloc_bytes = ev->size;
		out->sums.alloc_count = 1;
	} else if (ev->op == TTA_OP_FREE) {
		out->sums.free_bytes = ev->sized ? ev->size : 0;
		out->sums.free_count = 1;
		if (!ev->sized) {
			out->flags |= TTA_RECORD_UNSIZED;
			return 1;
		}
	}
	return 0;
}

/* A free that met no entry, though detail may be missing. */
static uint64_t sums_unmatched(const struct event *ev, struct outcome *out)
{
	if (!(out->flags & TTA_RECORD_UNMATCHED) || ev->op != TTA_OP_FREE)
		return 0;
	return sums_without_table(ev, out);
}

static void table_step(struct publisher *p, struct lane *lane, const struct event *ev,
		       struct outcome *out)
{
	switch (ev->op) {
	case TTA_OP_ALLOC:
		tta__table_alloc(p, lane, ev, out);
		break;
	case TTA_OP_FREE:
		tta__table_free(p, lane, ev, out);
		break;
	case TTA_OP_VIEW:
		tta__table_view(p, lane, ev, out);
		break;
	case TTA_OP_FREE_VIEW:
		tta__table_free_view(p, lane, ev, out);
		break;
	default:
		break;
	}
}

static bool sums_empty(const struct sums *sums)
{
	return !(sums->alloc_bytes | sums->alloc_count | sums->free_bytes |
		 sums->free_count);
}

/* Steps 3 and 4. */
static void count_step(struct publisher *p, struct lane *lane, const struct event *ev,
		       const struct outcome *out, uint64_t unsized)
{
	enum tta_line_kind kind = out->detail ? TTA_LINE_DETAIL : TTA_LINE_NO_DETAIL;

	if (sums_empty(&out->sums) && !unsized)
		return;
	if (!tta__counters_add(p, lane, ev->device, ev->type, kind, &out->sums, unsized))
		tta__incomplete(p, lane, TTA_COUNT_DROPPED_LINE);
}

static void count_oddities(struct lane *lane, const struct event *ev)
{
	if (ev->op == TTA_OP_ALLOC_FAILED)
		tta__count(lane, TTA_COUNT_ALLOC_FAILED, 1);
	if (ev->op != TTA_OP_ALLOC)
		return;
	if (ev->address == 0)
		tta__count(lane, TTA_COUNT_ADDRESS_ZERO, 1);
	if (ev->size == 0)
		tta__count(lane, TTA_COUNT_SIZE_ZERO, 1);
}

/* A claim meets others that grow: what was refused then may be had later. */
static bool ring_at_last(struct lane *lane)
{
	uint64_t missed = tta_load_relaxed64(&lane->shared->counts[TTA_COUNT_NO_RECORD]);

	if (!lane->overflow && missed >= 16 && (missed & (missed - 1)) == 0)
		tta__lane_give_ring(lane->p, lane);
	return lane->ring != NULL;
}

static void record_step(struct lane *lane, const struct event *ev,
			const struct outcome *out)
{
	uint32_t views = out->views < 255 ? out->views : 255;
	uint32_t what = tta__what(ev->op, ev->device, ev->type);
	uint32_t extra = (ev->label & 0xffff) | (out->flags & 0xff) << 16 | views << 24;

	if (!lane->ring && !ring_at_last(lane)) {
		tta__count(lane, TTA_COUNT_NO_RECORD, 1);
		return;
	}
	tta__ring_append(lane, ev->address, out->size, ev->time,
			 TTA_PAIR(tta__halves(what, lane->thread),
				  tta__halves(out->refs, extra)),
			 TTA_PAIR(ev->site, ev->group));
}

static void run_event(struct publisher *p, struct lane *lane, const struct event *ev,
		      uint32_t level)
{
	struct outcome out = {.flags = ev->deferred ? TTA_RECORD_DEFERRED : 0};
	uint64_t event = note_begin(lane, ev);
	uint64_t unsized = 0;

	count_oddities(lane, ev);
	if (ev->op == TTA_OP_ALLOC_FAILED) {
		out.size = ev->size;
	} else if (level >= TTA_LIVE && ev->address != 0) {
		table_step(p, lane, ev, &out);
		unsized = sums_unmatched(ev, &out);
	} else {
		unsized = sums_without_table(ev, &out);
	}
	count_step(p, lane, ev, &out, unsized);
	if (level >= TTA_EVENTS)
		record_step(lane, ev, &out);
	note_end(lane, event, ev->time);
	if (out.ended && tta_load_relaxed32(&p->closed))
		tta__exit_check(p);
}

/* No note: the latch is the unit, and its counts are the events. */
static void run_add(struct publisher *p, struct lane *lane, const struct event *ev)
{
	int64_t delta = (int64_t)ev->size;
	struct sums sums = {0};

	if (ev->device >= TTA_DEVICE_LIMIT || !type_known(p, ev->type)) {
		tta__count(lane,
			   ev->device >= TTA_DEVICE_LIMIT ? TTA_COUNT_REJECTED_DEVICE
							  : TTA_COUNT_REJECTED_TYPE,
			   1);
		return;
	}
	if (delta >= 0) {
		sums.alloc_bytes = (uint64_t)delta;
		sums.alloc_count = 1;
	} else {
		sums.free_bytes = 0 - (uint64_t)delta;
		sums.free_count = 1;
	}
	if (!tta__counters_add(p, lane, ev->device, ev->type, TTA_LINE_ADD, &sums, 0))
		tta__incomplete(p, lane, TTA_COUNT_DROPPED_LINE);
}

static void run(struct publisher *p, struct lane *lane, const struct event *ev)
{
	uint32_t level = tta_load_acquire32(&p->level);

	if (level < TTA_LIVE)
		tta_store_relaxed32(&p->detail_dropped, 1);
	if (level == TTA_OFF)
		return;
	if (ev->op == TTA_OP_ADD)
		run_add(p, lane, ev);
	else if (accepted(p, lane, ev))
		run_event(p, lane, ev, level);
}

/* ---- enter, nest, leave ---- */

/* This thread's lane, if it is of the publisher in force. A1 */
static struct lane *lane_of(const struct tta_thread *t)
{
	return tta__gate_current(t->attach_id) ? t->lane : NULL;
}

/* Read by the kernel: the stack that held the mark may be gone, and then it says so. */
static bool mark_is_there(uintptr_t mark)
{
	uint64_t magic = 0;
	struct iovec to = {.iov_base = &magic, .iov_len = sizeof(magic)};
	struct iovec from = {.iov_base = (void *)mark, .iov_len = sizeof(magic)};
	ssize_t got = process_vm_readv(getpid(), &to, 1, &from, 1, 0);

	if (got < 0 && errno != EFAULT)
		return true; /* not allowed to ask: nothing says that it went */
	return got == sizeof(magic) && magic == (mark ^ TTA_BUSY_MAGIC);
}

/*
 * An event found the busy mark of its thread set. A handler's event lies deeper on the
 * same stack, by a signal frame at least, or on the alternate one, and the mark is
 * intact; anything else means that the event of the mark was left by longjmp or
 * cancellation.
 */
static bool abandoned(const struct tta_thread *t, uintptr_t here)
{
	uintptr_t mark = t->busy & ~TTA_BUSY_OUTSIDE;
	stack_t stack;

	if (here + SIGNAL_FRAME_LEAST > mark &&
	    (sigaltstack(NULL, &stack) || !(stack.ss_flags & SS_ONSTACK)))
		return true;
	return !mark_is_there(mark);
}

/* Undo what an event held when it was left. */
static void recover(struct tta_thread *t)
{
	struct publisher *p = tta__gate_attached();
	struct lane *lane = lane_of(t);

	if (p && p->use_rcu && !(t->busy & TTA_BUSY_OUTSIDE))
		rcu_read_unlock();
	if (lane)
		tta__lane_settle(lane);
	if (p) {
		tta__unlock_own(&p->memory.lock);
		for (uint32_t type = 1; type <= TTA_SECTION_COUNT; type++)
			tta__unlock_own(&p->section[type].lock);
		tta__group_recover(p);
	}
	t->busy = 0;
}

/* A place in the queue; a handler may interrupt another's handler here. */
static bool defer_in(struct lane *lane, const struct event *ev)
{
	uint32_t at = tta_load_relaxed32(&lane->deferred_in);

	do {
		if (at - lane->deferred_out >= DEFERRED_EVENTS)
			return false;
	} while (!tta_cas_acq_rel32(&lane->deferred_in, &at, at + 1));
	at %= DEFERRED_EVENTS;
	lane->deferred[at] = *ev;
	lane->deferred[at].deferred = true;
	tta_fence_signal();
	tta_store_relaxed32(&lane->deferred_ready[at], 1);
	return true;
}

static void defer(struct tta_thread *t, const struct event *ev)
{
	struct publisher *p = tta__gate_attached();
	struct lane *lane = lane_of(t);

	if (lane && defer_in(lane, ev))
		tta_store_relaxed64(&t->deferred, 1);
	else if (p)
		tta__incomplete(p, &p->overflow, TTA_COUNT_DROPPED_NESTED);
	else if (!tta__gate_keep_early(ev))
		tta__gate_lost();
}

/* Handlers have ended by now: a place that is not ready was left by longjmp. */
static void run_deferred(struct publisher *p, struct lane *lane)
{
	while (lane->deferred_out != tta_load_relaxed32(&lane->deferred_in)) {
		uint32_t at = lane->deferred_out % DEFERRED_EVENTS;
		bool ready = tta_load_relaxed32(&lane->deferred_ready[at]) != 0;
		struct event ev = lane->deferred[at];

		tta_store_relaxed32(&lane->deferred_ready[at], 0);
		tta_fence_signal();
		lane->deferred_out++;
		if (ready)
			run(p, lane, &ev);
		else
			tta__incomplete(p, lane, TTA_COUNT_DROPPED_NESTED);
	}
}

/* Events that threads left while somebody attached; this one's are published then. */
static void run_early(struct publisher *p, struct lane *lane)
{
	struct event ev;
	uint32_t at;

	while (tta__gate_take_early(&ev, &at)) {
		run(p, lane, &ev);
		tta__gate_early_done(at);
	}
}

/* A new segment is in force for this thread: nothing of the old one is touched. */
static void forget(struct tta_thread *t)
{
	t->attach_id = NO_ATTACH;
	t->lane = NULL;
	for (unsigned i = 0; i < TTA_ADD_LINES; i++)
		t->add[i].key = 0;
	tta_store_relaxed64(&t->deferred, 0);
	t->id = 0; /* a child of raw clone has a new one */
}

/* Attach and claim if need be; false: nobody to publish to. Outside of RCU. */
static bool enter_slow(struct tta_thread *t)
{
	struct publisher *p = tta__gate_attach();
	struct lane *lane;

	if (!p)
		return false;
	forget(t);
	lane = tta__lane_claim(p);
	if (!lane)
		return true;
	t->lane = lane;
	t->gate = &tta__gate.attach_id;
	t->attach_id = p->attach_id;
	return true;
}

static void take_deferred(struct tta_thread *t, struct publisher *p, struct lane *lane)
{
	tta_store_relaxed64(&t->deferred, 0);
	tta_fence_signal();
	run_deferred(p, lane);
}

/* Whose turn it is now: this thread's lane, else the overflow lane. */
static struct lane *enter(struct tta_thread *t, uintptr_t mark,
			  struct publisher **ret_publisher)
{
	struct lane *lane = lane_of(t);
	bool first = false;

	if (TTA_UNLIKELY(!lane)) {
		if (!enter_slow(t))
			return NULL;
		lane = lane_of(t);
		first = true;
	}
	/* A1 acquire: the publisher behind this attach id. */
	*ret_publisher = tta__gate_attached();
	if (!lane)
		lane = &(*ret_publisher)->overflow;
	/* A handler between these two lines finds nobody busy: its event is no part of
	 * this one, which has not begun. */
	t->busy = 0;
	tta_fence_signal();
	if ((*ret_publisher)->use_rcu)
		rcu_read_lock();
	t->busy = mark;
	tta_fence_signal();
	if (first)
		run_early(*ret_publisher, lane);
	/* Queued after the event before had looked: they come first. */
	if (TTA_UNLIKELY(tta_load_relaxed64(&t->deferred)))
		take_deferred(t, *ret_publisher, lane);
	return lane;
}

static void leave(struct tta_thread *t, struct publisher *p, struct lane *lane)
{
	uintptr_t mark = t->busy;

	for (;;) {
		if (!lane->overflow)
			take_deferred(t, p, lane);
		t->busy = 0;
		tta_fence_signal();
		if (p->use_rcu)
			rcu_read_unlock();
		if (!tta_load_relaxed64(&t->deferred))
			return;
		/* A handler queued one after the loop looked. */
		if (p->use_rcu)
			rcu_read_lock();
		t->busy = mark;
		tta_fence_signal();
	}
}

/* Set the busy mark; false: inside an event. */
static bool mark_busy(struct tta_thread *t, struct tta_busy_mark *mark)
{
	uintptr_t here = (uintptr_t)mark;

	if (TTA_UNLIKELY(t->busy)) {
		if (!abandoned(t, here))
			return false;
		recover(t);
	}
	tta_store_relaxed64(&mark->magic, here ^ TTA_BUSY_MAGIC);
	tta_fence_signal();
	t->busy = here | TTA_BUSY_OUTSIDE;
	tta_fence_signal();
	return true;
}

/*
 * No publisher yet: another thread attaches. It, or this thread's next entry, runs what
 * is kept; when no more can be kept this thread waits as long as an attach may take.
 */
static void publish_early(struct event *ev)
{
	bool kept = tta__gate_keep_early(ev);
	struct publisher *p = kept ? tta__gate_attached() : tta__gate_attach_patiently();
	struct tta_busy_mark mark;
	struct lane *lane = p ? tta__event_enter(&mark, &p) : NULL;

	if (lane && !kept)
		run(p, lane, ev);
	else if (!lane && !kept)
		tta__gate_lost();
	if (lane)
		tta__event_leave(p, lane);
}

__attribute__((noinline)) void tta__event_publish(struct event *ev)
{
	struct tta_thread *t = &tta_thread;
	int saved_errno = errno;
	struct publisher *p = NULL;
	struct tta_busy_mark mark;
	struct lane *lane;

	if (!mark_busy(t, &mark)) {
		ev->time = tta__clock_ticks();
		defer(t, ev);
		errno = saved_errno;
		return;
	}
	lane = enter(t, (uintptr_t)&mark, &p);
	if (lane) {
		ev->time = tta__clock_ticks();
		run(p, lane, ev);
		leave(t, p, lane);
	} else {
		t->busy = 0;
		ev->time = tta__clock_ticks();
		publish_early(ev);
	}
	errno = saved_errno;
}

struct lane *tta__event_enter(struct tta_busy_mark *mark,
			      struct publisher **ret_publisher)
{
	struct tta_thread *t = &tta_thread;
	struct lane *lane;

	if (!mark_busy(t, mark)) {
		struct publisher *p = tta__gate_attached();

		if (p)
			tta__incomplete(p, &p->overflow, TTA_COUNT_DROPPED_NESTED);
		return NULL;
	}
	lane = enter(t, (uintptr_t)mark, ret_publisher);
	if (!lane)
		t->busy = 0;
	return lane;
}

void tta__event_leave(struct publisher *p, struct lane *lane)
{
	leave(&tta_thread, p, lane);
}

void tta_publish_deferred(void)
{
	int saved_errno = errno;
	struct publisher *p;
	struct tta_busy_mark mark;
	struct lane *lane = tta__event_enter(&mark, &p);

	/* Leaving runs what is queued. */
	if (lane)
		tta__event_leave(p, lane);
	errno = saved_errno;
}

bool tta__event_close_slot(struct publisher *p, struct lane *lane, uint32_t slot,
			   uint64_t word, bool keep_slot)
{
	struct event ev = {.op = TTA_OP_CLOSE, .time = tta__clock_ticks()};
	struct outcome out = {0};
	uint64_t event;
	bool closed;

	ev.address = tta_load_relaxed64(&tta__slot(p, slot)->address);
	ev.device = tta_load_relaxed32(&tta__slot(p, slot)->place) & 0xffff;
	ev.type = tta_load_relaxed32(&tta__slot(p, slot)->place) >> 16 & 0xff;
	event = note_begin(lane, &ev);
	closed = tta__table_close(p, lane, slot, word, keep_slot, &ev, &out);
	if (closed) {
		tta__count(lane, TTA_COUNT_CLOSED, 1);
		count_step(p, lane, &ev, &out, 0);
		if (tta_load_acquire32(&p->level) >= TTA_EVENTS)
			record_step(lane, &ev, &out);
	}
	if (closed || lane->overflow)
		note_end(lane, event, ev.time);
	else
		tta__note_cancel(lane->shared, event);
	if (closed && tta_load_relaxed32(&p->closed))
		tta__exit_check(p);
	/* One call may end thousands: handlers' events do not wait for the last. */
	if (!lane->overflow)
		run_deferred(p, lane);
	return closed;
}

void tta__event_reset(struct publisher *p, struct lane *lane)
{
	const struct event ev = {.op = TTA_OP_CLOSE};
	uint64_t event = note_begin(lane, &ev);

	tta__table_reset(p, lane);
	note_end(lane, event, tta__clock_ticks());
}

void tta__event_mark(struct publisher *p, struct lane *lane, uint64_t index)
{
	struct event ev = {
		.op = TTA_OP_MARK,
		.address = index,
		.time = tta__clock_ticks(),
	};
	struct outcome out = {0};
	uint64_t event = note_begin(lane, &ev);

	if (tta_load_acquire32(&p->level) >= TTA_EVENTS)
		record_step(lane, &ev, &out);
	note_end(lane, event, ev.time);
}
