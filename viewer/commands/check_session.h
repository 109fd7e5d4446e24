/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check_session.h - the runs of one check, from --setup to --cleanup.
 */
#ifndef TTATOP_CHECK_SESSION_H
#define TTATOP_CHECK_SESSION_H

#include "options.h"
#include "report.h"
#include "runner.h"

struct check_session {
	const struct options *options;
	struct tta_reader *reader;
	struct runner *runner;
	struct check_book book;
	struct check_report report;
	struct check_text_style style; /* its file is NULL when nothing is to be said */
	struct runner_how how;	       /* of CMD */
	struct snapshot *last;	       /* what was seen last */
	bool seen;		       /* somebody published */
	int stop;		       /* exit code that was decided early, 0 = none */
};

/* Everything up to the verdict. Why it was stopped is in the book. */
void check_session_run(struct check_session *session);
/* Remove what ended processes of this check left. */
void check_session_reap(struct check_session *session);

#endif
