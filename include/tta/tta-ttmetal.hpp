/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tta-ttmetal.hpp - publish what tt-metal allocates, without a change to tt-metal.
 *
 *	#include <tta/tta-ttmetal.hpp>
 *
 *	tta_ttmetal::install();                 // each thread that allocates, early
 *	...
 *	tta_ttmetal::device_closed(device);     // after CloseDevice, before it is deleted
 *
 * A graph processor of tt-metal's public interface (tt-metalium/graph_tracking.hpp) that
 * tells libtta of each buffer and circular buffer. C++17; link with libtta. How to build
 * with tt-metal, and what is not seen: docs/tt-metal.md.
 *
 * Which buffers own their memory. tt-metal does not say it, so (R1 to R4):
 *
 *  R1  A buffer whose root_buffer() is another one is a view of it.
 *  R2  A buffer at an address that is live on this chip, in this memory type, under
 *      another unique_id() is a view: an allocator hands out no address twice. That is
 *      the cached kernel binary and its temporary alias, and the buffers per chip of a
 *      mesh buffer.
 *  R3  Every other buffer owns. An alias of memory that was allocated before install()
 *      is therefore taken for its owner.
 *  R4  When an owner is deallocated, its views end with it: tt-metal does not report
 *      the deallocation of every alias. What is reported late is then ignored.
 *
 * A buffer of a MeshDevice is one allocation of size() bytes on each of its chips.
 * Buffers are known by unique_id(), so a deallocation needs neither size nor device.
 * Circular buffers are one group per (program, chip). Those that tt-metal allocated
 * globally are views of the L1 buffer that they lie in. A group ends
 *   - when its program allocates circular buffers again on this chip,
 *   - when those of another program lie over it: programs that run at the same time on
 *     different cores are not told apart,
 *   - with track_deallocate_cb(), which names a device and no program: all of the device.
 * Those of one program that have one address on different cores are one entry.
 *
 * Callbacks take one mutex for a moment, throw nothing and print nothing. A child of
 * fork() publishes nothing through the processor: the devices are its parent's.
 */
#ifndef TTA_TTMETAL_HPP
#define TTA_TTMETAL_HPP

#include <algorithm>
#include <any>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <pthread.h>

#include <tt-metalium/buffer.hpp>
#include <tt-metalium/device.hpp>
#include <tt-metalium/graph_tracking.hpp>
#include <tt-metalium/mesh_device.hpp>
/* On its way out of the public interface; without it devices are not described. */
#if __has_include(<tt-metalium/allocator.hpp>)
#include <tt-metalium/allocator.hpp>
#define TTA_TTMETAL_ALLOCATOR 1
#endif

#include <tta/tta.h>

namespace tta_ttmetal
{

struct Options {
	/*
	 * Let tt-metal's own thread pools carry the processor along. tt-metal does that
	 * for capturing processors alone, so this one then calls itself one, which
	 * switches GraphTracker::is_enabled() on: ops may take slower ways.
	 */
	bool pool_threads = false;
	/* A number that stays with the chip (UMD's unique id): devices are then merged
	 * over processes that number them differently. Empty text = unknown. */
	std::function<std::string(const tt::tt_metal::IDevice &)> stable_id;
};

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

using tt::tt_metal::Buffer;
using tt::tt_metal::IDevice;
using tt::tt_metal::IGraphProcessor;

/* The type of a member function's second argument: upstream's span changes its name. */
template <class T> struct second_argument;
template <class R, class C, class A, class B> struct second_argument<R (C::*)(A, B)> {
	using type = B;
};

inline std::atomic<bool> &in_child()
{
	static std::atomic<bool> child{false};
	return child;
}

inline void watch_forks()
{
	static const int once = pthread_atfork(nullptr, nullptr, [] {
		in_child().store(true, std::memory_order_relaxed);
	});

	(void)once;
}

/* The operations that a thread is in; trivial, so that late destructors may ask. */
struct Operations {
	static constexpr unsigned DEPTH = 8; /* deeper ones bear the name of the eighth */
	unsigned depth;
	char names[DEPTH][64];

