/* SPDX-License-Identifier: BSD-2-Clause */
#include "live.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app.h"
#include "text.h"

/* Batch runs until -n, or for ever; without a terminal once is what a pipe wants. */
static long text_count(const struct options *options)
{
	if (options->once)
		return 1;
	if (options->count > 0)
		return options->count;
	return options->batch ? -1 : 1;
}

int live_run(const struct options *options)
{
	int code;

	if (options->once || options->batch || options->csv || !isatty(STDOUT_FILENO))
		return text_run(options, text_count(options));
	code = app_run(options);
	if (code != -ENODEV)
		return code;
	fprintf(stderr,
		"ttatop: live view: TERM=%s cannot show one: plain text instead\n",
		getenv("TERM") ? getenv("TERM") : "");
	return text_run(options, options->count > 0 ? options->count : 1);
}
