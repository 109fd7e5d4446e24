/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * birth.c - make this process's segment: complete before anybody can see it.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "publisher.h"
#include "testpoint.h"
#include "validate.h"

#define MAX_BYTES_DEFAULT (UINT64_C(256) << 20)
#define MAX_BYTES_LEAST	  (UINT64_C(64) << 10)
#define MAX_BYTES_MOST	  (UINT64_C(16) << 30)

/* Room of a section in bytes: what the layout allows, never more than all our memory. */
static uint64_t section_room(enum tta_section_type type, uint64_t max_bytes)
{
	static const uint64_t most[TTA_SECTION_COUNT + 1] = {
		[TTA_SECTION_DEVICES] = UINT64_C(8) << 20,
		[TTA_SECTION_DEVICE_MEMORY] = UINT64_C(8) << 20,
		[TTA_SECTION_TYPES] = UINT64_C(8) << 10,
		[TTA_SECTION_LABELS] = UINT64_C(4) << 20,
		[TTA_SECTION_MARKS] = UINT64_C(4) << 20,
		[TTA_SECTION_MARK_ROWS] = UINT64_C(16) << 20,
		[TTA_SECTION_LANES] = UINT64_C(32) << 20,
		[TTA_SECTION_RINGS] = UINT64_MAX,
		[TTA_SECTION_COUNTERS] = UINT64_MAX,
		[TTA_SECTION_LIVE] = UINT64_C(16) << 20,
		[TTA_SECTION_POOL] = UINT64_C(64) << 32,
	};

	return most[type] < max_bytes ? most[type] : max_bytes;
}

/* Place all sections for a budget; the file size. */
static uint64_t plan(struct tta_header *header, uint64_t max_bytes)
{
	uint64_t offset = TTA_HEADER_SIZE;

	for (uint32_t type = 1; type <= TTA_SECTION_COUNT; type++) {
		struct tta_section_head *head = &header->sections[type - 1];
		uint64_t room = section_room(type, max_bytes);

		room = (room + TTA_PAGE_SIZE - 1) & ~(uint64_t)(TTA_PAGE_SIZE - 1);
		*head = (struct tta_section_head){
			.type = type,
			.version = 1,
			.stride = tta__record_size(type),
			.offset = offset,
			.capacity = room / tta__record_size(type),
		};
		if (type < TTA_SECTION_COUNT)
			head->next = offsetof(struct tta_header, sections) +
				     type * sizeof(*head);
		offset += room;
	}
	return offset;
}

static uint64_t budget(const struct config *config, uint64_t free_bytes)
{
	uint64_t bytes = config->max_bytes;

	if (bytes == 0) {
		bytes = free_bytes / 4;
		bytes = bytes < MAX_BYTES_DEFAULT ? bytes : MAX_BYTES_DEFAULT;
	}
	return bytes < MAX_BYTES_MOST ? bytes : MAX_BYTES_MOST;
}

/* Where the C library keeps the futex word inside its mutex: the first word that holds
 * our thread id while it is locked (glibc: 0; later words name the owner again). */
static uint32_t lock_offset(void)
{
	uint32_t words[sizeof(pthread_mutex_t) / 4];
	uint32_t self = (uint32_t)syscall(SYS_gettid);
	pthread_mutexattr_t attr;
	pthread_mutex_t mutex;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&mutex, &attr);
	pthread_mutexattr_destroy(&attr);
	if (pthread_mutex_trylock(&mutex))
		return 0;
	memcpy(words, &mutex, sizeof(words));
	pthread_mutex_unlock(&mutex);
	pthread_mutex_destroy(&mutex);
	for (uint32_t i = 0; i < sizeof(words) / 4; i++)
		if (words[i] == self)
			return i * 4;
	return 0;
}

static void fill_header(struct publisher *p, const struct config *config,
			const struct tta_segment_new *segment)
{
	struct tta_header *header = p->header;

	memcpy(header->magic, TTA_MAGIC, sizeof(header->magic));
	header->byte_order = TTA_BYTE_ORDER;
	header->major = TTA_SEGMENT_MAJOR;
	header->minor = TTA_SEGMENT_MINOR;
	header->header_size = TTA_HEADER_SIZE;
	header->fingerprint = tta__layout_fingerprint();
	header->nonce = p->attach_id;
	header->file_size = segment->size;
	header->first_section = offsetof(struct tta_header, sections);
	header->section_count = TTA_SECTION_COUNT;
	header->page_size = (uint32_t)sysconf(_SC_PAGESIZE);
	header->mutex_size = sizeof(pthread_mutex_t);
	header->mutex_lock_offset = lock_offset();
	header->flags = segment->no_ofd ? TTA_FLAG_NO_OFD : 0;
	tta__clock_fill(header);
	header->overflow_offset = offsetof(struct tta_header, overflow);
	tta__identity_fill(header);
	if (config->run_id)
		strncpy(header->run_id, config->run_id, sizeof(header->run_id) - 1);
	tta_store_relaxed32(&header->level, tta_load_relaxed32(&p->level));
	tta_store_relaxed64(&header->table_generation, 1);
	tta_store_release32(&header->state, TTA_STATE_LIVE); /* H2 */
}

