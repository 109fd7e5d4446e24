# SPDX-License-Identifier: BSD-2-Clause
"""What publishers of the soak wrote down: tests/soak/truth.h says how."""
import collections
import os
import struct

MAGIC = 0x32746c6b616f7374
DEVICES, TYPES, THREADS, GROUPS = 4, ("DRAM", "L1"), 5, 2
SHARED = DEVICES * len(TYPES)             # rows of all threads, before those of each
ROWS = SHARED + THREADS * len(TYPES)
KEPT = 32                                 # places that a thread owns
OWN = THREADS * KEPT                      # they are the first
HEADER = struct.Struct("=QIIIIQ")         # magic, places, forked, stage, forks, renewals
LOST = struct.Struct(f"={2 * ROWS}Q")     # (bytes, refs) of each row; twice
COUNTS = struct.Struct("=QQ")             # begun, done
SUMS = struct.Struct("=7Q")               # as Sums
EVENT = struct.Struct(f"=IIQQ{2 * 7}Q")   # op, place, size, word before, sums before
CALLS = struct.Struct("=4Q")              # started, and as Calls
WORDS = struct.Struct(f"={KEPT}Q")        # of the places of a device that many end on
THREAD_AT = HEADER.size + 2 * LOST.size
THREAD_SIZE = COUNTS.size + EVENT.size + CALLS.size + WORDS.size + ROWS * SUMS.size
(ALLOC, FREE, VIEW, FREE_VIEW, ADD, TAKE, MARK, FREE_GROUP, CLOSE_DEVICE,
 RENEW) = range(10)
CLOSES = (FREE_GROUP, CLOSE_DEVICE)

Entry = collections.namedtuple("Entry", "size refs views")
Sums = collections.namedtuple("Sums", "allocs frees up down added closed refs_closed")
Lost = collections.namedtuple("Lost", "bytes refs")
# Of many places: members are the entries that it ends, by key.
Event = collections.namedtuple("Event", "op row address size entry members")


def is_own(place):
    return place < OWN


def row_of(place):
    """(device number, type)"""
    if is_own(place):
        return DEVICES + place // KEPT, TYPES[place % len(TYPES)]
    return row_at((place - OWN) % SHARED)


def row_at(number):
    if number < SHARED:
        return number % DEVICES, TYPES[number // DEVICES]
    device, kind = divmod(number - SHARED, len(TYPES))
    return DEVICES + device, TYPES[kind]


def group_of(place):
    return 1 + place // len(TYPES) % GROUPS


def entry_of(word):
    return Entry(word >> 32, word >> 16 & 0xffff, word & 0xffff)


def address_of(place):
    return (place + 1) << 20


def key_of(place):
    return *row_of(place), address_of(place)


class Truth:
    """One program image: sums by row, entries by address, as before the events in flight."""

    def __init__(self, data):
        magic, places, self.forked, self.stage, self.forks, self.renewals = (
            HEADER.unpack_from(data))
        if magic != MAGIC:
            raise ValueError("no truth of this version")
        self.words = list(struct.unpack_from(f"={places}Q", data,
                                             THREAD_AT + THREADS * THREAD_SIZE))
        self._take_lost(data)
        self.sums = {row_at(row): [0] * len(Sums._fields) for row in range(ROWS)}
        self.done = self.begun = self.threads = 0
        self.group_frees = self.device_closes = self.level_changes = 0
        self.flying = []
        for thread in range(THREADS):
            self._take_thread(data, THREAD_AT + thread * THREAD_SIZE)
        self.sums = {row: Sums(*sums) for row, sums in self.sums.items()}
        self.closed = sum(sums.closed for sums in self.sums.values())
        self.entries = {key_of(place): entry_of(word)
                        for place, word in enumerate(self.words) if word}

    def _take_lost(self, data):
        """What renewals lost: as of the last one that ended, and of one that has begun."""
        both = [LOST.unpack_from(data, HEADER.size + i * LOST.size) for i in range(2)]
        both = [{row_at(row): Lost(*words[2 * row:2 * row + 2]) for row in range(ROWS)}
                for words in both]
        self.lost = both[self.renewals % 2]
        self.lost_most = {row: Lost(*map(max, lost, both[1][row]))
                          for row, lost in both[0].items()}

    def _take_thread(self, data, at):
        begun, done = COUNTS.unpack_from(data, at)
        op, place, size, word, *before = EVENT.unpack_from(data, at + COUNTS.size)
        at += COUNTS.size + EVENT.size
        started, group_frees, device_closes, level_changes = CALLS.unpack_from(data, at)
        self.begun, self.done = self.begun + begun, self.done + done
        self.threads += started
        self.group_frees += group_frees
        self.device_closes += device_closes
        self.level_changes += level_changes
        replaced = {}
        if begun != done:
            device, kind = row_of(place)
            rows = [(device, kind)] if op != RENEW else []
            if op in CLOSES:
                rows = [(device, kind) for kind in TYPES]
            replaced = {row: before[i * 7:i * 7 + 7] for i, row in enumerate(rows)}
            words = WORDS.unpack_from(data, at + CALLS.size)
            self._take_flying(op, place, size, word, words)
        at += CALLS.size + WORDS.size
        for number in range(ROWS):
            row = row_at(number)
            sums = replaced.get(row) or SUMS.unpack_from(data, at + number * SUMS.size)
            self.sums[row][:] = [a + b for a, b in zip(self.sums[row], sums)]

    def _take_flying(self, op, place, size, word, words):
        members = {}
        if op in CLOSES:
            first = place // KEPT * KEPT
            self.words[first:first + KEPT] = words
            members = {key_of(at): entry_of(self.words[at])
                       for at in range(first, first + KEPT)
                       if self.words[at] and is_member(op, place, at)}
        elif op != RENEW:
            self.words[place] = word
        self.flying.append(Event(op, row_of(place), address_of(place), size,
                                 entry_of(word), members))

    def holds_anything(self):
        return bool(self.entries or self.flying or
                    any(any(lost) for lost in self.lost.values()) or
                    any(sums.added % 2**64 for sums in self.sums.values()))


def is_member(op, place, other):
    """Both on one device of a thread."""
    return op == CLOSE_DEVICE or (row_of(place) == row_of(other) and
                                  group_of(place) == group_of(other))


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
    if len(data) < THREAD_AT + THREADS * THREAD_SIZE or not any(data[:8]):
        return None
    return Truth(data)


def list_all(directory):
    """(pid, start time, image) -> path."""
    found = {}
    for name in os.listdir(directory):
        found[tuple(int(word) for word in name.split("."))] = os.path.join(directory, name)
    return found
