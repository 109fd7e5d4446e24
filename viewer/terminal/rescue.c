/* SPDX-License-Identifier: BSD-2-Clause */
#include "rescue.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Every mode of xterm's mouse; harmless where it is off. */
#define MOUSE_OFF "\033[?1006l\033[?1003l\033[?1002l\033[?1000l"

/* A signal handler has no argument to carry this: the one thing here at file scope. */
static struct {
	volatile sig_atomic_t armed;
	int descriptor;
	bool has_modes;
	struct termios modes;
	char text[128];
	size_t length;
} rescue;

static void put_back(int signal_number)
{
	if (rescue.armed) {
		ssize_t written = write(rescue.descriptor, rescue.text, rescue.length);

		(void)written; /* nobody is left to tell */
		if (rescue.has_modes)
			tcsetattr(rescue.descriptor, TCSANOW, &rescue.modes);
	}
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

void rescue_install(void)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE};
	struct sigaction action = {.sa_handler = put_back, .sa_flags = (int)SA_NODEFER};

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &action, NULL);
}

void rescue_remember(int descriptor, const char *leave, const char *show_cursor,
		     const char *plain, bool mouse)
{
	rescue.descriptor = descriptor;
	rescue.has_modes = tcgetattr(descriptor, &rescue.modes) == 0;
	rescue.length =
		(size_t)snprintf(rescue.text, sizeof(rescue.text), "%s%s%s%s",
				 mouse ? MOUSE_OFF : "", plain ? plain : "",
				 leave ? leave : "", show_cursor ? show_cursor : "");
	if (rescue.length >= sizeof(rescue.text))
		rescue.length = sizeof(rescue.text) - 1;
}

void rescue_arm(bool armed)
{
	rescue.armed = armed;
}
