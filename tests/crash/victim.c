/* SPDX-License-Identifier: BSD-2-Clause */
#include "victim.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "publisher.h"
#include "testpoint.h"
#include "torture.h"

#define NAMED_MOST 128u

/* Shared with all victims. */
struct board {
	pid_t pid;    /* who stands at the point */
	size_t named; /* index of its name, NAMED_MOST: a store */
	uint64_t deaths[NAMED_MOST];
};

void hook_point(const void *stored);

extern const char *__start_tta_testpoints[], *__stop_tta_testpoints[];

static struct board *board;
static int to_parent = -1;
static uint64_t target;
static __thread uint64_t left; /* points to pass; 0 = none counts */
static __thread bool ends_thread;

size_t points_named(void)
{
	return (size_t)(__stop_tta_testpoints - __start_tta_testpoints);
}

const char *point_name(size_t index)
{
	return __start_tta_testpoints[index];
}

uint64_t point_deaths(size_t index)
{
	return board->deaths[index];
}

void victims_begin(void)
{
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(board != MAP_FAILED && points_named() <= NAMED_MOST, "no board");
	/* Children of victims that outlive them are ours to reap. */
	CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0, "prctl");
}

/* ---- in the child ---- */

static _Noreturn void tell_and_wait(char what)
{
	board->pid = getpid();
	if (write(to_parent, &what, 1) != 1)
		_exit(97);
	for (;;)
		pause();
}

static void reach(size_t named)
{
	if (left == 0 || --left > 0)
		return;
	if (ends_thread)
		syscall(SYS_exit, 0);
	board->named = named;
	tell_and_wait('p');
}

/* Only what others can see makes two deaths different. */
static bool observable(const void *stored)
{
	const struct publisher *p = tta__gate_attached();
	const char *at = stored;

	return !p || (at >= p->base && at < p->base + p->size);
}

void hook_point(const void *stored)
{
	if (left > 0 && stored && observable(stored))
		reach(NAMED_MOST);
}

void tta__testpoint(const char *const *point)
{
	reach((size_t)(point - (const char *const *)__start_tta_testpoints));
}

void points_begin(void)
{
	left = target;
}

void points_end(void)
{
	left = 0;
}

void points_end_thread_at(uint64_t nth)
{
	ends_thread = true;
	left = nth;
}

static _Noreturn void live(const struct work *work, uint64_t nth)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	target = nth;
	if (work->prepare)
		work->prepare();
	points_begin();
	work->run();
	points_end();
	tell_and_wait('d');
}

/* ---- in the parent ---- */

static void say_where(struct victim *v, uint64_t nth)
{
	if (v->stop == STOP_ENDED)
		snprintf(v->where, sizeof(v->where), "ended");
	else if (v->stop == STOP_DONE)
		snprintf(v->where, sizeof(v->where), "done");
	else if (board->named == NAMED_MOST)
		snprintf(v->where, sizeof(v->where), "store, point %llu",
			 (unsigned long long)nth);
	else
		snprintf(v->where, sizeof(v->where), "'%s', point %llu",
			 point_name(board->named), (unsigned long long)nth);
}

void victim_start(struct victim *v, const struct work *work, uint64_t nth)
{
	int ends[2];
	char what = 0;

	CHECK(pipe(ends) == 0, "pipe");
	fflush(stdout);
	v->child = fork();
	CHECK(v->child >= 0, "fork");
	if (v->child == 0) {
		close(ends[0]);
		to_parent = ends[1];
		live(work, nth);
	}
	close(ends[1]);
	v->stop = read(ends[0], &what, 1) != 1 ? STOP_ENDED
		  : what == 'p'		       ? STOP_POINT
					       : STOP_DONE;
	close(ends[0]);
	v->pid = v->stop == STOP_ENDED ? v->child : board->pid;
	/* Its files are closed before its lock is gone. */
	if (v->stop == STOP_ENDED)
		waitid(P_PID, (id_t)v->child, NULL, WEXITED | WNOWAIT);
	if (v->stop == STOP_POINT && board->named < NAMED_MOST)
		board->deaths[board->named]++;
	say_where(v, nth);
}

void victim_kill(const struct victim *v)
{
	int fd = pidfd_open(v->pid, 0);
	struct pollfd death = {.fd = fd, .events = POLLIN};

	CHECK(fd >= 0, "pidfd_open");
	kill(v->pid, SIGKILL);
	CHECK(poll(&death, 1, 10000) == 1, "%d does not die", (int)v->pid);
	close(fd);
}

void victim_end(const struct victim *v)
{
	kill(v->child, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
}
