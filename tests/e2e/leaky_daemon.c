/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * leaky_daemon PIDFILE: leaves a daemon that holds a buffer until SIGTERM; its pid is
 * added to PIDFILE once the buffer is published.
 */
#include <stdio.h>
#include <unistd.h>

#include <tta/tta.h>

static void hold(const char *path, int ready)
{
	FILE *file;

	setsid();
	tta_alloc(3, TTA_DRAM, 0x7000, 28672);
	file = fopen(path, "a");
	if (!file)
		_exit(1);
	fprintf(file, "%d\n", (int)getpid());
	fclose(file);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	close(ready);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	int ready[2];
	char byte;

	if (argc < 2 || pipe(ready))
		return 2;
	if (fork() == 0) {
		if (fork() == 0)
			hold(argv[1], ready[1]);
		_exit(0);
	}
	close(ready[1]);
	/* the daemon has the other end, and closes it when it is ready */
	return read(ready[0], &byte, 1) == 0 ? 0 : 1;
}
