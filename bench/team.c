/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * team.c - barriers around a body; each member takes its own time.
 */
#include <sys/mman.h>

#include "child.h"
#include "clock.h"
#include "team.h"

static void member_run(void *arg)
{
	struct member *member = arg;
	struct team *team = member->team;

	for (;;) {
		uint64_t start;

		pthread_barrier_wait(&team->start);
		start = now_ticks();
		team->body(member, team->iterations);
		member->ticks = now_ticks() - start;
		pthread_barrier_wait(&team->end);
	}
}

static void *member_thread(void *arg)
{
	struct member *member = arg;

	pin(member->cpu);
	member_run(member);
	return NULL;
}

static bool member_start(struct member *member, bool process)
{
	pthread_t thread;

	if (process)
		return child_start(member->cpu, member_run, member) > 0;
	return pthread_create(&thread, NULL, member_thread, member) == 0;
}

static void team_run(void *state, uint64_t iterations)
{
	struct team *team = state;
	double rate = 0;

	team->iterations = iterations;
	pthread_barrier_wait(&team->start);
	pthread_barrier_wait(&team->end);
	for (unsigned i = 0; i < team->count; i++)
		rate += 1.0 / (double)team->member[i].ticks;
	team->spent = (uint64_t)((double)team->count / rate);
}

struct team *team_new(const struct plan *plan, unsigned count, bool processes,
		      void (*body)(struct member *member, uint64_t iterations))
{
	struct team *team = mmap(NULL, sizeof(*team), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	pthread_barrierattr_t shared;

	if (team == MAP_FAILED)
		return NULL;
	pthread_barrierattr_init(&shared);
	pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&team->start, &shared, count + 1);
	pthread_barrier_init(&team->end, &shared, count + 1);
	team->body = body;
	team->count = count;
	for (unsigned i = 0; i < count; i++) {
		team->member[i].number = i;
		team->member[i].cpu = i ? plan->cpu2 : plan->cpu;
		team->member[i].team = team;
		if (!member_start(&team->member[i], processes))
			return NULL;
	}
	return team;
}

struct loop team_loop(struct team *team, double events)
{
	return (struct loop){
		.run = team_run, .state = team, .events = events, .spent = &team->spent};
}
