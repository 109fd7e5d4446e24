# SPDX-License-Identifier: BSD-2-Clause
"""export: files in every format beside the snapshot; the listener and its clients."""
import collections
import csv
import http.client
import io
import json
import os
import re
import signal
import socket
import subprocess
import time
import unittest

from metrics import Families, device_labels
from support import SIM, SOURCE, TTATOP, Case

BUSY = os.path.join(SOURCE, "tests", "e2e", "busy.scn")
OPENMETRICS = "application/openmetrics-text;version=1.0.0"


class Export(Case):
    def path(self, name):
        return os.path.join(self.state, name)

    def saved(self):
        """A snapshot in s.json: times of two looks differ by a nanosecond."""
        self.run_top("snapshot", "-o", self.path("s.json"))
        with open(self.path("s.json"), encoding="utf-8") as file:
            return json.load(file)

    def metrics(self, *args, dialect="prom", **options):
        return Families(self.run_top("export", dialect, *args, **options),
                        dialect == "openmetrics")

    def trouble(self, *args):
        """What is said when it cannot be done."""
        done = subprocess.run([TTATOP, "export", *args], env=self.env, text=True, timeout=60,
                              capture_output=True, stdin=subprocess.DEVNULL, check=False)
        self.assertEqual(done.returncode, 2, done)
        return done.stderr

    def expect_same(self, families, document):
        """Metrics say what a snapshot says; what that does not know has no sample."""
        pairs = {"ttatop_device_used_bytes": "used", "ttatop_device_peak_bytes": "peak",
                 "ttatop_device_capacity_bytes": "capacity",
                 "ttatop_device_largest_free_bytes": "largest_free",
                 "ttatop_device_buffers": "buffers", "ttatop_orphan_bytes": "orphan_bytes"}
        for device in document["devices"]:
            labels = device_labels(device)
            for row in device["memory"]:
                for metric, key in pairs.items():
                    self.assertEqual(families.get(metric, **labels, type=row["type"]),
                                     row[key], (metric, labels, row))
        headroom = {frozenset(device_labels(d).items()): d["l1_headroom"]["bytes"]
                    for d in document["devices"] if d["l1_headroom"]}
        self.assertEqual(families.all("ttatop_device_l1_headroom_bytes"), headroom)
        self.assertEqual(families.get("ttatop_orphan_processes"),
                         document["totals"]["orphans"])
        for name, key in (("ttatop_allocations_total", "allocs"),
                          ("ttatop_frees_total", "frees")):
            sums = collections.Counter()
            for process in document["processes"]:
                for row in process["memory"]:
                    labels = device_labels(document["devices"][row["device"]])
                    sums[frozenset((labels | {"type": row["type"]}).items())] += row[key]
            self.assertEqual(families.all(name), sums)


