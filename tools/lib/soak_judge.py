# SPDX-License-Identifier: BSD-2-Clause
"""A process of a snapshot against the truth of its publisher.

An event in flight at a death may have happened or not; then everything agrees about it.
Or the reader says that it is uncertain; then its steps may have ended anywhere, in their
order: the table first, then the counters. A call that ends many entries was anywhere among
them, in any order: the table says which have ended, and at most one of these is uncertain.

A table that started anew leaves bytes and references that no entry shows.
"""
import collections
import itertools

from soak_truth import ADD, CLOSES, DEVICES, RENEW, TAKE, TYPES, Entry, Lost, after

NOTHING = Entry(0, 0, 0)
# What became of an event in flight: in the table, in the counters, counted as an event.
NOT, ALL = (0, 0, 0), (1, 1, 1)
PARTLY = ((1, 0, 0), (1, 1, 0))
# Of the end of a member: counted as closed, in the counters.
PARTLY_CLOSED = ((0, 0), (1, 0), (1, 1))

# Entries by key, what is added to (allocs, frees, used) by row, events, entries closed;
# and is it uncertain?
Effect = collections.namedtuple("Effect", "entries rows events closed partly")


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


def disagreements(shown, least, most):
    """What contradicts itself in a process that is said to be exact; what tables that
    started anew lost is between @least and @most, by row."""
    sums = {}
    for (device, kind, _), entry in shown.entries.items():
        row = sums.setdefault((device, kind), [0, 0, 0])
        row[0] += entry.size
        row[1] += 1
        row[2] += entry.refs
    for row in set(sums) | set(shown.rows):
        allocs, frees, used, buffers, refs = shown.row(row)
        listed = tuple(sums.get(row, (0, 0, 0)))
        low, high = (lost.get(row, Lost(0, 0)) for lost in (least, most))
        if (listed[1] != buffers or not low.bytes <= used - listed[0] <= high.bytes or
                not low.refs <= refs - listed[2] <= high.refs):
            yield (f"{row}: lists {listed}, says {(used, buffers, refs)}, "
                   f"lost {tuple(low)} to {tuple(high)}")
        if allocs - frees != refs:
            yield f"{row}: {allocs} allocs, {frees} frees, {refs} references"


def expected_row(truth, row, entries, added):
    """As Shown.row(): buffers are counted in the table, all else in the counters."""
    sums = truth.sums[row]
    allocs, frees, used = (a + b for a, b in zip(
        (sums.allocs, sums.frees + sums.refs_closed, sums.up - sums.down), added))
    buffers = sum(key[:2] == row for key in entries)
    return (allocs, frees, used, buffers, allocs - frees)


def outcomes(event, left, shown):
    """What may have become of @event when @left events are uncertain."""
    if event.op in CLOSES:
        return close_outcomes(event, left, shown)
    fates = (NOT, ALL)
    if left and event.op not in (ADD, TAKE):
        fates += PARTLY
    entry, sums = after(event)
    return [Effect({(*event.row, event.address): entry} if in_table else {},
                   {event.row: sums} if in_counters else {}, counted, 0, fate in PARTLY)
            for fate in fates for in_table, in_counters, counted in (fate,)]


def close_outcomes(event, left, shown):
    """Nobody else is at the members of @event: those that are not shown have ended."""
    ended = [key for key in event.members if key not in shown.entries]
    effects = [close_effect(event, ended, ended, len(ended), False)]
    for key in ended if left else ():
        others = [other for other in ended if other != key]
        for closed, in_counters in PARTLY_CLOSED:
            effects.append(close_effect(event, ended, ended if in_counters else others,
                                        len(others) + closed, True))
    return effects


def close_effect(event, ended, counted, closed, partly):
    rows = {}
    for key in counted:
        row = rows.setdefault(key[:2], [0, 0, 0])
        row[1] += event.members[key].refs
        row[2] -= event.members[key].size
    return Effect(dict.fromkeys(ended, NOTHING), rows, len(ended) - partly, closed, partly)


