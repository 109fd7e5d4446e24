# SPDX-License-Identifier: BSD-2-Clause
"""tt-metal's regions, made by hand: every version, byte by byte."""
import os
import struct
import time

NO_CHIP = 0xFFFFFFFF
READY = 0x52454459
MEMORIES = ("dram", "l1", "l1_small", "trace", "cb", "kernel")


def counters(values, kernels):
    names = MEMORIES if kernels else MEMORIES[:5]
    return struct.pack(f"<{len(names)}Q", *(values.get(name, 0) for name in names))


def slot(pid=0, name=b"python3", updated=None, kernels=False, **values):
    """A slot of the process table."""
    if updated is None:
        updated = time.time_ns()
    return (struct.pack("<i4x", pid) + counters(values, kernels) +
            struct.pack("<Q64s", updated if pid > 0 else 0, name if pid > 0 else b""))


def region(version, slots=(), totals=None, device=0, chips=(), empty_chip=NO_CHIP,
           init=READY, size=None, active=0):
    """Bytes of a region; @slots: {index: slot(...)} or a list; totals are their sums."""
    kernels = version == 1 and size != 8576
    table = slots if isinstance(slots, dict) else dict(enumerate(slots))
    data = struct.pack("<II Q I4x QQ I4x", version, active, time.time_ns(), 1, 0, 0,
                       device)
    data += counters(totals or {}, kernels)
    for index in range(16):
        ident, remote, values = chips[index] if index < len(chips) else (empty_chip, 0, {})
        data += struct.pack("<II", ident, remote) + counters(values, kernels)
    for index in range(64):
        data += table.get(index, slot(kernels=kernels))
    if version == 4:
        data += struct.pack("<I", init)
    return data.ljust(size or (9280 if kernels else 8576), b"\0")


def write(directory, ident, data, mode=0o644):
    path = os.path.join(directory, f"tt_device_{ident}_memory")
    with open(path, "wb") as file:
        file.write(data)
    os.chmod(path, mode)
    return path
