/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The meaning of events: one test for each row of the table in the design, seen through
 * the public reader.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <tta/tta.h>

#include "index.h"
#include "observe.h"
#include "test_dir.h"

#define A UINT64_C(0x3ffff000)
#define B UINT64_C(0x3ffff800)

/* A thread's first event at a (device, type) takes the long way, later ones the short
 * one: the rules are the same, and the suite runs once for each. */
static uint64_t events_before;

static void set_up(void)
{
	test_dir_make();
	if (!getenv("TTA_TEST_SHORT_WAY"))
		return;
	for (uint32_t device = 0; device <= 3; device += 3)
		for (uint32_t type = TTA_DRAM; type <= TTA_L1; type++) {
			tta_alloc(device, type, 1, 1);
			tta_free(device, type, 1);
			events_before += 2;
		}
}

TestSuite(meaning, .init = set_up, .fini = test_dir_remove);

static void expect_memory(const struct observation *o, uint64_t used, uint64_t buffers,
			  uint64_t refs)
{
	struct tta_memory m = observe_memory(o, 0, TTA_DRAM);

	cr_expect_eq(m.used, used, "used %lu, not %lu", m.used, used);
	cr_expect_eq(m.buffers, buffers, "buffers %lu, not %lu", m.buffers, buffers);
	cr_expect_eq(m.refs, refs, "refs %lu, not %lu", m.refs, refs);
	cr_expect_eq(o->process->totals_inexact, 0);
	cr_expect_eq(o->process->buffers_inexact, 0, "inexact %x",
		     o->process->buffers_inexact);
}

Test(meaning, alloc_of_a_new_address_makes_an_entry)
{
	uint32_t label = tta_label("kv_cache");
	struct tta_alloc_desc desc = {
		.desc_size = sizeof(desc),
		.type = TTA_DRAM,
		.address = A,
		.size = 24576,
		.bank_size = 2048,
		.group = 7,
		.site = 0x7f0012345678,
		.label = label,
	};
	const struct tta_buffer *b;
	struct observation o;

	tta_alloc_ex(&desc);
	o = observe(getpid());
	cr_assert_not_null(o.process);
	cr_expect_eq(o.process->verdict, TTA_VERDICT_ALIVE);
	expect_memory(&o, 24576, 1, 1);
	b = observe_buffer(&o, 0, TTA_DRAM, A);
	cr_assert_not_null(b);
	cr_expect_eq(b->size, 24576);
	cr_expect_eq(b->bank_size, 2048);
	cr_expect_eq(b->refs, 1);
	cr_expect_eq(b->views, 0);
	cr_expect_eq(b->allocs, 1);
	cr_expect_eq(b->frees, 0);
	cr_expect_eq(b->group, 7);
	cr_expect_eq(b->site, 0x7f0012345678);
	cr_expect_eq(b->flags, 0);
	cr_expect_str_eq(b->label_text, "kv_cache");
	cr_expect(b->time_ns > 0 && b->time_ns <= o.sample->mono_ns);
	observe_end(&o);
}

Test(meaning, alloc_of_a_live_address_counts_bytes_once_and_flags_dup)
{
	const struct tta_buffer *b;
	struct observation o;

	tta_alloc(0, TTA_DRAM, A, 12288);
	tta_alloc(0, TTA_DRAM, A, 12288);
	o = observe(getpid());
	expect_memory(&o, 12288, 1, 2);
	b = observe_buffer(&o, 0, TTA_DRAM, A);
	cr_assert_not_null(b);
	cr_expect_eq(b->refs, 2);
	cr_expect_eq(b->allocs, 2);
	cr_expect_eq(b->flags, TTA_SLOT_FLAG_DUP);
	cr_expect_eq(o.process->counts[TTA_COUNT_DUPS], 1);
	observe_end(&o);

	/* The seeds' bug: freed once. The flag stays for the entry's life. */
	tta_free(0, TTA_DRAM, A);
	o = observe(getpid());
	expect_memory(&o, 12288, 1, 1);
	b = observe_buffer(&o, 0, TTA_DRAM, A);
	cr_assert_not_null(b);
	cr_expect_eq(b->frees, 1);
	cr_expect_eq(b->flags, TTA_SLOT_FLAG_DUP);
	observe_end(&o);
}

Test(meaning, alloc_with_a_larger_size_raises_the_entry)
{
	const struct tta_buffer *b;
	struct observation o;

	tta_alloc(0, TTA_DRAM, A, 2048);
	tta_alloc(0, TTA_DRAM, A, 4096);
	o = observe(getpid());
	expect_memory(&o, 4096, 1, 2);
	b = observe_buffer(&o, 0, TTA_DRAM, A);
	cr_assert_not_null(b);
	cr_expect_eq(b->size, 4096);
	cr_expect_eq(b->flags, TTA_SLOT_FLAG_DUP | TTA_SLOT_FLAG_SIZE);
	observe_end(&o);
}

