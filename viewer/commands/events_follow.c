/* SPDX-License-Identifier: BSD-2-Clause */
#include "events_follow.h"

#include <poll.h>
#include <string.h>
#include <time.h>

#include "source.h"
#include "trouble.h"

#define WAIT_MIN_MS   1
#define WAIT_MAX_MS   100
#define SAMPLE_MIN_NS UINT64_C(50000000)
#define SAMPLE_SHARE  20u /* a sample takes at most this part of the time */

struct pace {
	int wait_ms;
	uint64_t sampled_ns, sample_cost_ns; /* CLOCK_MONOTONIC */
};

int events_outcome(const char *command, int err)
{
	return err ? trouble(command, "%s", strerrordesc_np(-err)) : 0;
}

int events_sample_for(const char *command, struct events_run *run)
{
	int err = events_sample(run);

	return err ? trouble(command, "read '%s': %s", tta_reader_directory(run->reader),
			     strerrordesc_np(-err))
		   : 0;
}

static void set_pace(struct pace *pace, const struct events_run *run)
{
	if (run->overrun)
		pace->wait_ms = WAIT_MIN_MS;
	else if (run->delivered > 0)
		pace->wait_ms /= 2;
	else
		pace->wait_ms += pace->wait_ms / 2 + 1;
	if (pace->wait_ms < WAIT_MIN_MS)
		pace->wait_ms = WAIT_MIN_MS;
	if (pace->wait_ms > WAIT_MAX_MS)
		pace->wait_ms = WAIT_MAX_MS;
}

static int sample_when_due(const struct events_follow *follow, struct pace *pace)
{
	uint64_t now = source_now_ns(CLOCK_MONOTONIC);
	uint64_t rest = pace->sample_cost_ns * SAMPLE_SHARE;
	int err;

	if (now - pace->sampled_ns < (rest > SAMPLE_MIN_NS ? rest : SAMPLE_MIN_NS))
		return 0;
	err = events_sample_for(follow->command, follow->run);
	pace->sampled_ns = source_now_ns(CLOCK_MONOTONIC);
	pace->sample_cost_ns = pace->sampled_ns - now;
	return err;
}

static int follow_once(const struct events_follow *follow, struct pace *pace)
{
	uint64_t now = source_now_ns(CLOCK_REALTIME);
	int err = events_outcome(follow->command, events_read(follow->run));

	if (!err)
		set_pace(pace, follow->run);
	if (!err)
		err = sample_when_due(follow, pace);
	if (!err)
		err = events_outcome(follow->command,
				     events_show_ready(follow->run,
						       now - EVENT_WINDOW_NS));
	return err ? err : follow->step(follow->arg);
}

/* Wait for the next look. False: a signal came, or nobody reads our output. */
static bool wait_for_next(const struct events_follow *follow, const struct pace *pace,
			  struct end_signals *signals)
{
	struct pollfd polled[] = {{.fd = signals->fd, .events = POLLIN},
				  {.fd = follow->output}};

	if (poll(polled, 2, pace->wait_ms) <= 0)
		return true;
	if (polled[0].revents)
		return !end_signals_wait(signals, 0);
	if (polled[1].revents & POLLERR)
		signals->got = SIGPIPE;
	return signals->got == 0;
}

static int read_and_sample(const struct events_follow *follow)
{
	int err = events_outcome(follow->command, events_read(follow->run));

	return err ? err : events_sample_for(follow->command, follow->run);
}

/*
 * What is held leaves, whatever its age. The rings of processes that came since the look
 * before can be read after another one; the last is at everything.
 */
static int finish(const struct events_follow *follow)
{
	struct events_run *run = follow->run;
	int err = read_and_sample(follow);

	run->wants_detail = true;
	if (!err)
		err = read_and_sample(follow);
	if (!err)
		err = events_outcome(follow->command, events_close_accounts(run));
	if (!err)
		err = events_outcome(follow->command, events_show_ready(run, UINT64_MAX));
	return err ? err : follow->step(follow->arg);
}

int events_follow(const struct events_follow *follow, struct end_signals *signals)
{
	struct pace pace = {.wait_ms = WAIT_MIN_MS};
	int err = 0;

	do
		err = follow_once(follow, &pace);
	while (!err && !follow->is_over(follow->arg) &&
	       wait_for_next(follow, &pace, signals));
	if (!err && signals->got != SIGPIPE)
		err = finish(follow);
	return err;
}
