/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tta-soak-worker TRUTH SEED IMAGE LIFE ENDING THREADS PLACES - a publisher of
 * tools/soak.
 *
 * Publishes for LIFE milliseconds from a few threads that come and go, forks now and
 * then, rests now and then, changes the level now and then, and ends in the way that
 * ENDING names:
 *
 *	empty    orderly, after everything was freed
 *	residue  orderly, with what is left
 *	quit     _exit() while threads publish
 *	segv     SIGSEGV while threads publish
 *	exec     a new program image in the same process, which ends as `quit`
 *	kill     not by itself: it publishes without a pause until it is killed
 *	wait     not by itself: until SIGTERM, then as `empty`
 *
 * Who ends orderly starts a new table now and then.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <tta/tta.h>

#include "work_many.h"

#define PATIENCE_S  60	/* beyond its life: then it ends even without the soak */
#define CHILD_MOST  300 /* milliseconds */
#define ROUND_MS    20
#define REST_MS	    400
#define HURRY_MS    5
#define LEVEL_EVERY 16 /* bursts of a thread, on average */
#define BURSTS	    40 /* of a thread, at most */
#define BURST_LEAST 6  /* of its events: powers of two */
#define BURST_MOST  13

struct publisher {
	const char *truth_directory, *program, *ending;
	unsigned image, threads;
	uint32_t places;
	uint64_t seed, life_ms;
	bool child; /* of fork() */
	struct work work;
	struct worker main;
	tta_a32 resting, stopping;
	pthread_rwlock_t activity; /* written by who wants nobody else to publish */
	tta_a32 hurrying; /* the end is near: something shall be in flight then */
};

struct thread {
	struct publisher *publisher;
	unsigned number;
	pthread_t id;
	bool runs;
	tta_a32 ended;
	struct worker worker;
};

static volatile sig_atomic_t asked_to_end;

