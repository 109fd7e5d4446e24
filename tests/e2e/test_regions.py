#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""ttatop --source tt-metal: regions of every version, and every trap in them."""
import csv
import io
import json
import os
import shutil
import subprocess
import time
import unittest

from regions import region, slot, write
from support import SOURCE, TTATOP, Case

ME = os.getpid()
CHIP = 0x7700000000000001


def nobody_has():
    """A pid that no process has."""
    with open("/proc/sys/kernel/pid_max", encoding="ascii") as file:
        pid = int(file.read()) - 1
    while os.path.exists(f"/proc/{pid}"):
        pid -= 1
    return pid


class Regions(Case):
    def snapshot(self, *args):
        document = super().snapshot(*args)
        try:
            import jsonschema
            path = os.path.join(SOURCE, "viewer", "schemas", "ttatop.snapshot.v1.json")
            with open(path, encoding="utf-8") as file:
                jsonschema.validate(document, json.load(file))
        except ImportError:
            pass
        return document

    def one(self, *args):
        process, = self.snapshot(*args)["processes"]
        return process

    def used(self, process):
        return {row["type"]: row["used"] for row in process["memory"]}

    def reasons(self, process):
        return [r for r in process["inexact_reasons"] if r != "buffers are not published"]

    def warnings(self):
        return {w["id"]: w["text"] for w in self.snapshot()["warnings"]}

    # ---- versions ----

    def test_every_version_reads_right(self):
        """The tables of offsets; two versions 1 and one table for 2 to 4."""
        held = {"dram": 1, "l1": 20, "l1_small": 300, "trace": 4000, "cb": 50000}
        want = {"DRAM": 1, "L1": 20, "L1_SMALL": 300, "TRACE": 4000, "CB": 50000}
        for version, size in ((1, 8576), (2, None), (3, None), (4, None)):
            write(self.dir, CHIP, region(version, [slot(ME, **held)], held, size=size))
            process = self.one()
            self.assertEqual((process["pid"], process["comm"], process["source"]),
                             (ME, "python3", "tt-metal"), f"version {version}")
            self.assertEqual(self.used(process), want, f"version {version}")
            self.assertEqual(self.warnings(), {}, f"version {version}")
            self.assertEqual(self.reasons(process), [])
        held["kernel"] = 6
        write(self.dir, CHIP,
              region(1, [slot(ME, kernels=True, **held)], held, device=3))
        self.assertEqual(self.used(self.one()), dict(want, KERNEL=6))
        device, = self.snapshot()["devices"]
        self.assertEqual((device["number"], device["kind"], device["uid"]),
                         (3, "tenstorrent", str(CHIP)))

    def test_totals_only_means_null(self):
        write(self.dir, CHIP, region(3, [slot(ME, dram=5)], {"dram": 5}))
        document = self.snapshot()
        process = document["processes"][0]
        row = process["memory"][0]
        for key in ("buffers", "refs", "allocs", "frees", "peak"):
            self.assertIsNone(row[key], key)
        for key in ("events", "lost", "uncertain", "unknown_frees", "closed"):
            self.assertIsNone(process[key], key)
        self.assertFalse(process["exact"])
        self.assertIn("buffers are not published", process["inexact_reasons"])
        self.assertEqual(document["totals"]["used"], 5)
        self.assertIsNone(document["totals"]["buffers"])
        self.assertEqual(process["state"], "live")

    def test_what_is_not_ready_or_not_known_is_said_and_not_read(self):
        data = region(4, [slot(ME, dram=5)], {"dram": 5})
        for what, text in ((data[:8575], "not ready"), (b"", "not ready"),
                           (data[:3], "not ready"),
                           (region(0, [slot(ME, dram=5)]), "not ready"),
                           (region(4, [slot(ME, dram=5)], init=1), "not ready"),
                           (region(4, [slot(ME, dram=5)], init=0), "not ready"),
                           (region(5, [slot(ME, dram=5)]), "unknown version 5"),
                           (b"\xff" * 9280, "unknown version 4294967295")):
            write(self.dir, CHIP, what)
            document = self.snapshot()
            self.assertEqual(document["processes"], [], text)
            warning, = document["warnings"]
            self.assertIn(text, warning["text"])
            self.assertIn(str(CHIP), warning["text"])
            self.assertFalse(document["exact"])

    def test_a_version_1_cut_by_a_later_writer(self):
        """ftruncate of a later writer: 9280 bytes become 8576, of another table."""
        data = region(1, [slot(ME, kernels=True, dram=5)], {"dram": 5})[:8576]
        write(self.dir, CHIP, data)
        self.run_top("snapshot")

    # ---- tables ----

    def test_holes_and_released_slots(self):
        """A live process behind an empty slot, whatever num_active_processes says."""
        slots = {5: slot(ME, dram=7), 63: slot(1, b"init", l1=9),
                 9: slot(-1, dram=1 << 40)}
        write(self.dir, CHIP, region(4, slots, {"dram": 7, "l1": 9}, active=0))
        self.assertEqual([(p["pid"], self.used(p)) for p in self.snapshot()["processes"]],
                         [(1, {"DRAM": 0, "L1": 9}), (ME, {"DRAM": 7})])

    def test_both_conventions_of_empty_chips(self):
        for empty in (0xFFFFFFFF, 0):
            write(self.dir, CHIP, region(2, [slot(ME, dram=7)], {"dram": 7},
                                         chips=[(0, 0, {"dram": 7})], empty_chip=empty))
            self.assertEqual(self.warnings(), {})
            self.assertEqual(self.used(self.one()), {"DRAM": 7})
            write(self.dir, CHIP, region(2, [slot(ME, dram=7)], {"dram": 7},
                                         chips=[(4, 1, {"dram": 9})], empty_chip=empty))
            self.assertIn("DRAM of no chip: -2 bytes", self.warnings()["ttmetal.chips"])

    def test_a_process_on_several_chips_is_one_row(self):
        """D31, D32, D47: a device per region; numbers that two regions claim are told
        apart."""
        for index in range(4):
            write(self.dir, CHIP + index,
                  region(3, [slot(ME, dram=index + 1)], {"dram": index + 1}, device=index % 2))
        document = self.snapshot()
        process, = document["processes"]
        self.assertEqual(sum(row["used"] for row in process["memory"]), 10)
        self.assertEqual(len({row["device"] for row in process["memory"]}), 4)
        self.assertEqual({d["uid"] for d in document["devices"]},
                         {str(CHIP + index) for index in range(4)})
        self.assertEqual(len({d["number"] for d in document["devices"]}), 4)

    def test_a_name_with_the_logical_number_is_no_stable_id(self):
        write(self.dir, 2, region(3, [slot(ME, dram=1)], {"dram": 1}, device=2))
        device, = self.snapshot()["devices"]
        self.assertEqual((device["number"], device["uid"]), (2, None))

    # ---- flags ----

    def test_wrapped_counters_are_unknown(self):
        write(self.dir, CHIP, region(1, [slot(ME, kernels=True, dram=2 ** 64 - 4096, l1=5)],
                                     {"dram": 0, "l1": 5}))
        process = self.one()
        self.assertEqual(self.used(process), {"DRAM": None, "L1": 5})
        self.assertIn("wrapped: DRAM", self.reasons(process)[0])
        self.assertIsNone(self.snapshot()["totals"]["used"])

    def test_stale_slots_are_shown_as_such(self):
        pid = nobody_has()
        write(self.dir, CHIP, region(3, [slot(pid, dram=5)], {"dram": 5}))
        process = self.one()
        self.assertEqual((process["pid"], process["state"]), (pid, "unknown"))
        self.assertIn(f"stale: no process {pid} here", self.reasons(process)[0])

    def test_a_recycled_pid_is_flagged(self):
        child = subprocess.Popen(["sleep", "60"], stdout=subprocess.PIPE)
        self.children.append(child)
        old = time.time_ns() - 3600 * 10**9
        boot = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        if boot < 2 * 3600 * 10**9:
            old = time.time_ns() - boot + 10**9
        for updated in (old, 5 * 10**9):  # either clock of the builds
            write(self.dir, CHIP,
                  region(3, [slot(child.pid, updated=updated, dram=5)], {"dram": 5}))
            process = self.one()
            self.assertIn("pid reuse", self.reasons(process)[0])
            self.assertEqual(process["state"], "unknown")
        for updated in (0, 2**63, time.time_ns() + 10**15,
                        time.time_ns() - boot - 10**12):  # not to be believed
            write(self.dir, CHIP,
                  region(3, [slot(child.pid, updated=updated, dram=5)], {"dram": 5}))
            process = self.one()
            self.assertEqual(self.reasons(process), [])
            self.assertIsNone(process["last_event"])

    def test_phantom_bytes_are_said_in_both_directions(self):
        for total, text in ((100, "DRAM of no process: 95 bytes"),
                            (2, "DRAM of no process: -3 bytes")):
            write(self.dir, CHIP, region(3, [slot(ME, dram=5)], {"dram": total}))
            self.assertIn(text, self.warnings()["ttmetal.phantom"])
            self.assertEqual(self.used(self.one()), {"DRAM": 5}, "nobody's are added")

    # ---- files ----

    def test_other_users_files_name_their_owner(self):
        if os.geteuid() != 0 or not shutil.which("setpriv"):
            self.skipTest("needs root and setpriv")
        write(self.dir, CHIP, region(3, [slot(ME, dram=5)], {"dram": 5}), 0o600)
        os.chmod(self.dir, 0o755)
        done = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", TTATOP,
                               "snapshot"], env=self.env, text=True, capture_output=True,
                              check=True, timeout=60)
        warning, = json.loads(done.stdout)["warnings"]
        self.assertEqual(warning["id"], "ttmetal.unreadable")
        self.assertIn("uid 0, mode 0600", warning["text"])
        self.assertIn("Permission denied", warning["text"])

    def test_strange_files_neither_hang_nor_count(self):
        os.mkfifo(os.path.join(self.dir, "tt_device_1_memory"))
        os.mkdir(os.path.join(self.dir, "tt_device_2_memory"))
        os.symlink("/etc/passwd", os.path.join(self.dir, "tt_device_3_memory"))
        for name in ("tt_device__memory", "tt_device_x_memory", "tt_device_5_memory.old",
                     "tt_device_99999999999999999999999_memory", "tt_device_-1_memory"):
            with open(os.path.join(self.dir, name), "wb") as file:
                file.write(region(3, [slot(ME, dram=5)]))
        document = self.snapshot()
        self.assertEqual(document["processes"], [])
        self.assertEqual([(w["id"], w["count"]) for w in document["warnings"]],
                         [("ttmetal.unreadable", 3)])

    def content(self, path):
        with open(path, "rb") as file:
            return file.read(), os.stat(path).st_mtime_ns

    def test_read_never_mapped_never_written(self):
        if not shutil.which("strace"):
            self.skipTest("strace is not installed")
        path = write(self.dir, CHIP, region(3, [slot(nobody_has(), dram=5)], {"dram": 9}))
        before = self.content(path)
        log_ = os.path.join(self.state, "strace")
        subprocess.run(["strace", "-f", "-yy", "-o", log_, TTATOP, "snapshot"],
                       env=dict(self.env, ASAN_OPTIONS="detect_leaks=0"), check=True,
                       stdout=subprocess.DEVNULL, timeout=60)
        with open(log_, encoding="utf-8", errors="replace") as file:
            calls = [line for line in file if "tt_device" in line]
        self.assertTrue(any("pread64" in call for call in calls))
        for call in calls:
            self.assertNotRegex(call, r"mmap|write|unlink|truncate|O_RDWR|O_WRONLY|chmod")
        self.assertEqual(self.content(path), before)

    def test_hostile_names_are_cleaned(self):
        write(self.dir, CHIP, region(3, [slot(ME, b"\x1b[2Jevil\n" + b"x" * 60, dram=5)],
                                     {"dram": 5}))
        self.assertNotIn("\x1b", self.run_top("-1"))
        self.assertEqual(self.one()["comm"], "[2Jevil xxxxxxx")

    # ---- sources ----

    def test_the_source_is_selected(self):
        write(self.dir, CHIP, region(3, [slot(ME, dram=5)], {"dram": 5}))
        self.hold("run", "seed-003")

        def sources(*args):
            return {p["source"] for p in self.snapshot(*args)["processes"]}
        self.assertEqual(sources(), {"native", "tt-metal"})
        self.assertEqual(sources("--source", "native"), {"native"})
        self.assertEqual(sources("--source", "tt-metal"), {"tt-metal"})
        self.assertEqual(sources("--source", "native,tt-metal"), {"native", "tt-metal"})
        self.run_top("snapshot", "--source", "socket", code=2)

    def test_who_publishes_both_ways_is_there_once_with_the_difference(self):
        self.hold("run", "seed-000")
        native, = self.snapshot()["processes"]
        self.assertEqual(self.used(native), {"DRAM": 36864})
        for dram, want in (
                (36864, []),
                (4096, ["tt-metal counts 32768 bytes less DRAM on device 0"]),
                (36865, ["tt-metal counts 1 bytes more DRAM on device 0"])):
            write(self.dir, CHIP,
                  region(3, [slot(native["pid"], dram=dram)], {"dram": dram}, device=0))
            process = self.one()
            self.assertEqual((process["source"], process["memory"]),
                             ("native", native["memory"]))
            self.assertEqual(process["inexact_reasons"], want)

    def test_every_view_and_command_shows_them(self):
        write(self.dir, CHIP, region(3, [slot(ME, l1=4096, dram=1 << 20)],
                                     {"dram": 1 << 20, "l1": 4096}))
        self.assertRegex(self.run_top("-1"), rf"{ME} .*1\.00M.* \? .*python3 \[tt-metal totals\]")
        self.assertRegex(self.run_top("-1", "--view", "devices"), r"tenstorrent|1\.00M")
        rows = list(csv.DictReader(io.StringIO(self.run_top("-1", "--csv"))))
        self.assertEqual([row["pid"] for row in rows], [str(ME)])
        self.run_top("-1", "--view", "buffers")
        self.run_top("-1", "-t")
        before = os.path.join(self.state, "before.json")
        self.run_top("snapshot", "-o", before)
        self.run_top("diff", before)
        write(self.dir, CHIP, region(3, [slot(ME, l1=8192, dram=1 << 20)],
                                     {"dram": 1 << 20, "l1": 8192}))
        self.assertIn("4.00K", self.run_top("diff", before, code=1))
        self.run_top("leaks", "--older", "0", "-d", "0")
        self.run_top("events")
        self.assertIn("tt-metal", self.run_top("doctor", "--only", "ttmetal.region"))


if __name__ == "__main__":
    unittest.main()