Test(meaning, alloc_with_a_smaller_size_keeps_the_larger)
{
	const struct tta_buffer *b;
	struct observation o;

	tta_alloc(0, TTA_DRAM, A, 4096);
	tta_alloc(0, TTA_DRAM, A, 2048);
	o = observe(getpid());
	expect_memory(&o, 4096, 1, 2);
	b = observe_buffer(&o, 0, TTA_DRAM, A);
	cr_assert_not_null(b);
	cr_expect_eq(b->size, 4096);
	cr_expect_eq(b->flags, TTA_SLOT_FLAG_DUP | TTA_SLOT_FLAG_SIZE);
	cr_expect_eq(o.process->counts[TTA_COUNT_SIZE_CHANGES], 1);
	observe_end(&o);
}

Test(meaning, view_adds_no_bytes_and_no_dup)
{
	const struct tta_buffer *b;
	struct observation o;

	tta_alloc(0, TTA_DRAM, A, 4096);
	tta_view(0, TTA_DRAM, A, 1024);
	o = observe(getpid());
	expect_memory(&o, 4096, 1, 1);
	b = observe_buffer(&o, 0, TTA_DRAM, A);
	cr_assert_not_null(b);
	cr_expect_eq(b->views, 1);
	cr_expect_eq(b->refs, 1);
	cr_expect_eq(b->flags, 0);
	observe_end(&o);
}

Test(meaning, view_of_an_address_that_is_not_live_holds_no_bytes)
{
	const struct tta_buffer *b;
	struct observation o;

	tta_view(0, TTA_DRAM, A, 4096);
	o = observe(getpid());
	expect_memory(&o, 0, 1, 0);
	b = observe_buffer(&o, 0, TTA_DRAM, A);
	cr_assert_not_null(b);
	cr_expect_eq(b->refs, 0);
	cr_expect_eq(b->views, 1);
	cr_expect_eq(b->size, 0);
	observe_end(&o);
	tta_free_view(0, TTA_DRAM, A);
	o = observe(getpid());
	expect_memory(&o, 0, 0, 0);
	observe_end(&o);
}

Test(meaning, free_takes_the_owner_first_and_then_views)
{
	const struct tta_buffer *b;
	struct observation o;

	tta_alloc(0, TTA_DRAM, A, 4096);
	tta_view(0, TTA_DRAM, A, 4096);
	tta_free(0, TTA_DRAM, A); /* the owner: the bytes go, the entry dangles */
	o = observe(getpid());
	expect_memory(&o, 0, 1, 0);
	b = observe_buffer(&o, 0, TTA_DRAM, A);
	cr_assert_not_null(b);
	cr_expect_eq(b->refs, 0);
	cr_expect_eq(b->views, 1);
	cr_expect_eq(o.process->counts[TTA_COUNT_DANGLING], 1);
	observe_end(&o);

	tta_free(0, TTA_DRAM, A); /* no owner left: a view, and with it the entry */
	o = observe(getpid());
	expect_memory(&o, 0, 0, 0);
	cr_expect_eq(o.process->counts[TTA_COUNT_UNKNOWN_FREES], 0);
	observe_end(&o);
}

Test(meaning, free_view_never_ends_an_owner)
{
	struct observation o;

	tta_alloc(0, TTA_DRAM, A, 4096);
	tta_free_view(0, TTA_DRAM, A);
	o = observe(getpid());
	expect_memory(&o, 4096, 1, 1);
	cr_expect_eq(o.process->counts[TTA_COUNT_UNKNOWN_FREES], 1);
	observe_end(&o);
}

Test(meaning, alloc_on_a_dangling_address_joins_with_a_new_serial)
{
	const struct tta_buffer *b;
	struct observation o;
	uint64_t serial;

	tta_alloc(0, TTA_DRAM, A, 4096);
	tta_view(0, TTA_DRAM, A, 4096);
	tta_free(0, TTA_DRAM, A);
	o = observe(getpid());
	b = observe_buffer(&o, 0, TTA_DRAM, A);
	cr_assert_not_null(b);
	serial = b->serial;
	observe_end(&o);

	tta_alloc(0, TTA_DRAM, A, 8192);
	o = observe(getpid());
	expect_memory(&o, 8192, 1, 1);
	b = observe_buffer(&o, 0, TTA_DRAM, A);
	cr_assert_not_null(b);
	cr_expect_neq(b->serial, serial);
	cr_expect_eq(b->size, 8192);
	cr_expect_eq(b->views, 1);
	cr_expect_eq(b->allocs, 1);
	cr_expect_eq(b->flags, 0, "a join is no dup");
	observe_end(&o);
}

