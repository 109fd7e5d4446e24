/* SPDX-License-Identifier: BSD-2-Clause */
#include "attach.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "place.h"
#include "text.h"

int tta__attachment_refuse(struct tta_attachment *a, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(a->problem, sizeof(a->problem), format, list);
	va_end(list);
	return -EBADMSG;
}

/* ---- identity ---- */

#define COPY_TEXT(to, from) tta__text_copy((to), sizeof(to), (from), sizeof(from))

/* What the name says: all that is known when the header makes no sense. */
static void identify_by_name(struct tta_process *p, const char *name,
			     const struct tta_file_facts *facts)
{
	struct tta_segment_name id = {0};

	tta__segment_name_parse(name, &id);
	snprintf(p->name, sizeof(p->name), "%s", name);
	p->inode = facts->inode;
	p->file_uid = facts->uid;
	p->header_uid = id.uid;
	p->pid = p->own_pid = id.pid;
	p->start_time = id.start_time;
	p->nonce = id.nonce;
	if (id.uid != facts->uid)
		p->notes |= TTA_NOTE_USERNS;
}

static void identify_by_header(struct tta_process *p, const struct tta_header *h,
			       const char *boot_id)
{
	char boot[sizeof(h->boot_id)];

	p->nonce = h->nonce;
	p->header_uid = h->uid;
	p->pid = p->own_pid = h->pid;
	p->pidns = h->pidns;
	p->start_time = h->start_time;
	if (h->subject_pid) {
		p->pid = p->subject_pid = h->subject_pid;
		p->start_time = h->subject_start_time;
	}
	p->birth_realtime_ns = h->birth_realtime_ns;
	p->birth_mono_ns = h->birth_mono_ns;
	p->minor = h->minor;
	COPY_TEXT(boot, h->boot_id);
	p->same_boot = strcmp(boot, boot_id) == 0;
	COPY_TEXT(p->comm, h->comm);
	COPY_TEXT(p->cmdline, h->cmdline);
	COPY_TEXT(p->run_id, h->run_id);
	COPY_TEXT(p->publisher, h->publisher);
	COPY_TEXT(p->publisher_version, h->publisher_version);
	if (h->uid != p->file_uid)
		p->notes |= TTA_NOTE_USERNS;
}

/* ---- attach and detach ---- */

/* Judge a private copy of page 0, and only then map. */
static int attach_file(struct tta_attachment *a, const struct tta_file_facts *facts,
		       const char *boot_id)
{
	struct tta_header header;
	ssize_t got = tta__segment_pread(a->fd, &header, sizeof(header), 0);
	int err;

	if (got < 0)
		return (int)got;
	if ((size_t)got < sizeof(header))
		return tta__attachment_refuse(a, "shorter than a header");
	err = tta__layout_validate(&header, facts->size, &a->map, a->problem);
	if (err)
		return err;
	identify_by_header(&a->identity, &header, boot_id);
	a->clock = tta__clock_of(&header);
	a->no_ofd = (header.flags & TTA_FLAG_NO_OFD) != 0;
	a->size = header.file_size;
	return tta__segment_map(a->fd, a->size, &a->base);
}

int tta__attachment_new(const struct tta_place *place, const char *name,
			const char *boot_id, struct tta_attachment **ret_attachment,
			char problem[TTA_PROBLEM_SIZE])
{
	struct tta_attachment *a = calloc(1, sizeof(*a));
	struct tta_file_facts facts;
	int err;

	problem[0] = '\0';
	if (!a)
		return -ENOMEM;
	a->fd = -1;
	a->place = place;
	err = tta__segment_open(dirfd(place->stream), name, &a->fd, &facts);
	if (err)
		goto free_attachment;
	snprintf(a->name, sizeof(a->name), "%s", name);
	a->inode = facts.inode;
	identify_by_name(&a->identity, name, &facts);
	err = attach_file(a, &facts, boot_id);
	a->broken = err != 0;
	if (err && err != -EBADMSG)
		goto free_attachment;
	*ret_attachment = a;
	return err;

free_attachment:
	memcpy(problem, a->problem, TTA_PROBLEM_SIZE);
	tta__attachment_free(a);
	return err;
}

void tta__attachment_free(struct tta_attachment *a)
{
	tta__attachment_close(a);
	tta__segment_unmap(a->base, a->size);
	tta__tally_fini(&a->tally);
	tta__content_release(a->content[0]);
	tta__content_release(a->content[1]);
	free(a->seen);
	free(a->lines_seen);
	free(a->cursors);
	free(a);
}

int tta__attachment_open(struct tta_attachment *a, int directory_fd)
{
	struct tta_file_facts facts;
	int err;

	if (a->fd >= 0)
		return 0;
	err = tta__segment_open(directory_fd, a->name, &a->fd, &facts);
	if (err)
		return err;
	if (facts.inode == a->inode)
		return 0;
	tta__attachment_close(a);
	return -ESTALE;
}

void tta__attachment_close(struct tta_attachment *a)
{
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
}

/* ---- proofs that reading is harmless ---- */

static void doubt_everything(struct tta_attachment *a)
{
	a->backed = a->map;
	for (uint32_t i = 1; i <= TTA_SECTION_COUNT; i++)
		a->backed.section[i].capacity = 0;
	if (a->content[0])
		a->content[0]->settled = false;
}

int tta__attachment_check(struct tta_attachment *a)
{
	struct tta_file_facts facts;
	int err = tta__segment_facts(a->fd, &facts);

	if (err)
		return tta__attachment_refuse(a, "cannot be queried");
	if (facts.size < a->size)
		return tta__attachment_refuse(a,
					      "truncated: %" PRIu64 " of %" PRIu64
					      " bytes",
					      facts.size, a->size);
	if (a->allocated == 0 || facts.allocated < a->allocated) {
		doubt_everything(a);
		if (!tta__segment_backed(a->fd, 0, TTA_HEADER_SIZE))
			return tta__attachment_refuse(a, "the header is a hole");
	}
	a->allocated = facts.allocated;
	a->identity.file_bytes = facts.allocated;
	a->identity.file_uid = facts.uid;
	return 0;
}

static int refresh_section(struct tta_attachment *a, uint32_t type)
{
	const struct tta_section_view *view = &a->map.section[type];
	const void *word = (const char *)a->base + view->count_offset;
	uint64_t proven = a->backed.section[type].capacity;
	/* S1 acquire: records below the count are there. Weaker: unwritten records. */
	uint64_t count = tta_load_acquire64((const tta_a64 *)word);

	if (count > view->capacity)
		return tta__attachment_refuse(a,
					      "section %" PRIu32 ": count %" PRIu64
					      " beyond its capacity",
					      type, count);
	if (count <= proven)
		return 0;
	if (!tta__segment_backed(a->fd, view->offset + proven * view->stride,
				 (count - proven) * view->stride))
		return tta__attachment_refuse(a,
					      "section %" PRIu32
					      ": published records are "
					      "not backed by memory",
					      type);
	a->backed.section[type].capacity = count;
	return 0;
}

int tta__attachment_refresh(struct tta_attachment *a)
{
	tta__clock_refine(&a->clock);
	for (uint32_t type = 1; type <= TTA_SECTION_COUNT; type++) {
		int err = a->map.section[type].offset ? refresh_section(a, type) : 0;

		if (err)
			return err;
	}
	return 0;
}
