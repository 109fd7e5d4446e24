/* SPDX-License-Identifier: BSD-2-Clause */
/* One bank in address order: spans, gaps, doubts, what fits, and hostile numbers. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address_map.h"
#include "sample_builder.h"

#define MANY 100000

struct drawn {
	struct snapshot *snapshot;
	struct address_map map;
};

/* The map of @type on device 0 of what was built. */
static struct drawn draw(struct sample_builder *b, const char *type)
{
	struct drawn drawn = {.snapshot = sample_snapshot(b)};
	const struct snap_device *device = &drawn.snapshot->devices[0];
	size_t row = 0;

	sample_delete(b);
	while (strcmp(device->memory[row].type, type) != 0)
		row++;
	cr_assert_eq(address_map_make(drawn.snapshot, (struct map_place){0, row},
				      &drawn.map),
		     0);
	return drawn;
}

static void end(struct drawn *drawn)
{
	address_map_free(&drawn->map);
	snapshot_free(drawn->snapshot);
}

/* A living process with DRAM of 4 banks of 0x10000 and L1 of 2 banks of 0x10000. */
static struct sample_builder *described(void)
{
	struct sample_builder *b = sample_new();

	sample_process(b, 10);
	sample_device(b, 0, "tenstorrent", "");
	sample_geometry(b, TTA_DRAM, 4, 0x10000);
	sample_geometry(b, TTA_L1, 2, 0x10000);
	return b;
}

static void expect_span(const struct address_map *map, size_t index, uint64_t begin,
			uint64_t end_at, size_t buffers)
{
	cr_assert_lt(index, map->span_count);
	cr_assert_eq(map->spans[index].begin, begin, "span %zu begins at %lx", index,
		     (unsigned long)map->spans[index].begin);
	cr_assert_eq(map->spans[index].end, end_at, "span %zu ends at %lx", index,
		     (unsigned long)map->spans[index].end);
	cr_assert_eq(map->spans[index].count, buffers);
}

Test(address_map, an_empty_bank_is_one_gap)
{
	struct drawn d = draw(described(), "DRAM");

	cr_assert_eq(d.map.trouble, MAP_DRAWN);
	cr_assert_eq(d.map.span_count, 1);
	expect_span(&d.map, 0, 0, 0x10000, 0);
	cr_assert_eq(d.map.free, 0x10000);
	cr_assert_eq(d.map.gaps, 1);
	cr_assert_eq(address_map_fragmentation(&d.map), 0);
	cr_assert_not(address_map_estimated(&d.map));
	end(&d);
}

Test(address_map, buffers_and_gaps_alternate_in_address_order)
{
	struct sample_builder *b = described();
	struct drawn d;

	/* 0x4000 over 4 banks: 0x1000 of addresses each */
	sample_buffer(b, 0, TTA_DRAM, 0x8000, 0x4000);
	sample_buffer(b, 0, TTA_DRAM, 0x2000, 0x4000);
	sample_buffer(b, 0, TTA_DRAM, 0x3000, 0x4000);
	d = draw(b, "DRAM");
	cr_assert_eq(d.map.span_count, 6);
	expect_span(&d.map, 0, 0, 0x2000, 0);
	expect_span(&d.map, 1, 0x2000, 0x3000, 1);
	expect_span(&d.map, 2, 0x3000, 0x4000, 1); /* touching: a span of its own */
	expect_span(&d.map, 3, 0x4000, 0x8000, 0);
	expect_span(&d.map, 4, 0x8000, 0x9000, 1);
	expect_span(&d.map, 5, 0x9000, 0x10000, 0);
	cr_assert_eq(d.map.used, 0x3000);
	cr_assert_eq(d.map.free, 0xd000);
	cr_assert_eq(d.map.gaps, 3);
	cr_assert_eq(d.map.largest_gap, 0x7000);
	cr_assert_eq(address_map_fragmentation(&d.map), 46);
	cr_assert_eq(address_map_find(&d.map, 0x2fff), 1);
	cr_assert_eq(address_map_find(&d.map, 0x3000), 2);
	cr_assert_eq(address_map_find(&d.map, UINT64_MAX), 5);
	cr_assert_str_eq(d.map.buffers[d.map.spans[4].first].buffer->type, "DRAM");
	end(&d);
}

