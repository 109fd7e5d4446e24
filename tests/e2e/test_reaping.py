#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Reaping under contention: nothing is lost, nobody alive is touched."""
import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import unittest

from support import SIM, TTATOP, Case

CLONE_NEWNS = 0x20000


def own_mounts():
    """A mount namespace for this whole program; False when that is not permitted."""
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.unshare(CLONE_NEWNS) == 0 and \
        subprocess.run(["mount", "--make-rprivate", "/"], check=False).returncode == 0


MOUNTS = own_mounts()


class Reaping(Case):
    def setUp(self):
        super().setUp()
        self.keep = os.path.join(self.state, "keep")
        os.mkdir(self.keep)
        self.mounted = []

    def tearDown(self):
        for path in self.mounted:
            subprocess.run(["umount", "-l", path], check=True)
        super().tearDown()

    def mount(self, path, options):
        if not MOUNTS:
            self.skipTest("mounting is not permitted here")
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", path], check=True)
        self.mounted.append(path)

    def orphans(self, count, buffers=4):
        """Processes that are killed with residue; their files."""
        before = set(self.segments())
        path = os.path.join(self.state, "orphans.scn")
        with open(path, "w", encoding="utf-8") as stream:
            for i in range(count):
                stream.write(f"process p{i}\nalloc p{i} 0 DRAM 0x1000 4K x {buffers}\nkill p{i}\n")
        subprocess.run([SIM, "run", path], env=self.env, check=True, capture_output=True,
                       timeout=60)
        made = sorted(set(self.segments()) - before)
        self.assertEqual(len(made), count)
        return made

    def reaper(self, *args):
        return subprocess.Popen([TTATOP, "reap", "-y", "--keep", self.keep, *args], env=self.env,
                                text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    def evidence(self):
        """Whole documents by the file they are of; the dot names of killed writers are none."""
        found = {}
        for name in os.listdir(self.keep):
            if not name.startswith("."):
                with open(os.path.join(self.keep, name), encoding="utf-8") as stream:
                    found[name.removesuffix(".json")] = json.load(stream)
        return found

    def assert_nothing_lost(self, made):
        evidence = self.evidence()
        for name in made:
            if name in self.segments():
                continue
            self.assertIn(name, evidence, "gone without evidence")
            self.assertEqual(evidence[name]["processes"][0]["memory"][0]["buffers"], 4)

    def test_three_reapers_at_once(self):
        for _ in range(5):
            made = self.orphans(30)
            reapers = [self.reaper() for _ in range(3)]
            said = []
            for reaper in reapers:
                out, err = reaper.communicate(timeout=60)
                self.assertIn(reaper.returncode, (0, 1), err)
                said += re.findall(r"(?m)^removed (\d+) ", out)
            self.assert_nothing_lost(made)
            if self.segments():
                self.run_top("reap", "-y", "--keep", self.keep)
            self.assertEqual(self.segments(), [])
            self.assertEqual(len(said), len(set(said)), "one was removed twice")
            for name in made:
                os.unlink(os.path.join(self.keep, name + ".json"))

    # Entering these calls: before and after the evidence has its name, and the removal.
    KILLED_AT = [(call, nth) for call in ("openat", "fcntl", "fsync", "rename,renameat2",
                                          "unlinkat") for nth in (1, 7, 19)]

    def test_a_reaper_that_is_killed_half_way(self):
        halfway = 0
        for call, nth in self.KILLED_AT:
            made = self.orphans(12)
            killed = subprocess.run(
                ["strace", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                 f"inject={call}:signal=KILL:when={nth}", TTATOP, "reap", "-y", "--keep",
                 self.keep], env=dict(self.env, ASAN_OPTIONS="detect_leaks=0"), timeout=60,
                check=False, capture_output=True, stdin=subprocess.DEVNULL)
            self.assertIn(killed.returncode, (0, -signal.SIGKILL), (call, nth))
            halfway += 0 < len(self.segments()) < 12
            self.assert_nothing_lost(made)
            # Its locks went with it.
            if self.segments():
                self.run_top("reap", "-y", "--keep", self.keep)
            self.assertEqual(self.segments(), [])
            self.assert_nothing_lost(made)
            for name in os.listdir(self.keep):
                os.unlink(os.path.join(self.keep, name))
        self.assertGreater(halfway, 2, "none was killed half-way")

    def test_publishers_that_start_meanwhile(self):
        for _ in range(3):
            made = self.orphans(20)
            reaper = self.reaper()
            living = subprocess.Popen([SIM, "load", "--procs", "6", "--threads", "1", "--live",
                                       "20", "--rate", "100", "--seconds", "1"], env=self.env,
                                      stdout=subprocess.DEVNULL)
            second = self.reaper()
            for one in (reaper, second):
                _, err = one.communicate(timeout=60)
                self.assertNotIn("owner is alive", err)
            found = self.until(lambda: len(self.segments()) == 6)
            third = self.run_top("reap", "-y", "--keep", self.keep)
            self.assertEqual(len(self.segments()), 6, third)
            self.assertEqual(living.wait(30), 0)
            self.assertTrue(found)
            self.assert_nothing_lost(made)
            self.assertEqual(self.segments(), [])

    def test_an_orphan_under_the_pid_of_somebody_alive(self):
        name = self.orphans(1)[0]
        parts = name.split(".")
        parts[3] = str(os.getpid())
        faked = ".".join(parts)
        os.rename(os.path.join(self.dir, name), os.path.join(self.dir, faked))
        self.assertIn("removed", self.run_top("reap", "-y", "--keep", self.keep))
        self.assertEqual(list(self.evidence()), [faked])

    def test_somebody_alive_under_the_pid_of_an_orphan(self):
        self.hold_one()
        name = self.segments()[0]
        parts = name.split(".")
        parts[3] = "4194300"
        faked = ".".join(parts)
        os.rename(os.path.join(self.dir, name), os.path.join(self.dir, faked))
        self.assertIn("nothing to reap", self.run_top("reap", "-y", "--keep", self.keep))
        self.assertIn("owner is alive", self.refused(faked))
        self.assertEqual(self.segments(), [faked])

    def test_a_read_lock_of_a_stranger(self):
        name, = self.orphans(1)
        path = os.path.join(self.dir, name)
        holds = ("import fcntl, sys; file = open(sys.argv[1]); "
                 "fcntl.lockf(file, fcntl.LOCK_SH, 1); print(flush=True); sys.stdin.read()")
        with subprocess.Popen([sys.executable, "-c", holds, path], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as stranger:
            stranger.stdout.readline()
            said = self.refused()
            self.assertIn(f"{name}: somebody else holds a read lock on it", said)
            self.assertIn(f"fuser -v {path}", said)
            self.assertNotIn("alive", said)
            stranger.stdin.close()
            stranger.wait(60)
        self.assertEqual(self.segments(), [name])
        self.assertIn("removed", self.run_top("reap", "-y", "--keep", self.keep))

    def hold_one(self):
        path = os.path.join(self.state, "one.scn")
        with open(path, "w", encoding="utf-8") as stream:
            stream.write("process p\nalloc p 0 DRAM 0x1000 4K\n")
        return self.hold("run", path)

    def refused(self, *args):
        reaper = self.reaper(*args)
        _, err = reaper.communicate(timeout=60)
        self.assertEqual(reaper.returncode, 1, err)
        return err

    def test_no_room_for_the_evidence(self):
        made = self.orphans(10)
        self.mount(self.keep, "size=4k")
        with open(os.path.join(self.keep, "filler"), "wb") as stream:
            stream.write(bytes(4096))
        self.assertIn("No space left on device", self.refused())
        self.assertEqual(sorted(self.segments()), made)
        self.assertEqual(os.listdir(self.keep), ["filler"])

    def test_room_for_some_of_the_evidence(self):
        made = self.orphans(10)
        self.mount(self.keep, "size=20k")
        self.refused()
        left = self.segments()
        self.assertTrue(0 < len(left) < 10, left)
        self.assert_nothing_lost(made)
        self.assertFalse([n for n in os.listdir(self.keep) if n.startswith(".")])

    def test_a_start_keeps_an_eighth_of_the_tmpfs(self):
        self.mount(self.dir, "size=4m")
        made, removed = [], 0
        for _ in range(12):
            before = self.segments()
            path = os.path.join(self.state, "big.scn")
            with open(path, "w", encoding="utf-8") as stream:
                stream.write("process p\nalloc p 0 DRAM 0x1000 4K x 900\nkill p\n")
            subprocess.run([SIM, "run", path], env=self.env, check=True, capture_output=True,
                           timeout=60)
            new = set(self.segments()) - set(before)
            self.assertEqual(len(new), 1)
            removed += len(set(before) - set(self.segments()))
            kept = [n for n in self.segments() if n not in new]
            size = sum(os.stat(os.path.join(self.dir, n)).st_blocks * 512 for n in kept)
            self.assertLessEqual(size, (4 << 20) // 8)
            made += new
            # The oldest go first.
            self.assertEqual(sorted(self.segments()), sorted(made[-len(self.segments()):]))
        self.assertGreater(removed, 0)

    def test_ten_thousand_names(self):
        """A start looks at some of them; a snapshot at all."""
        self.hold_one()
        name = self.segments()[0]
        for i in range(10000):
            parts = name.split(".")
            parts[3], parts[5] = str(1000000 + i), f"{i + 1:016x}"
            os.link(os.path.join(self.dir, name), os.path.join(self.dir, ".".join(parts)))
        document = self.snapshot("--no-buffers")
        self.assertEqual(len(document["processes"]), 10001)
        subprocess.run([SIM, "load", "--procs", "1", "--threads", "1", "--live", "10", "--rate",
                        "100", "--seconds", "1"], env=self.env, check=True, timeout=60,
                       stdout=subprocess.DEVNULL)
        self.assertEqual(len(self.segments()), 10001)


if __name__ == "__main__":
    unittest.main()
