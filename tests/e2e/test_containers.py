#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Publishers in mount, pid and user namespaces of their own; ttatop outside and inside."""
import json
import os
import signal
import subprocess
import unittest

from support import SIM, TTATOP, Case, log

ONE_PROCESS = log("seed-000-double-allocation.log")
NAMESPACES = ("--mount", "--propagation", "private", "--pid", "--fork", "--mount-proc",
              "--kill-child")
OF_ITS_OWN = 'mount -t tmpfs tmpfs "$TTA_DIR" && '


class Containers(Case):
    def setUp(self):
        super().setUp()
        self.containers = []

    def tearDown(self):
        for container in self.containers:  # unshare ignores SIGTERM while it waits
            container.kill()
            container.wait()
            container.stdout.close()
        super().tearDown()

    def contain(self, *namespaces, before=OF_ITS_OWN):
        """tta-sim in namespaces of its own, with an init that outlives it."""
        script = before + f'"{SIM}" log "{ONE_PROCESS}" --hold & while :; do sleep 0.1; done'
        container = subprocess.Popen(["unshare", *namespaces, "sh", "-c", script],
                                     env=self.env, text=True, stdout=subprocess.PIPE,
                                     stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        self.containers.append(container)
        if container.stdout.readline() != "ready\n":
            self.skipTest(f"unshare {' '.join(namespaces)}: not permitted here")

    def seen(self, *args):
        return self.snapshot("--containers", *args)["processes"]

    @staticmethod
    def kill(process):
        """A publisher, and the tta-sim that would keep it as a zombie: init takes it over."""
        with open(f"/proc/{process['pid']}/stat", encoding="utf-8") as file:
            parent = int(file.read().rpartition(")")[2].split()[1])
        os.kill(process["pid"], signal.SIGKILL)
        os.kill(parent, signal.SIGKILL)

    def until_orphans(self, count):
        self.assertTrue(self.until(lambda: len(self.orphans()) == count), self.seen())
        return self.orphans()

    def orphans(self):
        return [process for process in self.seen() if process["state"] == "orphan"]

    def finding(self, name, *args):
        document = json.loads(subprocess.run(
            [*args, TTATOP, "doctor", "-j", "--only", name], env=self.env, text=True,
            capture_output=True, timeout=60, check=False).stdout)
        return document["checks"][0]

    @staticmethod
    def pids_of(pid):
        """As each namespace calls it, from ours inwards."""
        with open(f"/proc/{pid}/status", encoding="utf-8") as file:
            line, = [line for line in file if line.startswith("NSpid:")]
        return [int(word) for word in line.split()[1:]]

    def test_seen_from_outside_when_asked_for(self):
        self.contain(*NAMESPACES, "--user", "--map-root-user")
        self.assertEqual(self.snapshot()["processes"], [])
        finding = self.finding("ns.shm")
        self.assertIn("with 1 segment that cannot be seen", finding["text"])
        self.assertIn("ttatop --containers", finding["try"])
        process, = self.seen()
        outside, inside = self.pids_of(process["pid"])
        self.assertEqual(outside, process["pid"])
        self.assertNotEqual(outside, inside)
        self.assertEqual(process["state"], "live")
        self.assertTrue(process["exact"])
        self.assertIn(str(outside), self.run_top("-1", "--containers"))
        events = self.run_top("events", "--containers", "-n", "all", "-j").splitlines()
        self.assertEqual({json.loads(line)["pid"] for line in events}, {outside})
        self.assertEqual(self.run_top("events", "-n", "all", "-j"), "")

    def test_inside_it_has_the_pid_of_its_container(self):
        self.contain(*NAMESPACES, "--user", "--map-root-user")
        process, = self.seen()
        inside = self.pids_of(process["pid"])[1]
        done = subprocess.run(
            ["nsenter", "--target", str(process["pid"]), "--mount", "--pid", "--user",
             "--preserve-credentials", TTATOP, "snapshot"], env=self.env, text=True,
            capture_output=True, timeout=60, check=True)
        there, = json.loads(done.stdout)["processes"]
        self.assertEqual((there["segment"], there["pid"]), (process["segment"], inside))

    def test_the_dead_of_a_container(self):
        self.contain(*NAMESPACES)
        process, = self.seen()
        inside = self.pids_of(process["pid"])[1]
        viewer = subprocess.Popen([TTATOP, "-b", "-j", "-d", "0.1", "--containers"],
                                  env=self.env, text=True, stdout=subprocess.PIPE)
        self.children.append(viewer)
        self.assertEqual(self.next_process(viewer)["state"], "live")
        self.kill(process)
        now = self.until(lambda: self.one_orphan(self.next_process(viewer)))
        # Who saw it alive keeps its pid; who comes later has what it called itself.
        self.assertEqual(now["pid"], process["pid"])
        self.until(lambda: not os.path.exists(f"/proc/{process['pid']}"))
        late, = self.until_orphans(1)
        self.assertEqual((late["segment"], late["pid"]), (process["segment"], inside))
        self.assertIn("nothing to reap", self.run_top("reap"))

    @staticmethod
    def next_process(viewer):
        return json.loads(viewer.stdout.readline())["processes"][0]

    @staticmethod
    def one_orphan(process):
        return process if process["state"] == "orphan" else None

    def test_two_with_equal_pids(self):
        self.contain(*NAMESPACES)
        self.contain(*NAMESPACES)
        first, second = self.seen()
        self.assertNotEqual(first["pid"], second["pid"])
        self.assertEqual(self.pids_of(first["pid"])[1], self.pids_of(second["pid"])[1])
        self.assertIn("; so have 1 more", self.finding("ns.shm")["text"])
        for process in (first, second):
            self.kill(process)
        self.until(lambda: not any(os.path.exists(f"/proc/{process['pid']}")
                                   for process in (first, second)))
        dead = self.until_orphans(2)
        self.assertEqual(dead[0]["pid"], dead[1]["pid"])
        self.assertEqual({p["segment"] for p in dead}, {first["segment"], second["segment"]})

    def test_the_same_directory_is_listed_once(self):
        self.contain("--mount", before="")
        self.assertEqual(len(self.seen()), 1)
        self.assertEqual(len(self.snapshot()["processes"]), 1)
        self.assertEqual(self.finding("ns.shm")["status"], "ok")

    def test_a_pid_namespace_alone(self):
        self.contain("--pid", "--fork", "--kill-child", before="")
        process, = self.snapshot()["processes"]
        self.assertEqual(len(self.pids_of(process["pid"])), 2)
        self.assertIn("1 segment from other pid namespaces, with our pids",
                      self.finding("ns.pid")["text"])
        self.kill(process)
        self.until(lambda: not os.path.exists(f"/proc/{process['pid']}"))
        self.assertIn("pids are those of their containers", self.finding("ns.pid")["text"])

    def test_it_is_gone_with_its_container(self):
        self.contain(*NAMESPACES)
        viewer = subprocess.Popen([TTATOP, "-b", "-j", "-d", "0.1", "--containers"],
                                  env=self.env, text=True, stdout=subprocess.PIPE)
        self.children.append(viewer)
        self.assertEqual(self.next_process(viewer)["state"], "live")
        folders = f"/proc/{viewer.pid}/fd"
        held = len(os.listdir(folders))
        self.containers[0].kill()
        self.until(lambda: not json.loads(viewer.stdout.readline())["processes"])
        # The segment's descriptor, and that of its directory.
        self.assertEqual(len(os.listdir(folders)), held - 2)

    def test_what_is_not_permitted_is_said(self):
        self.contain(*NAMESPACES)
        nobody = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
        os.chmod(self.dir, 0o755)
        document = json.loads(subprocess.run(
            [*nobody, TTATOP, "snapshot", "--containers"], env=self.env, text=True,
            capture_output=True, timeout=60, check=True).stdout)
        self.assertEqual(document["processes"], [])
        text = self.finding("ns.shm", *nobody)["text"]
        self.assertRegex(text, r"; \d+ of \d+ processes could not be looked at: of other users")


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("skipped: namespaces and mounts take root")
        raise SystemExit(77)
    unittest.main(verbosity=2)
