/* SPDX-License-Identifier: BSD-2-Clause */
#include "trouble.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

int trouble(const char *command, const char *format, ...)
{
	va_list args;

	fflush(stdout); /* in the order it happened */
	fprintf(stderr, "ttatop: %s: ", command);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return EXIT_TROUBLE;
}

int finish_output(const char *command, FILE *file)
{
	/* Of a write that failed before; nothing else has failed since. */
	int reason = ferror(file) ? errno : 0;

	errno = 0;
	if (fflush(file) == 0 && !ferror(file))
		return 0;
	if (errno)
		reason = errno;
	return trouble(command, "write to standard output: %s",
		       reason ? strerrordesc_np(reason) : "it failed");
}