static void open_sections(struct publisher *p)
{
	for (uint32_t type = 1; type <= TTA_SECTION_COUNT; type++) {
		struct tta_section_head *head = &p->header->sections[type - 1];

		p->section[type] = (struct section){
			.head = head,
			.base = p->base + head->offset,
			.offset = head->offset,
			.capacity = head->capacity,
			.stride = head->stride,
		};
	}
}

/* Private arrays as long as their sections; the overflow lane; the catch-all line. */
static int open_private(struct publisher *p)
{
	struct tta_counter_line *line;
	uint64_t first;

	p->links = tta__memory_reserve(p->section[TTA_SECTION_POOL].capacity *
				       sizeof(*p->links));
	p->lanes = tta__memory_reserve(p->section[TTA_SECTION_LANES].capacity *
				       sizeof(*p->lanes));
	if (!p->links || !p->lanes)
		return -ENOMEM;
	p->overflow.shared = &p->header->overflow;
	p->overflow.index = TTA_LANE_OVERFLOW;
	p->overflow.overflow = true;
	p->overflow.p = p;
	/* What cannot be attributed is booked here: event counts stay exact. */
	if (!tta__section_take(p, TTA_SECTION_COUNTERS, 1, &first))
		return -ENOSPC;
	line = tta__section_at(&p->section[TTA_SECTION_COUNTERS], first);
	tta_store_release64(&line->key,
			    tta_line_key(TTA_LANE_OVERFLOW, TTA_DEVICE_LIMIT - 1,
					 TTA_TYPE_LIMIT - 1, TTA_LINE_NO_DETAIL));
	return 0;
}

static int create(struct publisher *p, const struct config *config,
		  struct tta_segment_new *segment)
{
	uint64_t free_bytes, total;
	int err = tta__segment_space(p->directory, &free_bytes, &total, &p->fsid);

	if (err)
		return err;
	for (p->max_bytes = budget(config, free_bytes);; p->max_bytes /= 2) {
		struct tta_header planned = {0};

		if (p->max_bytes < MAX_BYTES_LEAST)
			return -ENOSPC;
		p->size = plan(&planned, p->max_bytes);
		err = tta__segment_create(p->directory, p->size, config->mode, segment);
		if (err == -EFBIG) /* a limit of this process: a smaller plan may fit */
			continue;
		if (err)
			return err;
		p->base = segment->base;
		p->header = segment->base;
		memcpy(p->header->sections, planned.sections, sizeof(planned.sections));
		TTA_TESTPOINT("birth: planned");
		return 0;
	}
}

static int name_and_publish(struct publisher *p, struct tta_segment_new *segment)
{
	const struct tta_segment_name id = {
		.major = TTA_SEGMENT_MAJOR,
		.uid = p->header->uid,
		.pid = p->header->pid,
		.start_time = p->header->start_time,
		.nonce = p->attach_id,
	};
	struct stat st;

	if (fstat(segment->fd, &st))
		return -errno;
	p->file_device = st.st_dev;
	p->file_inode = st.st_ino;
	tta__segment_name_format(&id, p->name);
	/* H1: linkat is the moment of birth; everything before is visible with the name.
	 */
	return tta__segment_publish(segment, p->name);
}

int tta__birth(struct publisher *p, const struct config *config)
{
	struct tta_segment_new segment;
	int err;

	if (getrandom(&p->attach_id, sizeof(p->attach_id), GRND_NONBLOCK) !=
	    sizeof(p->attach_id))
		p->attach_id = tta__clock_ticks() ^ (uint64_t)getpid() << 40;
	p->attach_id |= 1; /* 0 means: none */
	strcpy(p->directory, config->directory);
	err = create(p, config, &segment);
	if (err)
		return err;
	p->ring_records = config->ring_records;
	p->keep = config->run_id && config->run_id[0];
	tta_store_relaxed32(&p->named_types, TTA_TYPE_FIRST_NAMED);
	tta_store_relaxed64(&p->backed_bytes, TTA_HEADER_SIZE);
	fill_header(p, config, &segment);
	TTA_TESTPOINT("birth: header filled");
	open_sections(p);
	err = open_private(p);
	TTA_TESTPOINT("birth: complete");
	if (!err)
		err = name_and_publish(p, &segment);
	if (err)
		tta__segment_discard(&segment);
	return err;
}
