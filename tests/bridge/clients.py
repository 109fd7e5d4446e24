# SPDX-License-Identifier: BSD-2-Clause
"""Clients of the old allocation server, byte by byte, and a bridge for them."""
import os
import signal
import socket
import struct
import subprocess
import time

from support import BIN, Case

BRIDGE = os.path.join(BIN, "tta-bridge")
DRAM, L1, SYSTEM, L1_SMALL, TRACE = range(5)
(ALLOC, FREE, QUERY, RESPONSE, DUMP, INFO_QUERY, INFO_RESPONSE,
 CB_ALLOC, CB_FREE, KERNEL_LOAD, KERNEL_UNLOAD, DUMP_KERNELS) = range(1, 13)
HEAD = struct.Struct("<B3xiQB3xiQQ")
MiB = 1 << 20


def message(kind, stride=72, device=0, size=0, memory=0, pid=0, ident=0):
    return HEAD.pack(kind, device, size, memory, pid, ident,
                     time.time_ns() if kind == ALLOC else 0).ljust(stride, b"\0")


class Client:
    """A connection; messages of one size."""

    def __init__(self, path, stride=72):
        self.stride = stride
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        self.socket.connect(path)

    def send(self, kind, **fields):
        self.socket.sendall(message(kind, self.stride, **fields))

    def alloc(self, ident, size, memory=DRAM, device=0):
        self.send(ALLOC, device=device, size=size, memory=memory, pid=os.getpid(),
                  ident=ident)

    def free(self, ident, device=0):
        self.send(FREE, device=device, ident=ident)

    def ask(self, kind, device):
        """The answer's bytes."""
        self.send(kind, device=device)
        answer = b""
        while len(answer) < self.stride:
            got = self.socket.recv(self.stride - len(answer))
            if not got:
                raise EOFError("the bridge closed the connection")
            answer += got
        return answer

    def counters(self, device=0):
        """dram, l1, l1_small, trace, and in the wide sizes cb, kernel."""
        answer = self.ask(QUERY, device)
        count = 6 if self.stride >= 128 else 4
        assert answer[0] == RESPONSE, answer[0]
        return struct.unpack_from(f"<{count}Q", answer, 40)

    def close(self):
        self.socket.close()


class BridgeCase(Case):
    """A bridge at a socket of the test's own."""

    def setUp(self):
        super().setUp()
        self.path = os.path.join(self.state, "bridge.sock")
        self.clients = []
        self.bridge = self.start_bridge()

    def tearDown(self):
        for client in self.clients:
            client.close()
        super().tearDown()

    def start_bridge(self, **env):
        self.errors = open(os.path.join(self.state, "errors"), "w+", encoding="utf-8")
        self.addCleanup(self.errors.close)
        bridge = subprocess.Popen([BRIDGE, "--socket", self.path], text=True,
                                  env=dict(self.env, **env), stdout=subprocess.PIPE,
                                  stderr=self.errors)
        self.children.append(bridge)
        self.assertIn("listening", bridge.stdout.readline())
        return bridge

    def said(self):
        """What the bridge has said on stderr."""
        self.errors.flush()
        with open(self.errors.name, encoding="utf-8") as file:
            return file.read()

    def client(self, stride=72):
        client = Client(self.path, stride)
        self.clients.append(client)
        return client

    def stop_bridge(self, number=signal.SIGTERM):
        """Its statistics."""
        self.bridge.send_signal(number)
        self.assertEqual(self.bridge.wait(20), 0)
        return self.bridge.stdout.read()

    def processes(self, *args):
        return self.snapshot(*args)["processes"]

    def held(self, process, kind, document=None):
        """Bytes and buffers of a type, over all devices."""
        rows = [row for row in process["memory"] if row["type"] == kind]
        return sum(row["used"] for row in rows), sum(row["buffers"] for row in rows)

    def expect(self, want, what):
        """Poll what() until it is @want."""
        self.until(lambda: what() == want, 10)
        self.assertEqual(what(), want)