Test(meaning, free_without_an_entry_is_counted_and_takes_nothing)
{
	struct observation o;

	tta_alloc(0, TTA_DRAM, A, 4096);
	tta_free(0, TTA_DRAM, B);
	tta_free_sized(0, TTA_DRAM, B, 1 << 20);
	o = observe(getpid());
	expect_memory(&o, 4096, 1, 1);
	cr_expect_eq(o.process->counts[TTA_COUNT_UNKNOWN_FREES], 2);
	cr_expect_eq(o.process->counts[TTA_COUNT_UNMATCHED], 0);
	observe_end(&o);
}

static void alloc_in_group(uint32_t device, uint64_t address, uint64_t group)
{
	struct tta_alloc_desc desc = {
		.desc_size = sizeof(desc),
		.device = device,
		.type = TTA_DRAM,
		.address = address,
		.size = 4096,
		.group = group,
	};

	tta_alloc_ex(&desc);
}

Test(meaning, free_group_ends_every_member_and_nothing_else)
{
	struct observation o;

	for (uint64_t i = 1; i <= 100; i++)
		alloc_in_group(0, i << 12, i % 2 ? 5 : 6);
	/* So many others that some share the chain of group 5. */
	for (uint64_t i = 101; i <= 5100; i++)
		alloc_in_group(0, i << 12, i);
	alloc_in_group(1, 1 << 12, 5);
	tta_alloc(0, TTA_DRAM, 1 << 12, 4096); /* a second owner of a member */
	tta_view(0, TTA_DRAM, 3 << 12, 4096);  /* a view of another */
	tta_free_group(0, TTA_DRAM, 5);
	o = observe(getpid());
	expect_memory(&o, 5050 * 4096, 5050, 5050);
	cr_expect_eq(observe_memory(&o, 1, TTA_DRAM).used, 4096);
	cr_expect_eq(o.process->counts[TTA_COUNT_CLOSED], 50);
	cr_expect_null(observe_buffer(&o, 0, TTA_DRAM, 3 << 12));
	cr_expect_not_null(observe_buffer(&o, 0, TTA_DRAM, 2 << 12));
	observe_end(&o);
}

Test(meaning, device_close_ends_every_entry_of_the_device)
{
	struct observation o;

	for (uint64_t i = 1; i <= 100; i++) {
		tta_alloc(0, TTA_DRAM, i << 12, 4096);
		tta_alloc(0, TTA_L1, i << 12, 1024);
		tta_alloc(1, TTA_DRAM, i << 12, 4096);
	}
	tta_device_close(0);
	o = observe(getpid());
	expect_memory(&o, 0, 0, 0);
	cr_expect_eq(observe_memory(&o, 0, TTA_L1).used, 0);
	cr_expect_eq(observe_memory(&o, 1, TTA_DRAM).used, 100 * 4096);
	cr_expect_eq(o.process->counts[TTA_COUNT_CLOSED], 200);
	observe_end(&o);
}

Test(meaning, size_zero_is_accepted_and_counted)
{
	const struct tta_buffer *b;
	struct observation o;

	tta_alloc(0, TTA_DRAM, A, 0);
	o = observe(getpid());
	expect_memory(&o, 0, 1, 1);
	b = observe_buffer(&o, 0, TTA_DRAM, A);
	cr_assert_not_null(b);
	cr_expect_eq(b->size, 0);
	cr_expect_eq(o.process->counts[TTA_COUNT_SIZE_ZERO], 1);
	observe_end(&o);
}

Test(meaning, address_zero_has_no_entry_and_is_never_dup)
{
	struct tta_memory m;
	struct observation o;

	tta_alloc(0, TTA_DRAM, 0, 4096);
	tta_alloc(0, TTA_DRAM, 0, 4096);
	tta_alloc(0, TTA_L1, 0, 64);
	o = observe(getpid());
	cr_expect_eq(observe_memory(&o, 0, TTA_L1).used, 64);
	cr_expect_eq(observe_memory(&o, 0, TTA_L1).buffers, 0);
	m = observe_memory(&o, 0, TTA_DRAM);
	cr_expect_eq(m.used, 8192);
	cr_expect_eq(m.buffers, 0);
	cr_expect_eq(m.no_detail_bytes, 8192);
	cr_expect_eq(o.process->counts[TTA_COUNT_DUPS], 0);
	cr_expect_eq(o.process->counts[TTA_COUNT_ADDRESS_ZERO], 3);
	observe_end(&o);
	tta_free_sized(0, TTA_DRAM, 0, 4096);
	o = observe(getpid());
	cr_expect_eq(observe_memory(&o, 0, TTA_DRAM).used, 4096);
	observe_end(&o);
	tta_free(0, TTA_DRAM, 0); /* unsized: how much is left is unknown, not zero */
	o = observe(getpid());
	cr_expect_eq(observe_memory(&o, 0, TTA_DRAM).used, TTA_UNKNOWN);
	cr_expect(o.process->totals_inexact & TTA_INEXACT_UNSIZED);
	observe_end(&o);
}