	void enter(std::string_view name)
	{
		if (depth++ >= DEPTH)
			return;
		char *to = names[depth - 1];

		to[name.copy(to, sizeof(names[0]) - 1)] = '\0';
	}
	void leave()
	{
		depth -= depth > 0;
	}
	const char *innermost() const
	{
		return depth ? names[std::min(depth, DEPTH) - 1] : "";
	}
};

inline Operations &operations()
{
	static thread_local Operations mine;
	return mine;
}

/* One chip, several for a mesh. */
inline std::vector<const IDevice *> chips_of(const IDevice *device)
{
	std::vector<const IDevice *> chips;
	const auto *mesh =
		dynamic_cast<const tt::tt_metal::distributed::MeshDevice *>(device);

	if (!mesh)
		return {device};
	for (const IDevice *chip : mesh->get_devices())
		if (chip) /* on another host */
			chips.push_back(chip);
	return chips;
}

inline uint32_t number_of(const IDevice *chip)
{
	return static_cast<uint32_t>(chip->id()); /* below 0: libtta refuses and counts */
}

inline uint32_t type_of(const Buffer *buffer)
{
	auto type = static_cast<uint32_t>(buffer->buffer_type());

	/* tt-metal's first five are libtta's. */
	return type <= TTA_TRACE ? type : static_cast<uint32_t>(TTA_TYPE_LIMIT);
}

inline const char *arch_name(int arch)
{
	static const char *const names[] = {nullptr, "grayskull", "wormhole_b0",
					    "blackhole", "quasar"};

	return arch >= 1 && arch <= 4 ? names[arch] : nullptr;
}

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

#ifdef TTA_TTMETAL_ALLOCATOR
/* What the allocator of a chip says of one memory type. */
template <class Allocator>
void describe_memory(std::vector<tta_memory_info> &list, const Allocator &allocator,
		     tt::tt_metal::BufferType type, uint32_t tta, uint64_t bank_capacity)
{
	tta_memory_info info{};
	uint64_t allocatable;

	info.type = tta;
	info.banks = allocator.get_num_banks(type);
	info.bank_size = allocator.get_bank_size(type);
	allocatable = info.banks * info.bank_size;
	info.capacity = std::max<uint64_t>(info.banks * bank_capacity, allocatable);
	info.reserved = info.capacity - allocatable;
	if (allocatable)
		list.push_back(info);
}
#endif

inline void describe(const IDevice *chip, const std::string &stable_id)
{
	std::vector<tta_memory_info> memory;
	tta_device_info info{};

#ifdef TTA_TTMETAL_ALLOCATOR
	using tt::tt_metal::BufferType;
	const auto &allocator = chip->allocator();

	if (allocator) {
		uint64_t dram = uint64_t{chip->dram_size_per_channel()} *
				static_cast<uint64_t>(chip->num_dram_channels());
		uint64_t banks = allocator->get_num_banks(BufferType::DRAM);

		describe_memory(memory, *allocator, BufferType::DRAM, TTA_DRAM,
				banks ? dram / banks : 0);
		describe_memory(memory, *allocator, BufferType::L1, TTA_L1,
				chip->l1_size_per_core());
		describe_memory(memory, *allocator, BufferType::L1_SMALL, TTA_L1_SMALL,
				0);
		describe_memory(memory, *allocator, BufferType::TRACE, TTA_TRACE, 0);
	}
#endif
	info.info_size = sizeof(info);
	info.kind = "tenstorrent";
	info.stable_id = stable_id.empty() ? nullptr : stable_id.c_str();
	info.arch = arch_name(static_cast<int>(chip->arch()));
	info.memory = memory.data();
	info.memory_count = memory.size();
	tta_device_describe(number_of(chip), &info);
}

} // namespace detail

class Processor : public tt::tt_metal::IGraphProcessor
{
	using Base = tt::tt_metal::IGraphProcessor;
	using Arguments = typename detail::second_argument<
		decltype(&Base::track_function_start)>::type;

      public:
	explicit Processor(Options options = {}) : options_(std::move(options))
	{
		detail::watch_forks();
	}

	bool is_capture_processor() const override
	{
		return options_.pool_threads;
	}

	void track_allocate(const tt::tt_metal::Buffer *buffer) override
	{
		guard([&] { announce(buffer); });
	}

	void track_deallocate(tt::tt_metal::Buffer *buffer) override
	{
		/* A device that may be half gone is asked for a buffer alone that nobody
		 * announced. */
		guard([&] {
			book_.end(
				buffer->unique_id(), [&] { return place_of(buffer); },
				notes_);
		});
	}

	void track_allocate_cb(const CoreRangeSet &cores, uint64_t address, uint64_t size,
			       bool is_globally_allocated,
			       const tt::tt_metal::IDevice *device) override
	{
		guard([&] {
			const detail::CircularBuffer announced{
				address, size, size * cores.num_cores(), 0};

			for (const auto *chip : known_chips(device))
				circulars_.announce(book_, detail::number_of(chip),
						    announced, is_globally_allocated);
		});
	}

	void track_deallocate_cb(const tt::tt_metal::IDevice *device) override
	{
		guard([&] {
			for (const auto *chip : detail::chips_of(device))
				circulars_.end_all(book_, detail::number_of(chip));
		});
	}

	void track_program(tt::tt_metal::Program *program,
			   const tt::tt_metal::IDevice *device) override
	{
		guard([&] {
			for (const auto *chip : known_chips(device))
				circulars_.program(program, detail::number_of(chip));
		});
	}

	/* Buffers are labelled with the operation that they are allocated in. */
	void track_function_start(std::string_view name, Arguments) override
	{
		detail::operations().enter(name);
	}
	void track_function_end() override
	{
		detail::operations().leave();
	}
	void track_function_end(const std::any &) override
	{
		track_function_end();
	}

	/* Everything that is left of a device has gone with it: it counts as closed. */
	void device_closed(const tt::tt_metal::IDevice *device)
	{
		guard([&] {
			for (const auto *chip : detail::chips_of(device))
				close_chip(detail::number_of(chip));
		});
	}
	void device_closed(int chip)
	{
		guard([&] { close_chip(static_cast<uint32_t>(chip)); });
	}