Test(address_map, overlapping_buffers_are_one_span_counted_once)
{
	struct sample_builder *b = described();
	struct drawn d;

	sample_buffer(b, 0, TTA_DRAM, 0x1000, 0x8000);
	sample_buffer(b, 0, TTA_DRAM, 0x1800, 0x4000);
	sample_buffer(b, 0, TTA_DRAM, 0x2800, 0x4000);
	d = draw(b, "DRAM");
	expect_span(&d.map, 1, 0x1000, 0x3800, 3);
	cr_assert_eq(d.map.spans[1].flags, SPAN_TWICE);
	cr_assert_eq(d.map.used, 0x2800);
	cr_assert_eq(d.map.shared, 0x2000 + 0x1000 + 0x1000 - 0x2800);
	end(&d);
}

Test(address_map, what_the_dead_left_is_occupied_and_said)
{
	struct sample_builder *b = described();
	struct drawn d;

	sample_buffer(b, 0, TTA_DRAM, 0x1000, 0x4000);
	sample_process(b, 20)->verdict = TTA_VERDICT_ORPHAN;
	sample_device(b, 0, "tenstorrent", "");
	sample_buffer(b, 0, TTA_DRAM, 0x1800, 0x8000);
	d = draw(b, "DRAM");
	expect_span(&d.map, 1, 0x1000, 0x3800, 2);
	cr_assert_eq(d.map.spans[1].flags, SPAN_DEAD); /* the dead claim nothing twice */
	cr_assert_eq(d.map.used, 0x2800);
	cr_assert_eq(d.map.dead, 0x1800); /* beyond the buffer of the living */
	cr_assert_eq(d.map.largest_gap, 0x10000 - 0x3800);
	end(&d);
}

Test(address_map, circular_buffers_are_mapped_in_l1)
{
	struct sample_builder *b = described();
	struct drawn d;

	sample_buffer(b, 0, TTA_CB, 0x1000, 0x800)->bank_size = 0x400;
	sample_buffer(b, 0, TTA_L1, 0x2000, 0x800);
	d = draw(b, "CB");
	cr_assert_str_eq(d.map.type, "L1");
	expect_span(&d.map, 1, 0x1000, 0x1400, 1);
	expect_span(&d.map, 3, 0x2000, 0x2400, 1);
	cr_assert(address_map_draws(&d.map, "CB"));
	cr_assert_not(address_map_draws(&d.map, "DRAM"));
	end(&d);
}

Test(address_map, addresses_of_another_type_are_set_apart)
{
	struct sample_builder *b = described();
	struct drawn d;

	sample_geometry(b, TTA_L1_SMALL, 2, 0x2000)->base = 0xe000;
	sample_buffer(b, 0, TTA_L1_SMALL, 0xe800, 0x800);
	d = draw(b, "L1");
	cr_assert_eq(d.map.span_count, 4);
	expect_span(&d.map, 0, 0, 0xe000, 0);
	expect_span(&d.map, 2, 0xe800, 0xec00, 1);
	cr_assert_null(d.map.spans[0].apart);
	cr_assert_str_eq(d.map.spans[1].apart, "L1_SMALL");
	cr_assert_str_eq(d.map.spans[3].apart, "L1_SMALL");
	cr_assert_eq(d.map.free, 0xe000);
	cr_assert_eq(d.map.gaps, 1);
	cr_assert_eq(find_row(d.snapshot, 0, "L1")->largest_free, 0xe000);
	end(&d);
}

Test(address_map, types_that_begin_alike_are_two_spaces)
{
	struct sample_builder *b = described();
	struct drawn d;

	sample_geometry(b, TTA_TRACE, 4, 0x2000);
	sample_buffer(b, 0, TTA_TRACE, 0x0, 0x4000);
	d = draw(b, "DRAM");
	cr_assert_eq(d.map.span_count, 1);
	end(&d);
}

