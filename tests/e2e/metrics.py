# SPDX-License-Identifier: BSD-2-Clause
"""Strict parsers of the two dialects of metrics: whatever they do not expect is an error."""
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"')
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? ([0-9]+(?:\.[0-9]+)?)")
UNESCAPE = {r"\\": "\\", r"\"": '"', r"\n": "\n"}


def labels_of(text):
    labels, at = [], 0
    while at < len(text):
        match = LABEL.match(text, at)
        if not match:
            raise ValueError(f"labels: {text}")
        value = re.sub(r'\\[\\"n]', lambda m: UNESCAPE[m.group()], match.group(2))
        labels.append((match.group(1), value))
        at = match.end()
        if at < len(text):
            if text[at] != ",":
                raise ValueError(f"labels: {text}")
            at += 1
    if len({name for name, _ in labels}) != len(labels):
        raise ValueError(f"a label twice: {text}")
    return frozenset(labels)


class Families:
    """Samples by (name, labels), families by name: their kind, unit and help."""

    def __init__(self, text, openmetrics):
        self.samples, self.kinds, self.units, self.helps = {}, {}, {}, {}
        self.openmetrics = openmetrics
        self.current = None
        if not text.endswith("\n"):
            raise ValueError("no newline at the end")
        lines = text.split("\n")[:-1]
        if openmetrics and lines.pop() != "# EOF":
            raise ValueError("no # EOF at the end")
        for line in lines:
            self.take(line)

    def take(self, line):
        if not line.startswith("#"):
            self.take_sample(line)
            return
        _, word, name, rest = line.split(" ", 3)
        known = {"HELP": self.helps, "TYPE": self.kinds}
        if self.openmetrics:
            known["UNIT"] = self.units
        if word not in known or name in known[word]:
            raise ValueError(f"unexpected: {line}")
        known[word][name] = rest
        if word == "UNIT" and not name.endswith("_" + rest):
            raise ValueError(f"not the unit of its name: {line}")
        self.current = name

    def take_sample(self, line):
        match = SAMPLE.fullmatch(line)
        if not match:
            raise ValueError(f"no sample: {line}")
        name, labels = match.group(1), labels_of(match.group(2) or "")
        kind = self.kinds[self.current]
        ending = {"counter": "_total", "info": "_info"}.get(kind, "")
        if name != self.current + (ending if self.openmetrics else ""):
            raise ValueError(f"of another family than {self.current}: {line}")
        if kind == "counter" and not name.endswith("_total"):
            raise ValueError(f"a counter without _total: {line}")
        if (name, labels) in self.samples:
            raise ValueError(f"twice: {line}")
        value = match.group(3)
        self.samples[name, labels] = float(value) if "." in value else int(value)

    def get(self, name, **labels):
        """The value, None when there is no such sample."""
        return self.samples.get((name, frozenset(labels.items())))

    def all(self, name):
        return {labels: value for (n, labels), value in self.samples.items() if n == name}


def device_labels(device):
    """As metrics call a device of a snapshot."""
    number = str(device["number"])
    labels = {"device": f"{device['kind']}:{number}" if device["kind"] else number}
    if device["uid"]:
        labels["uid"] = device["uid"]
    return labels
