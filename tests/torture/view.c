/* SPDX-License-Identifier: BSD-2-Clause */
#include "view.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "torture.h"

static bool map_file(struct view *view, int directory, const char *name)
{
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *base;

	if (fd < 0)
		return false;
	base = fstat(fd, &st)
		       ? MAP_FAILED
		       : mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (base == MAP_FAILED)
		return false;
	/* Children of fork have no use for it. */
	madvise(base, (size_t)st.st_size, MADV_DONTFORK);
	*view = (struct view){
		.base = base,
		.size = (uint64_t)st.st_size,
		.header = base,
	};
	return true;
}

bool view_find(struct view *view, pid_t pid)
{
	const char *path = getenv("TTA_DIR");
	DIR *dir = path ? opendir(path) : NULL;
	struct dirent *entry;
	bool found = false;
	int of;

	while (dir && !found && (entry = readdir(dir)))
		if (sscanf(entry->d_name, "tta.%*u.%*u.%d.", &of) == 1 && of == pid)
			found = map_file(view, dirfd(dir), entry->d_name);
	if (dir)
		closedir(dir);
	return found;
}

void view_open(struct view *view)
{
	CHECK(view_find(view, getpid()), "no segment of this process in TTA_DIR");
}

void view_close(struct view *view)
{
	munmap((void *)(uintptr_t)view->base, view->size);
}

uint64_t view_count(const struct view *view, enum tta_section_type type)
{
	/* S1 acquire: records below the count have memory behind them. */
	return tta_load_acquire64(&view->header->sections[type - 1].count);
}

const void *view_at(const struct view *view, enum tta_section_type type, uint64_t index)
{
	const struct tta_section_head *head = &view->header->sections[type - 1];

	return view->base + head->offset + index * head->stride;
}

bool view_slot(const struct tta_slot *slot, struct slot_copy *ret_copy)
{
	/* P1 acquire: the fields belong to this word. */
	ret_copy->word = tta_load_acquire64(&slot->word);
	ret_copy->address = tta_load_relaxed64(&slot->address);
	ret_copy->size = tta_load_relaxed64(&slot->size);
	ret_copy->group = tta_load_relaxed64(&slot->group);
	ret_copy->place = tta_load_relaxed32(&slot->place);
	ret_copy->allocs = tta_load_relaxed32(&slot->allocs);
	/* P2: whoever overwrote a field changed the word before. */
	tta_fence_acquire();
	return tta_load_relaxed64(&slot->word) == ret_copy->word;
}

/* At rest both copies are equal but for the overflow lane, which uses the first. */
static void add_line(struct account *account, const struct tta_counter_line *line)
{
	uint32_t kind = (uint32_t)tta_load_acquire64(&line->key) & 0xff;
	const struct tta_sums *copy =
		&line->copy[tta_load_acquire64(&line->sequence) & 1];
	struct kind_sums *sums = &account->kind[kind];
	uint64_t peak = tta_load_relaxed64(&line->peak);

	sums->alloc_bytes += tta_load_relaxed64(&copy->alloc_bytes);
	sums->alloc_count += tta_load_relaxed64(&copy->alloc_count);
	sums->free_bytes += tta_load_relaxed64(&copy->free_bytes);
	sums->free_count += tta_load_relaxed64(&copy->free_count);
	sums->unsized += tta_load_relaxed64(&line->unsized);
	if (peak > account->peak)
		account->peak = peak;
}

static void add_slot(struct account *account, const struct slot_copy *slot)
{
	account->live_slots++;
	account->live_refs += tta_slot_refs(slot->word);
	account->live_views += tta_slot_views(slot->word);
	if (tta_slot_refs(slot->word) && slot->size < TTA_SIZE_LEAVING)
		account->live_bytes += slot->size;
}

