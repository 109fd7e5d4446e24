#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""tta-sim as a program: real processes, real deaths, orderly ends, nothing left behind."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

SIM = sys.argv.pop(1)
LOGS = pathlib.Path(sys.argv.pop(1))


def children(pid):
    return [int(word) for word in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def cmdline(pid):
    return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").replace(b"\0", b" ").decode()


def state(pid):
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def gone(pid):
    return not os.path.exists(f"/proc/{pid}")


class Processes(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="tta-test-", dir="/dev/shm")
        self.addCleanup(shutil.rmtree, self.dir)
        self.env = dict(os.environ, TTA_DIR=self.dir, TTA_ATTACH="early")

    def scenario(self, text):
        path = pathlib.Path(self.dir) / "test.scn"
        path.write_text(text)
        return str(path)

    def segments(self):
        """File names by pid."""
        names = [name for name in os.listdir(self.dir) if name.startswith("tta.")]
        return {int(name.split(".")[3]): name for name in names}

    def start(self, *args, **kwargs):
        sim = subprocess.Popen([SIM, *args], env=self.env, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, **kwargs)
        self.addCleanup(sim.stdout.close)
        self.addCleanup(sim.stderr.close)
        self.addCleanup(sim.wait)
        self.addCleanup(sim.kill)
        return sim

    def hold(self, *args, **kwargs):
        sim = self.start(*args, "--hold", **kwargs)
        self.assertEqual(sim.stdout.readline(), "ready\n")
        return sim

    def run_sim(self, *args):
        return subprocess.run([SIM, *args], env=self.env, capture_output=True, text=True,
                              timeout=60, check=False)

    def test_each_pid_of_a_log_is_a_process_with_its_pid_shown(self):
        logs = sorted(str(log) for log in LOGS.glob("seed-001*.log"))
        sim = self.hold("log", *logs)
        self.assertEqual([cmdline(pid) for pid in children(sim.pid)],
                         [f"tta-sim: log pid {pid}" for pid in (1906601, 1906602, 1906603)])
        self.assertEqual(sorted(self.segments()), sorted(children(sim.pid)))
        self.assertIn(cmdline(children(sim.pid)[0]).encode(),
                      (pathlib.Path(self.dir) / self.segments()[children(sim.pid)[0]]).read_bytes()[:4096])

    def test_the_parent_has_no_segment(self):
        sim = self.hold("log", str(LOGS / "seed-000-double-allocation.log"))
        self.assertEqual(len(children(sim.pid)), 1)
        self.assertNotIn(sim.pid, self.segments())

    def test_a_dead_process_of_a_log_stays_a_zombie_until_the_end(self):
        sim = self.hold("log", str(LOGS / "seed-002-l1-control-buffers.log"))
        (pid,) = children(sim.pid)
        self.assertEqual(state(pid), "Z")
        self.assertIn(pid, self.segments())
        sim.send_signal(signal.SIGTERM)
        self.assertEqual(sim.wait(10), 0)
        self.assertTrue(gone(pid))

    def test_held_processes_end_orderly_on_a_signal(self):
        path = self.scenario("process a\nalloc a 0 DRAM 64 8\nfree a 0 DRAM 64\n")
        for number in (signal.SIGINT, signal.SIGTERM):
            sim = self.hold("run", path)
            (pid,) = children(sim.pid)
            self.assertIn(pid, self.segments())
            sim.send_signal(number)
            self.assertEqual(sim.wait(10), 0)
            self.assertTrue(gone(pid))
            self.assertEqual(self.segments(), {}, "a destructor did not run")

    def test_no_process_outlives_a_killed_parent(self):
        sim = self.hold("run", self.scenario("process a\nprocess b\nmark a x\n"))
        pids = children(sim.pid)
        self.assertEqual(len(pids), 2)
        sim.kill()
        sim.wait()
        deadline = time.monotonic() + 10
        while not all(gone(pid) or state(pid) == "Z" for pid in pids):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def test_a_process_has_the_command_line_and_name_of_the_scenario(self):
        sim = self.hold("run", self.scenario(
            'process a cmdline "python serve.py --devices 0-3" run-id r7\nmark a x\n'))
        (pid,) = children(sim.pid)
        self.assertEqual(cmdline(pid), "python serve.py --devices 0-3")
        self.assertEqual(pathlib.Path(f"/proc/{pid}/comm").read_text(), "python\n")
        segment = (pathlib.Path(self.dir) / self.segments()[pid]).read_bytes()[:4096]
        self.assertIn(b"r7\0", segment)

    def test_a_process_can_exit_and_start_again(self):
        sim = self.run_sim("run", self.scenario(
            "process a\nrepeat 3\nalloc a 0 L1 64 8\nfree a 0 L1 64\nexit a\nprocess a\nend\n"))
        self.assertEqual((sim.returncode, sim.stderr), (0, ""))
        self.assertEqual(self.segments(), {})

    def test_using_an_ended_process_is_an_error_with_its_line(self):
        path = self.scenario("process a\nkill a\nmark a x\n")
        sim = self.run_sim("run", path)
        self.assertEqual(sim.returncode, 1)
        self.assertEqual(sim.stderr, f"tta-sim: {path[:60]}:3: use 'a': it has ended above\n")

    def test_a_process_killed_from_outside_is_skipped_aloud(self):
        sim = self.hold("run", self.scenario(
            "process a\nprocess b\nforever\nchurn a 0 L1 live 2 ops 1 sizes 1K-4K\n"
            "churn b 0 L1 live 2 ops 1 sizes 1K-4K\nsleep 10ms\nend\n"))
        os.kill(children(sim.pid)[0], signal.SIGKILL)
        self.assertIn("process 'a' was ended from outside", sim.stderr.readline())
        sim.send_signal(signal.SIGTERM)
        self.assertEqual(sim.wait(10), 0)

    def test_a_signal_before_the_end_is_told_in_the_exit_status(self):
        sim = self.start("run", self.scenario("process a\nmark a x\nsleep 60s\n"))
        deadline = time.monotonic() + 10
        while not self.segments():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        sim.send_signal(signal.SIGINT)
        self.assertEqual(sim.wait(10), 128 + signal.SIGINT)

    def test_steps_wait_at_each_mark(self):
        sim = self.start("run", "seed-004", "--step", stdin=subprocess.PIPE)
        for name in ("baseline", "round 1", "round 2"):
            self.assertEqual(sim.stdout.readline(), f"mark {name}\n")
            sim.stdin.write("\n")
            sim.stdin.flush()
        self.assertEqual(sim.stdout.readline(), "mark round 3\n")
        self.assertIsNone(sim.poll())
        sim.stdin.close()
        self.assertEqual(sim.wait(10), 0)

    def test_lines_on_stdin_are_a_log(self):
        log = (LOGS / "seed-000-double-allocation.log").read_text()
        sim = subprocess.run([SIM, "log", "-"], env=self.env, input=log, capture_output=True,
                             text=True, timeout=60, check=False)
        self.assertEqual(sim.returncode, 0)
        self.assertEqual(sim.stderr, "tta-sim: log: 48 lines to play, 0 skipped; processes: 1\n")

    def test_a_load_tells_its_totals_and_leaves_nothing(self):
        sim = self.run_sim("load", "--procs", "2", "--threads", "2", "--devices", "3",
                           "--live", "50", "--rate", "1000", "--seconds", "1")
        self.assertEqual((sim.returncode, sim.stderr), (0, ""))
        words = sim.stdout.split()
        events = int(words[words.index("events") - 1])
        # Two processes of two threads at 1,000 events a second, and two times 50 of each.
        self.assertGreater(events, 1000)
        self.assertLess(events, 6000)
        self.assertEqual(self.segments(), {})

    def test_bad_usage_is_one_line_and_exit_2(self):
        for args in ((), ("play",), ("run",), ("load", "--procs", "0"), ("log", "--fast")):
            sim = self.run_sim(*args)
            self.assertEqual(sim.returncode, 2, args)
            self.assertEqual(sim.stdout, "")
            self.assertRegex(sim.stderr, r"^tta-sim: .*: try 'tta-sim --help'\n$")
        self.assertEqual(self.run_sim("run", "nothing-of-that-name").returncode, 1)
        self.assertEqual(self.run_sim("log", "nothing-of-that-name").returncode, 1)

    def test_help_list_and_version_publish_nothing(self):
        for args in (("--help",), ("help", "scenario"), ("list",), ("--version",)):
            sim = self.run_sim(*args)
            self.assertEqual((sim.returncode, sim.stderr), (0, ""))
            self.assertNotEqual(sim.stdout, "")
        self.assertEqual(os.listdir(self.dir), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
