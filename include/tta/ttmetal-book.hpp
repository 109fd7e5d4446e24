/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ttmetal-book.hpp - which buffers own their memory and which are views: rules R1 to R4
 * of tta-ttmetal.hpp, which includes this. It knows nothing of tt-metal.
 */
#ifndef TTA_TTMETAL_BOOK_HPP
#define TTA_TTMETAL_BOOK_HPP

#include <algorithm>
#include <cstdint>
#include <deque>
#include <iterator>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <tta/tta.h>

namespace tta_ttmetal
{

/* What the processor met so far. */
struct Notes {
	uint64_t threads = 0;	    /* that called install() */
	uint64_t buffers = 0;	    /* announced */
	uint64_t views = 0;	    /* of these, by R1 and R2 */
	uint64_t views_ended = 0;   /* with their owner, R4 */
	uint64_t late_frees = 0;    /* of views that had ended with their owner */
	uint64_t unknown_frees = 0; /* allocated before install(), or on another thread */
	uint64_t virtual_buffers = 0; /* address 0: hooked, no memory was allocated */
	uint64_t repeated = 0;	      /* a buffer announced twice: counted once */
	uint64_t lost = 0; /* callbacks that ran out of memory or were refused */
};

namespace detail
{

struct Place {
	uint32_t chip, type;
	uint64_t address;

	bool operator<(const Place &other) const
	{
		if (chip != other.chip)
			return chip < other.chip;
		return type != other.type ? type < other.type : address < other.address;
	}
};

/* Who announced a place: a buffer, or a circular buffer. */
struct Holder {
	uint64_t id;
	bool circular;

	bool operator==(const Holder &other) const
	{
		return id == other.id && circular == other.circular;
	}
};

struct Held {
	bool owned = false;
	uint64_t owner = 0, size = 0;
	std::vector<Holder> views;
};

/* Views that ended with their owner, the newest ones. */
class Ended
{
      public:
	void add(uint64_t id)
	{
		if (order_.size() == LIMIT) {
			ids_.erase(order_.front());
			order_.pop_front();
		}
		if (ids_.insert(id).second)
			order_.push_back(id);
	}
	bool knows(uint64_t id) const
	{
		return ids_.count(id) != 0;
	}

      private:
	static constexpr size_t LIMIT = 65536;
	std::deque<uint64_t> order_;
	std::unordered_set<uint64_t> ids_;
};

/* The buffers: which of them own, and where. With the processor's mutex. */
class Book
{
      public:
	struct Entry {
		uint64_t address; /* of the owner, for a view by R1 */
		uint64_t size, bank_size;
		uint32_t type, label;
		bool view; /* by R1 */
		std::vector<uint32_t> chips;
	};

	void announce(uint64_t id, const Entry &entry, Notes &notes)
	{
		if (!entries_.emplace(id, entry).second) {
			notes.repeated++;
			return;
		}
		notes.buffers++;
		bool view = false;

		for (uint32_t chip : entry.chips)
			view |= hold(id, entry, chip);
		notes.views += view;
	}

	/* @where: its place, asked for only when nobody announced it. */
	template <class Where> void end(uint64_t id, Where where, Notes &notes)
	{
		auto found = entries_.find(id);

		if (found == entries_.end()) {
			end_unknown(id, where, notes);
			return;
		}
		const Entry entry = std::move(found->second);

		entries_.erase(found);
		for (uint32_t chip : entry.chips)
			release(id, Place{chip, entry.type, entry.address}, notes);
	}

	void view(const Place &place, const Holder &holder, uint64_t size)
	{
		places_[place].views.push_back(holder);
		tta_view(place.chip, place.type, place.address, size);
	}

	/* False: it ended with its owner. */
	bool end_view(const Place &place, const Holder &holder)
	{
		auto held = places_.find(place);

		if (held == places_.end())
			return false;
		auto &views = held->second.views;
		auto at = std::find(views.begin(), views.end(), holder);

		if (at == views.end())
			return false;
		views.erase(at);
		tta_free_view(place.chip, place.type, place.address);
		if (views.empty() && !held->second.owned)
			places_.erase(held);
		return true;
	}

	void close_chip(uint32_t chip)
	{
		tta_device_close(chip);
		for (auto at = places_.begin(); at != places_.end();)
			at = at->first.chip == chip ? places_.erase(at) : std::next(at);
		for (auto at = entries_.begin(); at != entries_.end();) {
			auto &chips = at->second.chips;

			chips.erase(std::remove(chips.begin(), chips.end(), chip),
				    chips.end());
			if (chips.empty()) {
				ended_.add(at->first);
				at = entries_.erase(at);
			} else {
				++at;
			}
		}
	}

      private:
	/* True: as a view. */
	bool hold(uint64_t id, const Entry &entry, uint32_t chip)
	{
		const Place place{chip, entry.type, entry.address};
		Held &held = places_[place];

		if (entry.view || held.owned) {
			view(place, Holder{id, false}, entry.size); /* R1, R2 */
			return true;
		}
		held.owned = true; /* R3 */
		held.owner = id;
		held.size = entry.size;
		tta_alloc_desc desc{};

		desc.desc_size = sizeof(desc);
		desc.device = chip;
		desc.type = entry.type;
		desc.address = entry.address;
		desc.size = entry.size;
		desc.bank_size = entry.bank_size;
		desc.label = entry.label;
		tta_alloc_ex(&desc);
		return false;
	}

	void release(uint64_t id, const Place &place, Notes &notes)
	{
		auto held = places_.find(place);

		if (held == places_.end())
			return;
		if (!held->second.owned || held->second.owner != id) {
			end_view(place, Holder{id, false});
			return;
		}
		for (const Holder &view : held->second.views) { /* R4 */
			tta_free_view(place.chip, place.type, place.address);
			notes.views_ended++;
			forget_view(view, place.chip);
		}
		tta_free_sized(place.chip, place.type, place.address, held->second.size);
		places_.erase(held);
	}

	void forget_view(const Holder &view, uint32_t chip)
	{
		auto found = entries_.find(view.id);

		if (view.circular || found == entries_.end())
			return;
		auto &chips = found->second.chips;

		chips.erase(std::remove(chips.begin(), chips.end(), chip), chips.end());
		if (chips.empty()) {
			entries_.erase(found);
			ended_.add(view.id);
		}
	}

	template <class Where> void end_unknown(uint64_t id, Where where, Notes &notes)
	{
		if (ended_.knows(id)) {
			notes.late_frees++;
			return;
		}
		notes.unknown_frees++;
		const Place place = where();

		/* Never end somebody else's entry. */
		if (places_.find(place) == places_.end())
			tta_free(place.chip, place.type, place.address);
	}

	std::unordered_map<uint64_t, Entry> entries_; /* by unique_id() */
	std::map<Place, Held> places_;
	Ended ended_;
};

} // namespace detail
} // namespace tta_ttmetal

#endif
