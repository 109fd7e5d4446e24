/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "segment_image.h"
#include "test_dir.h"
#include "validate.h"

static struct image image;
static struct tta_header header;
static struct tta_layout_map map;
static char problem[TTA_PROBLEM_SIZE];

static void setup(void)
{
	test_dir_make();
	image_make(&image, NULL);
	header = *image.header;
	image_close(&image);
}

TestSuite(validate, .init = setup, .fini = test_dir_remove);

static int judge(void)
{
	return tta__layout_validate(&header, image.size, &map, problem);
}

/* Refused with @err, a reason that holds @text, and no map. */
static void refused(int err, const char *text)
{
	map.overflow = 1;
	cr_assert_eq(judge(), err, "want %d for %s, problem: %s", err, text, problem);
	cr_assert(strstr(problem, text), "'%s' should say '%s'", problem, text);
	cr_assert_eq(map.overflow, 1, "the map is not touched on failure");
}

Test(validate, accepts_a_good_header)
{
	cr_assert_eq(judge(), 0, "%s", problem);
	cr_assert_str_empty(problem);
	cr_assert_eq(map.section[TTA_SECTION_POOL].stride, sizeof(struct tta_slot));
	cr_assert_eq(map.section[TTA_SECTION_POOL].offset,
		     header.sections[TTA_SECTION_POOL].offset);
	cr_assert_eq(map.overflow, offsetof(struct tta_header, overflow));
}

Test(validate, refuses_another_protocol)
{
	header.magic[0] = 'x';
	refused(-EPROTONOSUPPORT, "magic");
	memcpy(header.magic, TTA_MAGIC, 8);
	header.byte_order = 0x04030201u;
	refused(-EPROTONOSUPPORT, "byte order");
	header.byte_order = TTA_BYTE_ORDER;
	header.major = TTA_SEGMENT_MAJOR + 1;
	refused(-EPROTONOSUPPORT, "layout version 2");
}

Test(validate, refuses_broken_constants)
{
	const struct tta_header good = header;

	header.header_size = 8192;
	refused(-EBADMSG, "header size");
	header = good;
	header.fingerprint ^= 1;
	refused(-EBADMSG, "fingerprint");
	header = good;
	header.file_size = image.size + 1;
	refused(-EBADMSG, "truncated");
	header.file_size = 4095;
	refused(-EBADMSG, "truncated");
	header = good;
	header.mutex_lock_offset = 64;
	refused(-EBADMSG, "lock word");
	header.mutex_lock_offset = 2;
	refused(-EBADMSG, "lock word");
	header.mutex_lock_offset = 60;
	cr_assert_eq(judge(), 0);
	header = good;
	header.clock_kind = 3;
	refused(-EBADMSG, "clock kind");
	header = good;
	header.clock_shift = 64;
	refused(-EBADMSG, "clock shift");
	header = good;
	header.overflow_offset = 4096 - 511;
	refused(-EBADMSG, "overflow");
	header.overflow_offset = 8;
	refused(-EBADMSG, "overflow");
}

Test(validate, accepts_another_minor_with_another_fingerprint)
{
	header.minor = TTA_SEGMENT_MINOR + 1;
	header.fingerprint ^= 1;
	cr_assert_eq(judge(), 0, "%s", problem);
}

Test(validate, refuses_broken_sections)
{
	struct tta_section_head *pool = &header.sections[TTA_SECTION_POOL];
	const struct tta_section_head good = *pool;

	pool->version = 0;
	refused(-EBADMSG, "version 0");
	*pool = good;
	pool->stride = 56;
	refused(-EBADMSG, "stride");
	pool->stride = 68;
	refused(-EBADMSG, "stride");
	*pool = good;
	pool->offset = 0;
	refused(-EBADMSG, "offset");
	pool->offset = good.offset + 64;
	refused(-EBADMSG, "offset");
	*pool = good;
	pool->capacity = image.size / 64;
	refused(-EBADMSG, "beyond the end");
	pool->capacity = UINT64_MAX / 32;
	refused(-EBADMSG, "beyond the end");
	*pool = good;
	pool->offset = UINT64_MAX & ~UINT64_C(4095);
	refused(-EBADMSG, "beyond the end");
	*pool = good;
	pool->offset = header.sections[TTA_SECTION_LIVE].offset;
	refused(-EBADMSG, "overlap");
	*pool = good;
	pool->type = TTA_SECTION_LIVE;
	refused(-EBADMSG, "twice");
}

Test(validate, refuses_broken_chains)
{
	const struct tta_header good = header;

	header.first_section = 4096;
	refused(-EBADMSG, "section head");
	header.first_section = 4096 - 63;
	refused(-EBADMSG, "section head");
	header.first_section = 64;
	refused(-EBADMSG, "section head");
	header = good;
	header.sections[5].next = UINT64_MAX - 7;
	refused(-EBADMSG, "section head");
	header = good;
	header.section_count--;
	refused(-EBADMSG, "chain");
	header = good;
	header.sections[5].next = 0;
	refused(-EBADMSG, "chain");
}

Test(validate, ends_on_a_loop_of_unknown_sections)
{
	header.sections[1].type = 9999;
	header.sections[1].next = header.first_section;
	header.section_count = TTA_SECTION_MAX;
	refused(-EBADMSG, "chain");
}

Test(validate, skips_unknown_sections_and_takes_longer_records)
{
	const struct image_options later = {
		.pid = 5, .extra_section = 1, .extra_stride = 64};

	image_make(&image, &later);
	header = *image.header;
	image_close(&image);
	cr_assert_eq(judge(), 0, "%s", problem);
	cr_assert_eq(map.section[TTA_SECTION_POOL].stride, sizeof(struct tta_slot) + 64);
}

Test(validate, fingerprint_names_this_layout)
{
	/* Released layouts keep their number: one that changes here needs a new major. */
	cr_assert_eq(tta__layout_fingerprint(), UINT64_C(0x294e4349a0c7afb1), "0x%llx",
		     (unsigned long long)tta__layout_fingerprint());
}

Test(validate, knows_the_size_of_every_record)
{
	for (uint32_t type = 1; type <= TTA_SECTION_COUNT; type++)
		cr_assert_gt(tta__record_size(type), 0);
	cr_assert_eq(tta__record_size(0), 0);
	cr_assert_eq(tta__record_size(TTA_SECTION_COUNT + 1), 0);
}
