/* SPDX-License-Identifier: BSD-2-Clause */
#include "signal_process.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

/* The text of /proc/@pid/@name; false: it is gone. */
static bool read_proc(pid_t pid, const char *name, char *text, size_t room)
{
	char path[64];
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	file = fopen(path, "re");
	if (!file)
		return false;
	length = fread(text, 1, room - 1, file);
	fclose(file);
	text[length] = '\0';
	return length > 0;
}

/* Field 22; the name before it may hold blanks and parentheses. */
static uint64_t start_of(pid_t pid)
{
	char text[1024];
	const char *at;
	uint64_t ticks = 0;

	if (!read_proc(pid, "stat", text, sizeof(text)))
		return 0;
	at = strrchr(text, ')');
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	return at && sscanf(at, " %" SCNu64, &ticks) == 1 ? ticks : 0;
}

/* Really, or in effect. */
static bool runs_for(pid_t pid, uid_t uid)
{
	char text[4096];
	const char *line;
	unsigned real, effective;

	if (!read_proc(pid, "status", text, sizeof(text)))
		return false;
	line = strstr(text, "\nUid:");
	return line && sscanf(line, "\nUid: %u %u", &real, &effective) == 2 &&
	       (real == uid || effective == uid);
}

int signal_process(pid_t pid, uint64_t start_time, uid_t uid, int number)
{
	/* Whoever this is: when the process that is meant still has the number below, it
	 * had it here as well. */
	int descriptor = pidfd_open(pid, 0), err = 0;

	if (descriptor < 0)
		return -errno;
	if (start_time == 0 || start_of(pid) != start_time || !runs_for(pid, uid))
		err = -ESRCH;
	else if (pidfd_send_signal(descriptor, number, NULL, 0))
		err = -errno;
	close(descriptor);
	return err;
}
