/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * doctor.h - why is nothing seen, and are the figures sound?
 *
 * Facts are gathered once (facts_*.c: the only files that look at the machine); checks
 * judge them and nothing else (checks_*.c: pure). Nothing is changed, no privilege is
 * needed, and what could not be looked at is said.
 */
#ifndef TTATOP_DOCTOR_H
#define TTATOP_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <tta/reader.h>

#define DOCTOR_TEXT_SIZE 320
#define DOCTOR_TRY_SIZE	 160
#define DOCTOR_LIST_MAX	 32

enum doctor_status { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };

struct doctor_finding {
	enum doctor_status status;
	char text[DOCTOR_TEXT_SIZE];
	char try[DOCTOR_TRY_SIZE]; /* one command; "" when fine */
};

/* A process that has something to do with publishing. */
struct doctor_process {
	uint32_t pid, uid;
	char comm[16];
	bool own;	  /* of the user who asks */
	bool has_library; /* maps libtta*.so */
	char off_by[48];  /* "TTA_LEVEL=off", "" = not known to be off */
	/* Segments in a /dev/shm that is not ours. */
	size_t hidden_segments;
};

/* What the processes of the machine show to this user. */
struct doctor_proc_facts {
	int error; /* of listing /proc */
	size_t count;
	size_t maps_denied, environ_denied, root_denied;
	size_t off_without_library; /* own ones that are off but do not map libtta */
	char hidepid[16];	    /* "", "invisible", "2", ... */
	bool out_of_time;
	size_t process_count; /* all that were found; the list may be shorter */
	struct doctor_process list[DOCTOR_LIST_MAX];
};

struct doctor_directory_facts {
	const char *path;
	int error; /* errno of looking at it */
	bool is_tmpfs;
	uint32_t mode; /* permission bits */
	uint32_t uid;
	uint64_t total, free;
};

/* A file of the runtime's own shared region. */
struct doctor_region {
	char name[64];
	uint32_t mode, uid;
};

struct doctor_holder {
	uint32_t pid;
	uint32_t device;
	bool in_region; /* its totals are known from tt-metal */
};

struct doctor_device_facts {
	bool driver; /* the driver's folder is there */
	size_t holder_count;
	struct doctor_holder holders[DOCTOR_LIST_MAX];
	size_t region_count;
	struct doctor_region regions[DOCTOR_LIST_MAX];
};

/* A read lock of a stranger on a segment. */
struct doctor_lock {
	uint64_t inode;
	int64_t pid; /* -1: an OFD lock names nobody */
};

struct doctor_lock_facts {
	int error; /* of /proc/locks */
	size_t count;
	struct doctor_lock list[DOCTOR_LIST_MAX];
};

struct doctor_terminal_facts {
	bool is_tty;
	char term[48];	    /* "" = not set */
	bool described;	    /* a terminfo entry exists */
	char codeset[32];   /* of the locale */
	char colorterm[32]; /* "" = not set */
	bool no_color;
	unsigned columns, rows; /* 0 = not known */
};

/* Do table, counters and ring say the same? */
struct doctor_consistency {
	size_t compared; /* segments at rest */
	size_t busy;	 /* never at rest while looked at */
	size_t unjudged; /* no table, frozen, or dropped detail */
	size_t replayed; /* addresses that the ring could be held against */
	size_t mismatches;
	char first[200]; /* the first mismatch in words */
};

struct doctor_facts {
	struct doctor_directory_facts directory;
	const struct tta_sample *sample; /* NULL: the directory cannot be read */
	uint32_t uid;
	uint64_t pidns; /* 0 = not known */
	bool boot_id_known;
	struct doctor_proc_facts proc;
	struct doctor_device_facts devices;
	struct doctor_lock_facts locks;
	struct doctor_terminal_facts terminal;
	struct doctor_consistency consistency;
};

typedef void (*doctor_check_fn)(const struct doctor_facts *facts,
				struct doctor_finding *ret_finding);

struct doctor_check {
	const char *name;
	doctor_check_fn judge;
};

const struct doctor_check *doctor_checks(size_t *ret_count);
/* Is @name in "a,b"? A name may end in '*', or be a family: "shm". */
bool doctor_listed(const char *list, const char *name);
/* The first item of @list that names no check, its length in *ret_length; NULL = none. */
const char *doctor_unknown_name(const char *list, size_t *ret_length);

/*
 * Look at the machine; at most about two seconds. 0 or -ENOMEM; end it with
 * doctor_facts_fini().
 */
int doctor_facts_gather(const char *directory, struct doctor_facts *facts);
void doctor_facts_fini(struct doctor_facts *facts);

struct doctor_result {
	const struct doctor_check *check;
	struct doctor_finding finding;
};

/* A document of schema ttatop.doctor. 0, -ENOMEM or -EIO. */
int doctor_write_json(FILE *file, const struct doctor_result *results, size_t count);
const char *doctor_status_name(enum doctor_status status);

#endif
