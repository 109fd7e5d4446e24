/* SPDX-License-Identifier: BSD-2-Clause */
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runner_state.h"

#define GRACE_NS (5 * RUNNER_NS) /* between SIGTERM and SIGKILL */

/* What ends us when nobody holds it. A broken pipe is seen by who writes. */
static const int held_signals[] = {SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE};

uint64_t runner_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * RUNNER_NS + (uint64_t)now.tv_nsec;
}

int runner_sleep(struct runner *runner, uint64_t end_ns)
{
	uint64_t now = runner_now_ns();
	uint64_t left = end_ns > now ? end_ns - now : 0;
	struct timespec wait = {
		.tv_sec = (time_t)(left / RUNNER_NS),
		.tv_nsec = (long)(left % RUNNER_NS),
	};
	int signal = sigtimedwait(&runner->held, NULL, &wait);

	if (signal <= 0 || signal == SIGPIPE)
		return 0;
	if (signal != SIGCHLD && runner->interrupted == 0)
		runner->interrupted = signal;
	return signal;
}

static void hold_signals(struct runner *runner)
{
	sigemptyset(&runner->held);
	for (size_t i = 0; i < sizeof(held_signals) / sizeof(held_signals[0]); i++)
		sigaddset(&runner->held, held_signals[i]);
	sigprocmask(SIG_BLOCK, &runner->held, &runner->before);
}

int runner_open(const char *prefix, struct runner **ret_runner)
{
	struct runner *runner = calloc(1, sizeof(*runner));
	int err = runner ? run_id_make(prefix, runner->id) : -ENOMEM;

	if (!err)
		err = runner_set(runner, "TTA_RUN_ID", runner->id);
	if (err) {
		free(runner);
		return err;
	}
	/* Without it daemons fall to init: they are still recognised by the run id. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	hold_signals(runner);
	*ret_runner = runner;
	return 0;
}

void runner_close(struct runner *runner)
{
	sigset_t pipe;
	struct timespec none = {0};

	if (!runner)
		return;
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	while (sigtimedwait(&pipe, NULL, &none) > 0)
		;
	sigprocmask(SIG_SETMASK, &runner->before, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	environment_fini(&runner->environment);
	free(runner);
}

const char *runner_id(const struct runner *runner)
{
	return runner->id;
}

int runner_set(struct runner *runner, const char *name, const char *value)
{
	return environment_set(&runner->environment, name, value);
}

int runner_interrupted(const struct runner *runner)
{
	return runner->interrupted;
}

/* ---- start ---- */

static int add_actions(posix_spawn_file_actions_t *actions, const struct runner_how *how)
{
	int err = 0;

	if (how->null_input)
		err = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null",
						       O_RDONLY, 0);
	if (!err && how->to_stderr)
		err = posix_spawn_file_actions_adddup2(actions, STDERR_FILENO,
						       STDOUT_FILENO);
	return err;
}

/* Positive errno, as posix_spawn() has it. */
static int spawn(const struct runner *runner, char *const *argv,
		 const struct runner_how *how, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int err = posix_spawn_file_actions_init(&actions);

	if (err)
		return err;
	err = posix_spawnattr_init(&attributes);
	if (err) {
		posix_spawn_file_actions_destroy(&actions);
		return err;
	}
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setsigmask(&attributes, &runner->before);
	posix_spawnattr_setflags(&attributes,
				 POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	err = add_actions(&actions, how);
	if (!err)
		err = posix_spawnp(ret_pid, argv[0], &actions, &attributes, argv,
				   runner->environment.list);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

/* ---- wait ---- */

/* Bury orphans that fell to us; true once @pid has ended, which stays a zombie. */
static bool has_ended(pid_t pid)
{
	for (;;) {
		siginfo_t info = {0};

		if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT))
			return true;
		if (info.si_pid == pid)
			return true;
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) ||
		    info.si_pid == 0)
			return false;
		if (info.si_pid != pid)
			waitpid(info.si_pid, NULL, WNOHANG);
	}
}

/* SIGTERM, then SIGKILL. While its leader is a zombie the group is no stranger's. */
static void end_group(struct runner *runner, pid_t pid)
{
	uint64_t end = runner_now_ns() + GRACE_NS;
	int again = 0;

	kill(-pid, SIGTERM);
	kill(-pid, SIGCONT);
	while (!has_ended(pid) && runner_now_ns() < end && again < 2)
		again += runner_sleep(runner, end) == SIGINT;
	kill(-pid, SIGKILL);
	while (!has_ended(pid))
		runner_sleep(runner, runner_now_ns() + RUNNER_NS);
}

/* Until it has ended, its time is up, or a signal tells us to end. */
static enum runner_end wait_for(struct runner *runner, pid_t pid, double timeout)
{
	uint64_t start = runner_now_ns();
	uint64_t end = timeout < 0 ? UINT64_MAX
				   : start + (uint64_t)(timeout * (double)RUNNER_NS);

	while (!has_ended(pid)) {
		uint64_t now = runner_now_ns();
		int signal;

		if (now >= end)
			return RUNNER_TIMED_OUT;
		signal = runner_sleep(runner,
				      end - now > RUNNER_NS ? now + RUNNER_NS : end);
		if (signal != 0 && signal != SIGCHLD)
			return RUNNER_INTERRUPTED;
	}
	return RUNNER_EXITED;
}

static void read_status(pid_t pid, struct runner_result *result)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (result->end == RUNNER_INTERRUPTED || result->end == RUNNER_TIMED_OUT)
		return;
	result->end = WIFSIGNALED(status) ? RUNNER_KILLED : RUNNER_EXITED;
	result->code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

static struct runner_result start_and_wait(struct runner *runner, char *const *argv,
					   const struct runner_how *how)
{
	struct runner_result result = {.end = RUNNER_NOT_STARTED};
	uint64_t start = runner_now_ns();
	pid_t pid;

	result.code = spawn(runner, argv, how, &pid);
	if (result.code)
		return result;
	result.end = wait_for(runner, pid, how->timeout);
	if (result.end != RUNNER_EXITED)
		end_group(runner, pid);
	if (result.end == RUNNER_INTERRUPTED)
		result.code = runner->interrupted;
	result.duration_ns = runner_now_ns() - start;
	read_status(pid, &result);
	return result;
}

struct runner_result runner_run(struct runner *runner, char *const *argv,
				const struct runner_how *how)
{
	if (runner->interrupted)
		return (struct runner_result){
			.end = RUNNER_INTERRUPTED,
			.code = runner->interrupted,
		};
	return start_and_wait(runner, argv, how);
}

struct runner_result runner_shell(struct runner *runner, const char *line,
				  const struct runner_how *how)
{
	char shell[] = "/bin/sh", flag[] = "-c";
	char *argv[] = {shell, flag, (char *)(uintptr_t)line, NULL};

	return start_and_wait(runner, argv, how);
}