class Files(Export):
    def test_metrics_say_what_a_snapshot_says(self):
        self.hold("run", BUSY)
        document = self.snapshot()
        for dialect in "prom", "openmetrics":
            families = self.metrics(dialect=dialect)
            self.expect_same(families, document)
            self.assertEqual(families.get("ttatop_up"), 1)
            self.assertEqual(families.get("ttatop_orphan_processes"), 1)
            self.assertEqual(families.get("ttatop_orphan_bytes", device="tenstorrent:0",
                                          type="DRAM", uid="n300-0"), 2 * 24576)
            self.assertEqual(families.get("ttatop_device_used_bytes", device="tenstorrent:2",
                                          type="odd", uid="n300-2"), 100)
            states = {"live": 2, "orphan": 1, "exited": 1}
            for state in "live", "idle", "orphan", "exited", "dead", "corrupt", "unknown":
                self.assertEqual(families.get("ttatop_publishers", source="native",
                                              state=state), states.get(state, 0))
            for kind, count in (("dup", 4), ("unknown_free", 1), ("size", 0)):
                self.assertEqual(families.get("ttatop_suspicious_total", kind=kind), count)
            self.assertEqual(set(families.helps), set(families.kinds))
            self.assertFalse(families.all("ttatop_process_used_bytes"))

    def test_processes_are_told_when_asked_for(self):
        sim = self.hold("run", BUSY)
        families = self.metrics("--per-process")
        alive = [p for p in self.snapshot()["processes"] if p["state"] in ("live", "idle")]
        document = self.snapshot()
        self.assertEqual(len(alive), 2)
        self.assertEqual(len(families.all("ttatop_process_used_bytes")),
                         sum(len(p["memory"]) for p in alive))
        for process in alive:
            for row in process["memory"]:
                device = device_labels(document["devices"][row["device"]])
                self.assertEqual(families.get(
                    "ttatop_process_used_bytes", pid=str(process["pid"]), comm=process["comm"],
                    user=process["user"], type=row["type"], **device), row["used"])
        sim.terminate()
        sim.wait()
        self.assertFalse(self.metrics("--per-process").all("ttatop_process_used_bytes"))

    def test_an_empty_machine_has_the_fixed_series(self):
        families = self.metrics()
        self.assertEqual(families.get("ttatop_orphan_processes"), 0)
        self.assertEqual(families.get("ttatop_publishers", source="native", state="live"), 0)
        self.assertEqual(families.get("ttatop_read_errors_total", reason="corrupt"), 0)
        self.assertFalse(families.all("ttatop_device_used_bytes"))

    def test_a_directory_that_cannot_be_read_is_no_idle_machine(self):
        target = self.path("t.prom")
        self.assertIn("No such file", self.trouble("prom", "-o", target, "--shm-dir",
                                                   self.path("none")))
        with open(target, encoding="ascii") as file:
            families = Families(file.read(), False)
        self.assertEqual(families.get("ttatop_up"), 0)
        self.assertEqual(families.get("ttatop_read_errors_total", reason="look_failed"), 1)
        self.assertIsNone(families.get("ttatop_orphan_processes"))

    def test_a_textfile_is_replaced_as_long_as_it_runs(self):
        target = self.path("t.prom")
        exporter = subprocess.Popen(
            [TTATOP, "export", "prom", "-o", target, "--interval", "0.1"], env=self.env,
            stdout=subprocess.PIPE)
        self.children.append(exporter)

        def used():
            try:
                with open(target, encoding="utf-8") as file:
                    return len(Families(file.read(), False).all("ttatop_device_used_bytes"))
            except FileNotFoundError:
                return -1

        self.assertTrue(self.until(lambda: used() == 0))
        self.hold("run", "seed-000")
        self.assertTrue(self.until(lambda: used() == 8))
        exporter.send_signal(signal.SIGTERM)
        self.assertEqual(exporter.wait(10), -signal.SIGTERM)
        self.assertEqual([n for n in os.listdir(self.state) if "t.prom" not in n], [])
        # whoever reads the file may be another user
        self.assertEqual(os.stat(target).st_mode & 0o444, 0o444 & ~self.umask())

    def umask(self):
        mask = os.umask(0)
        os.umask(mask)
        return mask

    def test_csv_is_a_table_of_all_buffers(self):
        self.hold("run", BUSY)
        document = self.saved()
        text = self.run_top("export", "csv", "--from", self.path("s.json"))
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual(len(rows), len(document["buffers"]))
        for row, buffer in zip(rows, document["buffers"]):
            device = document["devices"][buffer["device"]]
            self.assertEqual((int(row["device"]), row["kind"]),
                             (device["number"], device["kind"]))
            self.assertEqual(row["flags"], "+".join(buffer["flags"]))
            for key in ("segment", "pid", "type", "addr", "size", "bank_size", "serial", "refs",
                        "views", "allocs", "frees", "time", "label", "group", "site"):
                value = buffer[key]
                self.assertEqual(row[key], "" if value is None else str(value), (key, row))
        self.assertEqual(self.run_top("export", "csv", "--no-header").count("\n"), len(rows))

    def test_jsonl_is_the_snapshot_line_by_line(self):
        self.hold("run", BUSY)
        document = self.saved()
        lines = [json.loads(line) for line in
                 self.run_top("export", "jsonl", "--from", self.path("s.json")).splitlines()]
        for part in "device", "process", "buffer", "mark":
            plural = part + ("es" if part == "process" else "s")
            self.assertEqual([line[part] for line in lines if line["record"] == part],
                             document[plural])
        head = lines[0]["snapshot"]
        self.assertEqual(head, {key: document[key] for key in head})
        self.check_schema(lines)

    def check_schema(self, lines):
        try:
            import jsonschema
        except ImportError:
            print("not checked: the schema of jsonl: jsonschema is not installed")
            return
        folder = os.path.join(SOURCE, "viewer", "schemas")

        def schema(name):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                return json.load(file)

        tick, snapshot = schema("ttatop.tick.v1.json"), schema("ttatop.snapshot.v1.json")
        jsonschema.Draft7Validator.check_schema(tick)
        resolver = jsonschema.RefResolver("", tick, {"ttatop.snapshot.v1.json": snapshot})
        validator = jsonschema.Draft7Validator(tick, resolver=resolver)
        for line in lines:
            validator.validate(line)
        del lines[0]["record"]
        self.assertFalse(validator.is_valid(lines[0]))

    def test_folded_stacks_add_up(self):
        self.hold("run", BUSY)
        document = self.snapshot()
        total = 0
        stacks = set()
        for line in self.run_top("export", "folded").splitlines():
            stack, size = line.rsplit(" ", 1)
            self.assertEqual(len(stack.split(";")), 4, line)
            self.assertNotIn(stack, stacks)
            stacks.add(stack)
            total += int(size)
        self.assertEqual(total, sum(b["size"] for b in document["buffers"]))
        self.assertTrue(any(";circular, buffer" in stack for stack in stacks))

    def test_a_document_is_as_good_as_the_machine(self):
        self.hold("run", "seed-000")
        self.run_top("snapshot", "-o", self.path("s.json"))
        self.run_top("baseline", "set", "b")
        live = self.metrics()
        for source in self.path("s.json"), "@b":
            self.assertEqual(self.run_top("export", "folded", "--from", source),
                             self.run_top("export", "folded"))
            families = self.metrics("--from", source)
            for name in "ttatop_device_used_bytes", "ttatop_allocations_total":
                self.assertEqual(families.all(name), live.all(name))
            # not in the document: unknown, and no 0
            self.assertIsNone(families.get("ttatop_suspicious_total", kind="dup"))
            self.assertIsNone(families.get("ttatop_events_lost_total"))
            self.assertIsNone(families.get("ttatop_scrape_seconds"))

    def test_selections_hold(self):
        self.hold("run", "seed-000")
        self.assertEqual(len(self.metrics("-D", "0-2").all("ttatop_device_used_bytes")), 3)
        self.assertEqual(self.run_top("export", "csv", "--no-header", "-F", "size>1G"), "")

    def test_existing_files_are_not_lost(self):
        target = self.path("b.csv")
        self.run_top("export", "csv", "-o", target)
        self.assertIn("--force", self.trouble("csv", "-o", target))
        self.run_top("export", "csv", "-o", target, "--force")
        self.run_top("export", "prom", "-o", target)
        self.assertIn("no regular file", self.trouble("prom", "-o", "/dev/null"))

    def test_what_a_file_is_not_is_said(self):
        for content, said in (("not json", "s.json: "), ("{}", "schema"),
                              ('{"schema": "ttatop.event"}', "no snapshot of ours")):
            with open(self.path("s.json"), "w", encoding="ascii") as file:
                file.write(content)
            self.assertIn(said, self.trouble("csv", "--from", self.path("s.json")))
        self.run_top("snapshot", "--no-buffers", "-o", self.path("n.json"))
        self.assertIn("no buffers", self.trouble("csv", "--from", self.path("n.json")))

    def test_options_that_do_not_go_together_are_refused(self):
        for args, said in (
                (["xml"], "is no format"),
                (["csv", "--interval", "1"], "--interval: not with csv"),
                (["csv", "--per-process"], "--per-process: not with csv"),
                (["folded", "--listen", "127.0.0.1:0"], "--listen: not with folded"),
                (["prom", "--no-header"], "--no-header: not with prom"),
                (["prom", "--interval", "1"], "needs a file"),
                (["prom", "--interval", "0"], "bad value"),
                (["prom", "--listen", "127.0.0.1:0", "-o", "x"], "one of them"),
                (["prom", "--listen-any"], "there is no --listen"),
                (["prom", "--listen", "127.0.0.1:0", "--from", "x"], "does not change"),
                (["prom", "--listen", "9464"], "no address and port"),
                (["prom", "--listen", "0.0.0.0:0"], "other machines"),
                (["prom", "--listen", "[::]:0"], "--listen-any"),
        ):
            self.assertIn(said, self.trouble(*args))


