/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memory.c - private memory without malloc; and the short locks.
 */
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "publisher.h"

#define CHUNK_BYTES (256u * 1024)
#define BRIEF_TRIES 16384u /* a few growth steps, or one that was preempted */

void *tta__memory_reserve(size_t bytes)
{
	/* Without access first: see segment_create.c about MCL_FUTURE. */
	void *base = mmap(NULL, bytes, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (base == MAP_FAILED)
		return NULL;
	munlock(base, bytes);
	/* A child never looks at it: the gate is zero there. */
	if (mprotect(base, bytes, PROT_READ | PROT_WRITE) ||
	    madvise(base, bytes, MADV_DONTFORK)) {
		munmap(base, bytes);
		return NULL;
	}
	return base;
}

void tta__memory_release(void *base, size_t bytes)
{
	if (base)
		munmap(base, bytes);
}

void tta__memory_clear(void *base, size_t bytes)
{
	/* Private and anonymous: the next touch reads zeros. */
	if (madvise(base, bytes, MADV_DONTNEED))
		memset(base, 0, bytes);
}

void *tta__memory_take(struct memory *memory, size_t bytes)
{
	uint64_t at, end;
	void *chunk;

	bytes = (bytes + 63) & ~(size_t)63;
	if (bytes > CHUNK_BYTES)
		return tta__memory_reserve(bytes);
	if (!tta__trylock_briefly(&memory->lock))
		return NULL;
	at = tta_load_relaxed64(&memory->next);
	end = tta_load_relaxed64(&memory->end);
	if (end - at < bytes) {
		chunk = tta__memory_reserve(CHUNK_BYTES);
		at = chunk ? (uint64_t)(uintptr_t)chunk : 0;
		if (chunk)
			tta_store_relaxed64(&memory->end, at + CHUNK_BYTES);
	}
	if (at)
		tta_store_relaxed64(&memory->next, at + bytes);
	tta__unlock(&memory->lock);
	return (void *)(uintptr_t)at;
}

bool tta__trylock(tta_a32 *lock)
{
	uint32_t expected = 0;

	return tta_load_relaxed32(lock) == 0 &&
	       tta_cas_acq_rel32(lock, &expected, tta__thread_id());
}

bool tta__trylock_briefly(tta_a32 *lock)
{
	for (unsigned tries = 0; tries < BRIEF_TRIES; tries++) {
		if (tta__trylock(lock))
			return true;
		/* The holder may share our core: let it run now and then. */
		if (tries % 64 == 63)
			sched_yield();
#if defined(__x86_64__) || defined(__i386__)
		__builtin_ia32_pause();
#endif
	}
	return false;
}

bool tta__lock_patiently(tta_a32 *lock)
{
	const struct timespec pause = {.tv_nsec = 1000000};

	/* Slow calls do not nest: what this thread holds was left by longjmp. */
	tta__unlock_own(lock);
	for (unsigned tries = 0; tries < 1000; tries++) {
		if (tta__trylock_briefly(lock))
			return true;
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
	return false;
}

void tta__unlock(tta_a32 *lock)
{
	tta_store_release32(lock, 0);
}

bool tta__unlock_own(tta_a32 *lock)
{
	if (tta_load_relaxed32(lock) != tta__thread_id())
		return false;
	tta__unlock(lock);
	return true;
}
