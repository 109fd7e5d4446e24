# SPDX-License-Identifier: BSD-2-Clause
"""The soak: what happens when, what is compared, and the figures."""
import collections
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time

import soak_judge
import soak_truth
from soak_actors import KEYS, Job, Publisher, Viewer, adopt_orphans, memory_of

SHORT_LIVED, LASTING = 5, 2     # publishers at a time
WARM_UP = 0.3                   # of the time; what is held is measured after it
PATIENCE = 30.0                 # seconds that anything may take to end
# What memory may grow after the warm-up: a viewer keeps room for the most it ever saw, and
# less than a minute is too short to have seen it in the warm-up; on a busy machine more
# segments wait for a reaper at once than in all of the warm-up.
GROWTH_KIB = {"ttatop": 6144, "ttatop --json": 6144, "publisher": 1024}
SEGMENT_KIB = 512
SEGMENTS_MOST = 40              # a publisher's start removes the oldest beyond 64, unseen
CALM = 1.5                      # seconds to look at what is held
COMMANDS = {"snapshot": (0.15, 0.5), "reap": (0.3, 1.0), "check": (1.0, 3.0),
            "events": (0.5, 2.0)}
SAID_MOST = 20
UNREAPED = "run!=check*"        # check removes what its own runs left


def parse(output):
    try:
        return json.loads(output)
    except ValueError:
        return None