Test(address_map, without_geometry_there_is_no_map)
{
	struct sample_builder *b = sample_new();
	struct drawn d;

	sample_process(b, 10);
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 0x1000);
	d = draw(b, "DRAM");
	cr_assert_eq(d.map.trouble, MAP_NO_GEOMETRY);
	cr_assert_eq(d.map.span_count, 0);
	end(&d);

	b = sample_new();
	sample_process(b, 10);
	sample_device(b, 0, "tenstorrent", "");
	sample_geometry(b, TTA_DRAM, 0, 0x10000);
	d = draw(b, "DRAM");
	cr_assert_eq(d.map.trouble, MAP_NO_BANKS);
	end(&d);
}

Test(address_map, doubts_are_counted)
{
	struct sample_builder *b = described();
	struct drawn d;

	sample_buffer(b, 0, TTA_CB, 0x1000, 0x800); /* into how many banks? */
	sample_buffer(b, 0, TTA_L1, 0xff00, 0x800); /* reaches behind the bank */
	sample_buffer(b, 0, TTA_L1, 0x20000, 0x800);
	sample_process(b, 20)->buffers_inexact = TTA_INEXACT_BUSY;
	sample_device(b, 0, "tenstorrent", "");
	sample_memory(b, 0, TTA_L1)->no_detail_bytes = 4096;
	sample_buffer(b, 0, TTA_L1, 0x4000, 0x800);
	d = draw(b, "L1");
	cr_assert(address_map_estimated(&d.map));
	cr_assert_eq(d.map.unplaced, 1);
	cr_assert_eq(d.map.outside, 2);
	cr_assert(d.map.hidden);
	cr_assert_eq(d.map.inexact, 1);
	cr_assert_str_neq(d.map.reason, "");
	expect_span(&d.map, d.map.span_count - 1, 0xff00, 0x10000, 1);
	end(&d);
}

Test(address_map, views_and_sizes_of_zero_take_no_place)
{
	struct sample_builder *b = described();
	struct drawn d;

	sample_buffer(b, 0, TTA_DRAM, 0x1000, 0x4000)->refs = 0;
	sample_buffer(b, 0, TTA_DRAM, 0x2000, 0);
	d = draw(b, "DRAM");
	cr_assert_eq(d.map.span_count, 1);
	cr_assert_not(address_map_estimated(&d.map));
	end(&d);
}

/* ---- will it fit ---- */

static struct drawn with_gaps(void)
{
	struct sample_builder *b = described();

	/* gaps: 0x0-0x1000, 0x1800-0x4100, 0x5000-0x10000 */
	sample_buffer(b, 0, TTA_DRAM, 0x1000, 0x2000);
	sample_buffer(b, 0, TTA_DRAM, 0x4100, 0x3c00);
	return draw(b, "DRAM");
}

Test(address_map, bytes_are_divided_over_the_banks_and_rounded_up)
{
	struct drawn d = with_gaps();
	struct map_fit fit = address_map_fit(&d.map, 0x4000, 0);

	cr_assert(fit.fits);
	cr_assert_eq(fit.per_bank, 0x1000);
	cr_assert_eq(fit.gaps, 3);
	cr_assert_eq(fit.begin, 0);
	cr_assert_eq(fit.left, 0);
	fit = address_map_fit(&d.map, 0x4001, 0);
	cr_assert_eq(fit.per_bank, 0x1001);
	cr_assert_eq(fit.gaps, 2);
	cr_assert_eq(fit.begin, 0x1800); /* the tightest */
	cr_assert_eq(fit.left, 0x2900 - 0x1001);
	end(&d);
}

Test(address_map, what_is_missing_is_told)
{
	struct drawn d = with_gaps();
	struct map_fit fit = address_map_fit(&d.map, 4 * 0xb000, 0);

	cr_assert(fit.fits);
	cr_assert_eq(fit.left, 0);
	fit = address_map_fit(&d.map, 4 * 0xb000 + 1, 0);
	cr_assert_not(fit.fits);
	cr_assert_eq(fit.missing, 1);
	cr_assert_eq(fit.gaps, 0);
	fit = address_map_fit(&d.map, SNAP_UNKNOWN - 1, 0);
	cr_assert_not(fit.fits);
	end(&d);
}

