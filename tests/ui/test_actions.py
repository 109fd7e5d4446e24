# SPDX-License-Identifier: BSD-2-Clause
"""What keys change outside of the view: processes, segments, files, the configuration."""
import csv
import json
import os
import re
import subprocess
import sys
import unittest

from terminal import TMUX, TTATOP, TerminalCase, Tmux


class Actions(TerminalCase):
    def setUp(self):
        if not TMUX:
            self.skipTest("tmux is not installed")
        super().setUp()
        self.tmux = Tmux(self)
        self.config = os.path.join(self.state, "config", "ttatop", "config")

    def start(self, *args, ready=r"\[1 Processes\](.*\n)+F1Help"):
        self.tmux.run(" ".join([f"cd {self.state};", TTATOP, "-d", "0.2", *args]))
        self.tmux.expect(ready)

    def publisher(self):
        """The pid of one process that holds 16 buffers."""
        self.hold("run", "seed-000")
        return self.snapshot()["processes"][0]["pid"]

    def path(self, name):
        return os.path.join(self.state, name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def answer(self, name):
        self.tmux.keys("C-u")
        self.tmux.type(name)
        self.tmux.keys("Enter")

    # ---- processes and segments ----

    def test_a_signal_is_sent_and_what_is_left_is_reaped(self):
        pid = self.publisher()
        self.start()
        self.tmux.keys("F9")
        self.tmux.expect(f"Send a signal to {pid} ")
        self.tmux.keys("Down", "Down", "Down", "Down", "Enter")
        self.tmux.expect(f"Send SIGKILL to {pid} ")
        self.tmux.keys("y")
        self.tmux.expect("1 ORPHAN")
        self.tmux.keys("k")
        self.tmux.expect(f"Reap {pid} ")
        self.tmux.keys("n")
        self.tmux.expect(r"\[1 Processes\]")
        self.assertEqual(len(self.segments()), 1)
        self.tmux.keys("k", "y")
        self.tmux.expect("reaped: 1 of 1")
        self.tmux.expect("No publishers found")
        self.assertEqual(self.segments(), [])
        kept = os.listdir(self.path("ttatop/reaped"))
        self.assertEqual(len(kept), 1)
        document = json.loads(self.read(os.path.join("ttatop/reaped", kept[0])))
        self.assertEqual(len(document["buffers"]), 16)

    def test_without_evidence_nothing_is_removed(self):
        pid = self.publisher()
        os.kill(pid, 9)
        with open(self.path("ttatop"), "w", encoding="ascii"):
            pass  # in the way of the state directory
        self.start()
        self.tmux.expect("1 ORPHAN")
        self.tmux.keys("k", "y")
        self.tmux.expect(r"reaped: 0 of 1; pid \d+: save evidence: Not a directory")
        self.assertEqual(len(self.segments()), 1)

    def test_all_tagged_rows_are_taken(self):
        self.demo()
        self.start()
        self.tmux.keys("Space", "Space", "Space")
        self.tmux.expect("3 tagged")
        self.tmux.keys("F9")
        self.tmux.expect("reap what 1 that ended left")
        self.tmux.keys("Enter", "y")
        self.tmux.expect("reaped: 1 of 1")
        self.tmux.keys("F9")
        self.tmux.expect("Send a signal to 2 processes")
        self.tmux.keys("Down", "Down", "Down", "Down", "Enter", "y")
        self.tmux.expect("SIGKILL sent: 2 of 2")
        self.tmux.expect("2 ORPHANS")

    def test_readonly_changes_nothing(self):
        pid = self.publisher()
        self.start("--readonly")
        self.tmux.expect_gone("F9Kill")
        self.tmux.keys("F9", "k", "y", "w", "S", "W", "Enter", "y")
        self.tmux.keys("Escape", "Escape", "?", "End")
        self.tmux.expect("quit")
        self.assertTrue(os.path.exists(f"/proc/{pid}"))
        self.assertFalse(os.path.exists(self.config))

    # ---- files ----

    def test_rows_are_written_but_never_over_a_file(self):
        pid = self.publisher()
        self.start()
        self.tmux.keys("w")
        self.answer("rows.csv")
        self.tmux.expect("rows written to rows.csv")
        rows = list(csv.DictReader(self.read("rows.csv").splitlines()))
        self.assertEqual([row["pid"] for row in rows], [str(pid)])
        self.assertEqual(rows[0]["buf"], "16")
        self.tmux.keys("w")
        self.answer("rows.txt")
        self.tmux.expect("rows written to rows.txt")
        self.assertIn(f" {pid} ", self.read("rows.txt"))
        before = self.read("rows.txt")
        self.tmux.keys("3", "w")
        self.answer("rows.txt")
        self.tmux.expect("not written: it exists: rows.txt")
        self.assertEqual(self.read("rows.txt"), before)
        self.tmux.keys("w")
        self.answer("no/such/folder")
        self.tmux.expect("not written: No such file or directory: no/such/folder")

    def test_a_snapshot_is_one_that_the_commands_read(self):
        self.publisher()
        self.start()
        self.tmux.keys("S", "Enter")
        name = self.tmux.expect(r"snapshot written to (ttatop-\S+\.json)").group(1)
        document = json.loads(self.read(name))
        self.assertEqual(document["schema"], "ttatop.snapshot")
        self.assertEqual(len(document["buffers"]), 16)
        self.run_top("diff", self.path(name), "live")
        self.tmux.keys("S")
        self.answer(name)
        self.tmux.expect("not written: it exists: ")

    # ---- the configuration ----

    def write_config(self, text):
        os.makedirs(os.path.dirname(self.config), exist_ok=True)
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(text)

    def setup_palette(self):
        self.tmux.keys("F2", "Right")
        self.tmux.expect("palette +safe")
        self.tmux.keys("W")

    def test_nothing_is_written_until_it_is_asked_for(self):
        self.start()
        self.tmux.keys("F2", "Right", "Escape", "q")
        self.tmux.expect("ENDED 0")
        self.assertFalse(os.path.exists(self.config))

    def test_what_is_written_is_there_the_next_time(self):
        self.start()
        self.setup_palette()
        self.tmux.expect("settings written to")
        self.assertEqual(os.stat(self.config).st_mode & 0o777, 0o644 & ~self.umask())
        self.assertIn("palette = safe\n", self.run_top("config", "show"))
        self.run_top("config", "check")
        self.start()
        self.tmux.keys("F2")
        self.tmux.expect("palette +safe")

    def umask(self):
        mask = os.umask(0)
        os.umask(mask)
        return mask

    def test_comments_and_unknown_lines_stay(self):
        self.write_config("# mine\npalette=default   # not for me\nfuture = 1\n\nwarn = 70\n")
        self.start(ready="configuration: 1 wrong")
        self.setup_palette()
        self.tmux.expect("settings written to")
        with open(self.config, encoding="utf-8") as file:
            text = file.read()
        self.assertTrue(text.startswith(
            "# mine\npalette = safe  # not for me\nfuture = 1\n\nwarn = 70\n"), text)
        self.assertEqual(text.count("palette"), 1)
        self.assertIn("mouse = yes\n", text)

    def test_a_link_and_foreign_files_are_left_alone(self):
        self.write_config("")
        os.rename(self.config, self.path("elsewhere"))
        os.symlink(self.path("elsewhere"), self.config)
        self.start()
        self.setup_palette()
        self.tmux.expect("not written: it is a link: ")
        self.assertEqual(self.read("elsewhere"), "")
        if os.geteuid() != 0:
            return
        os.unlink(self.config)
        self.write_config("")
        os.chown(self.config, 12345, -1)
        self.start()
        self.setup_palette()
        self.tmux.expect("not written: it belongs to somebody else: ")

    def test_lines_that_make_no_sense_are_said_and_ignored(self):
        self.write_config("palette = safe\nnonsense\ncolour = no\nwarn = 101\n"
                          "columns.buffers = addr,nothing\ndelay = 5\n")
        done = self.run_check()
        self.assertEqual([re.sub(".*config:", "", line) for line in done], [
            "2: not of the form key = value: ignored",
            "3: no such setting 'colour': ignored",
            "4: warn takes: a memory this full, in percent, is yellow: not '101': ignored",
            "5: columns.buffers takes: columns and their order: a,b,c or +a,-b: "
            "not 'addr,nothing': ignored"])
        shown = self.run_top("config", "show")
        self.assertIn("delay = 5\n", shown)
        self.assertIn("warn = 80\n", shown)
        self.tmux.run(f"{TTATOP}")
        self.tmux.expect("configuration: 4 wrong: run ttatop config check")

    def run_check(self):
        done = subprocess.run([TTATOP, "config", "check"], env=self.env, text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 1)
        return done.stderr.splitlines()

    def test_options_win_and_tables_do_not_depend_on_it(self):
        self.publisher()
        self.write_config("columns.processes = pid,state\ndelay = 30\nheader = no\n")
        self.assertIn("COMMAND", self.run_top())
        self.start(ready="F10Quit")
        self.tmux.expect_gone("COMMAND")
        self.tmux.expect_gone("DRAM▽")
        self.start("-c", "pid,command", ready="F10Quit")
        self.tmux.expect("COMMAND")
        other = self.path("other")
        with open(other, "w", encoding="ascii") as file:
            file.write("header = yes\n")
        self.start("--config", other)
        self.env["TTATOP_CONFIG"] = other
        self.assertEqual(self.run_top("config", "path"), other + "\n")
        del self.env["TTATOP_CONFIG"]
        self.assertEqual(self.run_top("config", "path"), self.config + "\n")


if __name__ == "__main__":
    unittest.main(argv=sys.argv, verbosity=2)
