/* SPDX-License-Identifier: BSD-2-Clause */
#include "event_filter.h"

#include <inttypes.h>
#include <stdio.h>

static struct snap_buffer buffer_of(const struct event *event,
				    const struct event_names *names)
{
	const struct tta_event *r = &event->record;

	return (struct snap_buffer){
		.segment = r->nonce,
		.pid = r->pid,
		.type = names->type,
		.addr = r->address,
		.size = event_has_size(event) ? r->size : SNAP_UNKNOWN,
		.refs = event_has_refs(event) ? r->refs : SNAP_UNKNOWN,
		.age_ns = SNAP_UNKNOWN,
		.time_ns = event->time_ns,
		.label = names->label,
	};
}

bool event_matches(const struct filter *filter, const struct event *event,
		   const struct event_names *names, const struct snap_process *process,
		   const char *more_text)
{
	const struct tta_event *r = &event->record;
	const struct snap_device device = {.number = r->device, .kind = "", .uid = ""};
	const struct snap_buffer buffer = buffer_of(event, names);
	char text[256] = "";
	struct filter_row row = {
		.process = process,
		.device = event_has_place(event) ? &device : NULL,
		.type = event_has_place(event) ? names->type : NULL,
		.buffer = event_has_address(event) ? &buffer : NULL,
		.text = text,
		.more_text = more_text,
	};

	if (filter_has_words(filter))
		snprintf(text, sizeof(text), "%u %s %s %s %s 0x%08" PRIx64, r->pid,
			 names->comm, names->type, event_op_name(event), names->label,
			 r->address);
	return filter_matches_itself(filter, &row);
}
