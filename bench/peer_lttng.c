/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peer_lttng.c - a tracepoint with the fields of our record, off and in a session.
 *
 * The provider is a library of its own, loaded at run time into the row's process; the
 * session daemon is private: for root, which cannot choose another folder, in a mount
 * namespace with a run folder and a /dev/shm of its own; LTTNG_HOME for everybody else.
 * The session is a flight recorder: it overwrites, and no consumer writes to a disk.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "peers.h"

struct probe {
	void (*event)(uint64_t iterations);
	int (*enabled)(void);
};

static void run(void *state, uint64_t iterations)
{
	((const struct probe *)state)->event(iterations);
}

/* The library lies beside the program. */
static int probe_load(struct probe *probe, char why[TEXT_SIZE])
{
	char path[512];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 40);
	void *library, *event, *enabled;

	if (length <= 0)
		return -ENOENT;
	path[length] = '\0';
	snprintf(strrchr(path, '/'), 40, "/tta-bench-lttng.so");
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	event = library ? dlsym(library, "probe_events") : NULL;
	enabled = library ? dlsym(library, "probe_enabled") : NULL;
	if (!event || !enabled) {
		snprintf(why, TEXT_SIZE, "built without liblttng-ust");
		return -ENOENT;
	}
	memcpy(&probe->event, &event, sizeof(event));
	memcpy(&probe->enabled, &enabled, sizeof(enabled));
	return 0;
}

/* A /dev/shm without others' tracers, and with our segments where they were. */
static int private_shared_memory(const char *directory)
{
	char source[64];
	int fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	snprintf(source, sizeof(source), "/proc/self/fd/%d", fd);
	if (mount("tmpfs", "/dev/shm", "tmpfs", 0, NULL) || mkdir(directory, 0700) ||
	    mount(source, directory, NULL, MS_BIND, NULL))
		err = -errno;
	close(fd);
	return err;
}

static int private_folders(const char *directory)
{
	if (geteuid() != 0)
		return 0;
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -errno;
	mkdir("/run/lttng", 0755);
	if (mount("tmpfs", "/run/lttng", "tmpfs", 0, NULL))
		return -errno;
	return private_shared_memory(directory);
}

/* Runs a program quietly, beside the measured CPU; its exit status, or -errno. */
static int run_quietly(int cpu, const char *const argv[], pid_t *background)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		int null = open("/dev/null", O_RDWR);

		prctl(PR_SET_PDEATHSIG, SIGTERM);
		pin(cpu);
		for (int fd = 0; fd < 3; fd++)
			dup2(null, fd);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	if (child < 0)
		return -errno;
	if (background) {
		*background = child;
		return 0;
	}
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -ECHILD;
	return WEXITSTATUS(status);
}

static int lttng(int cpu, const char *a, const char *b, const char *c, const char *d,
		 const char *e, const char *f, const char *g)
{
	const char *const argv[] = {"lttng", a, b, c, d, e, f, g, NULL};

	return run_quietly(cpu, argv, NULL);
}

/* The daemon answers some tenths of a second after its start. */
static int daemon_start(int cpu, const char *directory)
{
	static const char *const argv[] = {"lttng-sessiond", "--no-kernel", NULL};
	char home[128];
	pid_t daemon = -1;
	int err;

	snprintf(home, sizeof(home), "%s/lttng", directory);
	if (mkdir(home, 0700) && errno != EEXIST)
		return -errno;
	setenv("LTTNG_HOME", home, 1);
	setenv("HOME", home, 1);
	err = run_quietly(cpu, argv, &daemon);
	for (int tries = 0; !err && tries < 100; tries++) {
		if (lttng(cpu, "list", NULL, NULL, NULL, NULL, NULL, NULL) == 0)
			return 0;
		if (waitpid(daemon, NULL, WNOHANG) == daemon)
			return -ECHILD;
		usleep(50000);
	}
	return err ? err : -ETIMEDOUT;
}

static int session_start(int cpu, const char *directory)
{
	char output[160];
	int err;

	snprintf(output, sizeof(output), "--output=%s/lttng/trace", directory);
	err = lttng(cpu, "create", "bench", "--snapshot", output, NULL, NULL, NULL);
	if (!err)
		err = lttng(cpu, "enable-channel", "-u", "--overwrite",
			    "--subbuf-size=64k", "--num-subbuf=4", "ch", NULL);
	if (!err)
		err = lttng(cpu, "enable-event", "-u", "-c", "ch", "tta_bench:event",
			    NULL, NULL);
	if (!err)
		err = lttng(cpu, "start", NULL, NULL, NULL, NULL, NULL, NULL);
	return err ? -EIO : 0;
}

static struct probe *probe_ready(bool wanted, char why[TEXT_SIZE])
{
	struct probe *probe = calloc(1, sizeof(*probe));

	if (!probe || probe_load(probe, why)) {
		free(probe);
		return NULL;
	}
	for (int tries = 0; wanted && !probe->enabled() && tries < 100; tries++)
		usleep(20000);
	return probe;
}

static int open_on(const struct plan *plan, struct loop *loop, char why[TEXT_SIZE])
{
	struct probe *probe;
	int err;

	if (access("/usr/bin/lttng-sessiond", X_OK)) {
		snprintf(why, TEXT_SIZE, "lttng-tools is not installed");
		return -ENOENT;
	}
	if (private_folders(plan->directory)) {
		snprintf(why, TEXT_SIZE, "no permission for a mount namespace");
		return -ENOENT;
	}
	err = daemon_start(plan->cpu2, plan->directory);
	if (!err)
		err = session_start(plan->cpu2, plan->directory);
	if (err) {
		snprintf(why, TEXT_SIZE, "private session daemon: %s", strerror(-err));
		return err == -ENOENT ? -EIO : err;
	}
	probe = probe_ready(true, why);
	if (!probe)
		return -ENOENT;
	if (!probe->enabled()) {
		snprintf(why, TEXT_SIZE, "the tracepoint was not enabled");
		return -EIO;
	}
	*loop = (struct loop){.run = run, .state = probe, .events = 1};
	return 0;
}

static int open_off(const struct plan *plan, struct loop *loop, char why[TEXT_SIZE])
{
	struct probe *probe;

	setenv("LTTNG_HOME", plan->directory, 1);
	setenv("LTTNG_UST_REGISTER_TIMEOUT", "0", 1);
	if (private_folders(plan->directory)) {
		snprintf(why, TEXT_SIZE, "no permission for a mount namespace");
		return -ENOENT;
	}
	probe = probe_ready(false, why);
	if (!probe)
		return -ENOENT;
	if (probe->enabled()) {
		snprintf(why, TEXT_SIZE, "somebody traces this machine");
		return -EBUSY;
	}
	*loop = (struct loop){.run = run, .state = probe, .events = 1};
	return 0;
}

const struct peer peer_lttng_ust = {.name = "lttng_ust", .open = open_on};
const struct peer peer_lttng_ust_off = {.name = "lttng_ust_off", .open = open_off};
