/* SPDX-License-Identifier: BSD-2-Clause */
#include "play.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "publisher.h"

/* A process of the program while it is played. */
struct actor {
	struct sim_publisher publisher;
	bool lost;	 /* ended by somebody else: its statements are skipped */
	bool *described; /* by index of the program's devices */
};

struct player {
	const struct sim_program *program;
	const struct sim_play_options *options;
	const struct sim_statement *statement; /* at hand, for errors */
	struct sim_error *error;
	struct actor *actors;
	uint64_t *rounds; /* left, by index of the SIM_REPEAT */
	bool ready;
};

static int fail(struct player *player, int err, const char *what, const char *why)
{
	const struct sim_statement *statement = player->statement;
	const char *name = player->program->processes[statement->process].name;

	snprintf(player->error->text, sizeof(player->error->text),
		 "%.60s:%u: %s '%.31s': %s", player->options->file, statement->line, what,
		 name, why);
	return err;
}

static void note_lost(struct player *player, struct actor *actor)
{
	sim_publisher_lost(&actor->publisher);
	actor->lost = true;
	fprintf(stderr,
		"tta-sim: %s:%u: process '%s' was ended from outside: the rest of it "
		"is skipped\n",
		player->options->file, player->statement->line,
		player->program->processes[player->statement->process].name);
}

/* Send and wait; a process that ended meanwhile is noted, not an error. */
static int deliver(struct player *player, struct actor *actor,
		   const struct sim_message *message)
{
	struct sim_answer answer;
	int err = sim_publisher_send(&actor->publisher, message);

	if (!err)
		err = sim_publisher_wait(&actor->publisher, player->options->signal_fd,
					 &answer);
	if (err == -EPIPE) {
		note_lost(player, actor);
		return 0;
	}
	if (err && err != -EINTR)
		return fail(player, err, "publish in", strerror(-err));
	return err;
}

/* A process says what a device is before its first event on it. */
static int describe_devices(struct player *player, struct actor *actor,
			    const struct sim_op *op)
{
	const struct sim_program *program = player->program;
	struct sim_message message = {.kind = SIM_MESSAGE_DESCRIBE};
	int err = 0;

	if (op->kind == SIM_OP_MARK || op->kind == SIM_OP_LEVEL)
		return 0;
	for (size_t i = 0; !err && !actor->lost && i < program->device_count; i++) {
		uint32_t number = program->devices[i].number;

		if (actor->described[i] || number < op->device_first ||
		    number > op->device_last)
			continue;
		actor->described[i] = true;
		message.device = program->devices[i];
		err = deliver(player, actor, &message);
	}
	return err;
}

/* --step: print the mark and wait for a line. The end of stdin lets everything go on. */
static int step_at(struct player *player, const char *mark)
{
	struct pollfd fds[] = {
		{.fd = STDIN_FILENO, .events = POLLIN},
		{.fd = player->options->signal_fd, .events = POLLIN},
	};
	char byte = 0;

	printf("mark %s\n", mark);
	fflush(stdout);
	while (byte != '\n') {
		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[1].revents)
			return -EINTR;
		if (read(STDIN_FILENO, &byte, 1) <= 0)
			break;
	}
	return 0;
}

static int play_publish(struct player *player, struct actor *actor,
			const struct sim_statement *statement)
{
	struct sim_message message = {.kind = SIM_MESSAGE_OP, .op = statement->op};
	int err = describe_devices(player, actor, &statement->op);

	if (!err && !actor->lost)
		err = deliver(player, actor, &message);
	if (!err && player->options->step && statement->op.kind == SIM_OP_MARK)
		err = step_at(player, statement->op.text);
	return err;
}

static int play_start(struct player *player, struct actor *actor,
		      const struct sim_statement *statement)
{
	const struct sim_program *program = player->program;
	struct sim_answer hello;
	int err;

	if (actor->publisher.running)
		return fail(player, -EBUSY, "start", "it is running already");
	memset(actor->described, 0, program->device_count);
	err = sim_publisher_start(&actor->publisher,
				  &program->processes[statement->process]);
	if (!err)
		err = sim_publisher_wait(&actor->publisher, player->options->signal_fd,
					 &hello);
	if (err && err != -EINTR)
		return fail(player, err, "start",
			    err == -EPIPE ? "it ended at once: is /proc mounted?"
					  : strerror(-err));
	actor->lost = false;
	return err;
}

/* A statement about one process. */
static int play_process(struct player *player, const struct sim_statement *statement)
{
	struct actor *actor = &player->actors[statement->process];

	if (statement->kind == SIM_START)
		return play_start(player, actor, statement);
	if (actor->lost)
		return 0;
	if (!actor->publisher.running)
		return fail(player, -ESRCH, "use", "it has ended above");
	if (statement->kind == SIM_KILL)
		sim_publisher_kill(&actor->publisher);
	else if (statement->kind == SIM_EXIT)
		sim_publisher_exit(&actor->publisher, statement->value);
	else
		return play_publish(player, actor, statement);
	return 0;
}

/* 0 when the time is over, -EINTR when a signal came. */
static int wait_signal(int signal_fd, const struct timespec *span)
{
	struct pollfd end = {.fd = signal_fd, .events = POLLIN};
	int got;

	do {
		got = ppoll(&end, 1, span, NULL);
	} while (got < 0 && errno == EINTR);
	return got > 0 ? -EINTR : 0;
}