struct seen {
	unsigned ops[TTA_OP_COUNT];
	struct tta_event last[TTA_OP_COUNT];
};

static int see(void *arg, const struct tta_event *event)
{
	struct seen *seen = arg;

	cr_assert_lt(event->op, TTA_OP_COUNT);
	seen->ops[event->op]++;
	seen->last[event->op] = *event;
	return 0;
}

Test(meaning, alloc_failed_is_a_record_and_a_count)
{
	struct seen seen = {0};
	struct observation o;

	tta_alloc_failed(0, TTA_DRAM, 1 << 30);
	o = observe(getpid());
	expect_memory(&o, 0, 0, 0);
	cr_expect_eq(o.process->counts[TTA_COUNT_ALLOC_FAILED], 1);
	cr_assert_eq(tta_reader_events(o.reader, see, &seen, NULL), 0);
	cr_expect_eq(seen.ops[TTA_OP_ALLOC_FAILED], 1);
	cr_expect_eq(seen.last[TTA_OP_ALLOC_FAILED].size, 1 << 30);
	observe_end(&o);
}

Test(meaning, what_is_out_of_range_is_rejected_by_cause)
{
	struct observation o;

	tta_alloc(TTA_DEVICE_LIMIT, TTA_DRAM, A, 4096);
	tta_alloc(0, TTA_TYPE_BUILTIN_COUNT, A, 4096);
	tta_alloc(0, TTA_TYPE_FIRST_NAMED, A, 4096); /* nobody named one */
	tta_alloc(0, TTA_TYPE_LIMIT, A, 4096);
	tta_alloc(0, TTA_DRAM, A, TTA_SIZE_LIMIT);
	tta_alloc(0, TTA_DRAM, A, UINT64_MAX);
	o = observe(getpid());
	expect_memory(&o, 0, 0, 0);
	cr_expect_eq(o.process->counts[TTA_COUNT_REJECTED_DEVICE], 1);
	cr_expect_eq(o.process->counts[TTA_COUNT_REJECTED_TYPE], 3);
	cr_expect_eq(o.process->counts[TTA_COUNT_REJECTED_SIZE], 2);
	observe_end(&o);
}

Test(meaning, records_say_what_each_event_turned_out_to_be)
{
	struct seen seen = {0};
	struct tta_events_read read;
	struct observation o;

	tta_alloc(3, TTA_L1, A, 4096);
	tta_alloc(3, TTA_L1, A, 2048);
	tta_free(3, TTA_L1, A);
	tta_free(3, TTA_L1, B);
	o = observe(getpid());
	cr_assert_eq(tta_reader_events(o.reader, see, &seen, &read), 0);
	cr_expect_eq(read.delivered, 4 + events_before);
	cr_expect_eq(read.lost, 0);
	cr_expect_eq(seen.last[TTA_OP_ALLOC].flags, TTA_RECORD_DUP | TTA_RECORD_SIZE);
	cr_expect_eq(seen.last[TTA_OP_ALLOC].size, 2048, "each record has its own size");
	cr_expect_eq(seen.last[TTA_OP_ALLOC].refs, 2);
	cr_expect_eq(seen.last[TTA_OP_ALLOC].device, 3);
	cr_expect_eq(seen.last[TTA_OP_FREE].flags, TTA_RECORD_UNKNOWN);
	cr_expect_eq(seen.last[TTA_OP_FREE].address, B);
	observe_end(&o);
}

/* Found by search: the index keeps them in one bucket, under one tag. */
#define TWIN_A UINT64_C(0x5511b58312c0)
#define TWIN_B UINT64_C(0x735a8da40ac0)

