/* SPDX-License-Identifier: BSD-2-Clause */
/* What /proc shows of other processes to this user. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "facts.h"
#include "proc_look.h"

#define PATH_SIZE 320

/* One process, while it is looked at. */
struct look {
	const char *directory;
	dev_t device; /* and inode of the directory as we see it */
	ino_t inode;
	uint32_t uid;
	struct doctor_proc_facts *facts;
	struct stat others[DOCTOR_LIST_MAX]; /* other directories seen so far */
	size_t other_count;
};

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Counted with the first process that leads to it. */
static bool is_new(struct look *look, const struct stat *st)
{
	if (st->st_dev == look->device && st->st_ino == look->inode)
		return false;
	for (size_t i = 0; i < look->other_count; i++)
		if (is_same(&look->others[i], st))
			return false;
	if (look->other_count < DOCTOR_LIST_MAX)
		look->others[look->other_count++] = *st;
	return true;
}

/* Another directory under the same name, seen from that process. */
static void look_root(struct look *look, struct doctor_process *p)
{
	char path[PATH_SIZE];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%u/root%s", p->pid, look->directory);
	if (stat(path, &st)) {
		look->facts->root_denied += errno == EACCES || errno == EPERM;
		return;
	}
	if (is_new(look, &st))
		p->hidden_segments = proc_look_segments(p->pid, look->directory);
}

static void look_process(struct look *look, uint32_t pid)
{
	struct doctor_proc_facts *facts = look->facts;
	struct doctor_process p = {.pid = pid};
	struct proc_look seen;

	if (pid == (uint32_t)getpid() || !proc_look_at(pid, look->uid, &seen))
		return;
	facts->count++;
	p.uid = seen.uid;
	p.own = p.uid == look->uid;
	p.has_library = seen.has_library;
	memcpy(p.comm, seen.comm, sizeof(p.comm));
	memcpy(p.off_by, seen.off_by, sizeof(p.off_by));
	facts->maps_denied += seen.maps_denied;
	facts->environ_denied += seen.environ_denied;
	facts->off_without_library += p.off_by[0] && !p.has_library;
	look_root(look, &p);
	if (!p.has_library && p.hidden_segments == 0)
		return;
	if (facts->process_count < DOCTOR_LIST_MAX)
		facts->list[facts->process_count] = p;
	facts->process_count++;
}

static void look_mounts(struct doctor_proc_facts *facts)
{
	FILE *file = fopen("/proc/self/mounts", "re");
	char *line = NULL;
	size_t room = 0;

	while (file && getline(&line, &room, file) > 0) {
		const char *option = strstr(line, "hidepid=");

		if (!strstr(line, " /proc proc ") || !option)
			continue;
		option += strlen("hidepid=");
		snprintf(facts->hidepid, sizeof(facts->hidepid), "%.*s",
			 (int)strcspn(option, ", \n"), option);
	}
	free(line);
	if (file)
		fclose(file);
	if (strcmp(facts->hidepid, "0") == 0 || strcmp(facts->hidepid, "off") == 0)
		facts->hidepid[0] = '\0';
}

void facts_proc(const char *directory, uint32_t uid, uint64_t deadline_ns,
		struct doctor_proc_facts *facts)
{
	struct look look = {.directory = directory, .uid = uid, .facts = facts};
	DIR *folder = opendir("/proc");
	struct dirent *entry;
	struct stat st;

	if (!folder) {
		facts->error = errno;
		return;
	}
	if (stat(directory, &st) == 0) {
		look.device = st.st_dev;
		look.inode = st.st_ino;
	}
	look_mounts(facts);
	while ((entry = readdir(folder))) {
		char *end;
		unsigned long pid = strtoul(entry->d_name, &end, 10);

		if (*end || pid == 0 || pid > UINT32_MAX)
			continue;
		if (facts_now_ns() > deadline_ns) {
			facts->out_of_time = true;
			break;
		}
		look_process(&look, (uint32_t)pid);
	}
	closedir(folder);
}
