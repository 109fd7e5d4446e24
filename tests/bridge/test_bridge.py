#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""tta-bridge with real clients: what each holds, how each ends, and who harms whom."""
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import unittest

from clients import (ALLOC, BRIDGE, CB_ALLOC, CB_FREE, DRAM, DUMP, DUMP_KERNELS, FREE,
                     INFO_QUERY, INFO_RESPONSE, KERNEL_LOAD, KERNEL_UNLOAD, L1, L1_SMALL,
                     QUERY, SYSTEM, TRACE, BridgeCase, Client, MiB, message)

HERE = os.path.dirname(os.path.abspath(__file__))
STEPS = [(4, 0, 4), (4, 100, 8), (12, 100, 16), (8, 0, 8), (0, 0, 0)]


class Demo(BridgeCase):
    """The old demo client."""

    def demo(self, *args):
        child = subprocess.Popen([sys.executable, os.path.join(HERE, "demo_client.py"),
                                  self.path, *args], stdin=subprocess.PIPE, text=True,
                                 stdout=subprocess.PIPE, env=self.env)
        self.children.append(child)
        self.addCleanup(child.stdin.close)
        self.assertEqual(int(child.stdout.readline()), child.pid)
        return child

    def step(self, child):
        child.stdin.write("go\n")
        child.stdin.flush()
        self.assertEqual(child.stdout.readline(), "done\n")

    def holdings(self, pid):
        """(L1 MiB, DRAM MiB, buffers) of the live process @pid."""
        found = [p for p in self.processes() if p["pid"] == pid and p["state"] == "live"]
        if len(found) != 1:
            return None
        l1, dram = self.held(found[0], "L1"), self.held(found[0], "DRAM")
        return l1[0] / MiB, dram[0] / MiB, l1[1] + dram[1]

    def test_each_step_shows_its_bytes_and_the_end_leaves_nothing(self):
        for stride in ("72", "112", "128", "144"):
            child = self.demo(stride)
            for want in STEPS:
                self.step(child)
                self.expect(want, lambda: self.holdings(child.pid))
            child.stdin.write("end\n")
            child.stdin.flush()
            child.wait(10)
            self.assertTrue(self.until(lambda: not self.segments(), 10))

    def test_two_at_once_do_not_collide(self):
        one, two = self.demo(), self.demo()
        monitor = self.client()
        for want in STEPS:
            self.step(one)
            self.step(two)
            self.expect(want, lambda: self.holdings(one.pid))
            self.expect(want, lambda: self.holdings(two.pid))
            self.expect((2 * want[1] * MiB, 2 * want[0] * MiB, 0, 0), monitor.counters)

    def test_the_client_is_named_as_the_kernel_knows_it(self):
        child = self.demo()
        self.step(child)
        self.expect((4, 0, 4), lambda: self.holdings(child.pid))
        process = self.processes()[0]
        with open(f"/proc/{child.pid}/comm", encoding="utf-8") as file:
            self.assertEqual(process["comm"], file.read().strip())
        self.assertIn("demo_client.py", process["cmdline"])
        self.assertEqual(process["source"], "bridge")
        self.assertEqual(len(self.processes("-p", str(child.pid))), 1)

    def test_killed_it_is_an_orphan_under_its_own_pid(self):
        child = self.demo()
        for _ in range(3):
            self.step(child)
        self.expect((12, 100, 16), lambda: self.holdings(child.pid))
        child.kill()
        child.wait()
        self.expect([(child.pid, "orphan")],
                    lambda: [(p["pid"], p["state"]) for p in self.processes()])
        totals = self.snapshot()["totals"]
        self.assertEqual(totals["orphan_bytes"], 112 * MiB)
        self.assertEqual(totals["orphan_buffers"], 16)
        self.assertEqual(self.client().counters(), (0, 0, 0, 0), "it no longer counts")
        self.run_top("reap", "-y", "--no-keep")
        self.assertEqual(self.segments(), [])

    def test_check_counts_clients_of_its_runs(self):
        """What upstream's scripts leave to a human: growth from run to run."""
        script = ("import sys; sys.path[:0] = sys.argv[2:]\n"
                  "from clients import Client\n"
                  "client = Client(sys.argv[1])\n"
                  "client.alloc(1, 4096); client.alloc(2, 64); client.free(2)\n"
                  "client.counters()\n")
        done = self.run_top("check", "-n", "2", "-w", "0", "-j", "--", sys.executable, "-c",
                            script, self.path, HERE, os.environ["PYTHONPATH"], code=1)
        classes = json.loads(done)["classes"]
        self.assertEqual([(c["type"], c["size"], c["verdict"]) for c in classes],
                         [("DRAM", 4096, "growing")])

    def test_killed_with_nothing_left_it_leaves_nothing(self):
        child = self.demo()
        for _ in STEPS:
            self.step(child)
        self.expect((0, 0, 0), lambda: self.holdings(child.pid))
        child.kill()
        child.wait()
        self.assertTrue(self.until(lambda: not self.segments(), 10))

    def test_the_python_demo_with_a_query_in_the_middle(self):
        client = self.client(112)
        for i in range(1, 5):
            client.alloc(i, MiB, L1)
        for i in range(5, 9):
            client.alloc(i, 25 * MiB, DRAM)
        self.assertEqual(client.counters(), (100 * MiB, 4 * MiB, 0, 0),
                         "what it sent before is in the answer")
        for i in range(1, 5):
            client.free(i)
        self.assertEqual(client.counters(), (100 * MiB, 0, 0, 0))
        for i in range(5, 9):
            client.free(i)
        self.assertEqual(client.counters(), (0, 0, 0, 0))


