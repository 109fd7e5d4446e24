/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ttmetal-circular.hpp - circular buffers as groups per program and chip, for
 * tta-ttmetal.hpp.
 */
#ifndef TTA_TTMETAL_CIRCULAR_HPP
#define TTA_TTMETAL_CIRCULAR_HPP

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include <tta/tta.h>
#include <tta/ttmetal-book.hpp>

namespace tta_ttmetal
{
namespace detail
{

struct CircularBuffer {
	uint64_t address, size; /* in each core */
	uint64_t total;		/* over its cores */
	uint64_t view;		/* of an L1 buffer; 0 = memory of its own */
};

struct Group {
	const void *program;
	uint64_t id;
	bool open; /* its program still announces */
	std::vector<CircularBuffer> members;
};

/* The circular buffers of all chips. With the processor's mutex. */
class Circulars
{
      public:
	void program(const void *program, uint32_t chip)
	{
		current_[chip] = program;
		for (auto &group : groups_[chip])
			group.open = false;
	}

	void announce(Book &book, uint32_t chip, const CircularBuffer &announced,
		      bool global)
	{
		Group &group = open_group(book, chip, announced);

		if (!global) {
			publish(chip, group, announced);
			return;
		}
		CircularBuffer member = announced;

		member.view = ++serial_;
		group.members.push_back(member);
		book.view(Place{chip, TTA_L1, member.address}, Holder{member.view, true},
			  member.total);
	}

	void end_all(Book &book, uint32_t chip)
	{
		for (auto &group : groups_[chip])
			end(book, chip, group);
		groups_.erase(chip);
	}

	void close_chip(uint32_t chip)
	{
		groups_.erase(chip);
		current_.erase(chip);
	}

      private:
	/* The same address on other cores: one entry over all of them. */
	static CircularBuffer &join(uint32_t chip, Group &group,
				    const CircularBuffer &announced)
	{
		for (CircularBuffer &member : group.members) {
			if (member.view || member.address != announced.address)
				continue;
			tta_free_sized(chip, TTA_CB, member.address, member.total);
			member.total += announced.total;
			member.size = std::max(member.size, announced.size);
			return member;
		}
		group.members.push_back(announced);
		return group.members.back();
	}

	static void publish(uint32_t chip, Group &group, const CircularBuffer &announced)
	{
		const CircularBuffer &member = join(chip, group, announced);
		tta_alloc_desc desc{};

		desc.desc_size = sizeof(desc);
		desc.device = chip;
		desc.type = TTA_CB;
		desc.address = member.address;
		desc.size = member.total;
		desc.bank_size = member.size;
		desc.group = group.id;
		tta_alloc_ex(&desc);
	}

	static void end(Book &book, uint32_t chip, const Group &group)
	{
		tta_free_group(chip, TTA_CB, group.id);
		for (const CircularBuffer &member : group.members)
			if (member.view)
				book.end_view(Place{chip, TTA_L1, member.address},
					      Holder{member.view, true});
	}

	static bool covers(const Group &group, const CircularBuffer &announced)
	{
		for (const CircularBuffer &member : group.members)
			if (!member.view &&
			    member.address < announced.address + announced.size &&
			    announced.address < member.address + member.size)
				return true;
		return false;
	}

	/* The group of the chip's program, new when the program begins anew. */
	Group &open_group(Book &book, uint32_t chip, const CircularBuffer &announced)
	{
		const void *program = current_[chip];
		auto &groups = groups_[chip];

		for (auto at = groups.begin(); at != groups.end();) {
			bool own = at->program == program;

			if (own ? !at->open : covers(*at, announced)) {
				end(book, chip, *at);
				at = groups.erase(at);
			} else {
				++at;
			}
		}
		for (auto &group : groups)
			if (group.program == program)
				return group;
		groups.push_back(Group{program, ++serial_, true, {}});
		return groups.back();
	}

	std::map<uint32_t, const void *> current_;
	std::map<uint32_t, std::vector<Group>> groups_;
	uint64_t serial_ = 0;
};

} // namespace detail
} // namespace tta_ttmetal

#endif
