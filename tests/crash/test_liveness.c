/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is dead, beyond test_verdicts: what other tools, limits and namespaces make of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <tta/tta.h>

#include "deny.h"
#include "matrix.h"
#include "publisher.h"

#define A UINT64_C(0x18b20)

static void hold_bytes(uint64_t bytes)
{
	tta_alloc(0, TTA_L1, A, bytes);
	matrix_ready();
	for (;;)
		pause();
}

static void hold(void)
{
	hold_bytes(4096);
}

static void hold_nothing(void)
{
	tta_alloc(0, TTA_L1, A, 4096);
	tta_free(0, TTA_L1, A);
	matrix_ready();
	for (;;)
		pause();
}

static void *publish_once(void *arg)
{
	tta_alloc(0, TTA_L1, A, 4096);
	return arg;
}

static void hold_from_a_thread_that_ended(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, publish_once, NULL);
	pthread_join(thread, NULL);
	matrix_ready();
	for (;;)
		pause();
}

static void exit_with_residue(void)
{
	tta_alloc(0, TTA_L1, A, 4096);
	matrix_ready();
	matrix_wait();
	exit(0);
}

/* The kernel refuses the lock at birth: a free one proves nothing then. */
static void hold_without_lock(void)
{
	if (!deny(SYS_fcntl, F_OFD_SETLK, EINVAL))
		matrix_skip("no seccomp for us");
	hold();
}

static void exit_without_lock(void)
{
	if (!deny(SYS_fcntl, F_OFD_SETLK, EINVAL))
		matrix_skip("no seccomp for us");
	exit_with_residue();
}

static void forget_mutexes(uint64_t bytes)
{
	struct publisher *p;

	tta_alloc(0, TTA_L1, A, 4096);
	tta_alloc(0, TTA_L1, A + 1, bytes);
	tta_free(0, TTA_L1, A);
	if (!bytes)
		tta_free(0, TTA_L1, A + 1);
	p = tta__gate_attached();
	mprotect(p->base, p->size, PROT_READ);
	matrix_ready();
	for (;;)
		pause();
}

static void unmarked_with_nothing_left(void)
{
	forget_mutexes(0);
}

static void unmarked_with_residue(void)
{
	forget_mutexes(512);
}

static void stop(void)
{
	tta_alloc(0, TTA_L1, A, 4096);
	matrix_ready();
	raise(SIGSTOP);
}

/* By a child that stays. */
static void be_traced(void (*tracer)(pid_t parent))
{
	pid_t parent = getpid();

	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	tta_alloc(0, TTA_L1, A, 4096);
	if (fork() == 0)
		tracer(parent);
	for (;;)
		pause();
}

static void interrupt(pid_t parent)
{
	if (ptrace(PTRACE_SEIZE, parent, 0, 0) || ptrace(PTRACE_INTERRUPT, parent, 0, 0))
		matrix_skip("no ptrace for us");
	waitpid(parent, NULL, 0);
	matrix_ready();
}

static void hold_traced(void)
{
	be_traced(interrupt);
}

/* The end of the tracer lets it go on dying: not even SIGKILL does. */
static void stop_in_exit(pid_t parent)
{
	matrix_target(getpid());
	if (ptrace(PTRACE_SEIZE, parent, 0, PTRACE_O_TRACEEXIT))
		matrix_skip("no ptrace for us");
	kill(parent, SIGTERM);
	waitpid(parent, NULL, 0);
	ptrace(PTRACE_CONT, parent, 0, SIGTERM);
	waitpid(parent, NULL, 0);
	matrix_ready();
}

static void hold_in_exit(void)
{
	be_traced(stop_in_exit);
}

static void exec_a_sleeper(void)
{
	execl("/bin/sleep", "sleep", "1000", NULL);
	matrix_fail("exec failed");
}

static void *exec_in_thread(void *arg)
{
	exec_a_sleeper();
	return arg;
}