void view_account(const struct view *view, uint32_t device, struct account *ret_account)
{
	uint64_t lines = view_count(view, TTA_SECTION_COUNTERS);
	uint64_t lives = view_count(view, TTA_SECTION_LIVE);
	uint64_t slots = view_count(view, TTA_SECTION_POOL);
	struct lane_sums lanes;

	view_lanes(view, &lanes);
	*ret_account = (struct account){
		.lines_dropped = lanes.count[TTA_COUNT_DROPPED_LINE],
	};
	for (uint64_t i = 0; i < lines; i++) {
		const struct tta_counter_line *line =
			view_at(view, TTA_SECTION_COUNTERS, i);
		uint64_t key = tta_load_acquire64(&line->key);

		if (key != 0 && (key >> 16 & 0xffff) == device)
			add_line(ret_account, line);
	}
	for (uint64_t i = 0; i < lives; i++) {
		const struct tta_live *live = view_at(view, TTA_SECTION_LIVE, i);
		uint64_t key = tta_load_acquire64(&live->key);

		if (key != 0 && (key >> 16 & 0xffff) == device)
			ret_account->live_word +=
				(int64_t)tta_load_relaxed64(&live->bytes);
	}
	for (uint64_t i = 0; i < slots; i++) {
		struct slot_copy slot;

		if (view_slot(view_at(view, TTA_SECTION_POOL, i), &slot) &&
		    tta_slot_state(slot.word) == TTA_SLOT_LIVE &&
		    (slot.place & 0xffff) == device)
			add_slot(ret_account, &slot);
	}
}

void account_check(const struct account *account, const char *what)
{
	const struct kind_sums *detail = &account->kind[TTA_LINE_DETAIL];
	const struct kind_sums *other = &account->kind[TTA_LINE_NO_DETAIL];
	const struct kind_sums *gone = &account->kind[TTA_LINE_DISOWNED];
	int64_t bytes =
		(int64_t)(detail->alloc_bytes - detail->free_bytes - gone->alloc_bytes);
	int64_t refs =
		(int64_t)(detail->alloc_count - detail->free_count - gone->alloc_count);
	int64_t without =
		(int64_t)(other->alloc_bytes - other->free_bytes + gone->alloc_bytes);

	CHECK(refs == (int64_t)account->live_refs,
	      "%s: counters say %lld references, the table %llu", what, (long long)refs,
	      (unsigned long long)account->live_refs);
	CHECK(bytes == (int64_t)account->live_bytes,
	      "%s: counters say %lld bytes, the table %llu", what, (long long)bytes,
	      (unsigned long long)account->live_bytes);
	CHECK(bytes + without == account->live_word || account->lines_dropped,
	      "%s: counters say %lld bytes, the live word %lld", what,
	      (long long)(bytes + without), (long long)account->live_word);
}

void account_check_empty(const struct account *account, const char *what)
{
	account_check(account, what);
	CHECK(account->live_slots == 0, "%s: %llu entries are left", what,
	      (unsigned long long)account->live_slots);
	CHECK(account->live_word == 0 || account->lines_dropped,
	      "%s: %lld bytes are left", what, (long long)account->live_word);
}

static void add_lane(struct lane_sums *sums, const struct tta_lane *lane)
{
	for (unsigned i = 0; i < TTA_COUNT_LIMIT; i++)
		sums->count[i] += tta_load_relaxed64(&lane->counts[i]);
	sums->events += tta_load_acquire64(&lane->events);
	sums->uncertain += tta_load_relaxed64(&lane->uncertain);
}

void view_lanes(const struct view *view, struct lane_sums *ret_sums)
{
	uint64_t lanes = view_count(view, TTA_SECTION_LANES);

	*ret_sums = (struct lane_sums){0};
	add_lane(ret_sums, &view->header->overflow);
	for (uint64_t i = 0; i < lanes; i++) {
		const struct tta_lane *lane = view_at(view, TTA_SECTION_LANES, i);
		uint32_t claims = tta_load_relaxed32(&lane->claims);

		add_lane(ret_sums, lane);
		ret_sums->claims += claims;
		ret_sums->lanes += claims > 0;
		ret_sums->recycled += claims > 1 ? claims - 1 : 0;
	}
}

uint64_t lane_sums_dropped(const struct lane_sums *sums)
{
	uint64_t dropped = 0;

	for (unsigned i = TTA_COUNT_DROPPED_SLOT; i <= TTA_COUNT_SIZE_RAISE_LOST; i++)
		dropped += sums->count[i];
	return dropped;
}
