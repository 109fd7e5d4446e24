/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Growth and its refusal: detail is dropped, counted and said; event counts stay exact.
 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tta/tta.h>

#include "observe.h"
#include "publisher.h"
#include "test_dir.h"

static void set_up(void)
{
	test_dir_make();
}

TestSuite(growth, .init = set_up, .fini = test_dir_remove);

Test(growth, a_hundred_thousand_buffers_are_all_there)
{
	struct observation o;

	for (uint64_t i = 1; i <= 100000; i++)
		tta_alloc((uint32_t)i % 8, TTA_DRAM, i << 12, 4096);
	o = observe(getpid());
	cr_expect_eq(o.process->buffer_count, 100000);
	cr_expect_eq(o.process->buffers_inexact, 0);
	cr_expect_eq(o.process->incomplete_since_ns, 0);
	observe_end(&o);
}

Test(growth, an_idle_process_stays_below_256_kib)
{
	struct observation o;

	tta_alloc(0, TTA_DRAM, 4096, 1);
	o = observe(getpid());
	cr_expect_leq(o.process->file_bytes, 256 * 1024, "%lu bytes",
		      o.process->file_bytes);
	observe_end(&o);
}

Test(growth, a_small_budget_drops_detail_and_says_so)
{
	struct tta_memory m;
	struct observation o;

	setenv("TTA_MAX_BYTES", "256K", 1);
	for (uint64_t i = 1; i <= 10000; i++)
		tta_alloc(0, TTA_DRAM, i << 12, 4096);
	o = observe(getpid());
	m = observe_memory(&o, 0, TTA_DRAM);
	cr_expect_leq(o.process->file_bytes, 256 * 1024);
	cr_expect_eq(m.allocs, 10000);
	cr_expect_eq(m.used, 10000 * UINT64_C(4096), "bytes stay exact");
	cr_expect_lt(m.buffers, 10000);
	cr_expect_gt(m.buffers, 0);
	cr_expect_eq(m.buffers + o.process->counts[TTA_COUNT_DROPPED_SLOT], 10000);
	cr_expect_neq(o.process->incomplete_since_ns, 0);
	cr_expect(o.process->buffers_inexact & TTA_INEXACT_DROPPED);
	observe_end(&o);

	/* A free that meets no entry is no longer called unknown. */
	for (uint64_t i = 1; i <= 10000; i++)
		tta_free_sized(0, TTA_DRAM, i << 12, 4096);
	o = observe(getpid());
	m = observe_memory(&o, 0, TTA_DRAM);
	cr_expect_eq(m.used, 0);
	cr_expect_eq(m.frees, 10000);
	cr_expect_eq(o.process->counts[TTA_COUNT_UNKNOWN_FREES], 0);
	cr_expect_eq(o.process->counts[TTA_COUNT_UNMATCHED],
		     o.process->counts[TTA_COUNT_DROPPED_SLOT]);
	observe_end(&o);
}

static pthread_barrier_t all_published;

static void *publish_some(void *arg)
{
	uint64_t base = (uint64_t)(uintptr_t)arg << 20;

	for (uint64_t i = 1; i <= 1000; i++) {
		tta_alloc(0, TTA_DRAM, base + (i << 8), 16);
		if (i % 2)
			tta_free_sized(0, TTA_DRAM, base + (i << 8), 16);
	}
	/* Nobody's lane is free for another before all have published. */
	pthread_barrier_wait(&all_published);
	return NULL;
}

Test(growth, threads_without_a_lane_share_the_overflow_lane)
{
	/* More than the lanes that all of the budget could hold. */
	enum { THREADS = 120 };
	pthread_t threads[THREADS];
	struct observation o;
	struct tta_memory m;

	/* Not room for one ring. */
	setenv("TTA_MAX_BYTES", "64K", 1);
	pthread_barrier_init(&all_published, NULL, THREADS);
	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, publish_some, (void *)(i + 1));
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	o = observe(getpid());
	m = observe_memory(&o, 0, TTA_DRAM);
	cr_expect_lt(o.process->lanes, THREADS, "%u lanes", o.process->lanes);
	cr_expect_eq(m.allocs, THREADS * 1000, "allocs %lu", m.allocs);
	cr_expect_eq(m.frees, THREADS * 500, "frees %lu", m.frees);
	cr_expect_eq(m.used, THREADS * 500 * 16, "used %lu", m.used);
	cr_expect_gt(o.process->counts[TTA_COUNT_NO_RECORD], 0);
	cr_expect(o.process->totals_inexact & TTA_INEXACT_DROPPED);
	observe_end(&o);
}

