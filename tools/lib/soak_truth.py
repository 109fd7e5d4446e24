# SPDX-License-Identifier: BSD-2-Clause
"""What publishers of the soak wrote down: tests/soak/truth.h says how."""
import collections
import os
import struct

MAGIC = 0x31746c6b616f7374
HEADER = struct.Struct("=QIIII")         # magic, places, forked, stage, forks
EVENT = struct.Struct("=IIQQ5Q")         # op, place, size, word before, sums before
COUNTS = struct.Struct("=QQ")            # begun, done
SUMS = struct.Struct("=5Q")              # allocs, frees, bytes up, bytes down, added
DEVICES, TYPES, THREADS = 4, ("DRAM", "L1"), 5
ROWS = DEVICES * len(TYPES)
THREAD_SIZE = COUNTS.size + EVENT.size + 8 + ROWS * SUMS.size
ALLOC, FREE, VIEW, FREE_VIEW, ADD, TAKE, MARK = range(7)

Entry = collections.namedtuple("Entry", "size refs views")
Event = collections.namedtuple("Event", "op row address size entry")


def row_of(place):
    return place % DEVICES, TYPES[place // DEVICES % len(TYPES)]


def entry_of(word):
    return Entry(word >> 32, word >> 16 & 0xffff, word & 0xffff)


def address_of(place):
    return (place + 1) << 20


class Truth:
    """One program image: sums by row, entries by address, as before the events in flight."""

    def __init__(self, data):
        magic, places, self.forked, self.stage, self.forks = HEADER.unpack_from(data)
        if magic != MAGIC:
            raise ValueError("no truth of this version")
        self.words = list(struct.unpack_from(f"={places}Q", data,
                                             HEADER.size + THREADS * THREAD_SIZE))
        self.sums = {row_of(place): [0] * 5 for place in range(ROWS)}
        self.done = self.begun = self.threads = 0
        self.flying = []
        for thread in range(THREADS):
            self._take_thread(data, HEADER.size + thread * THREAD_SIZE)
        self.entries = {(*row_of(place), address_of(place)): entry_of(word)
                        for place, word in enumerate(self.words) if word}

    def _take_thread(self, data, at):
        begun, done = COUNTS.unpack_from(data, at)
        op, place, size, word, *before = EVENT.unpack_from(data, at + COUNTS.size)
        started, = struct.unpack_from("=Q", data, at + COUNTS.size + EVENT.size)
        self.begun, self.done = self.begun + begun, self.done + done
        self.threads += started
        flies = begun != done
        for row in range(ROWS):
            sums = SUMS.unpack_from(data, at + THREAD_SIZE - (ROWS - row) * SUMS.size)
            if flies and row == place % ROWS:
                sums = before
            mine = self.sums[row_of(row)]
            mine[:] = [a + b for a, b in zip(mine, sums)]
        if flies:
            self.words[place] = word
            self.flying.append(Event(op, row_of(place), address_of(place), size,
                                     entry_of(word)))

    def holds_anything(self):
        return bool(self.entries or self.flying or
                    any(sums[4] % 2**64 for sums in self.sums.values()))


def after(event):
    """The entry after an event, and what it adds to (allocs, frees, used)."""
    size, refs, views = event.entry
    if event.op == ALLOC:
        return Entry(event.size, refs + 1, views), (1, 0, 0 if refs else event.size)
    if event.op == FREE:
        left = Entry(size, refs - 1, views) if refs > 1 else Entry(0, 0, 0)
        return left, (0, 1, -size if refs == 1 else 0)
    if event.op in (VIEW, FREE_VIEW):
        return Entry(size, refs, views + (1 if event.op == VIEW else -1)), (0, 0, 0)
    return event.entry, (0, 0, 0)


def read(path):
    """None while it is being made."""
    with open(path, "rb") as file:
        data = file.read()
    if len(data) < HEADER.size + THREADS * THREAD_SIZE or not any(data[:8]):
        return None
    return Truth(data)


def list_all(directory):
    """(pid, start time, image) -> path."""
    found = {}
    for name in os.listdir(directory):
        found[tuple(int(word) for word in name.split("."))] = os.path.join(directory, name)
    return found
