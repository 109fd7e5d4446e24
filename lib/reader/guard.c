/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guard.c - one SIGBUS handler for the process, one record per thread.
 *
 * A signal's disposition belongs to the process, so this file has state of the process:
 * what was installed before us. A fault that is not inside a guarded body is none of
 * ours and goes there.
 */
#include "guard.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>

struct guard {
	sigjmp_buf env;
	uintptr_t base;
	size_t size;
	struct guard *outer;
};

static _Thread_local struct guard *volatile innermost;
static struct sigaction previous;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int install_error;

/* Call the handler that was there before, under the mask it asked for. */
static void call_previous(int number, siginfo_t *info, void *context)
{
	sigset_t mask = previous.sa_mask, old;

	if (!(previous.sa_flags & SA_NODEFER))
		sigaddset(&mask, number);
	pthread_sigmask(SIG_BLOCK, &mask, &old);
	if (previous.sa_flags & SA_SIGINFO)
		previous.sa_sigaction(number, info, context);
	else
		previous.sa_handler(number);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static void pass_on(int number, siginfo_t *info, void *context)
{
	if ((previous.sa_flags & SA_SIGINFO) ||
	    (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN)) {
		call_previous(number, info, context);
		return;
	}
	if (previous.sa_handler == SIG_IGN && info->si_code <= 0)
		return;
	/* Back to the default: the access faults again and ends the process. One that was
	 * sent by a process does not come again by itself. */
	sigaction(number, &previous, NULL);
	if (info->si_code <= 0)
		raise(number);
}

static void on_sigbus(int number, siginfo_t *info, void *context)
{
	struct guard *guard = innermost;

	if (guard && info->si_code > 0 &&
	    (uintptr_t)info->si_addr - guard->base < guard->size)
		siglongjmp(guard->env, 1);
	pass_on(number, info, context);
}

static void install(void)
{
	/* SA_NODEFER: siglongjmp() leaves the mask alone, so that a guard is cheap. */
	struct sigaction action = {
		.sa_sigaction = on_sigbus,
		.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK,
	};

	sigemptyset(&action.sa_mask);
	if (sigaction(SIGBUS, &action, &previous))
		install_error = -errno;
}

int tta__guard_install(void)
{
	pthread_once(&once, install);
	return install_error;
}

int tta__guard_run(const void *base, size_t size, int (*body)(void *arg), void *arg)
{
	struct guard guard = {.base = (uintptr_t)base, .size = size, .outer = innermost};
	int result;

	if (sigsetjmp(guard.env, 0) == 0) {
		innermost = &guard;
		result = body(arg);
	} else {
		result = -EFAULT;
	}
	innermost = guard.outer;
	return result;
}