class Meaning(BridgeCase):
    """What the messages say."""

    def test_memory_types_are_what_tt_metal_numbers_them(self):
        """D46: 2 is host memory, 3 is L1_SMALL."""
        client = self.client()
        for memory, size in ((DRAM, 1), (L1, 2), (SYSTEM, 4), (L1_SMALL, 8), (TRACE, 16)):
            client.alloc(64, size, memory)
        self.assertEqual(client.counters(), (1, 2, 8, 16))
        process = self.processes()[0]
        self.assertEqual({row["type"]: row["used"] for row in process["memory"]},
                         {"DRAM": 1, "L1": 2, "SYSTEM": 4, "L1_SMALL": 8, "TRACE": 16})

    def test_one_address_announced_twice_counts_once_and_says_the_sizes_differ(self):
        """D10, seed 002."""
        client = self.client()
        for size in (4096, 2048):
            client.alloc(109344, size, L1)
        self.assertEqual(client.counters(), (0, 4096, 0, 0))
        buffer, = self.snapshot()["buffers"]
        self.assertEqual((buffer["refs"], buffer["flags"]), (2, ["dup", "size"]))
        client.free(109344)
        self.assertEqual(client.counters(), (0, 4096, 0, 0))
        client.free(109344)
        self.assertEqual(client.counters(), (0, 0, 0, 0))

    def test_unknown_frees_are_counted_and_nothing_goes_below_zero(self):
        """D3, D14: also of circular buffers, whose free names a size."""
        client = self.client(144)
        client.alloc(1, 100)
        client.free(7)
        client.send(CB_FREE, ident=4096, size=64 * MiB)
        client.send(KERNEL_UNLOAD, ident=4096, size=64 * MiB)
        self.assertEqual(client.counters(), (100, 0, 0, 0, 0, 0))
        self.assertEqual(self.processes()[0]["unknown_frees"], 3)

    def test_circular_buffers_and_kernels_have_an_owner(self):
        """D18."""
        client = self.client(128)
        client.send(CB_ALLOC, ident=101152, size=4096, pid=os.getpid())
        client.send(KERNEL_LOAD, ident=77, size=2048, memory=2)
        client.send(CB_ALLOC, ident=105248, size=1024, device=3)
        self.assertEqual(client.counters(), (0, 0, 0, 0, 4096, 2048))
        labels = [b["label"] for b in self.snapshot("-T", "kernel")["buffers"]]
        self.assertEqual(labels, ["dispatch kernel"])
        client.send(KERNEL_UNLOAD, ident=77, size=2048)
        client.send(CB_FREE, ident=101152, size=4096)
        self.assertEqual(client.counters(), (0,) * 6)
        self.assertEqual(client.counters(3), (0, 0, 0, 0, 1024, 0))
        client.close()
        self.expect(["exited"], lambda: [p["state"] for p in self.processes()])

    def test_nonsense_is_refused_counted_and_harms_nothing(self):
        """D24: device numbers; also types, sizes."""
        client = self.client()
        client.alloc(1, 100)
        client.alloc(2, 100, device=-5)
        client.alloc(3, 100, memory=9)
        client.alloc(4, 1 << 63)
        client.alloc(5, 0)
        client.alloc(6, 100, device=33)
        self.assertEqual(client.counters(), (100, 0, 0, 0))
        self.assertEqual(client.counters(33), (100, 0, 0, 0))
        self.assertEqual(client.counters(-7), (0, 0, 0, 0))
        self.assertEqual(client.counters(5000000), (0, 0, 0, 0))
        self.assertEqual(len(self.snapshot()["buffers"]), 3)
        checks = self.run_top("doctor", code=1)
        self.assertIn("reject", checks)

    def test_a_pid_of_its_own_that_differs_is_said(self):
        client = self.client()
        client.send(ALLOC, ident=1, size=1, pid=17)
        client.counters()
        document = self.snapshot()
        self.assertEqual(document["processes"][0]["pid"], os.getpid())
        self.assertEqual([m["name"] for m in document["marks"]],
                         ["client calls itself 17"])
        self.assertIn("calls itself 17", self.said())


