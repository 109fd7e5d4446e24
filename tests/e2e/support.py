# SPDX-License-Identifier: BSD-2-Clause
"""Run ttatop and tta-sim in a segment directory of the test's own."""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

BIN = os.environ["TTA_BIN"]
SOURCE = os.environ["TTA_SOURCE"]
TTATOP = os.path.join(BIN, "ttatop")
SIM = os.path.join(BIN, "tta-sim")
LOGS = os.path.join(SOURCE, "tests", "data", "logs")


def log(name):
    return os.path.join(LOGS, name)


class Case(unittest.TestCase):
    """A test with its own TTA_DIR and state directory; ends what it started."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="tta-test-", dir="/dev/shm")
        self.state = tempfile.mkdtemp(prefix="tta-state-")
        self.env = dict(os.environ, TTA_DIR=self.dir, XDG_STATE_HOME=self.state,
                        TTA_ATTACH="early", LC_ALL="C.UTF-8")
        self.children = []

    def tearDown(self):
        for child in self.children:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
                try:
                    child.wait(10)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
            child.stdout.close()
        shutil.rmtree(self.dir)
        shutil.rmtree(self.state)

    def hold(self, *args):
        """tta-sim ARGS --hold, until it says ready."""
        child = subprocess.Popen([SIM, *args, "--hold"], env=self.env, text=True,
                                 stdout=subprocess.PIPE)
        self.children.append(child)
        for line in child.stdout:
            if line.strip() == "ready":
                return child
        self.fail(f"tta-sim {args} ended before it was ready")

    def run_top(self, *args, code=0, **options):
        done = subprocess.run([TTATOP, *args], env=self.env, text=True, timeout=60,
                              capture_output=True, stdin=subprocess.DEVNULL, **options)
        self.assertEqual(done.returncode, code,
                         f"ttatop {args}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def snapshot(self, *args):
        return json.loads(self.run_top("snapshot", *args))

    def segments(self):
        return [n for n in os.listdir(self.dir) if not n.startswith(".")]

    def until(self, what, seconds=5.0):
        """Poll @what() until it is true; its last value."""
        end = time.monotonic() + seconds
        while True:
            value = what()
            if value or time.monotonic() > end:
                return value
            time.sleep(0.02)


def memory_of(document, process, device_number, kind):
    """A process's memory row by the publisher's device number."""
    for row in process["memory"]:
        device = document["devices"][row["device"]]
        if device["number"] == device_number and row["type"] == kind:
            return row
    return None
