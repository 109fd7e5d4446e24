/* SPDX-License-Identifier: BSD-2-Clause */
#include "demo_events.h"

#include <stdlib.h>

#include "demo_snapshot.h"

#define K      UINT64_C(1024)
#define M      (1024 * K)
#define SECOND UINT64_C(1000000000)
#define US     UINT64_C(1000)

#define SERVER 1906544u
#define DEMO   1907233u
#define ORPHAN 1906102u
#define EXITED 141211u

static struct event_log *must(struct event_log *log)
{
	if (!log)
		abort();
	return log;
}

static const struct event_names *names_of(uint32_t pid, const char *type,
					  const char *label)
{
	static struct event_names names;

	names = (struct event_names){
		.comm = pid == DEMO	? "ttnn_demo"
			: pid == EXITED ? "pytest"
					: "python",
		.user = pid == DEMO	? "ml2"
			: pid == EXITED ? "ci"
					: "ml01",
		.type = type,
		.label = label,
	};
	return &names;
}

/* Microseconds before the snapshot. */
static struct event at(uint64_t us, uint32_t pid, enum event_kind kind)
{
	return (struct event){
		.kind = kind,
		.key = DEMO_TIME_NS - us * US,
		.time_ns = DEMO_TIME_NS - us * US,
		.record = {.nonce = 0x1000 + pid, .pid = pid, .thread = pid + 29},
		.live = SNAP_UNKNOWN,
		.delta_known = true,
	};
}

static void record(struct event_log *log, uint64_t us, uint32_t pid, uint32_t op,
		   uint32_t device, const char *type, uint64_t address, uint64_t size,
		   uint32_t refs, uint32_t flags, uint64_t live, const char *label)
{
	struct event event = at(us, pid, EVENT_RECORD);

	event.record.op = op;
	event.record.device = device;
	event.record.address = address;
	event.record.size = size;
	event.record.refs = refs;
	event.record.flags = flags;
	event.record.site = 0x4011f2;
	event.live = live;
	if (flags & TTA_RECORD_DUP) {
		event.before_known = true;
		event.before_size = flags & TTA_RECORD_SIZE ? 4 * K : size;
		event.before_time_ns = DEMO_TIME_NS - 1560 * SECOND;
	} else if (op == TTA_OP_ALLOC) {
		event.delta = (int64_t)size;
	} else if (refs == 0) {
		event.delta = -(int64_t)size;
	}
	event_log_push(log, &event, names_of(pid, type, label));
}

/* 24 K and 12 K, each allocated twice and freed once. */
static void orphan(struct event_log *log)
{
	struct event end = at(800000000, ORPHAN, EVENT_EXIT);

	record(log, 1560000000, ORPHAN, TTA_OP_ALLOC, 0, "DRAM", 0x3ffff000, 24 * K, 1, 0,
	       24 * K, "cq_dispatch");
	record(log, 1559999824, ORPHAN, TTA_OP_ALLOC, 0, "DRAM", 0x3ffff800, 12 * K, 1, 0,
	       36 * K, "cq_config");
	record(log, 1553000000, ORPHAN, TTA_OP_ALLOC, 0, "DRAM", 0x3ffff000, 24 * K, 2,
	       TTA_RECORD_DUP, 36 * K, "cq_dispatch");
	record(log, 1552999822, ORPHAN, TTA_OP_ALLOC, 0, "DRAM", 0x3ffff800, 12 * K, 2,
	       TTA_RECORD_DUP, 36 * K, "cq_config");
	record(log, 800084000, ORPHAN, TTA_OP_FREE, 0, "DRAM", 0x3ffff000, 24 * K, 1, 0,
	       36 * K, "cq_dispatch");
	record(log, 800083921, ORPHAN, TTA_OP_FREE, 0, "DRAM", 0x3ffff800, 12 * K, 1, 0,
	       36 * K, "cq_config");
	end.state = SNAP_ORPHAN;
	end.left_bytes = end.live = 300 * K;
	end.left_buffers = 19;
	event_log_push(log, &end, names_of(ORPHAN, "?", ""));
}

static void others(struct event_log *log)
{
	struct event mark = at(770000000, EXITED, EVENT_RECORD);
	struct event gap = at(7000000, SERVER, EVENT_GAP);
	struct event_names names = *names_of(EXITED, "?", "");

	record(log, 771558714, EXITED, TTA_OP_ALLOC, 0, "L1", 0x1ab20, 2 * K, 2,
	       TTA_RECORD_DUP | TTA_RECORD_SIZE, 10 * K, "");
	mark.record.op = TTA_OP_MARK;
	names.mark = "after close_mesh_device";
	event_log_push(log, &mark, &names);
	record(log, 9880000, DEMO, TTA_OP_ALLOC, 4, "DRAM", 0x40000, M, 1, 0, M, "");
	record(log, 9879093, DEMO, TTA_OP_ALLOC, 4, "CB", 0x20000, 256 * K, 1, 0, 256 * K,
	       "");
	record(log, 7169785, SERVER, TTA_OP_FREE, 2, "DRAM", 0x1c400000, 0, 0,
	       TTA_RECORD_UNKNOWN, 8704 * M, "");
	gap.lost = 312;
	event_log_push(log, &gap, names_of(SERVER, "?", ""));
	record(log, 4028623, SERVER, TTA_OP_ALLOC, 1, "L1", 0x88000, 512 * K, 1, 0,
	       45 * M, "matmul_out");
	record(log, 4028598, SERVER, TTA_OP_FREE, 1, "L1", 0x108000, 512 * K, 0, 0,
	       SNAP_UNKNOWN, "");
}

struct event_log *demo_events(void)
{
	struct event_log *log = must(event_log_new(64, 32));

	for (uint64_t i = 0; i < 58; i++)
		event_log_tick(log, (940 + i) * SECOND);
	orphan(log);
	event_log_tick(log, 998 * SECOND);
	others(log);
	event_log_tick(log, 999 * SECOND);
	return log;
}

void demo_events_more(struct event_log *log, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		record(log, 1000000 - i, SERVER, i % 2 ? TTA_OP_FREE : TTA_OP_ALLOC, 1,
		       "L1", 0x90000, 4 * K, i % 2 ? 0 : 1, 0, 45 * M, "");
}
