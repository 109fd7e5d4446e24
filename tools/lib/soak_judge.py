# SPDX-License-Identifier: BSD-2-Clause
"""A process of a snapshot against the truth of its publisher.

An event in flight at a death may have happened or not; then everything agrees about it.
Or the reader says that it is uncertain; then its steps may have ended anywhere, in their
order: the table first, then the counters.
"""
import itertools

from soak_truth import ADD, TAKE, Entry, after

NOTHING = Entry(0, 0, 0)
# What became of an event in flight: in the table, in the counters, counted as an event.
NOT, ALL = (0, 0, 0), (1, 1, 1)
PARTLY = ((1, 0, 0), (1, 1, 0))


class Shown:
    """What the document says of one process."""

    def __init__(self, document, process):
        numbers = [device["number"] for device in document["devices"]]
        self.process = process
        self.rows = {(numbers[m["device"]], m["type"]): m for m in process["memory"]}
        self.entries = {}
        for buffer in document["buffers"]:
            if buffer["segment"] == process["segment"]:
                key = (numbers[buffer["device"]], buffer["type"], int(buffer["addr"], 16))
                self.entries[key] = Entry(buffer["size"], buffer["refs"], buffer["views"])

    def row(self, row):
        """(allocs, frees, used, buffers, refs)"""
        memory = self.rows.get(row)
        if not memory:
            return (0, 0, 0, 0, 0)
        return tuple(memory[key] for key in ("allocs", "frees", "used", "buffers", "refs"))


def disagreements(shown):
    """What contradicts itself in a process that is said to be exact."""
    sums = {}
    for (device, kind, _), entry in shown.entries.items():
        row = sums.setdefault((device, kind), [0, 0, 0])
        row[0] += entry.size
        row[1] += 1
        row[2] += entry.refs
    for row in set(sums) | set(shown.rows):
        allocs, frees, used, buffers, refs = shown.row(row)
        listed = tuple(sums.get(row, (0, 0, 0)))
        if listed != (used, buffers, refs):
            yield f"{row}: lists {listed}, says {(used, buffers, refs)}"
        if allocs - frees != refs:
            yield f"{row}: {allocs} allocs, {frees} frees, {refs} references"


def expected_row(truth, row, entries, added):
    """As Shown.row(): buffers are counted in the table, all else in the counters."""
    allocs, frees, up, down, _ = truth.sums[row]
    allocs, frees, used = (a + b for a, b in zip((allocs, frees, up - down), added))
    buffers = sum(key[:2] == row for key in entries)
    return (allocs, frees, used, buffers, allocs - frees)


def outcomes(event, left):
    """What may have become of @event when @left events are uncertain."""
    if event.op in (ADD, TAKE):
        return (NOT, ALL)
    return (NOT, ALL) + (PARTLY if left else ())


def apply(truth, fates):
    """Entries by key, and what is added to (allocs, frees, used) of each row."""
    entries, added, events = dict(truth.entries), {}, 0
    for event, (in_table, in_counters, counted) in zip(truth.flying, fates):
        entry, sums = after(event)
        events += counted
        if in_table:
            entries[(*event.row, event.address)] = entry
        if in_counters:
            row = added.setdefault(event.row, [0, 0, 0])
            row[:] = [a + b for a, b in zip(row, sums)]
    return {key: entry for key, entry in entries.items() if entry != NOTHING}, added, events


def explain(truth, shown, fates):
    """The first difference if these were the fates, or None."""
    entries, added, events = apply(truth, fates)
    if shown.process["events"] != truth.done + events:
        return f"{shown.process['events']} events instead of {truth.done + events}"
    if entries != shown.entries:
        keys = [key for key in set(entries) | set(shown.entries)
                if entries.get(key) != shown.entries.get(key)]
        key = min(keys)
        return (f"{len(keys)} entries differ: {key}: shown {shown.entries.get(key)}, "
                f"true {entries.get(key)}")
    for row in truth.sums:
        wanted = expected_row(truth, row, entries, added.get(row, (0, 0, 0)))
        if shown.row(row) != wanted:
            return f"{row}: shown {shown.row(row)}, true {wanted}"
    return None


def is_incomplete(process):
    """Detail was dropped, and it says so: who grows while another thread does may do that."""
    return any(reason.startswith("detail dropped") for reason in process["inexact_reasons"])


def counted_differences(truth, shown):
    """Without all detail the events are counted all the same, each as what it was."""
    least, most = {}, {}
    for row, (allocs, frees, *_) in truth.sums.items():
        flying = [after(event)[1] for event in truth.flying if event.row == row]
        least[row] = (allocs, frees)
        most[row] = (allocs + sum(f[0] for f in flying), frees + sum(f[1] for f in flying))
    if not truth.done <= shown.process["events"] <= truth.begun:
        yield f"{shown.process['events']} events, not in {truth.done}..{truth.begun}"
    for row in truth.sums:
        for i, what in enumerate(("allocs", "frees")):
            if not least[row][i] <= shown.row(row)[i] <= most[row][i]:
                yield (f"{row}: {shown.row(row)[i]} {what}, not in "
                       f"{least[row][i]}..{most[row][i]}")


def differences(truth, shown):
    """Why this cannot be the truth; empty when it is."""
    if is_incomplete(shown.process):
        yield from counted_differences(truth, shown)
    else:
        yield from whole_differences(truth, shown)


def whole_differences(truth, shown):
    process = shown.process
    uncertain = process["uncertain"]
    wanted = [] if not uncertain else [f"{uncertain} uncertain event" + "s" * (uncertain > 1)]
    said = [reason for reason in process["inexact_reasons"]]
    if len(said) != len(wanted):
        yield f"inexact for {said} instead of {wanted}"
    if uncertain > len(truth.flying):
        yield f"{uncertain} uncertain events, {len(truth.flying)} were in flight"
    if process["unknown_frees"] or process["unmatched"] or process["closed"]:
        yield "frees that met nothing"
    why = {}  # in order, each once
    for fates in itertools.product(*(outcomes(e, uncertain) for e in truth.flying)):
        if sum(fate in PARTLY for fate in fates) > uncertain:
            continue
        reason = explain(truth, shown, fates)
        if reason is None:
            return
        why[reason] = True
    yield f"{len(truth.flying)} in flight, {uncertain} uncertain: " + " | ".join(list(why)[:6])