def on_device(entries, device):
    return {key: entry for key, entry in entries.items()
            if key[0] == device and entry != NOTHING}


def possible(truth, shown, event, left):
    """The outcomes, without those that a device that is the thread's own denies."""
    effects = outcomes(event, left, shown)
    device = event.row[0]
    if device < DEVICES or sum(other.row[0] == device for other in truth.flying) > 1:
        return effects
    before, now = on_device(truth.entries, device), on_device(shown.entries, device)

    def fits(effect):
        entries = on_device(before | effect.entries, device)
        return entries == now and all(
            shown.row((device, kind)) ==
            expected_row(truth, (device, kind), entries,
                         effect.rows.get((device, kind), (0, 0, 0)))
            for kind in TYPES)

    # All that fit are the same on the device; what they differ in is counted.
    kept = {(e.events, e.closed, e.partly): e for e in effects if fits(e)}
    return list(kept.values()) or effects[:1]


def apply(truth, effects):
    """Entries by key, and what is added to (allocs, frees, used) of each row."""
    entries, added = dict(truth.entries), {}
    for effect in effects:
        entries |= effect.entries
        for name, sums in effect.rows.items():
            row = added.setdefault(name, [0, 0, 0])
            row[:] = [a + b for a, b in zip(row, sums)]
    return {key: entry for key, entry in entries.items() if entry != NOTHING}, added


def explain(truth, shown, effects):
    """The first difference if these were the effects, or None."""
    events = truth.done + sum(effect.events for effect in effects)
    closed = truth.closed + sum(effect.closed for effect in effects)
    if shown.process["events"] != events:
        return f"{shown.process['events']} events instead of {events}"
    if shown.process["closed"] != closed:
        return f"{shown.process['closed']} closed instead of {closed}"
    entries, added = apply(truth, effects)
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
    """Without all detail the events are counted all the same, each as what it was; only
    what has no entry is not closed, nor lost when a table starts anew."""
    flying = [event for event in truth.flying if event.op not in CLOSES]
    closing = [event for event in truth.flying if event.op in CLOSES]
    members = sum(len(event.members) for event in closing)
    closed = shown.process["closed"]
    if closed > truth.closed + members:
        yield f"{closed} closed, more than {truth.closed} + {members}"
    least = truth.done - truth.closed - min(len(closing), shown.process["uncertain"])
    most = truth.done - truth.closed + len(flying)
    if not least <= shown.process["events"] - closed <= most:
        yield (f"{shown.process['events']} events, {closed} closed: the others are not in "
               f"{least}..{most}")
    for row, sums in truth.sums.items():
        added = [after(event)[1] for event in flying if event.row == row]
        allocs = sums.allocs + sum(f[0] for f in added)
        frees = (sums.frees + sums.refs_closed + sum(f[1] for f in added) +
                 sum(entry.refs for event in closing
                     for key, entry in event.members.items() if key[:2] == row))
        bounds = ("allocs", sums.allocs, allocs), ("frees", sums.frees, frees)
        for i, (what, least, most) in enumerate(bounds):
            if not least <= shown.row(row)[i] <= most:
                yield f"{row}: {shown.row(row)[i]} {what}, not in {least}..{most}"


def differences(truth, shown):
    """Why this cannot be the truth; empty when it is."""
    if any(event.op == RENEW for event in truth.flying):
        yield "it ended while its table started anew"
    elif is_incomplete(shown.process):
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
    if process["unknown_frees"] or process["unmatched"]:
        yield "frees that met nothing"
    why = {}  # in order, each once
    for effects in itertools.product(*(possible(truth, shown, event, uncertain)
                                       for event in truth.flying)):
        if sum(effect.partly for effect in effects) > uncertain:
            continue
        reason = explain(truth, shown, effects)
        if reason is None:
            return
        why[reason] = True
    yield f"{len(truth.flying)} in flight, {uncertain} uncertain: " + " | ".join(list(why)[:6])
