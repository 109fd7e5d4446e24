/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * identity.c - who this process is, for its header. No stdio, no malloc.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tta/version.h>

#include "publisher.h"
#include "subject.h"

size_t tta__read_text(const char *path, char *text, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t got = 0;
	ssize_t n = 0;

	while (fd >= 0 && got < room - 1) {
		n = read(fd, text + got, room - 1 - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	if (fd >= 0)
		close(fd);
	text[got] = '\0';
	return got;
}

/* Field 22 of /proc/self/stat; the command in field 2 may hold blanks and brackets. */
static uint64_t start_time(void)
{
	char text[1024];
	const char *at;
	uint64_t number = 0;

	if (!tta__read_text("/proc/self/stat", text, sizeof(text)))
		return 0;
	at = strrchr(text, ')');
	for (unsigned field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	if (!at)
		return 0;
	for (at++; *at >= '0' && *at <= '9'; at++)
		number = number * 10 + (uint64_t)(*at - '0');
	return number;
}

static void fill_cmdline(struct tta_header *header)
{
	size_t room = sizeof(header->cmdline);
	size_t got = tta__read_text("/proc/self/cmdline", header->cmdline, room);

	while (got > 0 && header->cmdline[got - 1] == '\0')
		got--;
	for (size_t i = 0; i < got; i++)
		if (header->cmdline[i] == '\0')
			header->cmdline[i] = ' ';
}

void tta__subject_set(const struct tta_subject *subject)
{
	tta__gate.subject = subject;
}

/* Its name and arguments instead of ours. */
static void fill_subject(struct tta_header *header, const struct tta_subject *subject)
{
	header->subject_pid = subject->pid;
	header->subject_start_time = subject->start_time;
	memset(header->comm, 0, sizeof(header->comm));
	strncpy(header->comm, subject->comm, sizeof(header->comm) - 1);
	strncpy(header->cmdline, subject->cmdline, sizeof(header->cmdline) - 1);
	strncpy(header->publisher, subject->publisher, sizeof(header->publisher) - 1);
}

void tta__identity_fill(struct tta_header *header)
{
	struct stat ns;
	size_t got;

	header->uid = (uint32_t)geteuid();
	header->pid = (uint32_t)getpid();
	header->pidns = stat("/proc/self/ns/pid", &ns) ? 0 : ns.st_ino;
	header->start_time = start_time();
	header->birth_realtime_ns = tta__clock_now_ns(CLOCK_REALTIME);
	header->birth_mono_ns = tta__clock_now_ns(CLOCK_MONOTONIC);
	got = tta__read_text("/proc/sys/kernel/random/boot_id", header->boot_id,
			     sizeof(header->boot_id));
	if (got && header->boot_id[got - 1] == '\n')
		header->boot_id[got - 1] = '\0';
	if (tta__gate.subject) {
		fill_subject(header, tta__gate.subject);
	} else {
		prctl(PR_GET_NAME, header->comm);
		fill_cmdline(header);
		strcpy(header->publisher, "libtta");
	}
	strncpy(header->publisher_version, TTA_VERSION_STRING,
		sizeof(header->publisher_version) - 1);
}
