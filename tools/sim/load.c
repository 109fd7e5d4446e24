/* SPDX-License-Identifier: BSD-2-Clause */
#include "load.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include <tta/tta.h>

#include "churn.h"

#define SECOND_NS   UINT64_C(1000000000)
#define THREAD_SPAN (UINT64_C(1) << 40) /* addresses of one thread */

struct worker {
	pthread_t thread;
	struct sim_churn churn;
	const struct sim_load *load;
	const tta_a32 *stop; /* set by the main thread */
	uint64_t events;
	int error;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

/* Sleep while events are ahead of the rate, at most 50 ms at a time. */
static void pace(const struct worker *worker, uint64_t begin)
{
	uint64_t rate = worker->load->rate;
	uint64_t whole = worker->events / rate * SECOND_NS;
	uint64_t due = begin + whole + worker->events % rate * SECOND_NS / rate;

	while (!tta_load_relaxed32(worker->stop)) {
		uint64_t now = now_ns();
		uint64_t wait = due > now ? due - now : 0;
		struct timespec slice = {0};

		if (wait < 1000 * 1000)
			return;
		slice.tv_nsec = wait < 50000000 ? (long)wait : 50000000;
		nanosleep(&slice, NULL);
	}
}

static void *work(void *argument)
{
	struct worker *worker = argument;
	uint64_t begin = now_ns();

	worker->error = sim_churn_resize(&worker->churn, worker->load->live);
	worker->events = worker->churn.live;
	while (!worker->error && !tta_load_relaxed32(worker->stop)) {
		sim_churn_replace(&worker->churn);
		worker->events += 2;
		if (worker->load->rate)
			pace(worker, begin);
	}
	worker->events += worker->churn.live;
	sim_churn_resize(&worker->churn, 0);
	sim_churn_fini(&worker->churn);
	return NULL;
}

static int start_worker(struct worker *worker, uint32_t index)
{
	struct sim_churn_plan plan = {.device_count = worker->load->devices,
				      .type = TTA_DRAM,
				      .base = (index + 1) * THREAD_SPAN,
				      .size_min = 4096,
				      .size_max = 1 << 20,
				      .step = 1 << 20,
				      .seed = index + 1};

	sim_churn_init(&worker->churn, &plan);
	return -pthread_create(&worker->thread, NULL, work, worker);
}

int sim_load_run(const struct sim_load *load, int channel, struct sim_answer *answer)
{
	struct worker *workers = calloc(load->threads, sizeof(*workers));
	struct pollfd end = {.fd = channel, .events = POLLIN};
	uint64_t begin = now_ns();
	tta_a32 stop = {0};
	uint32_t started = 0;
	int err = workers ? 0 : -ENOMEM;

	/* Attached before the threads start: events are lost while another attaches. */
	tta_thread_attach();
	while (!err && started < load->threads) {
		workers[started].load = load;
		workers[started].stop = &stop;
		err = start_worker(&workers[started], started);
		started += !err;
	}
	if (!err) {
		struct timespec span = {.tv_sec = (time_t)load->seconds};

		ppoll(&end, 1, &span, NULL);
	}
	tta_store_relaxed32(&stop, 1);
	answer->events = 0;
	for (uint32_t i = 0; i < started; i++) {
		pthread_join(workers[i].thread, NULL);
		answer->events += workers[i].events;
		err = err ? err : workers[i].error;
	}
	answer->ns = now_ns() - begin;
	free(workers);
	return err;
}
