#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""tools/soak for a quarter of a minute, and that it sees what is wrong."""
import copy
import glob
import importlib.machinery
import importlib.util
import os
import signal
import subprocess
import sys
import time
import unittest

import support

sys.path.insert(0, os.path.join(support.SOURCE, "tools", "lib"))
import soak_judge
import soak_stage
import soak_truth

SOAK = os.path.join(support.SOURCE, "tools", "soak")
WORKER = os.path.join(support.BIN, "tta-soak-worker")


def soak(*args, programs=support.BIN):
    """As subprocess.run(), and its pid."""
    with subprocess.Popen([SOAK, "--bin", programs, *args], text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as run:
        out, err = run.communicate(timeout=150)
        return subprocess.CompletedProcess(run.args, run.returncode, out, err), run.pid


def left_by(pid):
    return glob.glob(f"/dev/shm/tta-test-soak-{pid}-*")


class Soak(unittest.TestCase):
    def test_every_number_reconciles(self):
        done, pid = soak("--minutes", "0.25", "--seed", "1")
        print(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"(?m)^mismatches +0$")
        self.assertEqual(left_by(pid), [])

    def test_a_reaper_that_does_nothing_is_seen(self):
        with support.tempfile.TemporaryDirectory() as programs:
            for name in ("tta-soak-worker", "leaky_simple"):
                os.symlink(os.path.join(support.BIN, name), os.path.join(programs, name))
            top = os.path.join(programs, "ttatop")
            with open(top, "w", encoding="utf-8") as file:
                file.write("#!/bin/sh\n[ \"$1\" = reap ] && exit 0\n"
                           f"exec {support.TTATOP} \"$@\"\n")
            os.chmod(top, 0o755)
            done, _ = soak("--minutes", "0.1", "--seed", "7", programs=programs)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("left in the segment directory", done.stderr)
        self.assertIn("held something, and nobody saw it", done.stderr)
        self.assertIn("repeat with tools/soak --minutes 0.1 --seed 7", done.stderr)

    def test_a_signal_ends_it_and_leaves_nothing(self):
        with subprocess.Popen([SOAK, "--bin", support.BIN], stdout=subprocess.DEVNULL) as run:
            time.sleep(3)
            self.assertEqual(len(left_by(run.pid)), 1)
            run.send_signal(signal.SIGTERM)
            self.assertEqual(run.wait(30), 2)
        self.assertEqual(left_by(run.pid), [])

    def test_usage(self):
        for args in (("--minutes", "0"), ("--minutes", "x"), ("--seed", "x"), ("more",)):
            done, _ = soak(*args)
            self.assertEqual(done.returncode, 2, args)
            self.assertIn("--help", done.stderr)

    def test_what_grows_is_a_mismatch(self):
        stage = soak_stage.Stage(support.BIN, 60, 1)
        self.addCleanup(stage.close)
        limit = soak_stage.GROWTH_KIB["publisher"]
        before = {"publisher 0": (1000, 5000, 8)}
        stage.compare_held(before, {"publisher 0": (1000 + limit, 9000, 8)})
        self.assertEqual(stage.mismatches, [])
        stage.compare_held(before, {"publisher 0": (1001 + limit, 9000, 9)})
        self.assertEqual(len(stage.mismatches), 2, stage.mismatches)

    def test_what_was_not_exercised_is_a_mismatch(self):
        loader = importlib.machinery.SourceFileLoader("soak", SOAK)
        module = importlib.util.module_from_spec(
            importlib.util.spec_from_loader("soak", loader))
        loader.exec_module(module)
        for seconds, missing, wanted in ((15, "", 0), (15, "renewals", 1),
                                         (15, "group frees", 1), (6, "renewals", 0)):
            stage = soak_stage.Stage(support.BIN, seconds, 1)
            self.addCleanup(stage.close)
            stage.figures.update(module.EXERCISED + module.EXERCISED_IN_TIME)
            stage.figures[missing] = 0
            self.assertEqual(module.report(stage, "nothing"), wanted, missing)


class Judge(support.Case):
    """A real publisher; then each number of it is made wrong."""

    def setUp(self):
        super().setUp()
        self.truths = os.path.join(self.state, "truth")
        os.mkdir(self.truths)

    def publish_until(self, wanted):
        """What happens by chance happens in a life that is long enough."""
        for life_ms in (100 << i for i in range(9)):
            truth, process = self.publish("residue", life_ms)
            if wanted(truth):
                return truth, process
        return self.fail("it did not happen")

    def publish(self, ending, life_ms=100):
        with subprocess.Popen([WORKER, self.truths, "5", "0", str(life_ms), ending, "2",
                               "64"], env=self.env) as worker:
            self.assertEqual(worker.wait(60), 0)
        self.document = self.snapshot()
        process, = (p for p in self.document["processes"] if p["pid"] == worker.pid)
        path, = glob.glob(os.path.join(self.truths, f"{process['pid']}.*"))
        return soak_truth.read(path), process

    def forget_others(self, process):
        """No entries but its own; they, to be changed."""
        self.document["buffers"] = [buffer for buffer in self.document["buffers"]
                                    if buffer["segment"] == process["segment"]]
        return self.document["buffers"]

    def memory_of(self, process, row):
        return next(m for m in process["memory"] if row == (
            self.document["devices"][m["device"]]["number"], m["type"]))

    def differ(self, truth, process):
        return list(soak_judge.differences(truth,
                                           soak_judge.Shown(self.document, process)))

    def test_each_number_counts(self):
        truth, process = self.publish_until(lambda truth: truth.closed)
        self.assertEqual(self.differ(truth, process), [])
        for change in (lambda p: p.update(closed=p["closed"] + 1),
                       lambda p: p.update(closed=p["closed"] - 1),
                       lambda p: p.update(events=p["events"] - 1),
                       lambda p: p.update(uncertain=1),
                       lambda p: p.update(unknown_frees=1),
                       lambda p: p.update(inexact_reasons=["1 uncertain event"]),
                       lambda p: p["memory"].pop()):
            wrong = copy.deepcopy(process)
            change(wrong)
            self.assertNotEqual(self.differ(truth, wrong), [])
        for key in ("used", "allocs", "frees", "buffers", "refs"):
            wrong = copy.deepcopy(process)
            wrong["memory"][0][key] += 1
            self.assertNotEqual(self.differ(truth, wrong), [], key)

    def test_each_entry_counts(self):
        truth, process = self.publish("residue")
        buffers = self.forget_others(process)
        for key in ("size", "refs", "views"):
            buffers[0][key] += 1
            self.assertNotEqual(self.differ(truth, process), [], key)
            self.assertEqual(bool(list(soak_judge.disagreements(
                soak_judge.Shown(self.document, process), truth.lost, truth.lost))),
                key != "views")
            buffers[0][key] -= 1
        self.assertEqual(self.differ(truth, process), [])
        buffers.pop()
        self.assertNotEqual(self.differ(truth, process), [])

    def test_only_what_was_in_flight_may_differ(self):
        truth, process = self.publish("residue")
        flying = soak_truth.Event(soak_truth.ALLOC, (0, "DRAM"), 0x7fff00000, 4096,
                                  soak_truth.Entry(0, 0, 0), {})
        truth.flying, truth.begun = [flying], truth.done + 1
        self.assertEqual(self.differ(truth, process), [])  # it did not happen
        process["events"] += 1
        self.assertNotEqual(self.differ(truth, process), [])  # or only half
        row = self.memory_of(process, (0, "DRAM"))
        row.update(allocs=row["allocs"] + 1, used=row["used"] + 4096, refs=row["refs"] + 1,
                   buffers=row["buffers"] + 1)
        self.document["buffers"].append(dict(
            self.document["buffers"][0], device=row["device"], type="DRAM",
            segment=process["segment"], addr="0x7fff00000", size=4096, refs=1, views=0))
        self.assertEqual(self.differ(truth, process), [])  # it happened

    def publish_own(self):
        """With what one thread has on a device of its own."""
        def members_of(truth):
            return {key: entry for key, entry in truth.entries.items()
                    if key[0] == soak_truth.DEVICES}

        truth, process = self.publish_until(lambda truth: len(members_of(truth)) > 3)
        self.forget_others(process)
        return truth, process, members_of(truth)

    def flying_close(self, truth, members):
        truth.flying = [soak_truth.Event(
            soak_truth.CLOSE_DEVICE, (soak_truth.DEVICES, "DRAM"), 0, 0,
            soak_truth.Entry(0, 0, 0), members)]
        truth.begun = truth.done + len(members)

    def unlist(self, process, key):
        device, kind, address = key
        buffers = self.document["buffers"]
        buffers.remove(next(b for b in buffers if int(b["addr"], 16) == address))
        self.memory_of(process, (device, kind))["buffers"] -= 1

    def count_close(self, process, key, entry):
        row = self.memory_of(process, key[:2])
        row.update(frees=row["frees"] + entry.refs, refs=row["refs"] - entry.refs,
                   used=row["used"] - entry.size)

    def test_a_call_that_ends_many_may_be_anywhere_among_them(self):
        truth, process, members = self.publish_own()
        self.flying_close(truth, members)
        self.assertEqual(self.differ(truth, process), [])  # it ended none
        for key, entry in list(members.items())[:-2]:
            self.unlist(process, key)
            self.assertNotEqual(self.differ(truth, process), [])
            self.count_close(process, key, entry)
            self.assertNotEqual(self.differ(truth, process), [])
            process["events"] += 1
            self.assertNotEqual(self.differ(truth, process), [])
            process["closed"] += 1
            self.assertEqual(self.differ(truth, process), [])  # this one, too

    def test_one_of_many_may_be_uncertain(self):
        truth, process, members = self.publish_own()
        self.flying_close(truth, members)
        one, other = list(members.items())[:2]
        process.update(uncertain=1, inexact_reasons=["1 uncertain event"])
        self.assertEqual(self.differ(truth, process), [])
        self.unlist(process, one[0])
        self.assertEqual(self.differ(truth, process), [])
        process["closed"] += 1
        self.assertEqual(self.differ(truth, process), [])
        self.count_close(process, *one)
        self.assertEqual(self.differ(truth, process), [])
        self.unlist(process, other[0])
        self.assertNotEqual(self.differ(truth, process), [])  # two of them

    def test_what_a_new_table_lost_counts(self):
        truth, process = self.publish_until(
            lambda truth: any(lost.refs for lost in truth.lost.values()))
        self.assertEqual(self.differ(truth, process), [])
        shown = soak_judge.Shown(self.document, process)
        self.assertEqual(list(soak_judge.disagreements(shown, truth.lost, truth.lost)), [])
        self.assertNotEqual(list(soak_judge.disagreements(shown, {}, {})), [])
        row, lost = max(truth.lost.items(), key=lambda item: item[1].refs)
        for changed in (soak_truth.Lost(lost.bytes, lost.refs - 1),
                        soak_truth.Lost(lost.bytes - 1, lost.refs)):
            truth.lost[row] = changed
            self.assertNotEqual(
                list(soak_judge.disagreements(shown, truth.lost, truth.lost)), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