Test(meaning, addresses_that_share_hole_and_tag_are_told_apart)
{
	const uint64_t a = tta__index_hash(0, TWIN_A), b = tta__index_hash(0, TWIN_B);
	struct observation o;

	cr_assert_eq(a >> 32, b >> 32, "the hash changed: search another pair");
	cr_assert_eq((a ^ b) & (tta__level_buckets(0) - 1), 0);
	tta_alloc(0, TTA_DRAM, TWIN_A, 100);
	tta_free(0, TTA_DRAM, TWIN_B);
	tta_alloc(0, TTA_DRAM, TWIN_B, 20);
	o = observe(getpid());
	cr_expect_eq(o.process->counts[TTA_COUNT_UNKNOWN_FREES], 1);
	cr_expect_eq(o.process->counts[TTA_COUNT_DUPS], 0);
	expect_memory(&o, 120, 2, 2);
	observe_end(&o);
	tta_free(0, TTA_DRAM, TWIN_A);
	tta_free(0, TTA_DRAM, TWIN_B);
	o = observe(getpid());
	expect_memory(&o, 0, 0, 0);
	observe_end(&o);
}

/* The last record of each kind, and the entry, of an alloc with everything and its free.
 */
static struct tta_buffer with_everything(uint64_t address, struct seen *seen)
{
	const struct tta_alloc_desc desc = {
		.desc_size = sizeof(desc),
		.device = 2,
		.type = TTA_CB,
		.address = address,
		.size = 24576,
		.bank_size = 2048,
		.site = 0x7f0012345678,
		.label = tta_label("kv_cache"),
	};
	const struct tta_buffer *found;
	struct tta_buffer buffer;
	struct observation o;

	tta_alloc_ex(&desc);
	o = observe(getpid());
	found = observe_buffer(&o, 2, TTA_CB, address);
	cr_assert_not_null(found);
	buffer = *found;
	cr_assert_eq(buffer.address, address);
	tta_free(2, TTA_CB, address);
	cr_assert_eq(tta_reader_events(o.reader, see, seen, NULL), 0);
	observe_end(&o);
	return buffer;
}

static void expect_same_record(const struct seen *a, const struct seen *b, uint32_t op)
{
	const struct tta_event *x = &a->last[op], *y = &b->last[op];

	cr_expect_eq(x->thread, y->thread);
	cr_expect_eq(x->size, y->size);
	cr_expect_eq(x->site, y->site);
	cr_expect_eq(x->group, y->group);
	cr_expect_eq(x->refs, y->refs);
	cr_expect_eq(x->views, y->views);
	cr_expect_eq(x->flags, y->flags);
	cr_expect_eq(x->label, y->label);
	cr_expect_eq(x->device, y->device);
	cr_expect_eq(x->type, y->type);
	cr_expect(y->time_ns > x->time_ns);
}

Test(meaning, the_short_way_leaves_what_the_long_way_leaves)
{
	struct seen longer = {0}, shorter = {0};
	struct tta_buffer a, b;

	/* The first event at a (device, type) takes the long way. */
	a = with_everything(A, &longer);
	b = with_everything(B, &shorter);
	cr_expect_eq(a.size, b.size);
	cr_expect_eq(a.bank_size, b.bank_size);
	cr_expect_eq(a.site, b.site);
	cr_expect_eq(a.label, b.label);
	cr_expect_eq(a.group, b.group);
	cr_expect_eq(a.refs, b.refs);
	cr_expect_eq(a.views, b.views);
	cr_expect_eq(a.allocs, b.allocs);
	cr_expect_eq(a.flags, b.flags);
	cr_expect(b.time_ns > a.time_ns);
	cr_expect_eq(b.bank_size, 2048);
	cr_expect_eq(b.site, 0x7f0012345678);
	expect_same_record(&longer, &shorter, TTA_OP_ALLOC);
	expect_same_record(&longer, &shorter, TTA_OP_FREE);
}

Test(meaning, peak_is_exact_in_the_order_of_events)
{
	struct observation o;

	tta_alloc(0, TTA_DRAM, A, 1000);
	tta_alloc(0, TTA_DRAM, B, 2000);
	tta_free(0, TTA_DRAM, A);
	tta_alloc(0, TTA_DRAM, A, 500);
	o = observe(getpid());
	cr_expect_eq(observe_memory(&o, 0, TTA_DRAM).peak, 3000);
	cr_expect_eq(observe_memory(&o, 0, TTA_DRAM).used, 2500);
	observe_end(&o);
}

Test(meaning, errno_is_never_touched)
{
	errno = 12345;
	for (uint64_t i = 1; i < 5000; i++)
		tta_alloc((uint32_t)i % 300, TTA_DRAM, i << 12, 4096);
	tta_label("x");
	tta_mark("y");
	tta_level_set(TTA_COUNTERS);
	cr_expect_eq(errno, 12345);
}