static void exec_from_a_sibling(void)
{
	pthread_t thread;

	tta_alloc(0, TTA_L1, A, 4096);
	matrix_ready();
	pthread_create(&thread, NULL, exec_in_thread, NULL);
	for (;;)
		pause();
}

static void exec_that_fails(void)
{
	tta_alloc(0, TTA_L1, A, 4096);
	execl("/nonexistent", "nothing", NULL);
	matrix_ready();
	for (;;)
		pause();
}

static void exit_quickly(void)
{
	tta_alloc(0, TTA_L1, A, 4096);
	matrix_ready();
	matrix_wait();
	quick_exit(0);
}

static void publish_512(void)
{
	tta_alloc(0, TTA_L1, A + 1, 512);
}

static void exit_with_handlers(void)
{
	atexit(publish_512);
	exit_with_residue();
}

static void free_all(void)
{
	tta_free(0, TTA_L1, A);
}

static void exit_with_handlers_that_free(void)
{
	atexit(free_all);
	exit_with_residue();
}

/* Runs after libtta's own destructor, which has no priority. */
static void (*late)(void);

__attribute__((destructor(102))) static void late_destructor(void)
{
	if (late)
		late();
}

static void publish_late(void)
{
	late = publish_512;
	exit_with_residue();
}

static void free_late_and_publish(void)
{
	tta_free(0, TTA_L1, A);
	publish_512();
	tta_free(0, TTA_L1, A + 1);
}

static void empty_late(void)
{
	late = free_late_and_publish;
	exit_with_residue();
}

/* ---- a core dump takes its time ---- */

#define CORE_BYTES (UINT64_C(384) << 20)

static bool core_is_a_file(void)
{
	char pattern[128] = "|";
	FILE *file = fopen("/proc/sys/kernel/core_pattern", "re");

	if (file && !fgets(pattern, sizeof(pattern), file))
		pattern[0] = '|';
	if (file)
		fclose(file);
	return pattern[0] != '|' && !strchr(pattern, '/');
}

static void dump_core(void)
{
	struct rlimit limit;
	char *bytes;

	getrlimit(RLIMIT_CORE, &limit);
	limit.rlim_cur = limit.rlim_max;
	if (!core_is_a_file() || limit.rlim_max < CORE_BYTES ||
	    setrlimit(RLIMIT_CORE, &limit) || chdir(getenv("TTA_DIR")))
		matrix_skip("cores go to a program, or are limited");
	bytes = mmap(NULL, CORE_BYTES, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (bytes == MAP_FAILED)
		matrix_skip("no memory for a big core");
	memset(bytes, 1, CORE_BYTES);
	tta_alloc(0, TTA_L1, A, 4096);
	matrix_ready();
	signal(SIGSEGV, SIG_DFL);
	raise(SIGSEGV);
}

static bool is_dumping(pid_t pid)
{
	char path[64], line[256];
	bool dumping = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		dumping |= strcmp(line, "CoreDumping:\t1\n") == 0;
	if (file)
		fclose(file);
	return dumping;
}

static enum tta_verdict verdict_now(void)
{
	enum tta_verdict verdict = TTA_VERDICT_UNKNOWN;
	struct tta_reader *reader;
	struct tta_sample *sample;

	if (tta_reader_open(NULL, &reader))
		return verdict;
	if (tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample) == 0) {
		if (sample->process_count == 1)
			verdict = sample->processes[0].verdict;
		tta_sample_free(sample);
	}
	tta_reader_close(reader);
	return verdict;
}

/* Samples that lie wholly inside the dump. */
static const char *alive_while_dumping(pid_t pid)
{
	unsigned inside = 0, wrong = 0;
	siginfo_t info = {0};

	while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == 0) {
		bool before = is_dumping(pid);
		enum tta_verdict verdict = verdict_now();

		if (before && is_dumping(pid)) {
			inside++;
			wrong += verdict != TTA_VERDICT_ALIVE;
		}
	}
	if (!inside)
		return "no sample lay inside the dump";
	return wrong ? "not alive while it dumped core" : NULL;
}

