/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which size a sender uses, and the bytes of answers (the tables of the protocol).
 */
#include <criterion/criterion.h>

#include "messages.h"

static const uint32_t strides[] = {72, 112, 128, 144};
static uint8_t data[1024];

Test(wire, a_second_message_shows_the_size)
{
	for (int i = 0; i < 4; i++) {
		uint8_t *second = put(data, strides[i], WIRE_ALLOC, 0, 4096, 1);

		put(second, strides[i], WIRE_FREE, 0, 0, 1);
		for (size_t size = 1; size < strides[i] + 24u; size++)
			cr_assert_eq(wire_detect(data, size, false), WIRE_UNDECIDED,
				     "%zu of size %u", size, strides[i]);
		cr_assert_eq(wire_detect(data, strides[i] + 24u, false), strides[i]);
		cr_assert_eq(wire_detect(data, 2u * strides[i], true), strides[i]);
	}
}

Test(wire, one_message_alone_is_judged_once_nothing_more_comes)
{
	for (int i = 0; i < 4; i++) {
		put(data, strides[i], WIRE_ALLOC, 7, 4096, 1);
		cr_assert_eq(wire_detect(data, strides[i], false), WIRE_UNDECIDED);
		cr_assert_eq(wire_detect(data, strides[i], true), strides[i]);
		cr_assert_eq(wire_detect(data, strides[i] - 1u, true), WIRE_UNDECIDED,
			     "not whole");
	}
}

/* D25: types that a size does not have. */
Test(wire, some_types_are_of_some_sizes_alone)
{
	put(data, 72, WIRE_DEVICE_INFO_QUERY, -1, 0, 0);
	cr_assert_eq(wire_detect(data, 72, true), WIRE_UNDECIDED);
	put(data, 112, WIRE_CB_ALLOC, 0, 1, 1);
	cr_assert_eq(wire_detect(data, 112, true), WIRE_UNDECIDED);
	put(data, 128, WIRE_CB_ALLOC, 0, 1, 1);
	cr_assert_eq(wire_detect(data, 128, true), 128);
}

Test(wire, what_is_no_message_is_refused_at_its_first_wrong_byte)
{
	for (unsigned type = 0; type < 256; type++) {
		bool good = type >= 1 && type <= 12 && type != WIRE_RESPONSE &&
			    type != WIRE_DEVICE_INFO_RESPONSE;

		put(data, 72, (uint8_t)type, 0, 0, 0);
		cr_assert_eq(wire_plausible(data, 72), good, "type %u", type);
		cr_assert_eq(wire_detect(data, 1, false) != WIRE_BROKEN, good);
	}
	for (int pad = 1; pad < 20; pad++) {
		if (pad > 3 && pad < 17)
			continue;
		put(data, 72, WIRE_ALLOC, 0, 0, 0);
		data[pad] = 1;
		cr_assert_not(wire_plausible(data, 72), "pad %d", pad);
	}
	put(data, 144, WIRE_ALLOC, 0, 1, 1);
	data[144] = 200;
	cr_assert_eq(wire_detect(data, 145, true), WIRE_BROKEN);
}

/* The 32-byte helper struct on the same socket: an address lies where nothing may be. */
Test(wire, the_incompatible_helper_struct_is_refused)
{
	uint64_t address = 101152;

	put(data, 32, WIRE_CB_ALLOC, 0, 4096, 4242 /* its pid */);
	memcpy(data + 16, &address, 8);
	cr_assert_eq(wire_detect(data, 32, false), WIRE_BROKEN);
}

Test(wire, decodes_every_field)
{
	struct wire_message message;
	int32_t pid = 4242;

	put(data, 72, WIRE_ALLOC, -3, UINT64_C(1) << 40, UINT64_C(0x123456789abc));
	data[16] = 3;
	memcpy(data + 20, &pid, 4);
	message = wire_decode(data);
	cr_assert_eq(message.type, WIRE_ALLOC);
	cr_assert_eq(message.device, -3);
	cr_assert_eq(message.size, UINT64_C(1) << 40);
	cr_assert_eq(message.buffer_type, 3);
	cr_assert_eq(message.pid, 4242);
	cr_assert_eq(message.id, UINT64_C(0x123456789abc));
}

static uint64_t u64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, 8);
	return value;
}

static uint32_t u32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, 4);
	return value;
}

Test(wire, answers_lie_where_each_size_has_them)
{
	const struct wire_counters counters = {1, 2, 3, 4, 5, 6};
	uint8_t to[WIRE_MOST];

	for (int i = 0; i < 4; i++) {
		bool wide = strides[i] >= 128;
		uint32_t info = wide ? 120 : 104;

		wire_response(to, 5, strides[i], &counters);
		cr_assert_eq(to[0], WIRE_RESPONSE);
		cr_assert_eq(u32(to + 4), 5);
		for (uint64_t field = 0; field < 4; field++)
			cr_assert_eq(u64(to + 40 + 8 * field), field + 1);
		cr_assert_eq(u64(to + 72), wide ? 5 : 0);
		cr_assert_eq(u64(to + 80), wide ? 6 : 0);
		wire_device_info(to, -1, strides[i], 8, false);
		cr_assert_eq(to[0], WIRE_DEVICE_INFO_RESPONSE);
		cr_assert_eq(u32(to + info), 1);
		cr_assert_eq(u32(to + info + 4), 8);
		wire_device_info(to, 3, strides[i], 0, true);
		cr_assert_eq(u32(to + info), 1);
		cr_assert_eq(u32(to + info + 4), 0);
		wire_device_info(to, 3, strides[i], 0, false);
		cr_assert_eq(u32(to + info), 0);
	}
}
