/* SPDX-License-Identifier: BSD-2-Clause */
#include <tta/version.h>

#include "commands.h"
#include "trouble.h"

int command_help(const struct options *options)
{
	const char *name = options->argument_count > 0 ? options->arguments[0] : "live";
	const struct command *command = command_find(name);

	if (!command)
		return trouble("help", "no command '%s': see 'ttatop help'", name);
	options_help(command, stdout);
	return finish_output("help", stdout);
}

int command_version(void)
{
	puts("ttatop " TTA_VERSION_STRING);
	return finish_output("version", stdout);
}