/* ---- strangers ---- */

static int open_segment(void)
{
	const struct publisher *p = tta__gate_attached();
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", p->directory, p->name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* From another process: locks of one process do not meet. */
static void stranger(void (*lock)(int fd))
{
	tta_alloc(0, TTA_L1, A, 4096);
	if (fork() == 0) {
		char path[512];
		const char *name = getenv("TTA_TEST_SEGMENT");

		snprintf(path, sizeof(path), "%s", name);
		lock(open(path, O_RDONLY | O_CLOEXEC));
		for (;;)
			pause();
	}
	for (;;)
		pause();
}

static void name_segment(void)
{
	char path[512], link[64];
	ssize_t length;
	int fd;

	tta_alloc(0, TTA_L1, A, 4096);
	fd = open_segment();
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof(path) - 1);
	if (length < 0)
		matrix_fail("no name of the segment");
	path[length] = '\0';
	setenv("TTA_TEST_SEGMENT", path, 1);
	close(fd);
}

static void read_lock_that_is_refused(int fd)
{
	struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_len = 1};

	if (fcntl(fd, F_SETLK, &lock) == 0)
		matrix_fail("a read lock beside the owner's write lock");
	matrix_ready();
}

static void flock_of_another_kind(int fd)
{
	if (flock(fd, LOCK_SH | LOCK_NB))
		matrix_fail("flock knows nothing of byte locks");
	matrix_ready();
}

static void read_lock_beyond(int fd)
{
	struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 1};

	if (fcntl(fd, F_SETLK, &lock))
		matrix_fail("no lock on the bytes behind");
	matrix_ready();
}

/* Waits behind the owner: it holds the lock the moment the owner is dead. */
static void read_lock_that_waits(int fd)
{
	struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};

	matrix_ready();
	fcntl(fd, F_SETLKW, &lock);
}

#define STRANGER(function)                                                               \
	static void under_##function(void)                                               \
	{                                                                                \
		name_segment();                                                          \
		stranger(function);                                                      \
	}
STRANGER(read_lock_that_is_refused)
STRANGER(flock_of_another_kind)
STRANGER(read_lock_beyond)
STRANGER(read_lock_that_waits)

/* ---- namespaces ---- */

static pid_t first_of_a_namespace(uint64_t bytes)
{
	pid_t pid;

	if (unshare(CLONE_NEWPID))
		matrix_skip("no pid namespace for us");
	pid = fork();
	if (pid == 0) {
		tta_alloc(0, TTA_L1, A, bytes);
		tta_alloc(0, TTA_DRAM, A, 1);
		if (bytes == 512 || getpid() != 1)
			matrix_ready();
		for (;;)
			pause();
	}
	return pid;
}

/* Each is pid 1, with the same thread id in its lane's mutex. */
static void equal_pids(void)
{
	if (fork() == 0) {
		first_of_a_namespace(4096);
		for (;;)
			pause();
	}
	matrix_target(first_of_a_namespace(512));
	for (;;)
		pause();
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	if (!ok)
		matrix_skip("no user mapping for us");
}

static void another_user_namespace(void)
{
	char map[32];

	snprintf(map, sizeof(map), "4711 %u 1", geteuid());
	if (unshare(CLONE_NEWUSER))
		matrix_skip("no user namespace for us");
	write_text("/proc/self/uid_map", map);
	hold();
}

/* The pid of an orphan again, for a process that publishes something else. */
static void ask_for_pid(pid_t pid)
{
	FILE *file = fopen("/proc/sys/kernel/ns_last_pid", "we");
	bool ok = file && fprintf(file, "%d", pid - 1) > 0;

	if (!file || fclose(file) || !ok)
		matrix_skip("the next pid cannot be chosen");
}

