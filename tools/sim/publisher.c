/* SPDX-License-Identifier: BSD-2-Clause */
#include "publisher.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENT_LIMIT	 64
#define EXIT_PATIENCE_MS 5000

/* Cut the command line into argv, in place. */
static void split_arguments(char *cmdline, char *argv[ARGUMENT_LIMIT + 1])
{
	size_t count = 0;
	char *rest = NULL;
	char *word = strtok_r(cmdline, " ", &rest);

	while (word && count < ARGUMENT_LIMIT) {
		argv[count++] = word;
		word = strtok_r(NULL, " ", &rest);
	}
	argv[count] = NULL;
}

/* In the child of fork: become the publishing process. */
static void become(const struct sim_process *process, int channel, pid_t parent)
{
	char *argv[ARGUMENT_LIMIT + 1];
	char value[64];
	int own = dup(channel); /* without close-on-exec */

	snprintf(value, sizeof(value), "%d:%d:%s", own, (int)parent, process->comm);
	split_arguments(process->cmdline, argv);
	if (own < 0 || setenv(SIM_CHANNEL_VARIABLE, value, 1) ||
	    (process->run_id[0] != '\0' && setenv("TTA_RUN_ID", process->run_id, 1)))
		_exit(127);
	execv("/proc/self/exe", argv);
	_exit(127);
}

int sim_publisher_start(struct sim_publisher *publisher,
			const struct sim_process *process)
{
	pid_t parent = getpid();
	int ends[2];
	pid_t pid;

	sim_publisher_reap(publisher);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -errno;
	pid = fork();
	if (pid == 0)
		become(process, ends[1], parent);
	close(ends[1]);
	if (pid < 0) {
		int err = -errno;

		close(ends[0]);
		return err;
	}
	*publisher =
		(struct sim_publisher){.pid = pid, .channel = ends[0], .running = true};
	return 0;
}

int sim_publisher_send(struct sim_publisher *publisher, const struct sim_message *message)
{
	ssize_t sent;

	do {
		sent = send(publisher->channel, message, sizeof(*message), MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	return 0;
}

static int receive(int channel, struct sim_answer *ret_answer)
{
	struct sim_answer answer;
	ssize_t got = recv(channel, &answer, sizeof(answer), 0);

	if (got < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	if (got != sizeof(answer))
		return -EPIPE;
	*ret_answer = answer;
	return answer.error;
}

int sim_publisher_wait(struct sim_publisher *publisher, int signal_fd,
		       struct sim_answer *ret_answer)
{
	struct pollfd fds[] = {
		{.fd = publisher->channel, .events = POLLIN},
		{.fd = signal_fd, .events = POLLIN},
	};

	while (poll(fds, 2, -1) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	if (fds[0].revents)
		return receive(publisher->channel, ret_answer);
	return -EINTR;
}

/* Wait for death, and leave the zombie where it is. */
static void await_death(struct sim_publisher *publisher)
{
	siginfo_t info;

	while (waitid(P_PID, (id_t)publisher->pid, &info, WEXITED | WNOWAIT) < 0 &&
	       errno == EINTR)
		;
	close(publisher->channel);
	publisher->channel = -1;
	publisher->running = false;
}

void sim_publisher_kill(struct sim_publisher *publisher)
{
	kill(publisher->pid, SIGKILL);
	await_death(publisher);
}

void sim_publisher_exit(struct sim_publisher *publisher, uint64_t code)
{
	struct sim_message message = {.kind = SIM_MESSAGE_EXIT, .exit_code = code};
	struct pollfd end = {.fd = publisher->channel, .events = POLLIN};
	struct sim_answer late;
	int err = sim_publisher_send(publisher, &message);

	/* An answer may still be on its way (a load that was interrupted). */
	while (err != -EPIPE && poll(&end, 1, EXIT_PATIENCE_MS) > 0)
		err = receive(publisher->channel, &late);
	if (err != -EPIPE)
		kill(publisher->pid, SIGKILL);
	await_death(publisher);
}

void sim_publisher_lost(struct sim_publisher *publisher)
{
	await_death(publisher);
}

void sim_publisher_reap(struct sim_publisher *publisher)
{
	if (publisher->pid && !publisher->running)
		while (waitpid(publisher->pid, NULL, 0) < 0 && errno == EINTR)
			;
	if (!publisher->running)
		publisher->pid = 0;
}
