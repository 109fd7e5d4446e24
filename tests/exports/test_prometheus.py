# SPDX-License-Identifier: BSD-2-Clause
"""Metrics as promtool and a real Prometheus server see them; skipped without them."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

from metrics import device_labels  # noqa: E402
from support import SOURCE, TTATOP, Case  # noqa: E402

MISSING = [name for name in ("promtool", "prometheus") if not shutil.which(name)]
if MISSING:
    print("skipped:", ", ".join(MISSING), "not installed: tools/test --with exports installs it")
    sys.exit(77)

BUSY = os.path.join(SOURCE, "tests", "e2e", "busy.scn")
FOLDER = os.path.join(SOURCE, "tools", "prometheus")


def promtool(*args, **options):
    return subprocess.run(["promtool", *args], text=True, capture_output=True, timeout=60,
                          check=False, **options)


class Promtool(Case):
    def expect_good(self, *args, **options):
        done = promtool(*args, **options)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_metrics_pass_its_lint(self):
        self.expect_good("check", "metrics", input=self.run_top("export", "prom"))
        self.hold("run", BUSY)
        text = self.run_top("export", "prom", "--per-process")
        self.expect_good("check", "metrics", input=text)
        # it does look
        broken = text.replace('type="DRAM",', 'type="DRAM,', 1)
        self.assertNotEqual(promtool("check", "metrics", input=broken).returncode, 0)

    def test_rules_are_sound_and_do_what_they_say(self):
        self.expect_good("check", "rules", os.path.join(FOLDER, "alerts.yml"))
        self.expect_good("check", "config", os.path.join(FOLDER, "prometheus.yml"))
        self.expect_good("test", "rules", os.path.join(FOLDER, "alerts_test.yml"))

    def test_each_alert_has_a_test(self):
        with open(os.path.join(FOLDER, "alerts.yml"), encoding="ascii") as file:
            rules = set(re.findall(r"alert: (\w+)", file.read()))
        with open(os.path.join(FOLDER, "alerts_test.yml"), encoding="ascii") as file:
            tested = set(re.findall(r"alertname: (\w+)", file.read()))
        self.assertEqual(rules, tested)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server(Case):
    """A Prometheus server of its own on the loopback, and an exporter that it scrapes."""

    def setUp(self):
        super().setUp()
        self.data = tempfile.mkdtemp(prefix="tta-prometheus-")
        self.addCleanup(shutil.rmtree, self.data)
        exporter = subprocess.Popen(
            [TTATOP, "export", "prom", "--per-process", "--listen", "127.0.0.1:0"],
            env=self.env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.children.append(exporter)
        self.addCleanup(exporter.stderr.close)
        self.exporter = re.search(r"//(\S+)/metrics", exporter.stderr.readline()).group(1)

    def tearDown(self):
        # the newest first: the server before what it scrapes
        self.children.reverse()
        super().tearDown()

    def configure(self):
        """The files of tools/prometheus, faster."""
        for name in "prometheus.yml", "alerts.yml":
            with open(os.path.join(FOLDER, name), encoding="ascii") as file:
                text = file.read()
            text = text.replace("127.0.0.1:9464", self.exporter)
            text = re.sub(r"(_interval|for): \w+", r"\1: 1s", text)
            with open(os.path.join(self.data, name), "w", encoding="ascii") as file:
                file.write(text)

    def serve(self):
        self.configure()
        self.address = f"127.0.0.1:{free_port()}"
        log = open(os.path.join(self.data, "log"), "w", encoding="utf-8")
        self.addCleanup(log.close)
        server = subprocess.Popen(
            ["prometheus", "--config.file", os.path.join(self.data, "prometheus.yml"),
             "--storage.tsdb.path", os.path.join(self.data, "tsdb"),
             "--web.listen-address", self.address, "--log.level", "warn"],
            stdout=subprocess.PIPE, stderr=log)
        self.children.append(server)
        self.assertTrue(self.until(lambda: self.query("up") and self.value("ttatop_up") == 1,
                                   60), self.logged())

    def logged(self):
        with open(os.path.join(self.data, "log"), encoding="utf-8") as file:
            return file.read()

    def api(self, path, **arguments):
        query = urllib.parse.urlencode(arguments)
        url = "http://" + self.address + f"/api/v1/{path}?{query}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            if error.code == 503:
                return None  # it still starts
            self.fail(f"{url}: {error.read().decode()}")
        except OSError:
            return None  # not there yet

    def query(self, expression):
        """{labels without name, job and instance: value}"""
        data = self.api("query", query=expression)
        if not data:
            return {}
        drop = ("__name__", "job", "instance")
        return {frozenset((k, v) for k, v in row["metric"].items() if k not in drop):
                float(row["value"][1]) for row in data["result"]}

    def value(self, expression, **labels):
        return self.query(expression).get(frozenset(labels.items()))

    def bytes_of(self, document, key):
        return {frozenset((device_labels(device) | {"type": row["type"]}).items()): row[key]
                for device in document["devices"] for row in device["memory"]}

    def expect_bytes(self, metric, expected):
        self.assertTrue(self.until(lambda: self.query(metric) == expected, 30),
                        (metric, self.query(metric), expected, self.logged()))

    def alerts(self):
        data = self.api("alerts")
        return {alert["labels"]["alertname"] for alert in data["alerts"]
                if alert["state"] == "firing"} if data else set()

    def test_the_bytes_of_a_snapshot_and_the_alert_after_a_kill(self):
        self.hold("run", BUSY)
        self.run_top("reap", "-y", "--no-keep")
        self.hold("run", "seed-003")
        self.serve()
        document = self.snapshot()
        self.assertEqual(document["totals"]["orphans"], 0)
        self.assertGreater(document["totals"]["used"], 0)
        self.expect_bytes("ttatop_device_used_bytes", self.bytes_of(document, "used"))
        self.expect_bytes("ttatop_orphan_bytes", self.bytes_of(document, "orphan_bytes"))
        self.assertEqual(self.value("sum(ttatop_device_used_bytes)"),
                         document["totals"]["used"])
        self.assertEqual(self.value("sum(ttatop_process_used_bytes)"),
                         document["totals"]["used"])
        self.assertNotIn("TtatopOrphans", self.alerts())

        victim = max(document["processes"], key=lambda p: sum(m["used"] for m in p["memory"]))
        os.kill(victim["pid"], signal.SIGKILL)
        self.assertTrue(self.until(lambda: "TtatopOrphans" in self.alerts(), 60),
                        (self.api("alerts"), self.logged()))
        after = self.snapshot()
        self.assertEqual(after["totals"]["orphans"], 1)
        self.expect_bytes("ttatop_device_used_bytes", self.bytes_of(after, "used"))
        self.expect_bytes("ttatop_orphan_bytes", self.bytes_of(after, "orphan_bytes"))
        self.assertEqual(self.value("sum(ttatop_orphan_bytes)"),
                         after["totals"]["orphan_bytes"])
        # the series of the dead are gone, counters have not fallen
        self.assertEqual(self.query(f'ttatop_process_used_bytes{{pid="{victim["pid"]}"}}'), {})
        self.assertEqual(self.value("sum(resets(ttatop_allocations_total[5m]))"), 0)

        self.run_top("reap", "-y", "--no-keep")
        self.assertTrue(self.until(lambda: "TtatopOrphans" not in self.alerts(), 60))
        self.assertEqual(self.value("sum(resets(ttatop_allocations_total[5m]))"), 0)
        self.assertEqual(self.value("scrape_samples_scraped > 0"),
                         self.value("scrape_samples_post_metric_relabeling"))
        self.assertNotIn("level=warn", self.logged())

    def test_the_dashboard_asks_for_what_there_is(self):
        self.hold("run", BUSY)
        self.serve()
        with open(os.path.join(FOLDER, "grafana-dashboard.json"), encoding="utf-8") as file:
            dashboard = json.load(file)
        text = self.run_top("export", "prom", "--per-process")
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                expression = target["expr"]
                for name in re.findall(r"ttatop_\w+", expression):
                    self.assertIn(f"# TYPE {name} ", text)
                for variable, stands_for in (("$__rate_interval", "1m"), ("$instance", ".*"),
                                             ("$device", ".*"), ("$type", ".*")):
                    expression = expression.replace(variable, stands_for)
                self.assertNotIn("$", expression)
                self.assertIsNotNone(self.api("query", query=expression))


if __name__ == "__main__":
    unittest.main()
