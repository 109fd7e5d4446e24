/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include <tta/version.h>

static const char help[] =
	"Usage: tta-bridge [--socket PATH]\n"
	"Listens where the old tt-metal allocation server did, and publishes what each\n"
	"client reports as a segment of that client's own: ttatop shows it.\n"
	"\n"
	"  --socket PATH   listen here instead of " BRIDGE_SOCKET "\n"
	"  -h, --help      this\n"
	"  -V, --version   the version\n"
	"\n"
	"SIGUSR1 prints statistics; SIGINT and SIGTERM end it and its clients' "
	"segments.\n"
	"What it cannot know: what was allocated before a client connected; the memory\n"
	"type in a free of that; capacities and names of devices; host memory that is "
	"not\n"
	"reported. See tta-bridge(1).\n";

static int wrong(const char *what, const char *why)
{
	fprintf(stderr, "tta-bridge: %s: %s: try 'tta-bridge --help'\n", what, why);
	return 2 + 1;
}

int bridge_options_parse(int argc, char **argv, struct bridge_options *options)
{
	static const struct option table[] = {{"socket", required_argument, NULL, 's'},
					      {"help", no_argument, NULL, 'h'},
					      {"version", no_argument, NULL, 'V'},
					      {0}};
	int option;

	*options = (struct bridge_options){.socket = BRIDGE_SOCKET};
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":hV", table, NULL)) != -1)
		switch (option) {
		case 's':
			options->socket = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			return 0 + 1;
		case 'V':
			printf("tta-bridge %s\n", TTA_VERSION_STRING);
			return 0 + 1;
		case ':':
			return wrong(argv[optind - 1], "needs a value");
		default:
			return wrong(argv[optind - 1], "no such option");
		}
	if (optind < argc)
		return wrong(argv[optind], "takes no arguments");
	if (strlen(options->socket) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return wrong(options->socket, "too long for a socket");
	return 0;
}
