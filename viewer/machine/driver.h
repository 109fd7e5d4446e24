/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * driver.h - who has which device open, as the driver says.
 */
#ifndef TTATOP_DRIVER_H
#define TTATOP_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct driver_hold {
	uint32_t pid; /* as seen from here; 0 = of a pid namespace that is not */
	uint32_t device;
};

struct driver_holds {
	bool present;		  /* the driver's folder is there */
	struct driver_hold *list; /* by pid, then device; each once */
	size_t count;
};

/*
 * Read FOLDER/<device>/pids, one pid a line. @folder: NULL = the driver's. What cannot be
 * read is left out. 0 or -ENOMEM; @holds is then empty.
 */
int driver_holds_read(const char *folder, struct driver_holds *holds);
void driver_holds_free(struct driver_holds *holds);

#endif
