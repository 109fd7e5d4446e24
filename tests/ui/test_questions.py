# SPDX-License-Identifier: BSD-2-Clause
"""What people ask, answered in at most three keys from the first screen, at 80x24."""
import re
import unittest

from terminal import TMUX, TTATOP, TerminalCase, Tmux

MOST_KEYS = 3


@unittest.skipUnless(TMUX, "tmux is not installed")
class Questions(TerminalCase):
    def setUp(self):
        super().setUp()
        self.demo()
        self.tmux = Tmux(self, 80, 24)
        self.tmux.run(f"{TTATOP} -d 0.2")
        self.tmux.expect(r"\[1 Processes\]")

    def ask(self, *keys):
        self.assertLessEqual(len(keys), MOST_KEYS)
        self.tmux.keys(*keys)

    def pid_of(self, words):
        process, = (process for process in self.snapshot()["processes"]
                    if words in process["cmdline"])
        return process["pid"]

    def test_who_holds_device_3(self):
        holders = [self.pid_of(words) for words in ("serve.py", "verify_cleanup",
                                                    "accumulation")]
        self.ask("2", "t")
        row = self.tmux.expect(r"\n +3 DRAM .*").group(0)
        # As many as the column has room for, and how many more.
        listed = re.search(r"((?: \d+)+)(?: \+(\d+))?\s*$", row)
        named = [int(pid) for pid in listed[1].split()]
        self.assertEqual(named, holders[:len(named)], row)
        self.assertEqual(len(named) + int(listed[2] or 0), len(holders), row)
        # Each by name, once its row is chosen.
        self.tmux.keys("Down", "Down", "Down")
        self.tmux.expect(rf"dev 3 held by {holders[0]} \S+ python")

    def test_what_grew_since_the_baseline(self):
        self.ask("b")
        self.tmux.expect("base '")
        self.ask("5")
        self.tmux.expect(r"net [+-]?\S+ +[+-]?\d+ buf")
        self.tmux.expect(r"\n\S+ \d+ +[0-7,-]+ +\w+ +\S+ +\S+ +\+\d\S* +\d+ .* (grown|new)")

    def test_what_is_older(self):
        self.ask("3", "T")
        self.tmux.expect("AGE▽")
        self.assertRegex(self.tmux.screen(), r"AGE▽.*\n0x00200000 +128M DRAM .* weights")
        self.tmux.keys("1")
        self.tmux.expect(r"\[1 Processes\]")
        self.ask("3", "o", "Enter")
        self.tmux.expect(r"Filter: age>60s")

    def test_what_is_suspicious_and_why(self):
        self.ask("3", "n")
        self.tmux.expect("\n  (OVL|DUP|SZ|DANG|ORPH) [a-z]+")
        self.tmux.keys("1")
        self.ask("4", "n")
        self.tmux.expect("allocated again while live|with another size|never held")

    def flagged(self, flag):
        """A buffer with @flag, and what it means."""
        self.tmux.keys("3")
        self.tmux.keys("F4", "C-u")
        self.tmux.type(flag)
        self.tmux.keys("Enter")
        self.tmux.expect(rf"\n0x\w+ .*{flag}.*\n")
        self.tmux.expect(rf"\n  .*{flag} [a-z]+ ")

    def test_every_kind_of_suspicion_is_there(self):
        for flag in ("ORPH", "DUP", "SZ", "OVL", "DANG"):
            with self.subTest(flag=flag):
                self.flagged(flag)
        self.tmux.keys("Escape", "4", "F4", "C-u")
        self.tmux.type("'no such'")
        self.tmux.keys("Enter")
        self.tmux.expect(r"free\? +0x32000000")

    def test_which_process_leaks_what_where_and_since_when(self):
        orphan = self.pid_of("accumulation")
        self.ask("n")
        self.tmux.expect(rf"{orphan} is DEAD: 19 buffers never freed \(16 DRAM, 3 L1\)")
        self.ask("Enter")
        self.tmux.expect(rf"Filter: pid {orphan}")
        screen = self.tmux.screen()
        devices = {int(device) for device in re.findall(
            rf"\n0x3ffff000 24.0K DRAM +(\d) +{orphan} +1 +<?\d+\w ORPH DUP", screen)}
        self.assertEqual(devices, set(range(8)), screen)
        self.tmux.expect(r"\d\d:\d\d:\d\d\.\d{6}  alloc +24.0K  ref 1")


if __name__ == "__main__":
    unittest.main(verbosity=2)
