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
	errno = 0;
	if (fflush(file) == 0 && !ferror(file))
		return 0;
	return trouble(command, "write to standard output: %s",
		       errno ? strerrordesc_np(errno) : "it failed");
}