/* All is played, or of a `forever` one round. */
static void say_ready(struct player *player)
{
	if (!player->ready && player->options->hold) {
		puts("ready");
		fflush(stdout);
	}
	player->ready = true;
}

/* Back to the begin of the block, or on. Returns the next statement. */
static size_t play_end(struct player *player, size_t index, size_t begin)
{
	if (player->program->statements[begin].kind == SIM_FOREVER) {
		say_ready(player);
		return begin + 1;
	}
	return --player->rounds[begin] ? begin + 1 : index + 1;
}

/* Play one statement; *index moves to the next. */
static int play_statement(struct player *player, size_t *index)
{
	const struct sim_statement *statement = &player->program->statements[*index];
	struct timespec span;

	player->statement = statement;
	switch (statement->kind) {
	case SIM_REPEAT:
		player->rounds[*index] = statement->value;
		break;
	case SIM_FOREVER:
		break;
	case SIM_END:
		*index = play_end(player, *index, (size_t)statement->value);
		return wait_signal(player->options->signal_fd, &(struct timespec){0});
	case SIM_SLEEP:
		span.tv_sec = (time_t)(statement->value / 1000000000);
		span.tv_nsec = (long)(statement->value % 1000000000);
		++*index;
		return wait_signal(player->options->signal_fd, &span);
	default:
		++*index;
		return play_process(player, statement);
	}
	++*index;
	return 0;
}

static int play_all(struct player *player)
{
	size_t index = 0;
	int err = 0;

	while (!err && index < player->program->statement_count)
		err = play_statement(player, &index);
	if (err == -EINTR && player->ready)
		return 0;
	if (err)
		return err;
	say_ready(player);
	if (player->options->hold)
		wait_signal(player->options->signal_fd, NULL);
	return 0;
}

static void end_all(struct player *player)
{
	for (size_t i = 0; i < player->program->process_count; i++) {
		struct sim_publisher *publisher = &player->actors[i].publisher;

		if (publisher->running)
			sim_publisher_exit(publisher, 0);
		sim_publisher_reap(publisher);
		free(player->actors[i].described);
	}
}

static int make_actors(struct player *player)
{
	size_t count = player->program->process_count;
	size_t devices = player->program->device_count;

	player->actors = calloc(count + 1, sizeof(*player->actors));
	player->rounds =
		calloc(player->program->statement_count + 1, sizeof(*player->rounds));
	if (!player->actors || !player->rounds)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		player->actors[i].described = calloc(devices + 1, sizeof(bool));
		if (!player->actors[i].described)
			return -ENOMEM;
	}
	return 0;
}

int sim_play(const struct sim_program *program, const struct sim_play_options *options,
	     struct sim_error *ret_error)
{
	struct player player = {
		.program = program, .options = options, .error = ret_error};
	int err = make_actors(&player);

	ret_error->text[0] = '\0';
	if (err)
		snprintf(ret_error->text, sizeof(ret_error->text), "play: out of memory");
	else
		err = play_all(&player);
	if (player.actors)
		end_all(&player);
	free(player.actors);
	free(player.rounds);
	return err;
}

static int start_loads(const struct sim_load *load, int signal_fd,
		       struct sim_publisher *publishers)
{
	char cmdline[64];
	struct sim_process process = {.comm = "tta-sim", .cmdline = cmdline};
	struct sim_message message = {.kind = SIM_MESSAGE_LOAD, .load = *load};
	struct sim_answer hello;
	int err = 0;

	for (uint32_t i = 0; !err && i < load->processes; i++) {
		snprintf(cmdline, sizeof(cmdline), "tta-sim: load %u", i);
		err = sim_publisher_start(&publishers[i], &process);
		if (!err)
			err = sim_publisher_wait(&publishers[i], signal_fd, &hello);
	}
	for (uint32_t i = 0; !err && i < load->processes; i++)
		err = sim_publisher_send(&publishers[i], &message);
	return err;
}

static void print_totals(const struct sim_load *load, const struct sim_answer *total)
{
	double seconds = (double)total->ns / 1e9;

	printf("load: %u processes x %u threads, %u devices, %llu live each: %llu events "
	       "in "
	       "%.2f s, %.0f events/s\n",
	       load->processes, load->threads, load->devices,
	       (unsigned long long)load->live, (unsigned long long)total->events, seconds,
	       (double)total->events / seconds);
}

int sim_play_load(const struct sim_load *load, int signal_fd, struct sim_error *ret_error)
{
	struct sim_publisher *publishers = calloc(load->processes, sizeof(*publishers));
	struct sim_answer total = {0};
	int err = publishers ? start_loads(load, signal_fd, publishers) : -ENOMEM;

	for (uint32_t i = 0; !err && i < load->processes; i++) {
		struct sim_answer answer;

		err = sim_publisher_wait(&publishers[i], signal_fd, &answer);
		if (err)
			break;
		total.events += answer.events;
		total.ns = answer.ns > total.ns ? answer.ns : total.ns;
	}
	for (uint32_t i = 0; publishers && i < load->processes; i++) {
		if (publishers[i].running)
			sim_publisher_exit(&publishers[i], 0);
		sim_publisher_reap(&publishers[i]);
	}
	free(publishers);
	if (!err)
		print_totals(load, &total);
	else if (err != -EINTR)
		snprintf(ret_error->text, sizeof(ret_error->text), "load: %s",
			 strerror(-err));
	return err;
}