Test(address_map, alignment_takes_from_the_gap)
{
	struct drawn d = with_gaps();
	struct map_fit fit = address_map_fit(&d.map, 4 * 0x2900, 0);

	cr_assert_eq(fit.begin, 0x1800);
	fit = address_map_fit(&d.map, 4 * 0x2900, 0x1000);
	cr_assert_eq(fit.gaps, 1);
	cr_assert_eq(fit.begin, 0x5000);
	fit = address_map_fit(&d.map, 4 * 0x2100, 0x1000);
	cr_assert_eq(fit.begin, 0x2000);
	cr_assert_eq(fit.left, 0);
	fit = address_map_fit(&d.map, 4, UINT64_C(1) << 63);
	cr_assert_eq(fit.begin, 0); /* the first address is aligned to everything */
	end(&d);
}

Test(address_map, a_full_bank_takes_nothing)
{
	struct sample_builder *b = described();
	struct map_fit fit;
	struct drawn d;

	sample_buffer(b, 0, TTA_DRAM, 0, 4 * 0x10000);
	d = draw(b, "DRAM");
	cr_assert_eq(d.map.span_count, 1);
	cr_assert_eq(d.map.free, 0);
	cr_assert_eq(address_map_fragmentation(&d.map), 0);
	fit = address_map_fit(&d.map, 1, 0);
	cr_assert_not(fit.fits);
	cr_assert_eq(fit.missing, 1);
	end(&d);
}

/* ---- hostile numbers ---- */

Test(address_map, numbers_that_overflow_are_no_place)
{
	struct sample_builder *b = sample_new();
	struct drawn d;

	sample_process(b, 10);
	sample_device(b, 0, "tenstorrent", "");
	sample_geometry(b, TTA_DRAM, 1, UINT64_MAX)->base = 1;
	d = draw(b, "DRAM");
	cr_assert_eq(d.map.trouble, MAP_NO_GEOMETRY);
	cr_assert_eq(find_row(d.snapshot, 0, "DRAM")->largest_free, SNAP_UNKNOWN);
	end(&d);

	b = sample_new();
	sample_process(b, 10);
	sample_device(b, 0, "tenstorrent", "");
	sample_geometry(b, TTA_DRAM, 1, UINT64_MAX - 1);
	sample_buffer(b, 0, TTA_DRAM, UINT64_MAX - 4, 1)->bank_size = 16;
	sample_buffer(b, 0, TTA_DRAM, 16, UINT64_MAX - 32);
	sample_buffer(b, 0, TTA_DRAM, 17, UINT64_MAX - 32);
	sample_buffer(b, 0, TTA_DRAM, 18, UINT64_MAX - 32);
	d = draw(b, "DRAM");
	cr_assert_eq(d.map.trouble, MAP_DRAWN);
	cr_assert_eq(d.map.unplaced, 1);
	cr_assert_eq(d.map.buffer_count, 3);
	cr_assert_eq(d.map.shared, SNAP_UNKNOWN); /* more than can be counted */
	cr_assert_eq(d.map.spans[0].end, 16);
	cr_assert_not(address_map_fit(&d.map, UINT64_MAX - 2, 1).fits);
	end(&d);
}

/* By hand: the builder is for few. */
Test(address_map, a_hundred_thousand_buffers_are_fine)
{
	struct sample_builder *b = described();
	struct drawn d = draw(b, "DRAM");
	struct snap_buffer *buffers = calloc(MANY, sizeof(*buffers));

	cr_assert(buffers);
	for (size_t i = 0; i < MANY; i++)
		buffers[i] = (struct snap_buffer){
			.type = d.map.type,
			.addr = i * 7919 % MANY * 32, /* in no order */
			.size = 64,
			.bank_size = i % 3 ? 16 : 64, /* some overlap the next */
			.refs = 1,
			.label = "",
		};
	address_map_free(&d.map);
	d.snapshot->devices[0].memory[0].bank_size = UINT64_C(32) * MANY;
	d.snapshot->buffers = buffers;
	d.snapshot->buffer_count = MANY;
	cr_assert_eq(address_map_make(d.snapshot, (struct map_place){0, 0}, &d.map), 0);
	cr_assert_eq(d.map.buffer_count, MANY);
	for (size_t i = 1; i < d.map.span_count; i++)
		cr_assert_eq(d.map.spans[i].begin, d.map.spans[i - 1].end);
	cr_assert_eq(d.map.used + d.map.free, UINT64_C(32) * MANY);
	end(&d);
	free(buffers);
}