class Listener(Export):
    def listen(self, *args, address="127.0.0.1:0"):
        """An exporter that listens: (process, port)."""
        child = subprocess.Popen([TTATOP, "export", "prom", "--listen", address, *args],
                                 env=self.env, text=True, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)
        self.children.append(child)
        self.addCleanup(child.stderr.close)
        line = child.stderr.readline()
        match = re.search(r"listening on http://\S+:(\d+)/metrics", line)
        self.assertTrue(match, line)
        return child, int(match.group(1))

    def ask(self, port, path="/metrics", method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return answer, answer.read().decode()
        finally:
            connection.close()

    def families(self, port):
        return Families(self.ask(port)[1], False)

    def end(self, child):
        child.send_signal(signal.SIGTERM)
        self.assertEqual(child.wait(10), -signal.SIGTERM)

    def test_get_metrics_and_nothing_else(self):
        self.hold("run", "seed-000")
        child, port = self.listen()
        answer, text = self.ask(port)
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.getheader("Content-Type"),
                         "text/plain; version=0.0.4; charset=utf-8")
        self.expect_same(Families(text, False), self.snapshot())
        answer, text = self.ask(port, Accept=OPENMETRICS + ",text/plain;q=0.5")
        self.assertTrue(answer.getheader("Content-Type").startswith(OPENMETRICS.split(";")[0]))
        Families(text, True)
        answer, text = self.ask(port, method="HEAD")
        self.assertEqual((answer.status, text), (200, ""))
        for method in "POST", "PUT", "DELETE", "OPTIONS":
            answer, _ = self.ask(port, method=method)
            self.assertEqual(answer.status, 405)
            self.assertEqual(answer.getheader("Allow"), "GET, HEAD")
        for path in "/", "/metrics/", "/metrics2", "/../metrics", "//metrics":
            self.assertEqual(self.ask(port, path)[0].status, 404, path)
        self.end(child)

    def test_only_its_address_is_listened_at(self):
        child, port = self.listen(address="127.0.0.1:0")
        other = socket.socket()
        with other:
            self.assertNotEqual(other.connect_ex(("127.0.0.2", port)), 0)
        self.assertIn("Address already in use",
                      self.trouble("prom", "--listen", f"127.0.0.1:{port}"))
        self.end(child)

    def test_any_address_after_a_second_option(self):
        child, port = self.listen("--listen-any", address="0.0.0.0:0")
        self.assertEqual(self.ask(port)[0].status, 200)
        self.end(child)

    def test_counters_never_fall_and_series_of_the_dead_vanish(self):
        _, port = self.listen("--per-process")
        seen = 0
        for _ in range(3):
            sim = self.hold("run", "seed-000")
            families = self.families(port)
            counts = families.all("ttatop_allocations_total")
            self.assertEqual(len(families.all("ttatop_process_used_bytes")), 8)
            self.assertGreater(sum(counts.values()), seen)
            seen = sum(counts.values())
            sim.terminate()
            sim.wait()
            self.run_top("reap", "-y", "--no-keep")
            families = self.families(port)
            self.assertEqual(families.all("ttatop_process_used_bytes"), {})
            self.assertEqual(families.all("ttatop_allocations_total"), counts)
        self.assertEqual(seen, 3 * 32)

    def test_a_directory_may_come_later(self):
        self.env["TTA_DIR"] = os.path.join(self.dir, "d")
        _, port = self.listen()
        for errors in 1, 2:
            families = self.families(port)
            self.assertEqual(families.get("ttatop_up"), 0)
            self.assertEqual(families.get("ttatop_read_errors_total", reason="look_failed"),
                             errors)
            self.assertIsNone(families.get("ttatop_orphan_processes"))
        os.mkdir(self.env["TTA_DIR"])
        self.assertEqual(self.families(port).get("ttatop_up"), 1)
        self.assertEqual(self.families(port).get("ttatop_orphan_processes"), 0)

    # ---- clients that are up to no good ----

    def rss(self, child):
        with open(f"/proc/{child.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+) kB", file.read()).group(1))

    def clients(self, child):
        """Its connections: all sockets but the one it listens at."""
        folder = f"/proc/{child.pid}/fd"
        count = -1
        for name in os.listdir(folder):
            try:
                count += os.readlink(os.path.join(folder, name)).startswith("socket:")
            except FileNotFoundError:
                pass
        return count

    def connect(self, port):
        client = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.addCleanup(client.close)
        return client

    def test_half_requests_keep_nobody_out_and_are_ended(self):
        child, port = self.listen()
        held, waited = [], 0
        for i in range(150):
            client = self.connect(port)
            client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: "[:20 + i % 20])
            held.append(client)
            if i % 50 == 49:
                begin = time.monotonic()
                self.assertEqual(self.ask(port)[0].status, 200)
                waited = max(waited, time.monotonic() - begin)
        self.assertLess(self.clients(child), 70)
        begin = time.monotonic()
        self.assertTrue(self.until(lambda: self.clients(child) == 0, 20))
        # nobody waited until the others were ended
        self.assertLess(waited, (time.monotonic() - begin) / 2)
        self.end(child)

    def test_who_sends_a_byte_now_and_then_is_ended_all_the_same(self):
        child, port = self.listen()
        client = self.connect(port)
        end = time.monotonic() + 20
        try:
            while time.monotonic() < end:
                client.sendall(b"G")
                time.sleep(0.2)
            self.fail("nobody ended it")
        except OSError:
            pass
        self.assertTrue(self.until(lambda: self.clients(child) == 0))
        self.end(child)

    def test_who_does_not_take_the_answer_is_ended(self):
        load = subprocess.Popen([SIM, "load", "--procs", "40", "--devices", "32", "--live", "64",
                                 "--rate", "100", "--seconds", "120"], env=self.env,
                                stdout=subprocess.PIPE)
        self.children.append(load)
        self.assertTrue(self.until(lambda: len(self.segments()) == 40, 30))
        child, port = self.listen("--per-process")
        # more than the sockets hold
        self.assertTrue(self.until(lambda: len(self.ask(port)[1]) > 100000, 30))
        for _ in range(20):
            client = socket.socket()
            self.addCleanup(client.close)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            # the kernel takes less from the server then
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 200)
            client.connect(("127.0.0.1", port))
            client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertTrue(self.until(lambda: self.clients(child) == 20))
        self.assertEqual(self.ask(port)[0].status, 200)
        self.assertTrue(self.until(lambda: self.clients(child) == 0, 15))
        self.end(child)

    def throw(self, port, data):
        """Raw bytes that may not all be taken, and away."""
        client = self.connect(port)
        try:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        client.close()

    def test_nonsense_neither_stops_it_nor_makes_it_grow(self):
        # AddressSanitizer keeps what is freed
        self.env["ASAN_OPTIONS"] = "quarantine_size_mb=0:thread_local_quarantine_size_kb=0"
        child, port = self.listen()
        nonsense = [
            b"\0" * 5000, b"\r\n" * 5000, b"GET", b"GET /metrics\r\n\r\n",
            b"GET /" + b"a" * 200000 + b" HTTP/1.1\r\n\r\n",
            b"GET /metrics HTTP/1.1\r\n" + b"A: b\r\n" * 50000 + b"\r\n",
            b"GET /metrics HTTP/1.1\r\nX: " + b"c" * 300000 + b"\r\n\r\n",
            b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\nx",
            b"POST /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n",
            b"GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: " + b"text/plain;q=," * 500 +
            b"\r\n\r\n",
            os.urandom(20000),
        ]
        for data in nonsense:
            self.throw(port, data)
        self.ask(port)
        before = self.rss(child)
        for _ in range(30):
            for data in nonsense:
                self.throw(port, data)
        self.assertEqual(self.ask(port)[0].status, 200)
        self.assertLess(self.rss(child), before + 2048)
        self.end(child)


if __name__ == "__main__":
    unittest.main()