/* In a pid namespace of its own nobody else takes the pid. */
static void recycle_pid(void)
{
	pid_t first, second;
	int status;

	first = fork();
	if (first == 0) {
		tta_alloc(0, TTA_L1, A, 4096);
		_exit(0);
	}
	waitpid(first, &status, 0);
	ask_for_pid(first);
	second = fork();
	if (second == 0)
		hold_bytes(512);
	if (second != first)
		matrix_skip("the pid went to somebody else");
	for (;;)
		pause();
}

static void recycled_pid(void)
{
	pid_t pid;

	if (unshare(CLONE_NEWPID))
		matrix_skip("no pid namespace for us");
	pid = fork();
	if (pid == 0)
		recycle_pid();
	matrix_target(pid);
	for (;;)
		pause();
}

#define USERNS	TTA_NOTE_USERNS
#define MUTEX	TTA_NOTE_BY_MUTEX
#define NO_MARK TTA_NOTE_NOT_MARKED
#define LOCKED	TTA_NOTE_STRANGER_LOCK
#define NO_LANE TTA_NOTE_ALL_LANES_DEAD

#define SEEN MATRIX_SEEN
#define ROW(title, function, how, ...)                                                   \
	{                                                                                \
		.name = (title), .body = function, .end = MATRIX_##how, __VA_ARGS__      \
	}
#define RUNNING .running
#define ENDED	.ended