/* The lock of growth is somebody else's while this thread claims its lane. */
Test(growth, a_ring_that_was_refused_comes_later)
{
	struct observation o;
	struct publisher *p;

	tta_label("attaches, and claims no lane");
	p = tta__gate_attached();
	tta_store_relaxed32(&p->section[TTA_SECTION_RINGS].lock, 1);
	tta_alloc(0, TTA_DRAM, 4096, 1);
	tta_store_relaxed32(&p->section[TTA_SECTION_RINGS].lock, 0);
	for (unsigned i = 0; i < 100; i++) {
		tta_alloc(0, TTA_DRAM, 8192, 1);
		tta_free(0, TTA_DRAM, 8192);
	}
	o = observe(getpid());
	cr_expect_eq(o.process->counts[TTA_COUNT_NO_RECORD], 16);
	observe_end(&o);
}

Test(growth, slots_are_used_again)
{
	struct observation o;
	uint64_t bytes;

	for (uint64_t i = 1; i <= 1000; i++)
		tta_alloc(0, TTA_DRAM, i << 12, 4096);
	o = observe(getpid());
	bytes = o.process->file_bytes;
	observe_end(&o);
	for (uint64_t round = 1; round < 200; round++)
		for (uint64_t i = 1; i <= 1000; i++) {
			tta_free(0, TTA_DRAM, ((round - 1) * 1000 + i) << 12);
			tta_alloc(0, TTA_DRAM, (round * 1000 + i) << 12, 4096);
		}
	o = observe(getpid());
	cr_expect_eq(o.process->buffer_count, 1000);
	cr_expect_leq(o.process->file_bytes, bytes + 65536);
	observe_end(&o);
}

Test(growth, a_file_size_limit_is_a_refusal_not_a_signal)
{
	const struct rlimit tight = {.rlim_cur = 1 << 20, .rlim_max = 1 << 20};

	setenv("TTA_QUIET", "1", 1);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &tight), 0);
	for (uint64_t i = 1; i <= 30000; i++)
		tta_alloc(0, TTA_DRAM, i << 12, 4096);
	/* SIGXFSZ would have ended this test. */
}

#ifndef __SANITIZE_ADDRESS__ /* its shadow needs terabytes of address space */
Test(growth, an_address_space_limit_makes_a_smaller_segment)
{
	struct rlimit tight = {.rlim_cur = UINT64_C(3) << 30,
			       .rlim_max = UINT64_C(3) << 30};
	struct observation o;

	tight.rlim_cur = UINT64_C(400) << 20;
	if (setrlimit(RLIMIT_AS, &tight))
		cr_skip_test("no address space limit here");
	tta_alloc(0, TTA_DRAM, 4096, 1);
	tight.rlim_cur = tight.rlim_max;
	setrlimit(RLIMIT_AS, &tight);
	o = observe(getpid());
	cr_assert_not_null(o.process);
	cr_expect_eq(o.process->buffer_count, 1);
	observe_end(&o);
}
#endif

Test(growth, no_tmpfs_no_segment)
{
	char path[] = "/tmp/tta-test-XXXXXX";

	cr_assert_not_null(mkdtemp(path));
	setenv("TTA_DIR", path, 1);
	setenv("TTA_QUIET", "1", 1);
	tta_alloc(0, TTA_DRAM, 4096, 1);
	cr_expect_eq(tta_level(), TTA_OFF);
	cr_expect_eq(rmdir(path), 0, "a file was left in %s", path);
}

Test(growth, the_mode_is_as_asked)
{
	struct observation o;
	struct stat st;
	char path[512];

	setenv("TTA_MODE", "0600", 1);
	tta_alloc(0, TTA_DRAM, 4096, 1);
	o = observe(getpid());
	cr_assert_not_null(o.process);
	snprintf(path, sizeof(path), "%s/%s", getenv("TTA_DIR"), o.process->name);
	cr_assert_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0600);
	observe_end(&o);
}

Test(growth, sparse_devices_and_types_cost_nothing_but_themselves)
{
	struct observation o;

	tta_alloc(0, TTA_DRAM, 4096, 1);
	tta_alloc(65535, TTA_HOST, 4096, 2);
	tta_alloc(40000, TTA_KERNEL, 4096, 3);
	o = observe(getpid());
	cr_expect_eq(observe_memory(&o, 65535, TTA_HOST).used, 2);
	cr_expect_eq(observe_memory(&o, 40000, TTA_KERNEL).used, 3);
	cr_expect_leq(o.process->file_bytes, 256 * 1024);
	observe_end(&o);
}
