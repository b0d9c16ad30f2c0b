# SPDX-License-Identifier: MIT
"""Many open pages of a fleet in a process of their own. Each shows a window of the list, answers pings, and comes back
when its connection is lost, as the page's script does. They note how old each change is when it comes, and how long
each page was without a message.

    pages.py PORT COUNT ROWS DEVICES        driven by `Pages` below, a line of JSON each way
"""
from __future__ import annotations

import json
import random
import re
import select
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common.program import allow_descriptors  # noqa: E402
from common.websocket import CLOSE, PING, PONG, TEXT, accepts, frame, handshake, parse  # noqa: E402

STAMP = re.compile(rb"<li data-id='([a-z0-9-]+)' class='([a-z]+)'>.*?<b>Stamp</b> <i>(\d+)<", re.DOTALL)
RETRY = (0.15, 0.5)  # seconds until the first attempt after a loss: timeouts.js
CONNECT = 5.0  # seconds that an attempt may take
AHEAD = 32  # pages whose handshake may be under way at first


class Pages:
    """The process, for a claim. Use it in `with`."""

    def __init__(self, port: int, count: int, rows: int, devices: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__, *map(str, (port, count, rows, devices))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, command: str) -> dict[str, Any]:
        """`report`: how many are `open`, and since the last report: `updates` of rows, the ages of changes in
        milliseconds, sorted, the longest `gap` of any page in seconds, `losses` of connections. `stamps`: what each
        device was shown with last, or "?" where two pages differ; and who is shown as `alive`."""
        print(command, file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the pages have failed")
        return json.loads(line)

    def __enter__(self) -> Pages:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        self.process.wait()


class Page:
    def __init__(self, crowd: Crowd, number: int) -> None:
        self.crowd, self.number = crowd, number
        self.socket: socket.socket | None = None
        self.buffer = bytearray()
        self.is_open = self.is_listed = False
        self.due = 0.0  # when to connect, or to give an attempt up
        self.last = time.monotonic()
        self.stamps: dict[bytes, int] = {}
        self.alive: set[bytes] = set()

    def connect(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.setblocking(False)
        self.socket.connect_ex(("127.0.0.1", self.crowd.port))
        self.buffer.clear()
        self.is_open = self.is_listed = False
        self.due = time.monotonic() + CONNECT
        self.crowd.add(self)

    def lose(self) -> None:
        if self.socket is not None:
            self.crowd.remove(self)
            self.socket.close()
            self.socket = None
            self.crowd.losses += self.is_open
        self.is_open = False
        self.due = time.monotonic() + random.uniform(*RETRY)

    def writable(self) -> None:
        try:
            self.socket.sendall(handshake(self.crowd.port))
            self.crowd.poll.modify(self.socket, select.EPOLLIN)
        except OSError:
            self.lose()

    def readable(self) -> None:
        try:
            received = self.socket.recv(262_144)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        if not received:
            return self.lose()
        self.buffer += received
        if not self.is_open:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if not accepts(bytes(self.buffer[:end + 4])):
                return self.lose()
            del self.buffer[:end + 4]
            self.is_open = True
            window = {"type": "watch", "from": self.number * 50 % self.crowd.devices // 50 * 50, "count": self.crowd.rows}
            self.socket.sendall(frame(TEXT, json.dumps(window)))
        start = 0
        while (found := parse(self.buffer, start)) is not None:
            start = found[1]
            self.take(*found[0])
            if self.socket is None:
                return
        del self.buffer[:start]

    def take(self, first: int, payload: bytes) -> None:
        opcode = first & 0x0F
        if opcode == PING:
            self.socket.sendall(frame(PONG, payload))
        elif opcode == CLOSE:
            self.lose()
        elif opcode == TEXT:
            self.hear(payload)

    def hear(self, message: bytes) -> None:
        now = time.monotonic()
        is_list = message.startswith(b'{"type":"list"')
        if not is_list and not message.startswith(b'{"type":"rows"'):
            return
        if self.is_listed or is_list:
            self.crowd.gap = max(self.crowd.gap, now - self.last)
        self.last = now
        shown = STAMP.findall(message)
        if is_list:
            self.is_listed = True
            self.stamps.clear()
            self.alive.clear()
        milliseconds = int(now * 1000) % 2_000_000_000
        for device, presence, stamp in shown:
            stamp = int(stamp)
            self.crowd.updates += 1
            if not is_list and self.stamps.get(device) != stamp:
                self.crowd.ages.append(milliseconds - stamp)
            self.stamps[device] = stamp
            self.alive.add(device) if presence == b"alive" else self.alive.discard(device)


class Crowd:
    def __init__(self, port: int, count: int, rows: int, devices: int) -> None:
        self.port, self.rows, self.devices = port, rows, devices
        self.poll = select.epoll()
        self.by_descriptor: dict[int, Page] = {}
        self.pages = [Page(self, number) for number in range(count)]
        self.reset()

    def reset(self) -> None:
        self.updates, self.gap, self.losses = 0, 0.0, 0
        self.ages: list[int] = []

    def add(self, page: Page) -> None:
        self.by_descriptor[page.socket.fileno()] = page
        self.poll.register(page.socket, select.EPOLLOUT)

    def remove(self, page: Page) -> None:
        del self.by_descriptor[page.socket.fileno()]
        self.poll.unregister(page.socket)

    def run(self) -> None:
        self.poll.register(sys.stdin, select.EPOLLIN)
        while True:
            now = time.monotonic()
            waiting = sum(page.socket is not None and not page.is_open for page in self.pages)
            for page in self.pages:
                if page.is_open or now < page.due:
                    continue
                if page.socket is not None:
                    page.lose()
                elif waiting < AHEAD:
                    waiting += 1
                    page.connect()
            for descriptor, event in self.poll.poll(0.02):
                if descriptor == sys.stdin.fileno():
                    command = sys.stdin.readline().strip()
                    if not command:
                        return
                    print(json.dumps(self.answer(command)), flush=True)
                elif (page := self.by_descriptor.get(descriptor)) is not None:
                    if event & select.EPOLLIN:
                        page.readable()
                    elif event & (select.EPOLLERR | select.EPOLLHUP):
                        page.lose()
                    elif event & select.EPOLLOUT:
                        page.writable()

    def answer(self, command: str) -> dict[str, Any]:
        if command == "report":
            now = time.monotonic()
            gap = max([self.gap, *(now - page.last for page in self.pages)])
            told = {"open": sum(page.is_open for page in self.pages), "updates": self.updates, "gap": gap,
                    "losses": self.losses, "ages": sorted(self.ages)}
            self.reset()
            return told
        stamps: dict[str, int | str] = {}
        alive: set[bytes] = set()
        for page in self.pages:
            alive |= page.alive
            for device, stamp in page.stamps.items():
                name = device.decode()
                stamps[name] = stamp if stamps.get(name, stamp) == stamp else "?"
        return {"stamps": stamps, "alive": sorted(name.decode() for name in alive)}


if __name__ == "__main__":
    allow_descriptors()
    Crowd(*map(int, sys.argv[1:])).run()