/* clang-format off */
static const struct matrix_row rows[] = {
	/* the lock can be queried */
	ROW("killed with residue", hold, KILL,
	    RUNNING = {SEEN(ALIVE, 4096)}, ENDED = {SEEN(ORPHAN, 4096)}),
	ROW("killed with nothing left", hold_nothing, KILL,
	    RUNNING = {SEEN(ALIVE, 0)}, ENDED = {SEEN(DEAD, 0)}),
	ROW("every thread that published has ended", hold_from_a_thread_that_ended, KILL,
	    RUNNING = {SEEN(ALIVE, 4096, .notes = NO_LANE)}, ENDED = {SEEN(ORPHAN, 4096)}),
	ROW("orderly end with residue", exit_with_residue, EXIT,
	    RUNNING = {SEEN(ALIVE, 4096)}, ENDED = {SEEN(EXITED, 4096)}),
	ROW("unmarked lane, nothing left", unmarked_with_nothing_left, KILL,
	    RUNNING = {SEEN(ALIVE, 0)}, ENDED = {SEEN(DEAD, 0, .notes = NO_MARK)}),
	ROW("unmarked lane, residue", unmarked_with_residue, KILL,
	    RUNNING = {SEEN(ALIVE, 512)}, ENDED = {SEEN(ORPHAN, 512, .notes = NO_MARK)}),
	/* it cannot */
	ROW("blind: alive is unknown", hold, KILL, .blind = true,
	    RUNNING = {SEEN(UNKNOWN, 4096)}, ENDED = {SEEN(ORPHAN, 4096, .notes = MUTEX)}),
	ROW("blind: dead by mutex alone", hold_nothing, KILL, .blind = true,
	    RUNNING = {SEEN(UNKNOWN, 0)}, ENDED = {SEEN(DEAD, 0, .notes = MUTEX)}),
	ROW("blind: closed is unknown", exit_with_residue, EXIT, .blind = true,
	    RUNNING = {SEEN(UNKNOWN, 4096)}, ENDED = {SEEN(UNKNOWN, 4096)}),
	ROW("blind: unmarked is unknown", unmarked_with_residue, KILL, .blind = true,
	    RUNNING = {SEEN(UNKNOWN, 512)}, ENDED = {SEEN(UNKNOWN, 512)}),
	ROW("no OFD locks at birth, killed", hold_without_lock, KILL,
	    RUNNING = {SEEN(UNKNOWN, 4096)}, ENDED = {SEEN(ORPHAN, 4096, .notes = MUTEX)}),
	ROW("no OFD locks at birth, orderly end", exit_without_lock, EXIT,
	    RUNNING = {SEEN(UNKNOWN, 4096)}, ENDED = {SEEN(UNKNOWN, 4096)}),
	/* stopped, traced, dying */
	ROW("SIGSTOP, then SIGKILL", stop, KILL,
	    RUNNING = {SEEN(ALIVE, 4096)}, ENDED = {SEEN(ORPHAN, 4096)}),
	ROW("stopped by a debugger", hold_traced, KILL,
	    RUNNING = {SEEN(ALIVE, 4096)}, ENDED = {SEEN(ORPHAN, 4096)}),
	ROW("stopped inside exit", hold_in_exit, KILL,
	    RUNNING = {SEEN(ALIVE, 4096)}, ENDED = {SEEN(ORPHAN, 4096)}),
	ROW("core dump in progress", dump_core, KILL,
	    .look = alive_while_dumping, ENDED = {SEEN(ORPHAN, 4096)}),
	/* exec and orderly ends */
	ROW("exec by a sibling thread", exec_from_a_sibling, KILL,
	    RUNNING = {SEEN(ORPHAN, 4096)}, ENDED = {SEEN(ORPHAN, 4096)}),
	ROW("exec that fails", exec_that_fails, KILL,
	    RUNNING = {SEEN(ALIVE, 4096)}, ENDED = {SEEN(ORPHAN, 4096)}),
	ROW("quick_exit is no orderly end", exit_quickly, EXIT,
	    RUNNING = {SEEN(ALIVE, 4096)}, ENDED = {SEEN(ORPHAN, 4096)}),
	ROW("exit handler that allocates", exit_with_handlers, EXIT,
	    RUNNING = {SEEN(ALIVE, 4096)}, ENDED = {SEEN(EXITED, 4608)}),
	ROW("exit handler that frees", exit_with_handlers_that_free, EXIT,
	    RUNNING = {SEEN(ALIVE, 4096)}),
	ROW("late destructor that allocates", publish_late, EXIT,
	    RUNNING = {SEEN(ALIVE, 4096)}, ENDED = {SEEN(EXITED, 4608)}),
	ROW("late destructor that empties", empty_late, EXIT,
	    RUNNING = {SEEN(ALIVE, 4096)}),
	/* strangers */
	ROW("read lock is refused", under_read_lock_that_is_refused, KILL,
	    RUNNING = {SEEN(ALIVE, 4096)}, ENDED = {SEEN(ORPHAN, 4096)}),
	ROW("flock is another lock", under_flock_of_another_kind, KILL,
	    RUNNING = {SEEN(ALIVE, 4096)}, ENDED = {SEEN(ORPHAN, 4096)}),
	ROW("read lock behind byte 0", under_read_lock_beyond, KILL,
	    RUNNING = {SEEN(ALIVE, 4096)}, ENDED = {SEEN(ORPHAN, 4096)}),
	ROW("read lock that waits for the death", under_read_lock_that_waits, KILL,
	    RUNNING = {SEEN(ALIVE, 4096)}, ENDED = {SEEN(ORPHAN, 4096, .notes = LOCKED)}),
	/* namespaces, pids */
	ROW("equal pids in two namespaces", equal_pids, KILL,
	    RUNNING = {SEEN(ALIVE, 513, .pid = 1), SEEN(ALIVE, 4097, .pid = 1)},
	    ENDED = {SEEN(ORPHAN, 513, .pid = 1), SEEN(ALIVE, 4097, .pid = 1)}),
	ROW("recycled pid", recycled_pid, KILL,
	    RUNNING = {SEEN(ALIVE, 512, .pid = 2), SEEN(ORPHAN, 4096, .pid = 2)},
	    ENDED = {SEEN(ORPHAN, 512, .pid = 2), SEEN(ORPHAN, 4096, .pid = 2)}),
	ROW("user namespace", another_user_namespace, KILL,
	    RUNNING = {SEEN(ALIVE, 4096, .notes = USERNS)},
	    ENDED = {SEEN(ORPHAN, 4096, .notes = USERNS)}),
};
/* clang-format on */

int main(void)
{
	return matrix_run("liveness", rows, sizeof(rows) / sizeof(rows[0]));
}