class Stage:
    """Directories, actors and figures of one soak."""

    def __init__(self, programs, seconds, seed):
        self.programs, self.seconds, self.seed = programs, seconds, seed
        self.chance = random.Random(seed)
        self.figures = collections.Counter()
        self.mismatches = []
        self.directory = tempfile.mkdtemp(prefix=f"tta-test-soak-{os.getpid()}-",
                                          dir="/dev/shm")
        self.work = tempfile.mkdtemp(prefix="tta-soak-")
        self.truths, self.evidence = (os.path.join(self.work, name)
                                      for name in ("truth", "evidence"))
        os.mkdir(self.truths)
        os.mkdir(self.evidence)
        self.env = dict(os.environ, TTA_DIR=self.directory, TTA_ATTACH="early",
                        XDG_STATE_HOME=self.work, LC_ALL="C.UTF-8", TERM="xterm-256color")
        # In a build with sanitizers a crash stays one, and what was freed is not kept.
        self.env.setdefault("ASAN_OPTIONS",
                            "handle_segv=0:quarantine_size_mb=1:detect_leaks=0")
        for name in ("TTA_LEVEL", "TTA_RUN_ID", "TT_ALLOC_TRACKING_ENABLED"):
            self.env.pop(name, None)
        self.publishers, self.viewers, self.jobs = [], [], {}
        self.started = 0
        self.due = {}
        self.start_times = {}  # by nonce: documents tell it only as a time of day
        self.segments = self.most = self.most_warm = 0  # at once
        self.judged = set()  # keys of truths that evidence was held against

    # ---- small things

    def program(self, name):
        return os.path.join(self.programs, name)

    def mismatch(self, text):
        self.mismatches.append(text)
        if len(self.mismatches) <= SAID_MOST:
            print(f"soak: {text}", file=sys.stderr)

    def truth_key(self, process):
        """Of a process in a document: (pid, start time, image)."""
        nonce = int(process["segment"], 16)
        start = self.start_times.get(nonce)
        words = process["cmdline"].split()
        if start is None or len(words) != 8 or not words[0].endswith("tta-soak-worker"):
            return None
        return process["pid"], start, int(words[3])

    def note_segments(self, names):
        for name in names:
            words = name.removesuffix(".json").split(".")
            if len(words) == 6 and words[0] == "tta":
                self.start_times[int(words[5], 16)] = int(words[4])

    def read_truths(self, keys=None):
        """What is written down now, as bytes: key -> (path, bytes)."""
        found = {}
        for key, path in soak_truth.list_all(self.truths).items():
            if key not in self.judged and (keys is None or key in keys):
                with open(path, "rb") as file:
                    found[key] = file.read()
        return found

    # ---- what the commands say is judged

    def judge_live(self, before, output, status):
        """A snapshot under load: at rest exactly the truth, else between two truths."""
        document = parse(output)
        if status or document is None:
            self.mismatch(f"snapshot: status {status}: {output[:200]!r}")
            return
        self.figures["snapshots"] += 1
        after = self.read_truths()
        self.note_segments(os.listdir(self.directory))
        for process in document["processes"]:
            key = self.truth_key(process)
            if key in before and key in after:
                self.judge_process(document, process, before[key], after[key])

    def judge_process(self, document, process, before, after):
        if process["state"] == "corrupt":
            self.complain(process, "is corrupt")
            return
        if not any(before[:8]):
            return  # its truth was being made
        shown = soak_judge.Shown(document, process)
        old, new = soak_truth.Truth(before), soak_truth.Truth(after)
        self.figures["samples"] += 1
        self.figures["exact"] += process["exact"]
        why = []
        if not old.done <= process["events"] <= new.begun:
            why.append(f"{process['events']} events, not in {old.done}..{new.begun}")
        if process["exact"]:
            why += soak_judge.disagreements(shown, old.lost, new.lost_most)
        if before == after and not new.flying:
            self.figures["at rest"] += 1
            why += soak_judge.differences(new, shown)
        for text in why:
            self.complain(process, text)

    def complain(self, process, text):
        self.mismatch(f"pid {process['pid']} ({process['state']}, segment "
                      f"{process['segment']}): {text}: {process['cmdline']}")

    def judge_reaper(self, killed, output, status):
        if status not in (0, 1) and not (killed and status == -signal.SIGKILL):
            self.mismatch(f"reap: status {status}: {output[-200:]!r}")
        self.figures["reapers killed"] += status == -signal.SIGKILL
        self.figures["reaped"] += output.count(b"removed ")

    def judge_check(self, wanted, output, status):
        self.figures["checks"] += 1
        if status != wanted:
            self.mismatch(f"check: status {status} instead of {wanted}: {output[-400:]!r}")

    def judge_events(self, output, status):
        lines = output.splitlines()
        self.figures["event lines"] += len(lines)
        if status or any(parse(line) is None for line in lines):
            self.mismatch(f"events: status {status}: {output[:200]!r}")

    def judge_evidence(self):
        """What reapers saved of the dead: the last that was to be seen of them."""
        names = [name for name in os.listdir(self.evidence) if name.startswith("tta.")]
        self.note_segments(names)
        for name in names:
            path = os.path.join(self.evidence, name)
            with open(path, "rb") as file:
                document = parse(file.read())
            if document is None:
                self.mismatch(f"evidence {name} is no document")
                continue
            self.judge_dead(document, document["processes"][0])
            if os.path.exists(os.path.join(self.directory, name.removesuffix(".json"))):
                continue  # its reaper was killed before it was removed
            os.unlink(path)

    def judge_dead(self, document, process):
        key = self.truth_key(process)
        path = key and os.path.join(self.truths, "{}.{}.{}".format(*key))
        truth = path and os.path.exists(path) and soak_truth.read(path)
        if not truth:
            if process["events"]:
                self.complain(process, f"{process['events']} events that nobody made")
            return
        if key in self.judged:
            return
        self.judged.add(key)
        self.figures["segments judged dead"] += 1
        self.figures["in flight at death"] += len(truth.flying)
        self.figures["in flight: many"] += sum(event.op in soak_truth.CLOSES
                                               for event in truth.flying)
        self.figures["said uncertain"] += process["uncertain"]
        self.figures["said incomplete"] += soak_judge.is_incomplete(process)
        for text in soak_judge.differences(truth, soak_judge.Shown(document, process)):
            self.complain(process, text)

    # ---- what happens

    def start_job(self, name, arguments, then, kill_after=None):
        self.jobs[name] = Job(self, arguments, then, kill_after)

    def start_due(self, now, kinds):
        """One command of each kind at a time, each after a pause of its own."""
        for name, (least, most) in kinds.items():
            if name in self.jobs or now < self.due.get(name, 0):
                continue
            self.due[name] = now + self.chance.uniform(least, most)
            getattr(self, f"start_{name}")()

    def start_snapshot(self):
        before = self.read_truths()
        self.start_job("snapshot", ["snapshot"],
                       lambda output, status: self.judge_live(before, output, status))

    def start_reap(self):
        kill_after = self.chance.uniform(0.001, 0.02) if self.chance.random() < 0.2 else None
        self.start_job("reap", ["reap", "-y", "--keep", self.evidence, "-F", UNREAPED],
                       lambda output, status: self.judge_reaper(kill_after, output, status),
                       kill_after)

    def start_check(self):
        leaks = self.chance.random() < 0.5
        command = [self.program("leaky_simple")] + ([] if leaks else ["fixed"])
        self.start_job("check", ["check", "-n", "2", "--", *command],
                       lambda output, status: self.judge_check(int(leaks), output, status))

    def start_events(self):
        self.start_job("events", ["events", "-q", "-n", "20", "-j"], self.judge_events)

    def start_publisher(self, lasting=False):
        self.publishers.append(Publisher(self, self.started, lasting))
        self.started += 1

    def look_after(self, now):
        """Ends, outputs, keys."""
        self.segments = len(os.listdir(self.directory))
        self.most = max(self.most, self.segments)
        for publisher in list(self.publishers):
            status = publisher.ended(now)
            if status is None:
                continue
            self.publishers.remove(publisher)
            self.figures[f"ended by {publisher.ending}"] += 1
            if status != publisher.wanted():
                self.mismatch(f"a publisher ended with {status}: {publisher.process.args}")
        for name, job in list(self.jobs.items()):
            if job.done(now):
                del self.jobs[name]
                job.finish()
                if name == "reap":
                    self.judge_evidence()
        for viewer in self.viewers:
            viewer.drain()
            if self.chance.random() < 0.02:
                viewer.press(self.chance.choice(KEYS))

    def play(self, until):
        while time.monotonic() < until:
            now = time.monotonic()
            short = sum(not publisher.lasting for publisher in self.publishers)
            if (short < SHORT_LIVED and self.segments < SEGMENTS_MOST and
                    now >= self.due.get("publisher", 0)):
                self.due["publisher"] = now + self.chance.uniform(0.02, 0.3)
                self.start_publisher()
            self.start_due(now, COMMANDS)
            self.look_after(now)
            time.sleep(0.02)

    def wait_for(self, what, condition):
        limit = time.monotonic() + PATIENCE
        while not condition():
            self.look_after(time.monotonic())
            if time.monotonic() > limit:
                self.mismatch(f"{what}: not after {PATIENCE:.0f} s")
                return
            time.sleep(0.02)

    def calm(self):
        """Only what lasts is left, and nothing of the dead."""
        self.wait_for("the end of publishers",
                      lambda: all(publisher.lasting for publisher in self.publishers))
        self.wait_for("the end of commands", lambda: not self.jobs)
        self.wait_for("the end of children", self.no_children_run)
        self.wait_for("the end of commands", lambda: not self.jobs)
        self.start_job("reap", ["reap", "-y", "--keep", self.evidence, "-F", UNREAPED],
                       lambda output, status: self.judge_reaper(None, output, status))
        self.wait_for("the reaper", lambda: not self.jobs)

    def own_pids(self):
        actors = self.publishers + self.viewers
        return {actor.process.pid for actor in actors if actor.process.poll() is None}

    def no_children_run(self):
        """Of killed publishers, and those of publishers that last."""
        known = self.own_pids()
        return not [pid for pid, parent, state in processes()
                    if (parent == os.getpid() or parent in known) and
                    pid not in known and state != "Z"]

    def held(self, before=None):
        """The least that those that last hold; their children still come and go. If it
        seems to be more than @before, a longer look: what leaked stays."""
        for viewer in self.viewers:
            viewer.press("b")  # a baseline of what was there keeps all of it
        begun, found = time.monotonic(), {}
        until, limit = begun + CALM, begun + PATIENCE
        while time.monotonic() < until or (time.monotonic() < limit and before and
                                           any(self.grown(before, found))):
            self.start_due(time.monotonic(), {"reap": (0.1, 0.2)})
            self.look_after(time.monotonic())
            for name, actor in self.lasting():
                now = memory_of(actor.process.pid)
                found[name] = tuple(map(min, now, found.get(name, now)))
            time.sleep(0.02)
        return found

    def lasting(self):
        yield from ((viewer.name, viewer) for viewer in self.viewers
                    if viewer.process.poll() is None)
        yield from ((f"publisher {number}", publisher)
                    for number, publisher in enumerate(self.publishers))

    def grown(self, before, after):
        for name, (anonymous, _, descriptors) in before.items():
            if name not in after:
                continue
            grown = after[name][0] - anonymous
            publisher = name.startswith("publisher")
            limit = GROWTH_KIB["publisher" if publisher else name]
            limit *= 4 if self.seconds < 60 else 1
            limit += 0 if publisher else SEGMENT_KIB * (self.most - self.most_warm)
            if grown > limit:
                yield f"{name} grew by {grown} KiB: {limit} are allowed"
            if after[name][2] > descriptors:
                yield f"{name} had {descriptors} descriptors, has {after[name][2]}"

    def compare_held(self, before, after):
        for name, (anonymous, *_) in before.items():
            self.figures[f"KiB grown: {name}"] = (after[name][0] - anonymous
                                                  if name in after else 0)
        for text in self.grown(before, after):
            self.mismatch(text)

    def run(self):
        adopt_orphans()
        begun = time.monotonic()
        self.viewers = [Viewer(self, "ttatop", ["-d", "0.2"], terminal=True),
                        Viewer(self, "ttatop --json", ["-b", "-j", "-d", "0.2", "--view",
                                                       "devices"])]
        for _ in range(LASTING):
            self.start_publisher(lasting=True)
        self.play(begun + WARM_UP * self.seconds)
        self.calm()
        before = self.held()
        self.most_warm = self.most
        self.play(begun + self.seconds)
        self.calm()
        self.compare_held(before, self.held(before))
        self.end()

    def end(self):
        for publisher in self.publishers:
            publisher.process.send_signal(signal.SIGTERM)
        self.calm_without_lasting()
        for viewer in self.viewers:
            why = viewer.end()
            if why:
                self.mismatch(why)
        self.viewers = []
        self.compare_rest()

    def calm_without_lasting(self):
        self.wait_for("the end of those that last", lambda: not self.publishers)
        self.calm()

    def compare_rest(self):
        self.figures["segments at once"] = self.most
        left = os.listdir(self.directory)
        if left:
            self.mismatch(f"left in the segment directory: {left}")
        for key, path in soak_truth.list_all(self.truths).items():
            truth = soak_truth.read(path)
            self.figures["segments"] += 1
            if not truth:
                continue
            self.figures["events"] += truth.done
            self.figures["threads"] += truth.threads
            self.figures["group frees"] += truth.group_frees
            self.figures["device closes"] += truth.device_closes
            self.figures["entries closed"] += truth.closed
            self.figures["level changes"] += truth.level_changes
            self.figures["renewals"] += truth.renewals
            self.figures["forked"] += truth.forked
            self.figures["exec'ed"] += key[2] > 0
            if key not in self.judged and truth.holds_anything():
                self.mismatch(f"pid {key[0]} held something, and nobody saw it")
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                self.mismatch("a process is left")
                return

    def close(self):
        """Whatever happened: nothing of it stays."""
        for actor in self.publishers + self.viewers + list(self.jobs.values()):
            if actor.process.poll() is None:
                actor.process.kill()
                actor.process.wait()
        for pid, parent, _ in processes():
            if parent == os.getpid():
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.directory)
        shutil.rmtree(self.work)


def processes():
    """(pid, parent, state) of all there are."""
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                words = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        yield int(name), int(words[1]), words[0]
