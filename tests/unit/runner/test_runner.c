/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner.h"

static const struct runner_how plain = {.timeout = RUNNER_FOREVER, .null_input = true};

static struct runner *open_runner(void)
{
	struct runner *runner;

	cr_assert_eq(runner_open("test", &runner), 0);
	return runner;
}

static void expect_end(struct runner *runner, const char *line, enum runner_end end,
		       int code)
{
	struct runner_result result = runner_shell(runner, line, &plain);

	cr_assert_eq(result.end, end, "'%s': end %d", line, (int)result.end);
	cr_assert_eq(result.code, code, "'%s': code %d", line, result.code);
}

Test(runner, run_ids_are_never_the_same_and_say_whose_they_are)
{
	struct runner *a = open_runner();
	char first[64];

	cr_assert_eq(strncmp(runner_id(a), "test-", 5), 0);
	cr_assert_lt(strlen(runner_id(a)), 64);
	strcpy(first, runner_id(a));
	runner_close(a);
	a = open_runner();
	cr_assert_str_neq(runner_id(a), first);
	runner_close(a);
}

Test(runner, tells_how_a_command_ended)
{
	struct runner *runner = open_runner();

	expect_end(runner, "exit 0", RUNNER_EXITED, 0);
	expect_end(runner, "exit 7", RUNNER_EXITED, 7);
	expect_end(runner, "kill -SEGV $$", RUNNER_KILLED, SIGSEGV);
	runner_close(runner);
}

Test(runner, tells_why_a_command_did_not_start)
{
	struct runner *runner = open_runner();
	char missing[] = "/nonexistent/x", plain_file[] = "/etc/passwd";
	char *argv[] = {missing, NULL};
	struct runner_result result = runner_run(runner, argv, &plain);

	cr_assert_eq(result.end, RUNNER_NOT_STARTED);
	cr_assert_eq(result.code, ENOENT);
	argv[0] = plain_file;
	result = runner_run(runner, argv, &plain);
	cr_assert_eq(result.end, RUNNER_NOT_STARTED);
	cr_assert_eq(result.code, EACCES);
	runner_close(runner);
}

Test(runner, commands_know_the_run_id_and_what_was_set)
{
	struct runner *runner = open_runner();
	char line[256];

	setenv("OTHER", "kept", 1);
	setenv("TTA_RUN_ID", "outer", 1);
	runner_close(runner);
	runner = open_runner();
	cr_assert_eq(runner_set(runner, "WHERE", "one"), 0);
	cr_assert_eq(runner_set(runner, "WHERE", "two"), 0);
	snprintf(line, sizeof(line),
		 "test \"$TTA_RUN_ID$WHERE$OTHER\" = %stwokept && "
		 "test $(env | grep -c ^WHERE=) = 1 && ! read x",
		 runner_id(runner));
	expect_end(runner, line, RUNNER_EXITED, 0);
	runner_close(runner);
}

Test(runner, a_command_has_a_group_and_the_signals_it_would_have)
{
	struct runner *runner = open_runner();

	expect_end(runner,
		   "test $(cut -d ' ' -f 5 /proc/$$/stat) = $$ && "
		   "exec grep -q 'SigBlk:[[:space:]]*0*$' /proc/self/status",
		   RUNNER_EXITED, 0);
	runner_close(runner);
}

Test(runner, a_timeout_ends_all_of_the_group)
{
	struct runner *runner = open_runner();
	struct runner_how how = plain;
	char path[] = "/tmp/tta-runner-XXXXXX";
	int fd = mkstemp(path);
	struct runner_result result;
	char line[256];
	int pid = 0;
	FILE *file;

	how.timeout = 0.2;
	snprintf(line, sizeof(line), "sleep 100 & echo $! >%s; wait", path);
	result = runner_shell(runner, line, &how);
	cr_assert_eq(result.end, RUNNER_TIMED_OUT);
	file = fdopen(fd, "r");
	cr_assert_eq(fscanf(file, "%d", &pid), 1);
	fclose(file);
	unlink(path);
	/* it may still be a zombie that fell to us */
	for (int i = 0; i < 100 && kill(pid, 0) == 0; i++) {
		waitpid(pid, NULL, WNOHANG);
		usleep(20000);
	}
	cr_assert_eq(kill(pid, 0), -1);
	runner_close(runner);
}

Test(runner, a_signal_ends_the_command_and_later_ones_do_not_start)
{
	struct runner *runner = open_runner();
	char line[64], word[] = "true";
	char *argv[] = {word, NULL};
	struct runner_result result;

	snprintf(line, sizeof(line), "kill -INT %d; sleep 100", (int)getpid());
	result = runner_shell(runner, line, &plain);
	cr_assert_eq(result.end, RUNNER_INTERRUPTED);
	cr_assert_eq(result.code, SIGINT);
	cr_assert_eq(runner_interrupted(runner), SIGINT);
	cr_assert_eq(runner_run(runner, argv, &plain).end, RUNNER_INTERRUPTED);
	/* what cleans up runs all the same */
	expect_end(runner, "exit 3", RUNNER_EXITED, 3);
	runner_close(runner);
}

Test(runner, orphans_fall_to_us_and_are_buried)
{
	struct runner *runner = open_runner();

	expect_end(runner, "(sleep 0.1 & exit) ; exit 0", RUNNER_EXITED, 0);
	expect_end(runner, "sleep 0.4", RUNNER_EXITED, 0);
	cr_assert_eq(waitpid(-1, NULL, WNOHANG), -1);
	cr_assert_eq(errno, ECHILD);
	runner_close(runner);
}

struct looks {
	const char *script; /* a digit is a signature, 'b' busy, 'x' a failure */
	size_t taken;
};

static int play(void *arg, struct runner_look *ret_look)
{
	struct looks *looks = arg;
	char now = looks->script[looks->taken++];

	*ret_look = (struct runner_look){.signature = (uint64_t)now, .busy = now == 'b'};
	return now == 'x' ? -EIO : 0;
}

Test(runner, settles_when_two_looks_agree_and_nobody_is_busy)
{
	static const struct {
		const char *script;
		enum runner_settled settled;
		size_t taken;
	} rows[] = {{"11", RUNNER_SETTLED, 2},
		    {"12344", RUNNER_SETTLED, 5},
		    {"bb11", RUNNER_SETTLED, 4},
		    {"1x", RUNNER_STOPPED, 2},
		    {"x", RUNNER_STOPPED, 1}};
	struct runner *runner = open_runner();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct looks looks = {.script = rows[i].script};

		cr_assert_eq(runner_settle(runner, -1, play, &looks), rows[i].settled,
			     "%s", rows[i].script);
		cr_assert_eq(looks.taken, rows[i].taken, "%s", rows[i].script);
	}
	runner_close(runner);
}

Test(runner, settles_after_seconds_with_one_look)
{
	struct looks looks = {.script = "123"};
	struct runner *runner = open_runner();

	cr_assert_eq(runner_settle(runner, 0.05, play, &looks), RUNNER_SETTLED);
	cr_assert_eq(looks.taken, 1);
	runner_close(runner);
}
