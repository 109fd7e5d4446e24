# SPDX-License-Identifier: BSD-2-Clause
"""The old demo client, a step for each line on stdin; `leak` and a signal end it early."""
import os
import sys

from clients import Client, DRAM, L1, MiB

client = Client(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 72)
STEPS = [
    lambda: [client.alloc(i, MiB, L1) for i in range(1, 5)],
    lambda: [client.alloc(i, 25 * MiB, DRAM) for i in range(5, 9)],
    lambda: [client.alloc(i, MiB, L1) for i in range(9, 17)],
    lambda: [client.free(i) for i in range(1, 9)],
    lambda: [client.free(i) for i in range(9, 17)],
]
print(os.getpid(), flush=True)
for step, line in zip(STEPS, sys.stdin):
    step()
    print("done", flush=True)
sys.stdin.readline()