static void on_term(int number)
{
	(void)number;
	asked_to_end = 1;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void pause_us(unsigned us)
{
	const struct timespec rest = {.tv_nsec = (long)us * 1000};

	nanosleep(&rest, NULL);
}

/* ---- threads that come and go ---- */

static void burst(struct worker *worker)
{
	unsigned power = (unsigned)(work_draw(worker) % (BURST_MOST - BURST_LEAST));

	work_events(worker, 1u << (BURST_LEAST + power));
}

static void burst_of_thread(struct thread *thread)
{
	pthread_rwlock_rdlock(&thread->publisher->activity);
	burst(&thread->worker);
	if (work_draw(&thread->worker) % LEVEL_EVERY == 0)
		work_level(&thread->worker);
	pthread_rwlock_unlock(&thread->publisher->activity);
}

static void *publish(void *arg)
{
	struct thread *thread = arg;
	struct publisher *p = thread->publisher;
	uint64_t bursts = 1 + work_draw(&thread->worker) % BURSTS;

	while (bursts > 0 && !tta_load_acquire32(&p->stopping)) {
		if (!tta_load_acquire32(&p->resting)) {
			burst_of_thread(thread);
			bursts--;
		}
		if (!tta_load_acquire32(&p->hurrying))
			pause_us(200 + (unsigned)(work_draw(&thread->worker) % 8000));
	}
	tta_store_release32(&thread->ended, 1);
	return NULL;
}

static void thread_start(struct thread *thread, struct publisher *p, unsigned number)
{
	struct truth_thread *self = &p->work.truth->thread[number];

	*thread = (struct thread){
		.publisher = p,
		.number = number,
		.worker = {&p->work, self, p->seed ^ number << 20 ^ self->started++},
	};
	thread->runs = pthread_create(&thread->id, NULL, publish, thread) == 0;
}

/* Those that ended are followed by others. */
static void threads_renew(struct thread *threads, struct publisher *p)
{
	for (unsigned i = 0; i < p->threads; i++) {
		if (threads[i].runs && !tta_load_acquire32(&threads[i].ended))
			continue;
		if (threads[i].runs)
			pthread_join(threads[i].id, NULL);
		thread_start(&threads[i], p, i + 1);
	}
}

static void threads_stop(struct thread *threads, struct publisher *p)
{
	tta_store_release32(&p->stopping, 1);
	for (unsigned i = 0; i < p->threads; i++)
		if (threads[i].runs)
			pthread_join(threads[i].id, NULL);
}

/* ---- what a process does besides ---- */

static int publisher_run(struct publisher *p);

/* Of many threads the child has one; what they were at is not its own. */
static void fork_child(struct publisher *p)
{
	static const char *const endings[] = {"empty", "residue", "quit", "segv"};
	struct publisher child = {
		.truth_directory = p->truth_directory,
		.program = p->program,
		.ending = endings[work_draw(&p->main) % 4],
		.seed = work_draw(&p->main),
		.life_ms = 20 + work_draw(&p->main) % CHILD_MOST,
		.image = p->image,
		.threads = 1,
		.places = p->places,
		.child = true,
	};

	p->work.truth->forks++;
	if (fork() == 0)
		exit(publisher_run(&child));
}

static void rest(struct publisher *p)
{
	tta_store_release32(&p->resting, 1);
	for (unsigned ms = 0; ms < REST_MS && !asked_to_end; ms += ROUND_MS)
		pause_us(ROUND_MS * 1000);
	tta_store_release32(&p->resting, 0);
}

static void renew(struct publisher *p)
{
	pthread_rwlock_wrlock(&p->activity);
	if (!many_renew(&p->main)) {
		fputs("tta-soak-worker: no new table\n", stderr);
		_exit(1);
	}
	pthread_rwlock_unlock(&p->activity);
}

static bool ends_orderly(const struct publisher *p)
{
	return strcmp(p->ending, "empty") == 0 || strcmp(p->ending, "residue") == 0 ||
	       strcmp(p->ending, "wait") == 0;
}

static void round_of(struct publisher *p)
{
	uint64_t chance = work_draw(&p->main) % 64;

	if (chance < 2 && !p->child)
		fork_child(p);
	else if (chance < 5)
		rest(p);
	else if (chance < 8)
		work_mark(&p->main);
	else if (chance < 10)
		work_level(&p->main);
	else if (chance < 12 && ends_orderly(p))
		renew(p);
	else
		burst(&p->main);
	pause_us(ROUND_MS * 1000);
}

/* ---- the end ---- */

static void run_again(const struct publisher *p)
{
	char seed[24], image[12], life[24], threads[12], places[12];
	const char *arguments[] = {p->program, p->truth_directory,
				   seed,       image,
				   life,       "quit",
				   threads,    places,
				   NULL};

	snprintf(seed, sizeof(seed), "%llu", (unsigned long long)p->seed + 1);
	snprintf(image, sizeof(image), "%u", p->image + 1);
	snprintf(life, sizeof(life), "%llu", (unsigned long long)p->life_ms);
	snprintf(threads, sizeof(threads), "%u", p->threads);
	snprintf(places, sizeof(places), "%u", p->places);
	execv("/proc/self/exe", (char **)(uintptr_t)arguments);
	perror("exec");
	_exit(1);
}

static void end_in_flight(struct publisher *p)
{
	tta_store_release32(&p->hurrying, 1);
	pause_us(HURRY_MS * 1000);
	if (strcmp(p->ending, "kill") == 0)
		pause();
	if (strcmp(p->ending, "segv") == 0)
		*(volatile int *)(uintptr_t)8 = 1;
	if (strcmp(p->ending, "exec") == 0)
		run_again(p);
	_exit(0);
}

static int end_orderly(struct publisher *p)
{
	if (strcmp(p->ending, "residue") != 0)
		work_free_all(&p->main);
	work_fini(&p->work);
	tta_store_release32(&p->work.truth->stage, TRUTH_ENDED);
	return 0;
}

static bool goes_on(const struct publisher *p, uint64_t end_ms)
{
	if (strcmp(p->ending, "wait") == 0)
		return !asked_to_end;
	return now_ms() < end_ms;
}

/* Threads that always publish would keep the writer waiting. */
static int activity_init(pthread_rwlock_t *activity)
{
	pthread_rwlockattr_t attr;
	int err = pthread_rwlockattr_init(&attr);

	if (err)
		return err;
	pthread_rwlockattr_setkind_np(&attr,
				      PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	err = pthread_rwlock_init(activity, &attr);
	pthread_rwlockattr_destroy(&attr);
	return err;
}

static int publisher_run(struct publisher *p)
{
	struct thread threads[TRUTH_THREADS - 1] = {0};
	uint64_t end_ms = now_ms() + p->life_ms;
	struct truth *truth = truth_new(p->truth_directory, p->image, p->places);

	if (!truth || work_init(&p->work, truth) || activity_init(&p->activity))
		return 1;
	truth->forked = p->child;
	/* Threads that come while another attaches may lose events, counted. */
	tta_thread_attach();
	truth->thread[0].started = 1;
	p->main = (struct worker){&p->work, &truth->thread[0], p->seed};
	alarm((unsigned)(p->life_ms / 1000) + PATIENCE_S);
	while (goes_on(p, end_ms)) {
		threads_renew(threads, p);
		round_of(p);
	}
	if (!ends_orderly(p))
		end_in_flight(p);
	threads_stop(threads, p);
	return end_orderly(p);
}

int main(int argc, char **argv)
{
	const struct rlimit none = {0};
	struct publisher p = {.program = argv[0]};

	if (argc != 8) {
		fputs("usage: tta-soak-worker TRUTH SEED IMAGE LIFE ENDING THREADS "
		      "PLACES\n",
		      stderr);
		return 2;
	}
	p.truth_directory = argv[1];
	p.seed = strtoull(argv[2], NULL, 10);
	p.image = (unsigned)strtoul(argv[3], NULL, 10);
	p.life_ms = strtoull(argv[4], NULL, 10);
	p.ending = argv[5];
	p.threads = (unsigned)strtoul(argv[6], NULL, 10);
	p.places = (uint32_t)strtoul(argv[7], NULL, 10);
	if (p.threads >= TRUTH_THREADS || p.places == 0)
		return 2;
	setrlimit(RLIMIT_CORE, &none);
	signal(SIGCHLD, SIG_IGN); /* children are nobody's zombies */
	signal(SIGTERM, on_term);
	return publisher_run(&p);
}