class Questions(BridgeCase):
    """Monitors."""

    def test_device_information(self):
        asker, client = self.client(112), self.client(144)
        answer = asker.ask(INFO_QUERY, -1)
        self.assertEqual((answer[0], struct.unpack_from("<2I", answer, 104)),
                         (INFO_RESPONSE, (0, 0)))
        client.alloc(1, 1, DRAM, 5)
        client.counters()
        self.expect((1, 6),
                    lambda: struct.unpack_from("<2I", asker.ask(INFO_QUERY, -1), 104))
        answer = client.ask(INFO_QUERY, 5)
        self.assertEqual(struct.unpack_from("<2I", answer, 120), (1, 0))
        self.assertEqual(answer[88:120], b"\0" * 32, "what nobody knows is 0")
        self.assertEqual(struct.unpack_from("<2I", client.ask(INFO_QUERY, 4), 120), (0, 0))

    def test_who_only_asks_has_no_segment(self):
        monitor = self.client()
        self.assertEqual(monitor.counters(), (0, 0, 0, 0))
        self.assertEqual(self.segments(), [])
        monitor.alloc(1, 5)
        self.assertEqual(monitor.counters(), (5, 0, 0, 0))
        self.assertEqual(len(self.segments()), 1)

    def test_dumps_list_every_buffer(self):
        """D43: not ten of a type at most."""
        client, other = self.client(144), self.client()
        for i in range(1, 31):
            client.alloc(4096 * i, 64, L1, 2)
        client.send(KERNEL_LOAD, ident=9, size=128, memory=0)
        client.counters()
        other.send(DUMP)
        lines = self.read_until(self.bridge, "Total remaining")
        self.assertIn("  L1: 30 buffers, 1920 bytes", lines)
        self.assertIn(f"    - Buffer 0x1e000: 64 bytes (PID {os.getpid()}, ref_count=1)",
                      lines)
        self.assertIn("Total remaining buffers: 31", lines)
        client.send(DUMP_KERNELS)
        lines = self.read_until(self.bridge, "Total remaining")
        self.assertIn("Total tracked allocations: 1", lines)

    def test_a_dump_that_nobody_reads_stops_nobody(self):
        """Our output is a pipe here; it fills."""
        client, other = self.client(), self.client()
        for i in range(1, 3001):
            client.alloc(4096 * i, 64)
        self.assertEqual(client.counters(), (3000 * 64, 0, 0, 0))
        for _ in range(5):
            other.send(DUMP)
            self.assertEqual(other.counters(), (3000 * 64, 0, 0, 0))
        late = self.client()
        late.alloc(1, 1)
        self.assertEqual(late.counters(), (3000 * 64 + 1, 0, 0, 0))
        self.assertIn("Total remaining buffers: 3000",
                      self.read_until(self.bridge, "Total remaining"))
        self.assertIn("Total remaining buffers: 3001",
                      self.read_until(self.bridge, "Total remaining"))

    def read_until(self, child, word):
        lines = []
        for line in child.stdout:
            lines.append(line.rstrip("\n"))
            if word in line:
                return lines
        self.fail(f"'{word}' never came: {lines}")


