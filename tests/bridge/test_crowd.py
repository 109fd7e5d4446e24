#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A thousand clients, and bursts: nobody is lost, no message, and it prints the figures."""
import os
import resource
import subprocess
import sys
import time
import unittest

from clients import ALLOC, FREE, BridgeCase, message

CLIENTS = 1000
BURST = 50000


def memory_of(pids):
    """Bytes of private memory of processes."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="utf-8") as file:
                total += sum(int(line.split()[1]) * 1024 for line in file
                             if line.startswith("Private_"))
        except FileNotFoundError:
            pass
    return total


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as file:
        return [int(word) for word in file.read().split()]


class Crowd(BridgeCase):
    def setUp(self):
        resource.setrlimit(resource.RLIMIT_NOFILE,
                           (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
        super().setUp()

    def test_a_thousand_clients(self):
        begin = time.monotonic()
        for i in range(CLIENTS):
            self.client().alloc(1, i + 1)
        want = CLIENTS * (CLIENTS + 1) // 2
        monitor = self.client()
        self.expect((want, 0, 0, 0), monitor.counters)
        seconds = time.monotonic() - begin
        processes = self.processes()
        self.assertEqual(len(processes), CLIENTS)
        self.assertEqual({p["pid"] for p in processes}, {os.getpid()})
        self.assertEqual(sorted(self.held(p, "DRAM")[0] for p in processes),
                         list(range(1, CLIENTS + 1)))
        shared = sum(os.stat(os.path.join(self.dir, n)).st_blocks * 512
                     for n in self.segments())
        private = memory_of(children_of(self.bridge.pid))
        print(f"{CLIENTS} clients in {seconds:.1f} s; each {shared // CLIENTS // 1024} KiB "
              f"of segment and {private // CLIENTS // 1024} KiB of private memory",
              flush=True)
        self.assertLessEqual(shared, CLIENTS * 256 * 1024)
        for client in self.clients[:CLIENTS]:
            client.free(1)
        self.expect((0, 0, 0, 0), monitor.counters)
        for client in self.clients[:CLIENTS]:
            client.close()
        self.assertTrue(self.until(lambda: not self.segments(), 30))
        self.assertTrue(self.until(lambda: not children_of(self.bridge.pid), 30))
        self.assertIn(f"0 now, {CLIENTS} in all; {CLIENTS} closed", self.stop_bridge())

    def test_silent_connections_do_not_lock_others_out(self):
        """More than the bridge keeps: who has been silent for longest goes."""
        try:
            for _ in range(4200):
                self.client()
        except OSError as error:
            self.skipTest(f"not enough descriptors: {error}")
        late = self.client()
        late.alloc(1, 3)
        self.assertEqual(late.counters(), (3, 0, 0, 0))
        self.assertRegex(self.stop_bridge(), r"[1-9]\d* dropped")

    def test_bursts_lose_nothing(self):
        """D27: four senders as fast as they can, through small socket buffers too."""
        code = ("import sys; sys.path.insert(0, sys.argv[2])\n"
                "from clients import *\n"
                f"c = Client(sys.argv[1]); n = {BURST}\n"
                "data = [message(ALLOC, size=64, ident=i) for i in range(1, 101)]\n"
                "data += [message(FREE, ident=i) for i in range(1, 101)]\n"
                "block = b''.join(data)\n"
                "for _ in range(n // 200): c.socket.sendall(block)\n"
                "c.alloc(1, 64)\n"
                "print(c.counters()[0] > 0, flush=True); sys.stdin.readline()\n")
        begin = time.monotonic()
        senders = [subprocess.Popen([sys.executable, "-c", code, self.path,
                                     os.path.dirname(os.path.abspath(__file__))],
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                    text=True, env=self.env) for _ in range(4)]
        self.children += senders
        for sender in senders:
            self.addCleanup(sender.stdin.close)
            self.assertEqual(sender.stdout.readline(), "True\n")
        seconds = time.monotonic() - begin
        processes = self.processes()
        self.assertEqual([p["events"] for p in processes], [BURST + 1] * 4)
        self.assertEqual([self.held(p, "DRAM") for p in processes], [(64, 1)] * 4)
        self.assertEqual([p["unknown_frees"] for p in processes], [0] * 4)
        print(f"{4 * BURST} messages of 4 clients in {seconds:.2f} s with the start of the "
              f"clients: {4 * BURST / seconds:.0f} per second", flush=True)


if __name__ == "__main__":
    unittest.main()
