#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""ttatop check: the leak gate, with real processes, leaks, daemons and a git history."""
import json
import os
import shutil
import signal
import subprocess
import time
import unittest
import xml.etree.ElementTree

from support import BIN, SIM, SOURCE, TTATOP, Case, log

RUN1 = log("seed-001-accumulation-run1.log")


def program(name):
    return os.path.join(BIN, "leaky_" + name)


def symbol(path, name):
    """Address and size of a function."""
    for line in subprocess.run(["nm", "-S", path], check=True, text=True,
                               capture_output=True).stdout.splitlines():
        words = line.split()
        if len(words) == 4 and words[3] == name:
            return int(words[0], 16), int(words[1], 16)
    raise AssertionError(f"{path} has no {name}")


class Check(Case):
    def tearDown(self):
        for pid in self.daemons():
            os.kill(pid, signal.SIGKILL)
        super().tearDown()

    def path(self, name):
        return os.path.join(self.state, name)

    def daemons(self):
        """Pids that hooks and programs wrote down and that still run."""
        try:
            with open(self.path("pids"), encoding="ascii") as file:
                pids = [int(line) for line in file]
        except FileNotFoundError:
            return []
        return [pid for pid in pids if os.path.exists(f"/proc/{pid}")]

    def check(self, *args, code=0, **options):
        """Text and errors of ttatop check ARGS."""
        done = subprocess.run([TTATOP, "check", *args], env=self.env, text=True,
                              timeout=120, capture_output=True, errors="replace",
                              stdin=subprocess.DEVNULL, **options)
        self.assertEqual(done.returncode, code,
                         f"check {args}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def report(self, *args, code=0):
        """The JSON document, which follows its schema."""
        document = json.loads(self.check("--json", *args, code=code).stdout)
        self.assertEqual(document["exit_code"], code)
        try:
            import jsonschema
        except ImportError:
            return document
        schema = os.path.join(SOURCE, "viewer", "schemas", "ttatop.check.v1.json")
        with open(schema, encoding="utf-8") as file:
            jsonschema.validate(document, json.load(file))
        return document

    def one_class(self, document):
        self.assertEqual(len(document["classes"]), 1, document["classes"])
        return document["classes"][0]


class Verdicts(Check):
    def test_the_accumulation_of_seed_001_is_growing(self):
        document = self.report("-n", "3", "-w", "0", "--", SIM, "log", RUN1, code=1)
        self.assertEqual(document["verdict"], "growing")
        totals = {(t["device"]["number"], t["type"]): t for t in document["totals"]}
        self.assertEqual(sorted(totals), [(0, "DRAM"), (0, "L1")] +
                         [(n, "DRAM") for n in range(1, 8)])
        for (_, kind), total in totals.items():
            held = [run["bytes"] for run in total["per_run"]]
            each = 36864 if kind == "DRAM" else 12288
            self.assertEqual(held, [0, each, 2 * each, 3 * each])
            self.assertEqual(total["slope"]["bytes"], each)
        for found in document["classes"]:
            dram = found["type"] == "DRAM"
            self.assertEqual((found["allocs"], found["frees"]), (2, 1) if dram else (1, 0))
            self.assertEqual(found["verdict"], "growing")
            self.assertTrue(found["exit_residue"])
            self.assertTrue(found["fails"])
        sizes = sorted({(c["type"], c["size"]): c["addresses"]
                        for c in document["classes"]}.items())
        self.assertEqual(sizes, [(("DRAM", 12288), ["0x3ffff800"]),
                                 (("DRAM", 24576), ["0x3ffff000"]),
                                 (("L1", 4096), ["0x18b20", "0x19b20", "0x1ab20"])])
        self.assertEqual([r["residue"]["buffers"] for r in document["runs"]],
                         [0, 19, 38, 57])
        self.assertEqual(self.segments(), [], "segments of the check are still there")

    def test_the_text_says_the_same(self):
        text = self.check("-n", "3", "-w", "0", "--bytes", "--", SIM, "log", RUN1,
                          code=1).stdout
        for part in ("GROWING   dev 0-7", "+36864 DRAM on each of dev 0-7",
                     "+12288 L1 on dev 0", "allocated 2x, freed 1x",
                     "allocated 1x, freed 0x", "exit residue", "check: FAIL",
                     "run 3/3"):
            self.assertIn(part, text)

    def test_a_healthy_run_is_clean(self):
        document = self.report("-n", "2", "--", SIM, "run", "mesh")
        self.assertEqual((document["verdict"], document["classes"]), ("clean", []))
        self.assertEqual([run["kind"] for run in document["runs"]],
                         ["warm-up", "run", "run"])
        self.assertEqual(self.segments(), [])

    def test_what_cannot_be_judged_is_125_and_what_cannot_run_126_or_127(self):
        self.assertIn("no publisher", self.check("--", "/bin/true", code=125).stdout)
        self.assertIn("exit 1", self.check("--", "/bin/false", code=125).stdout)
        self.check("-i", "--", "/bin/false", code=125)
        self.check("--", "no-such-command", code=127)
        self.check("--", "/etc/passwd", code=126)
        for args in (["-n", "0", "--", "true"], ["--nonsense"], [], ["-l", "x", "true"],
                     ["--suppress", "/nonexistent", "true"], ["--settle", "x", "true"]):
            done = self.check(*args, code=125)
            self.assertTrue(done.stderr.startswith("ttatop: check: "), done.stderr)

    def test_a_failing_run_is_not_judged_unless_told(self):
        fail = ["sh", "-c", f"{program('simple')}; exit 3"]
        document = self.report("-n", "2", "--", *fail, code=125)
        self.assertEqual(document["verdict"], "unjudged")
        self.assertIn("exit 3", document["unjudged"][0])
        self.assertEqual(self.report("-n", "2", "-i", "--", *fail, code=1)["verdict"],
                         "growing")

    def test_detail_that_is_unknown_is_125(self):
        scenario = self.path("unknown.scn")
        with open(scenario, "w", encoding="ascii") as file:
            file.write("process p\nlevel p counters\nalloc p 0 DRAM 0x1000 4K\n"
                       "free p 0 DRAM 0x1000\nexit p\n")
        document = self.report("-n", "2", "--", SIM, "run", scenario, code=125)
        self.assertTrue(any("without size" in r for r in document["unjudged"]),
                        document["unjudged"])

    def test_bytes_without_an_entry_count(self):
        scenario = self.path("add.scn")
        with open(scenario, "w", encoding="ascii") as file:
            file.write("process p\nadd p 0 DRAM 4096\nadd p 0 DRAM -96\nexit p\n")
        found = self.one_class(self.report("-n", "2", "-w", "0", "--", SIM, "run", scenario,
                                           code=1))
        self.assertIsNone(found["size"])
        self.assertEqual(found["slope"]["bytes"], 4000)

    def test_killed_processes_leave_exit_residue(self):
        scenario = self.path("killed.scn")
        with open(scenario, "w", encoding="ascii") as file:
            file.write("process p\nalloc p 0 L1 0x1000 4K x 2 label \"cb\"\nkill p\n")
        found = self.one_class(self.report("-n", "2", "--", SIM, "run", scenario, code=1))
        self.assertEqual((found["label"], found["exit_residue"]), ("cb", True))
        self.assertEqual(found["slope"], {"bytes": 8192, "buffers": 2, "refs": 2})


class Programs(Check):
    def check_site(self, found, name, function):
        start, size = symbol(program(name), function)
        self.assertEqual(found["sites"], [found["site"]])
        self.assertTrue(start <= int(found["site"], 16) < start + size, found["site"])

    def test_a_leak_in_a_small_program(self):
        document = self.report("-n", "3", "--", program("simple"), code=1)
        found = self.one_class(document)
        self.assertEqual((found["device"]["number"], found["type"], found["size"],
                          found["label"], found["addresses"]),
                         (2, "DRAM", 24576, "kv_cache", ["0x40000"]))
        self.assertEqual([r["bytes"] for r in found["per_run"]],
                         [n * 24576 for n in range(1, 5)])
        self.assertEqual((found["allocs"], found["frees"]), (1, 0))
        self.check_site(found, "simple", "leak_here")
        text = self.check("-n", "1", "--", program("simple"), code=1).stdout
        self.assertIn(f"site {found['site']}", text)
        self.assertIn("kv_cache", text)
        self.assertEqual(self.report("-n", "2", "--", program("simple"), "fixed")["verdict"],
                         "clean")

    def test_a_leak_in_threads(self):
        found = self.one_class(self.report("-n", "2", "--", program("threaded"), code=1))
        self.assertEqual((found["type"], found["size"], found["label"],
                          len(found["addresses"])), ("L1", 8192, "scratch", 4))
        self.assertEqual(found["slope"], {"bytes": 4 * 8192, "buffers": 4, "refs": 4})
        self.check_site(found, "threaded", "work")

    def test_a_leak_in_children(self):
        document = self.report("-n", "2", "--", program("forking"), code=1)
        self.assertEqual([c["device"]["number"] for c in document["classes"]], [0, 1, 2])
        for found in document["classes"]:
            self.assertEqual((found["size"], found["label"]), (12288, "worker"))
            self.assertEqual(found["slope"]["buffers"], 1)
            self.assertTrue(found["exit_residue"])
            self.check_site(found, "forking", "child")
        text = self.check("-n", "2", "--", program("forking"), code=1).stdout
        self.assertIn("GROWING   dev 0-2", text)

    def test_a_daemon_of_each_run_counts(self):
        document = self.report("-n", "2", "--", program("daemon"), self.path("pids"), code=1)
        found = self.one_class(document)
        self.assertEqual((found["size"], found["exit_residue"]), (28672, False))
        self.assertEqual(len(self.daemons()), 3, "check ended a daemon")

    def test_more_processes_than_a_machine_keeps_segments_of(self):
        """The 64 newest ended segments are kept; what a run left must not shrink."""
        scenario = self.path("many.scn")
        with open(scenario, "w", encoding="ascii") as file:
            for number in range(20):
                file.write(f"process p{number}\nalloc p{number} 0 DRAM 0x1000 4K\n"
                           f"exit p{number}\n")
        found = self.one_class(self.report("-n", "5", "-w", "0", "--", SIM, "run", scenario,
                                           code=1))
        self.assertEqual([r["buffers"] for r in found["per_run"]],
                         [0, 20, 40, 60, 80, 100])


class Marks(Check):
    def rounds(self, what, *args, code=0):
        return self.report("--marks", "round", *args, "--", program("rounds"), what,
                           code=code)

    def test_growth_inside_one_process(self):
        found = self.one_class(self.rounds("bytes", code=1))
        self.assertIsNone(found["size"])
        self.assertEqual(found["verdicts"], {"bytes": "growing", "buffers": "growing",
                                             "refs": "growing"})
        # 6 marks, one for warm-up, the next is the base
        self.assertEqual([r["bytes"] for r in found["per_run"]],
                         [n * 4096 for n in range(3, 8)])

    def test_references_that_grow_at_constant_bytes(self):
        found = self.one_class(self.rounds("refs", code=1))
        self.assertEqual(found["verdicts"], {"bytes": "constant", "buffers": "constant",
                                             "refs": "growing"})
        self.assertEqual(found["slope"], {"bytes": 0, "buffers": 0, "refs": 1})
        text = self.check("--marks", "round", "--", program("rounds"), "refs", code=1).stdout
        self.assertIn("+1 ref per run", text)
        self.rounds("refs", "-l", "refs=1")

    def test_constant_is_constant_and_noise_is_no_growth(self):
        self.assertEqual(self.rounds("constant")["verdict"], "constant")
        self.assertEqual(self.rounds("constant", "--strict", code=1)["verdict"], "constant")
        self.assertEqual(self.rounds("noisy", "-n", "4")["verdict"], "noisy")
        self.assertEqual(self.rounds("clean")["verdict"], "clean")

    def test_marks_that_are_missing_are_125(self):
        document = self.report("--marks", "other", "--", program("rounds"), code=125)
        self.assertIn("mark 'other'", document["unjudged"][0])
        self.rounds("bytes", "-n", "9", code=125)

    def test_the_rounds_of_seed_004(self):
        document = self.report("--marks", "*", "-w", "0", "--", SIM, "run", "seed-004",
                               code=1)
        slopes = [c["slope"]["bytes"] for c in document["classes"] if c["type"] == "DRAM"]
        self.assertEqual(sum(slopes), 14 << 20)


class Hooks(Check):
    def stop_daemons(self):
        return f"kill $(cat {self.path('pids')})"

    def test_a_daemon_of_setup_is_constant(self):
        args = ["-n", "2", "--setup", f"{program('daemon')} {self.path('pids')}",
                "--cleanup", self.stop_daemons(), "--", program("simple"), "fixed"]
        document = self.report(*args)
        self.assertEqual(document["verdict"], "constant")
        self.assertFalse(self.one_class(document)["exit_residue"])
        self.assertTrue(self.until(lambda: not self.daemons()))
        os.unlink(self.path("pids"))
        self.assertEqual(self.report("--strict", *args, code=1)["verdict"], "constant")

    def test_a_daemon_with_the_residue_of_seed_001(self):
        out = self.path("out")
        setup = (f"{SIM} log {RUN1} --hold >{out} 2>&1 & echo $! >{self.path('pids')}; "
                 f"until grep -q ready {out}; do sleep 0.05; done")
        document = self.report("-n", "2", "-w", "0", "--setup", setup, "--cleanup",
                               self.stop_daemons(), "--", SIM, "run", "mesh")
        self.assertEqual(document["verdict"], "constant")
        self.assertEqual(document["runs"][0]["residue"]["bytes"], 307200)

    def test_they_come_in_order_and_know_the_run_id(self):
        trace = self.path("trace")
        hook = "echo {} $TTA_RUN_ID >>" + trace
        document = self.report("-n", "2", "-w", "1", "--setup", hook.format("setup"),
                               "--prepare", hook.format("prepare"), "--conclude",
                               hook.format("conclude"), "--cleanup",
                               hook.format("cleanup"), "--", "sh", "-c",
                               hook.format("run") + f"; {program('simple')} fixed")
        with open(trace, encoding="ascii") as file:
            words = [line.split() for line in file]
        self.assertEqual([word[0] for word in words],
                         ["setup"] + ["prepare", "run", "conclude"] * 3 + ["cleanup"])
        self.assertEqual({word[1] for word in words}, {document["run_id"]})
        self.assertTrue(document["run_id"].startswith("check-"))

    def test_one_that_fails_is_125_and_cleanup_comes_all_the_same(self):
        for option in ("--setup", "--prepare", "--conclude"):
            mark = self.path("cleaned" + option)
            done = self.check(option, "exit 4", "--cleanup", f"touch {mark}", "--",
                              program("simple"), "fixed", code=125)
            self.assertIn(f"{option} 'exit 4': exit 4", done.stdout)
            self.assertTrue(os.path.exists(mark), option)
        mark = self.path("cleaned")
        self.check("--cleanup", f"touch {mark}", "--", "no-such-command", code=127)
        self.assertTrue(os.path.exists(mark))
        self.check("--cleanup", "exit 1", "--", "no-such-command", code=127)
        self.check("--cleanup", "exit 1", "-n", "1", "--", program("simple"), "fixed",
                   code=125)
        self.check("--cleanup", "exit 1", "-n", "1", "--", program("simple"), code=1)


class Ends(Check):
    def test_a_timeout_ends_the_group_and_nobody_else(self):
        pids = self.path("pids")
        line = f"sleep 60 & echo $! >{pids}; trap '' TERM; sleep 60"
        start = time.monotonic()
        done = self.check("--timeout", "300ms", "--", "sh", "-c", line, code=125)
        self.assertLess(time.monotonic() - start, 30)
        self.assertIn("longer than --timeout", done.stdout)
        self.assertTrue(self.until(lambda: not self.daemons()), "a member still runs")

    def test_a_signal_ends_the_command_then_us(self):
        pids, mark = self.path("pids"), self.path("cleaned")
        line = f"echo $$ >{pids}; exec sleep 60"
        child = subprocess.Popen([TTATOP, "check", "--cleanup", f"touch {mark}", "--",
                                  "sh", "-c", line], env=self.env, text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertTrue(self.until(self.daemons))
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=30)
        self.assertEqual(child.returncode, -signal.SIGTERM)
        self.assertEqual(self.daemons(), [])
        self.assertTrue(os.path.exists(mark))

    def test_output_of_the_command_goes_through(self):
        line = f"echo from-the-command; {program('simple')} fixed"
        done = self.check("-n", "1", "--", "sh", "-c", line)
        self.assertEqual(done.stdout.count("\nfrom-the-command\n"), 2)
        done = self.check("-n", "1", "--json", "--", "sh", "-c", line)
        self.assertEqual(done.stderr.count("from-the-command\n"), 2)
        self.assertIn("pass", done.stderr)
        json.loads(done.stdout)
        done = self.check("-n", "1", "--json", "-q", "--", program("simple"), "fixed")
        self.assertEqual(done.stderr, "")


class Choices(Check):
    def test_a_neighbour_does_not_count_unless_all_do(self):
        self.hold("log", RUN1)
        args = ["-n", "1", "-w", "0", "--", program("simple"), "fixed"]
        self.assertEqual(self.report(*args)["verdict"], "clean")
        self.assertEqual(self.report("--all", *args)["verdict"], "constant")

    def test_limits(self):
        args = ["-n", "2", "-w", "0"]
        leaky = ["--", program("simple")]
        self.report(*args, "-l", "24K", *leaky)
        self.report(*args, "-l", "dram=24K", *leaky)
        self.report(*args, "-l", "l1=24K", *leaky, code=1)
        self.report(*args, "-l", "24575", *leaky, code=1)
        self.report(*args, "-l", "24K,buffers=0", *leaky, code=1)
        document = self.report(*args, "-l", "24K,buffers=1,refs=1", *leaky)
        self.assertEqual(len(document["limits"]), 3)

    def test_suppressions_are_used_counted_and_written(self):
        rules = self.path("rules")
        done = self.check("-n", "1", "-w", "0", "--gen-suppressions", "--", SIM, "log", RUN1,
                          code=1)
        lines = [line for line in done.stdout.splitlines() if line.startswith("leak:")]
        self.assertEqual(len(lines), 3, done.stdout)
        with open(rules, "w", encoding="utf-8") as file:
            file.write("# known\n\n" + "\n".join(lines) + "\n")
        document = self.report("-n", "1", "-w", "0", "--suppress", rules, "--", SIM, "log",
                               RUN1)
        self.assertEqual(sorted(s["classes"] for s in document["suppressed"]), [1, 8, 8])
        with open(rules, "w", encoding="utf-8") as file:
            file.write("leak:label=kv_* dev=* type=dram size<=24K\nleak:label=other\n")
        done = self.check("-n", "1", "--suppress", rules, "--", program("simple"))
        self.assertIn(f"{rules}:1 leak:label=kv_*", done.stdout)
        self.assertNotIn("label=other", done.stdout)

    def test_a_bad_line_of_suppressions_is_named(self):
        rules = self.path("rules")
        for line in ("leak:nonsense=1", "label=x", "leak:", "leak:size<=x", "leak:dev=x"):
            with open(rules, "w", encoding="utf-8") as file:
                file.write(f"# one\n{line}\n")
            done = self.check("--suppress", rules, "--", program("simple"), code=125)
            self.assertIn(f"{rules}:2: ", done.stderr)

    def test_snapshots_are_kept_and_compare(self):
        folder = self.path("kept")
        self.check("-n", "2", "--keep", folder, "--", program("simple"), code=1)
        self.assertEqual(sorted(os.listdir(folder)),
                         ["run-0.json", "run-1.json", "run-2.json"])
        self.run_top("diff", os.path.join(folder, "run-0.json"),
                     os.path.join(folder, "run-2.json"), code=1)
        self.check("--keep", folder, "--", program("simple"), code=125)

    def test_segments_stay_when_told(self):
        self.check("-n", "1", "-w", "0", "--keep-segments", "--", program("simple"), code=1)
        self.assertEqual(len(self.segments()), 1)

    def test_settle_takes_seconds(self):
        start = time.monotonic()
        self.check("-n", "1", "-w", "0", "--settle", "400ms", "--", program("simple"),
                   "fixed")
        self.assertGreater(time.monotonic() - start, 0.8)


class Reports(Check):
    def test_junit_is_well_formed_whatever_the_names(self):
        scenario = self.path("names.scn")
        with open(scenario, "w", encoding="utf-8") as file:
            file.write('process p\nalloc p 0 DRAM 0x1000 4K label "<a&b>\'ü"\nexit p\n')
        path = self.path("junit.xml")
        args = ["-n", "1", "--junit", path, "--", "sh", "-c",
                '"$0" run "$1"', SIM, scenario, '<&>"\x01\x1b]0;x\x07', b"\xff\xfe"]
        self.check(*args, code=1)
        suite = xml.etree.ElementTree.parse(path).getroot()
        self.assertEqual((suite.get("tests"), suite.get("failures"), suite.get("errors")),
                         ("2", "1", "0"))
        case = suite.findall("testcase")[1]
        self.assertIn("<a&b>'ü", case.get("name"))
        self.assertIn("bytes: 4096 8192", case.find("failure").text)
        self.check("--junit", path, "--", "/bin/false", code=125)
        suite = xml.etree.ElementTree.parse(path).getroot()
        self.assertEqual(suite.get("errors"), "1")
        self.assertIn("failed", suite.find("testcase/error").text)

    def test_json_to_a_file_comes_beside_the_text(self):
        path = self.path("report.json")
        done = self.check("-n", "1", f"--json={path}", "--", program("simple"), code=1)
        self.assertIn("check: FAIL", done.stdout)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(json.load(file)["exit_code"], 1)


class Bisect(Check):
    COMMITS = 8
    GUILTY = 5
    BROKEN = 3  # the first one that bisect tries

    def git(self, *args, **options):
        return subprocess.run(["git", "-C", self.path("repo"), "-c", "user.name=t",
                               "-c", "user.email=t@example.org", *args], check=True,
                              text=True, capture_output=True, timeout=120,
                              env=dict(self.env, GIT_CONFIG_GLOBAL="/dev/null",
                                       GIT_CONFIG_NOSYSTEM="1"), **options).stdout

    def commit(self, number):
        free = "" if number >= self.GUILTY else "free p 0 DRAM 0x9000\n"
        broken = "this is no statement\n" if number == self.BROKEN else ""
        with open(self.path("repo/work.scn"), "w", encoding="ascii") as file:
            file.write(f"process p\n{broken}alloc p 0 DRAM 0x1000 {number}K\n"
                       f"alloc p 0 DRAM 0x9000 4K\n{free}"
                       "free p 0 DRAM 0x1000\nexit p\n")
        self.git("add", "work.scn")
        self.git("commit", "-q", "-m", f"change {number}")
        return self.git("rev-parse", "HEAD").strip()

    def test_bisect(self):
        if not shutil.which("git"):
            self.skipTest("git is not installed")
        os.mkdir(self.path("repo"))
        self.git("init", "-q")
        commits = [self.commit(number) for number in range(self.COMMITS)]
        self.git("bisect", "start", commits[-1], commits[0])
        said = self.git("bisect", "run", TTATOP, "check", "-n", "3", "--", SIM, "run",
                        "work.scn")
        self.assertIn(f"{commits[self.GUILTY]} is the first bad commit", said)
        self.assertIn(f"git bisect skip {commits[self.BROKEN]}", self.git("bisect", "log"))


if __name__ == "__main__":
    unittest.main()