	Notes notes() const
	{
		std::lock_guard<std::mutex> lock(mutex_);
		Notes notes = notes_;

		notes.lost = lost_.load(std::memory_order_relaxed);
		return notes;
	}

	/* What is covered, in words; what is missing is said with it. */
	std::string coverage() const
	{
		Notes n = notes();
		std::string text = "buffers of " + std::to_string(n.threads) + " threads";

		text += options_.pool_threads
				? ", and of tt-metal's thread pools that they use"
				: "; not those that tt-metal's thread pools allocate";
		text += "; not those of threads that did not call install()";
		if (n.unknown_frees)
			text += "; " + std::to_string(n.unknown_frees) +
				" deallocations of buffers that were not seen before";
		if (n.lost)
			text += "; " + std::to_string(n.lost) + " callbacks were lost";
		return text;
	}

	void thread_installed()
	{
		guard([&] { notes_.threads++; });
	}

      private:
	/* Nothing that goes wrong here is the host's business. */
	template <class Work> void guard(Work work) noexcept
	{
		if (detail::in_child().load(std::memory_order_relaxed) ||
		    tta_level() == TTA_OFF)
			return;
		try {
			std::lock_guard<std::mutex> lock(mutex_);

			work();
		} catch (...) {
			lost_.fetch_add(1, std::memory_order_relaxed);
		}
	}

	void announce(const tt::tt_metal::Buffer *buffer)
	{
		detail::Book::Entry entry{};
		const tt::tt_metal::Buffer *root = root_of(buffer);

		entry.view = root != buffer;
		entry.address = root->address();
		if (entry.address == 0 && buffer->size() != 0) {
			notes_.virtual_buffers++;
			return;
		}
		entry.size = buffer->size();
		entry.bank_size = entry.view ? 0 : bank_size_of(buffer);
		entry.type = detail::type_of(buffer);
		entry.label = label();
		for (const auto *chip : known_chips(buffer->device()))
			entry.chips.push_back(detail::number_of(chip));
		book_.announce(buffer->unique_id(), entry, notes_);
	}

	/* R1. Asking is not const upstream, and refused while a buffer is being made. */
	static const tt::tt_metal::Buffer *root_of(const tt::tt_metal::Buffer *buffer)
	{
		try {
			auto root =
				const_cast<tt::tt_metal::Buffer *>(buffer)->root_buffer();

			return root ? root.get() : buffer;
		} catch (const std::bad_weak_ptr &) {
			return buffer;
		}
	}

	/* Asks the allocator, which may refuse. */
	static uint64_t bank_size_of(const tt::tt_metal::Buffer *buffer)
	{
		try {
			return buffer->aligned_size_per_bank();
		} catch (...) {
			return 0;
		}
	}

	/* Of a buffer that was not announced; a mesh's is looked for on its first chip.
	 */
	detail::Place place_of(tt::tt_metal::Buffer *buffer) const
	{
		return {detail::number_of(detail::chips_of(buffer->device()).at(0)),
			detail::type_of(buffer), buffer->address()};
	}

	uint32_t label()
	{
		const char *name = detail::operations().innermost();

		if (!*name)
			return 0;
		auto found = labels_.find(name);

		if (found == labels_.end())
			found = labels_.emplace(name, tta_label(name)).first;
		return found->second;
	}

	std::vector<const tt::tt_metal::IDevice *> known_chips(
		const tt::tt_metal::IDevice *device)
	{
		auto chips = detail::chips_of(device);

		for (const auto *chip : chips)
			if (described_.insert(detail::number_of(chip)).second)
				detail::describe(chip, options_.stable_id
							       ? options_.stable_id(*chip)
							       : std::string());
		return chips;
	}

	void close_chip(uint32_t chip)
	{
		circulars_.close_chip(chip);
		book_.close_chip(chip);
		described_.erase(chip);
	}

	const Options options_;
	mutable std::mutex mutex_;
	detail::Book book_;
	detail::Circulars circulars_;
	std::unordered_map<std::string, uint32_t> labels_;
	std::unordered_set<uint32_t> described_;
	Notes notes_;
	std::atomic<uint64_t> lost_{0};
};

/* The process's processor; made by the first call, which alone gives options. */
inline const std::shared_ptr<Processor> &processor(Options options = {})
{
	static const std::shared_ptr<Processor> shared =
		std::make_shared<Processor>(std::move(options));
	return shared;
}

/*
 * Put it on the stack of the calling thread (once). tt-metal keeps a stack per thread:
 * call this early in every thread that allocates.
 */
inline std::shared_ptr<Processor> install(Options options = {})
{
	const auto &shared = processor(std::move(options));
	auto &tracker = tt::tt_metal::GraphTracker::instance();

	for (const auto &known : tracker.get_processors())
		if (known == shared)
			return shared;
	tracker.push_processor(shared);
	shared->thread_installed();
	return shared;
}

/* As Processor::device_closed(). */
inline void device_closed(const tt::tt_metal::IDevice *device)
{
	processor()->device_closed(device);
}

} // namespace tta_ttmetal

#endif