class Ends(BridgeCase):
    """How clients and bridges end."""

    def states(self):
        return sorted(p["state"] for p in self.processes())

    def test_an_orderly_close_is_an_exit_with_what_is_left(self):
        full, empty = self.client(), self.client()
        full.alloc(1, 100)
        empty.alloc(1, 100)
        empty.free(1)
        full.counters(), empty.counters()
        self.assertEqual(len(self.segments()), 2)
        full.close()
        empty.close()
        self.expect(["exited"], self.states)
        self.assertEqual(self.snapshot()["totals"]["residue_bytes"], 100)

    def test_a_stream_that_ends_within_a_message_is_counted(self):
        client = self.client()
        client.alloc(1, 100)
        client.alloc(2, 100)
        client.socket.sendall(message(ALLOC)[:50])
        client.close()
        self.expect(["exited"], self.states)
        document = self.snapshot()
        self.assertEqual(len(document["buffers"]), 2)
        self.assertEqual([m["name"] for m in document["marks"]], ["message cut short"])
        self.assertIn("1 cut short", self.stop_bridge())

    def test_a_bad_stream_is_closed_and_others_go_on(self):
        """D25, D28."""
        good, bad, never = self.client(), self.client(144), self.client()
        good.alloc(1, 100)
        bad.alloc(1, 200)
        bad.alloc(2, 200)
        never.socket.sendall(b"GET / HTTP/1.0\r\n\r\n")
        self.assertEqual(never.socket.recv(1), b"")
        bad.socket.sendall(b"\0" * 144)
        self.assertEqual(bad.socket.recv(1), b"")
        good.alloc(2, 100)
        self.assertEqual(good.counters(), (200, 0, 0, 0))
        self.expect(["exited", "live"], self.states)
        self.assertIn("bad stream after 2 messages", self.said())
        self.assertIn("2 bad streams", self.stop_bridge())

    def test_noise_harms_nobody(self):
        """What a hostile client may send; the good one loses nothing."""
        good = self.client(128)
        noise = random.Random(7)
        for round_ in range(1, 201):
            good.alloc(round_, 10)
            bad = self.client()
            bad.socket.settimeout(0.2)
            data = bytearray(message(noise.randint(0, 13), 72 * noise.randint(1, 9)))
            for _ in range(noise.randint(0, 6)):
                data[noise.randrange(len(data))] = noise.randrange(256)
            try:
                bad.socket.sendall(data)
            except OSError:
                pass
            if round_ % 3:
                self.clients.pop().close()
        good.counters()
        found = [p for p in self.processes() if p["events"] == 200]
        self.assertEqual([(p["state"], self.held(p, "DRAM")) for p in found],
                         [("live", (2000, 200))])
        self.assertIsNone(self.bridge.poll())

    def test_sigusr1_prints_statistics(self):
        """The old server's notes told to send it, and it ended by it."""
        client = self.client()
        client.alloc(1, 1)
        client.counters()
        self.bridge.send_signal(signal.SIGUSR1)
        self.assertIn("clients: 1 now, 1 in all", self.bridge.stdout.readline())
        self.assertEqual(client.counters(), (1, 0, 0, 0))

    def test_ended_it_ends_its_clients_orderly_and_takes_its_name_away(self):
        client = self.client()
        client.alloc(1, 1)
        client.counters()
        self.stop_bridge(signal.SIGINT)
        self.assertEqual(self.states(), ["exited"])
        self.assertFalse(os.path.exists(self.path))

    def test_killed_it_loses_nothing_of_those_who_are_there(self):
        """D5: the state is in the segments, not in the server."""
        client = self.client()
        client.alloc(1, 1)
        client.counters()
        self.bridge.kill()
        self.bridge.wait()
        client.alloc(2, 2)
        self.assertEqual(client.counters(), (3, 0, 0, 0))
        self.assertEqual(self.states(), ["live"])
        self.bridge = self.start_bridge()
        self.assertEqual(self.client().counters(), (0, 0, 0, 0), "not its client")
        client.close()
        self.expect(["exited"], self.states)

    def test_a_name_in_use_is_left_alone(self):
        def second(path):
            return subprocess.run([BRIDGE, "--socket", path], env=self.env, text=True,
                                  capture_output=True, timeout=20)
        done = second(self.path)
        self.assertEqual(done.returncode, 1)
        self.assertIn("a server listens there already", done.stderr)
        file = os.path.join(self.state, "file")
        with open(file, "w", encoding="utf-8"):
            pass
        self.assertIn("no socket", second(file).stderr)
        self.assertTrue(os.path.exists(file))
        self.assertEqual(second("x" * 200).returncode, 2)
        self.client().counters()

    def test_publishing_may_be_off(self):
        self.stop_bridge()
        self.bridge = self.start_bridge(TTA_LEVEL="off")
        self.assertIn("TTA_LEVEL", self.bridge.stdout.readline())
        client = self.client()
        client.alloc(1, 1)
        self.assertEqual(client.counters(), (0, 0, 0, 0))
        self.assertEqual(self.segments(), [])

    def test_a_message_in_pieces(self):
        client = self.client(144)
        data = b"".join(message(ALLOC, 144, size=1, ident=i) for i in range(1, 6))
        for at in range(0, len(data), 37):
            client.socket.sendall(data[at:at + 37])
            self.until(lambda: False, 0.03)
        self.assertEqual(client.counters()[0], 5)


if __name__ == "__main__":
    unittest.main()
