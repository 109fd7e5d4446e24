/* SPDX-License-Identifier: BSD-2-Clause */
#include "json_delta.h"

#include <errno.h>
#include <string.h>

#include "delta_json.h"
#include "source.h"
#include "trouble.h"

static int write_delta(const struct options *options, const struct snapshot *base,
		       const struct snapshot *now)
{
	struct delta_query query = {
		.by = DELTA_KEYS_DEFAULT,
		.only = DELTA_NEW | DELTA_GONE | DELTA_GROWN | DELTA_SHRUNK |
			DELTA_CHANGED,
	};
	struct delta *totals = NULL;
	struct delta_by *rows = NULL;
	int err = match_parse("auto", base, now, &query.match);

	if (!err)
		err = delta_compute(base, now, false, &totals);
	if (!err)
		err = delta_by_compute(base, now, &query, &rows);
	if (!err)
		err = delta_write(totals, rows, &query, options->base, "live",
				  options->batch, stdout);
	delta_by_free(rows);
	delta_free(totals);
	if (err == -ENOMEM)
		return trouble("live", "%s", strerrordesc_np(ENOMEM));
	return finish_output("live", stdout);
}

int json_delta_print(const struct options *options, const struct snapshot *base,
		     struct tta_reader *reader)
{
	struct snapshot *now;
	int err = source_sample(options, "live", reader, &now);

	if (err)
		return err;
	err = write_delta(options, base, now);
	snapshot_free(now);
	return err;
}
