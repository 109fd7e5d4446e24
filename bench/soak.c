/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * soak.c - ten samples a second under load, and a checkpoint after every fifth.
 *
 * At a checkpoint each publisher stops between two events, says through a pipe what it
 * did, and waits at a barrier until the viewer has compared everything.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "soak.h"
#include "soak_judge.h"

#define PERIOD_NS	 100000000
#define SAMPLES_PER_REST 5u
#define PATIENCE_MS	 20000
#define SECONDS_BEYOND	 60u
#define SEED		 UINT64_C(88172645463325252)

struct viewing {
	struct soak *soak;
	const char *directory;
	struct tta_reader *reader;
	struct truth_control *control;
	int pipe[SOAK_PUBLISHERS]; /* where the truth comes from */
	struct soak_seen seen[SOAK_PUBLISHERS];
};

static int fail(struct soak *soak, int err, const char *what)
{
	snprintf(soak->failure, sizeof(soak->failure), "%s: %s", what, strerror(-err));
	return err;
}

static struct soak_seen *seen_of(struct viewing *v, uint32_t pid)
{
	for (unsigned i = 0; i < SOAK_PUBLISHERS; i++)
		if (v->seen[i].pid == pid)
			return &v->seen[i];
	return NULL;
}

static int start(struct viewing *v)
{
	pthread_barrierattr_t shared;

	v->control = mmap(NULL, sizeof(*v->control), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (v->control == MAP_FAILED)
		return -ENOMEM;
	pthread_barrierattr_init(&shared);
	pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&v->control->go, &shared, SOAK_PUBLISHERS + 1);
	for (unsigned i = 0; i < SOAK_PUBLISHERS; i++) {
		struct truth_publisher publisher = {v->control, SEED + i, -1};
		int ends[2];
		pid_t pid;

		if (pipe(ends))
			return -errno;
		publisher.pipe = ends[1];
		pid = child_start(-1, truth_publish, &publisher);
		if (pid < 0)
			return -errno;
		close(ends[1]);
		v->pipe[i] = ends[0];
		v->seen[i].pid = (uint32_t)pid;
	}
	return tta_reader_open(v->directory, &v->reader);
}

static int count_record(void *arg, const struct tta_event *event)
{
	struct soak_seen *seen = seen_of(arg, event->pid);

	if (seen)
		seen->records++;
	return 0;
}

static int drain(struct viewing *v)
{
	struct tta_events_read read = {0};
	int err = tta_reader_events(v->reader, count_record, v, &read);

	v->soak->records_seen += read.delivered;
	v->soak->records_lost += read.lost;
	return err;
}

/* Under load. */
static int look(struct viewing *v)
{
	struct tta_sample *sample;
	int err = tta_reader_sample(v->reader, TTA_SAMPLE_ALL, &sample);

	if (err)
		return err;
	for (size_t i = 0; i < sample->process_count; i++) {
		struct soak_seen *seen = seen_of(v, sample->processes[i].pid);

		if (seen)
			soak_judge_running(v->soak, seen, &sample->processes[i]);
	}
	tta_sample_free(sample);
	return drain(v);
}

static int read_truth(int fd, struct truth *truth)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};

	if (poll(&ready, 1, PATIENCE_MS) != 1)
		return -ETIMEDOUT;
	return read(fd, truth, sizeof(*truth)) == sizeof(*truth) ? 0 : -EPIPE;
}

static void compare(struct viewing *v, const struct tta_sample *sample,
		    const struct truth *truth)
{
	const struct soak_seen *seen = seen_of(v, truth->pid);

	v->soak->events += truth->events;
	for (size_t i = 0; i < sample->process_count; i++)
		if (seen && sample->processes[i].pid == truth->pid) {
			soak_judge_rest(v->soak, seen, &sample->processes[i], truth);
			return;
		}
	soak_mismatch(v->soak, truth->pid, "it is not seen");
}

static int rest(struct viewing *v)
{
	struct truth truth[SOAK_PUBLISHERS];
	struct tta_sample *sample;
	int err;

	v->soak->checkpoints++;
	tta_store_release32(&v->control->asked, (uint32_t)v->soak->checkpoints);
	for (unsigned i = 0; i < SOAK_PUBLISHERS; i++) {
		err = read_truth(v->pipe[i], &truth[i]);
		if (err)
			return err;
	}
	err = drain(v);
	if (!err)
		err = tta_reader_sample(v->reader, TTA_SAMPLE_ALL, &sample);
	if (err)
		return err;
	v->soak->events = 0;
	for (unsigned i = 0; i < SOAK_PUBLISHERS; i++)
		compare(v, sample, &truth[i]);
	tta_sample_free(sample);
	pthread_barrier_wait(&v->control->go);
	return 0;
}

static void soak(void *arg)
{
	const struct timespec period = {.tv_nsec = PERIOD_NS};
	struct viewing *v = arg;
	uint64_t end = now_ns() + v->soak->seconds * UINT64_C(1000000000);
	int err = start(v);

	for (unsigned samples = 0; !err && now_ns() < end; samples++) {
		nanosleep(&period, NULL);
		err = look(v);
		if (!err && samples % SAMPLES_PER_REST == SAMPLES_PER_REST - 1)
			err = rest(v);
	}
	if (err)
		fail(v->soak, err, "soak");
}

int soak_run(unsigned seconds, const struct plan *plan, struct watch *watch,
	     struct soak **ret_soak)
{
	struct viewing viewing = {.directory = plan->directory};
	int number;

	viewing.soak = mmap(NULL, sizeof(*viewing.soak), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (viewing.soak == MAP_FAILED)
		return -ENOMEM;
	viewing.soak->seconds = seconds;
	number = watch_run(watch, -1, seconds + SECONDS_BEYOND, soak, &viewing,
			   viewing.soak->failure);
	*ret_soak = viewing.soak;
	return number;
}

bool soak_passed(const struct soak *soak)
{
	return soak->failure[0] == '\0' && soak->mismatches == 0 &&
	       soak->checkpoints > 0 && soak->snapshots > 0 && soak->events > 0;
}

void print_soak(FILE *out, const struct soak *soak)
{
	fprintf(out, "seconds      %u\npublishers   %u\nevents       %" PRIu64 "\n",
		soak->seconds, SOAK_PUBLISHERS, soak->events);
	fprintf(out, "checkpoints  %" PRIu64 "\n", soak->checkpoints);
	fprintf(out,
		"snapshots    %" PRIu64 " of a process under load, %" PRIu64 " exact\n",
		soak->snapshots, soak->exact);
	fprintf(out, "records      %" PRIu64 " seen, %" PRIu64 " lost\n",
		soak->records_seen, soak->records_lost);
	fprintf(out, "mismatches   %" PRIu64 "\n", soak->mismatches);
	if (soak->failure[0])
		fprintf(out, "failure      %s\n", soak->failure);
	else if (!soak_passed(soak) && soak->mismatches == 0)
		fputs("failure      nothing was compared\n", out);
}
