/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What hosts do to a publisher: each way to make a process, to close what it did not
 * open, to lose rights, to load and unload, to jump.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tta/tta.h>
#include <urcu/urcu-bp.h>

#include "matrix.h"
#include "publisher.h"

#define A      UINT64_C(0x18b20)
#define NOBODY 65534

extern char **environ;

static void stay(void)
{
	matrix_ready();
	for (;;)
		pause();
}

static void alloc(uint64_t bytes)
{
	tta_alloc(0, TTA_L1, A, bytes);
}

/* More than the first steps of each section hold; nothing of it is left. */
static void grow(void)
{
	for (uint64_t i = 1; i <= 3000; i++)
		tta_alloc(1, TTA_DRAM, i << 12, 64);
	for (uint64_t i = 1; i <= 3000; i++)
		tta_free(1, TTA_DRAM, i << 12);
}

static void leave_when_told(void)
{
	matrix_ready();
	matrix_wait();
	exit(0);
}

/* ---- ways to make a process ---- */

static pid_t raw_clone(void)
{
	return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static void clone_and_stay(void)
{
	alloc(4096);
	if (raw_clone() == 0) {
		alloc(512);
		grow();
		matrix_ready();
	}
	for (;;)
		pause();
}

static void clone_that_dies(void)
{
	alloc(4096);
	if (raw_clone() == 0) {
		alloc(512);
		_exit(0);
	}
	wait(NULL);
	stay();
}

/* What a child of vfork does is its parent's doing. */
static __attribute__((noinline)) void publish_in_vfork(void)
{
	pid_t child = vfork();

	if (child == 0) {
		tta_alloc(0, TTA_L1, A + 1, 512);
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

static void vfork_and_stay(void)
{
	alloc(4096);
	publish_in_vfork();
	tta_alloc(0, TTA_L1, A + 2, 16);
	stay();
}

static void execute(const char *how)
{
	execl(TTA_LIVENESS_HOST, "liveness_host", how, TTA_LIVENESS_PLUGIN, NULL);
	matrix_fail("exec failed");
}

static void vfork_and_exec(void)
{
	pid_t child;

	alloc(4096);
	child = vfork();
	if (child == 0) {
		execl(TTA_LIVENESS_HOST, "liveness_host", "hold", TTA_LIVENESS_PLUGIN,
		      NULL);
		_exit(1);
	}
	for (;;)
		pause();
}

static void spawn_and_stay(void)
{
	char *const arguments[] = {(char *)"liveness_host", (char *)"hold",
				   (char *)TTA_LIVENESS_PLUGIN, NULL};
	pid_t child;

	alloc(4096);
	if (posix_spawn(&child, TTA_LIVENESS_HOST, NULL, NULL, arguments, environ))
		matrix_fail("posix_spawn");
	for (;;)
		pause();
}

static void become_a_daemon(void)
{
	alloc(4096);
	if (fork())
		_exit(0);
	setsid();
	if (fork())
		_exit(0);
	matrix_target(getpid());
	alloc(512);
	grow();
	stay();
}

static void become_a_daemon_by_libc(void)
{
	alloc(4096);
	tta_free(0, TTA_L1, A);
	if (daemon(1, 0))
		matrix_fail("daemon");
	matrix_target(getpid());
	alloc(512);
	stay();
}

/* ---- descriptors ---- */

static void close_after_attach(void)
{
	alloc(4096);
	close_range(0, ~0u, 0);
	grow();
	stay();
}

/* The segment's descriptor is 0, 1 or 2 for a moment. */
static void close_before_attach(void)
{
	close_range(0, ~0u, 0);
	alloc(4096);
	grow();
	if (fcntl(0, F_GETFD) >= 0 || fcntl(1, F_GETFD) >= 0 || fcntl(2, F_GETFD) >= 0)
		matrix_fail("a descriptor is open");
	stay();
}

static void close_and_exit(void)
{
	alloc(4096);
	close_range(0, ~0u, 0);
	leave_when_told();
}

/* ---- liburcu of the host ---- */

static void install_hooks(void)
{
	pthread_atfork(urcu_bp_before_fork, urcu_bp_after_fork_parent,
		       urcu_bp_after_fork_child);
}

static void *read_for_ever(void *arg)
{
	for (;;) {
		urcu_bp_read_lock();
		tta_alloc(2, TTA_DRAM, 4096, 8);
		tta_free(2, TTA_DRAM, 4096);
		urcu_bp_read_unlock();
		sched_yield();
	}
	return arg;
}

/* The child changes its level, which waits for readers. */
static void publish_as_a_child(void)
{
	if (tta_level_set(TTA_COUNTERS) || tta_level_set(TTA_EVENTS))
		matrix_fail("the child's level");
	alloc(512);
	urcu_bp_synchronize_rcu();
	grow();
}

static void fork_under_hooks(bool with_threads)
{
	pthread_t thread;

	alloc(4096);
	if (with_threads)
		pthread_create(&thread, NULL, read_for_ever, NULL);
	for (unsigned i = 0; i < 20; i++) {
		pid_t child = fork();

		if (child == 0) {
			publish_as_a_child();
			tta_free(0, TTA_L1, A);
			exit(0);
		}
		waitpid(child, NULL, 0);
	}
	if (tta_level_set(TTA_LIVE) || tta_level_set(TTA_EVENTS))
		matrix_fail("the parent's level");
	if (fork())
		for (;;)
			pause();
	publish_as_a_child();
	stay();
}

static void hooks_first(void)
{
	install_hooks();
	fork_under_hooks(false);
}

static void hooks_last(void)
{
	alloc(1);
	tta_free(0, TTA_L1, A);
	install_hooks();
	fork_under_hooks(false);
}

static void hooks_with_threads(void)
{
	install_hooks();
	fork_under_hooks(true);
}

static void fork_inside_a_read_section(void)
{
	install_hooks();
	alloc(4096);
	urcu_bp_read_lock();
	if (fork() == 0) {
		alloc(512);
		tta_free(0, TTA_L1, A);
		urcu_bp_read_unlock();
		publish_as_a_child();
		matrix_ready();
	}
	for (;;)
		pause();
}

/* ---- plugins ---- */

static void load_a_plugin(void)
{
	execute("plugin");
}

static void load_a_plugin_often(void)
{
	execute("often");
}

static void load_a_plugin_in_threads(void)
{
	execute("threads");
}

static void unload_with_a_thread_inside(void)
{
	execute("leave");
}

static void forbid_tsc_and_load(void)
{
	execute("notsc");
}

/* ---- rights ---- */

static void become_nobody(void)
{
	if (chmod(getenv("TTA_DIR"), 01777) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		matrix_skip("no other user for us");
}

static void setuid_and_fork(void)
{
	alloc(4096);
	become_nobody();
	grow();
	if (fork() == 0) {
		alloc(512);
		matrix_ready();
	}
	for (;;)
		pause();
}

/* It may not unlink what it made as root: nothing is left in it. */
static void setuid_and_leave(void)
{
	alloc(4096);
	become_nobody();
	grow();
	matrix_ready();
	matrix_wait();
	tta_free(0, TTA_L1, A);
	exit(0);
}

static void change_root(void)
{
	char path[] = "/tmp/tta-root-XXXXXX";
	int old = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (!mkdtemp(path) || chroot(path) || chdir("/"))
		matrix_skip("no chroot for us");
	/* Empty it stays; from here its name is gone already. */
	unlinkat(old, path + 1, AT_REMOVEDIR);
	close(old);
}

static void chroot_and_leave(void)
{
	alloc(4096);
	change_root();
	grow();
	leave_when_told();
}

static void chroot_and_leave_nothing(void)
{
	alloc(4096);
	change_root();
	grow();
	matrix_ready();
	matrix_wait();
	tta_free(0, TTA_L1, A);
	exit(0);
}

static void chroot_first(void)
{
	setenv("TTA_QUIET", "1", 1);
	change_root();
	alloc(4096);
	if (tta_level() != TTA_OFF)
		matrix_fail("a segment without its directory");
	leave_when_told();
}

/* A child after chroot finds no directory; its parent publishes on. */
static void chroot_and_fork(void)
{
	setenv("TTA_QUIET", "1", 1);
	alloc(4096);
	change_root();
	if (fork() == 0) {
		alloc(512);
		matrix_ready();
	}
	for (;;)
		pause();
}

/* ---- jumps ---- */

static sigjmp_buf back;
static struct section *broken; /* memory that an event meets half-way */

static void set_access(int access)
{
	mprotect(broken->base, 1 << 20, access);
}

/* An event inside an event, and out of both. */
static void jump_out(int signal)
{
	tta_alloc(0, TTA_L1, A + 1, 512);
	set_access(PROT_READ | PROT_WRITE);
	siglongjmp(back, signal);
}

static __attribute__((noinline)) void leave_an_event(void)
{
	struct sigaction action = {.sa_handler = jump_out};

	sigaction(SIGSEGV, &action, NULL);
	set_access(PROT_READ);
	if (sigsetjmp(back, 1) == 0)
		tta_alloc(0, TTA_L1, A + 2, 64);
}

static void jump_out_of(enum tta_section_type type)
{
	alloc(4096);
	broken = &tta__gate_attached()->section[type];
	leave_an_event();
	tta_alloc(0, TTA_L1, A + 3, 16);
	tta_free(0, TTA_L1, A + 3);
	grow();
	stay();
}

static void jump_out_of_the_ring(void)
{
	jump_out_of(TTA_SECTION_RINGS);
}

static void jump_out_of_the_table(void)
{
	jump_out_of(TTA_SECTION_POOL);
}

#define SEEN	MATRIX_SEEN
#define RUNNING .running
#define ENDED	.ended
#define NO_MARK TTA_NOTE_NOT_MARKED
#define ROW(title, function, how, ...)                                                   \
	{                                                                                \
		.name = (title), .body = function, .end = MATRIX_##how, __VA_ARGS__      \
	}

/* clang-format off */
static const struct matrix_row rows[] = {
	ROW("raw clone", clone_and_stay, KILL,
	    RUNNING = {SEEN(ALIVE, 512), SEEN(ALIVE, 4096)},
	    ENDED = {SEEN(ALIVE, 512), SEEN(ORPHAN, 4096)}),
	ROW("raw clone that dies", clone_that_dies, KILL,
	    RUNNING = {SEEN(ORPHAN, 512), SEEN(ALIVE, 4096)},
	    ENDED = {SEEN(ORPHAN, 512), SEEN(ORPHAN, 4096)}),
	ROW("vfork", vfork_and_stay, KILL,
	    RUNNING = {SEEN(ALIVE, 4624)}, ENDED = {SEEN(ORPHAN, 4624)}),
	ROW("vfork and exec", vfork_and_exec, KILL,
	    RUNNING = {SEEN(ALIVE, 512), SEEN(ALIVE, 4096)},
	    ENDED = {SEEN(ALIVE, 512), SEEN(ORPHAN, 4096)}),
	ROW("posix_spawn", spawn_and_stay, KILL,
	    RUNNING = {SEEN(ALIVE, 512), SEEN(ALIVE, 4096)},
	    ENDED = {SEEN(ALIVE, 512), SEEN(ORPHAN, 4096)}),
	ROW("daemon, double fork", become_a_daemon, KILL,
	    RUNNING = {SEEN(ALIVE, 512), SEEN(ORPHAN, 4096)},
	    ENDED = {SEEN(ORPHAN, 512), SEEN(ORPHAN, 4096)}),
	ROW("daemon(3)", become_a_daemon_by_libc, KILL,
	    RUNNING = {SEEN(DEAD, 0), SEEN(ALIVE, 512)},
	    ENDED = {SEEN(DEAD, 0), SEEN(ORPHAN, 512)}),
	ROW("closes all descriptors", close_after_attach, KILL,
	    RUNNING = {SEEN(ALIVE, 4096)}, ENDED = {SEEN(ORPHAN, 4096)}),
	ROW("closes all descriptors first", close_before_attach, KILL,
	    RUNNING = {SEEN(ALIVE, 4096)}, ENDED = {SEEN(ORPHAN, 4096)}),
	ROW("closes all descriptors, exits", close_and_exit, EXIT,
	    RUNNING = {SEEN(ALIVE, 4096)}, ENDED = {SEEN(EXITED, 4096)}),
	ROW("fork hooks of liburcu-bp first", hooks_first, KILL,
	    RUNNING = {SEEN(ALIVE, 512), SEEN(ALIVE, 4096)},
	    ENDED = {SEEN(ALIVE, 512), SEEN(ORPHAN, 4096)}),
	ROW("fork hooks of liburcu-bp last", hooks_last, KILL,
	    RUNNING = {SEEN(ALIVE, 512), SEEN(ALIVE, 4096)},
	    ENDED = {SEEN(ALIVE, 512), SEEN(ORPHAN, 4096)}),
	/* it dies in the middle of an event, or not */
	ROW("fork hooks with reading threads", hooks_with_threads, STAY,
	    RUNNING = {SEEN(ALIVE, 512), SEEN(ALIVE, 4096)}),
	ROW("fork inside the host's read section", fork_inside_a_read_section, KILL,
	    RUNNING = {SEEN(ALIVE, 512), SEEN(ALIVE, 4096)},
	    ENDED = {SEEN(ALIVE, 512), SEEN(ORPHAN, 4096)}),
	ROW("plugin, unloaded", load_a_plugin, EXIT,
	    RUNNING = {SEEN(ALIVE, 512)}, ENDED = {SEEN(EXITED, 512)}),
	ROW("plugin, 50 times", load_a_plugin_often, EXIT,
	    RUNNING = {SEEN(ALIVE, 512)}, ENDED = {SEEN(EXITED, 512)}),
	ROW("plugin, loaded by threads", load_a_plugin_in_threads, EXIT,
	    RUNNING = {SEEN(ALIVE, 2048)}, ENDED = {SEEN(EXITED, 2048)}),
	ROW("plugin, unloaded under a thread that published", unload_with_a_thread_inside,
	    EXIT, RUNNING = {SEEN(ALIVE, 512)}, ENDED = {SEEN(EXITED, 512)}),
	ROW("time-stamp counter forbidden", forbid_tsc_and_load, EXIT,
	    RUNNING = {SEEN(ALIVE, 512)}, ENDED = {SEEN(EXITED, 512)}),
	ROW("setuid after start", setuid_and_fork, KILL,
	    RUNNING = {SEEN(ALIVE, 512), SEEN(ALIVE, 4096)},
	    ENDED = {SEEN(ALIVE, 512), SEEN(ORPHAN, 4096)}),
	ROW("setuid after start, orderly end", setuid_and_leave, EXIT,
	    RUNNING = {SEEN(ALIVE, 4096)}, ENDED = {SEEN(DEAD, 0)}),
	ROW("chroot after start", chroot_and_leave, EXIT,
	    RUNNING = {SEEN(ALIVE, 4096)}, ENDED = {SEEN(EXITED, 4096)}),
	ROW("chroot after start, nothing left", chroot_and_leave_nothing, EXIT,
	    RUNNING = {SEEN(ALIVE, 4096)}, ENDED = {SEEN(DEAD, 0)}),
	ROW("chroot before the first event", chroot_first, EXIT, .running = {{0}}),
	ROW("chroot, then fork", chroot_and_fork, KILL,
	    RUNNING = {SEEN(ALIVE, 4096)}, ENDED = {SEEN(ORPHAN, 4096)}),
	ROW("longjmp from a nested event, at the ring", jump_out_of_the_ring, KILL,
	    RUNNING = {SEEN(ALIVE, 4672, .uncertain = 1)},
	    ENDED = {SEEN(ORPHAN, 4672, .uncertain = 1)}),
	ROW("longjmp from a nested event, at the table", jump_out_of_the_table, KILL,
	    RUNNING = {SEEN(ALIVE, 4608, .uncertain = 1)},
	    ENDED = {SEEN(ORPHAN, 4608, .uncertain = 1)}),
};
/* clang-format on */

int main(void)
{
	return matrix_run("hosts", rows, sizeof(rows) / sizeof(rows[0]));
}
