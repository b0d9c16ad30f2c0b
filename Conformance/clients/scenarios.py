# SPDX-License-Identifier: MIT
"""What each library's program is put through, and what is seen of it.

A program prints a line for each event, its first word saying what it is:

    open                    the connection is open
    text WORDS, binary N    a message, where the scenario shows them
    echoed KIND SIZE        a message came back as it was sent; `garbled` if it did not
    refused WORDS           no connection: what the library tells its user
    closed CODE WORDS       the end: the code that the library shows, `-` if none, and what it says
"""
from __future__ import annotations

import json
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from common.claims import check, until
from common.environments import clean_environment
from common.http import device_state, request
from common.program import Program
from common.websocket import WebSocket
from kits import Command

SIZES = [1, 125, 126, 8_192, 32_768, 65_535, 65_536, 131_072, 1_000_000]  # bytes, on both sides of known limits
PATIENCE = 25  # seconds for a whole scenario; the longest is a first message that a library shows 15 s late
ECHO_PATIENCE = 90  # for all sizes: the slowest library was seen to take 14 for 1 MB
IDLE = 45  # seconds without a message; silent clients are given up after 35
UNKNOWN_NAME = "lamp.example"  # leads to this machine (`run` sees to it), which does not know it
OTHER_SITE = "http://other.example"
REFUSALS = {  # how the program is started, and the reason that the device gives
    "origin": "403 Origin is another site", "host": "403 Unknown Host", "path": "404 Not found",
    "login": "401 log in: send Authorization with a token or a password", "malformed": "400 malformed Host",
}
TOKEN_NAME = "shelf"  # whose token the clients show where people log in


@dataclass
class Seen:
    """What a program printed in one scenario, and how it ended."""
    lines: list[str] = field(default_factory=list)
    seconds: float = 0.0
    is_over: bool = False  # it ended by itself
    log: list[str] = field(default_factory=list)  # what the device said in its log meanwhile

    def all(self, event: str) -> list[str]:
        """What came with each event of that name."""
        return [line.partition(" ")[2] for line in self.lines if line.partition(" ")[0] == event]

    def one(self, event: str) -> str | None:
        return next(iter(self.all(event)), None)

    @property
    def code(self) -> str | None:
        """The code of the end as the library shows it."""
        end = self.one("closed")
        return None if end is None else end.partition(" ")[0]


class Client:
    """A program that runs; its lines are read as they come."""

    def __init__(self, command: Command, *arguments: str) -> None:
        self.seen = Seen()
        self.start = time.monotonic()
        self.process = subprocess.Popen(
            [str(word) for word in [*command, *arguments]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, errors="replace", env=clean_environment())
        self.errors = ""
        self._readers = [threading.Thread(target=read, daemon=True) for read in (self._read, self._read_errors)]
        for reader in self._readers:
            reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.seen.lines.append(line.rstrip("\n"))

    def _read_errors(self) -> None:
        self.errors = self.process.stderr.read()

    def finish(self, patience: float = PATIENCE) -> Seen:
        """Waits for its end; one that does not end is killed."""
        try:
            self.process.wait(max(0.0, self.start + patience - time.monotonic()))
            self.seen.is_over = True
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for reader in self._readers:
            reader.join(5)
        self.seen.seconds = time.monotonic() - self.start
        if not self.seen.lines and self.errors:
            self.seen.lines.append("failed " + " ".join(self.errors.split())[-300:])
        return self.seen


class Bench:
    """The devices that the clients meet: a quiet one, one without a place, one on IPv6, one on which people log in, an
    echo, one that ends."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs

    @contextmanager
    def start(self) -> Iterator[Bench]:
        device = self.programs / "heliograph"
        common = ["--port", "0", "--log-level", "debug"]
        with tempfile.TemporaryDirectory() as folder, \
                self._guarded(Path(folder, "state"), *common) as self.guarded, \
                Program(device, *common) as self.device, Program(device, *common, "--host", "::1") as self.ipv6, \
                Program(device, *common, "--max-clients", "1") as self.full, \
                Program(device, *common, "--max-clients", "200") as self.ending, \
                Program(self.programs / "heliograph-echo", "0") as self.echo, \
                WebSocket(self.full.port) as self._first:
            threading.Thread(target=self._stay, daemon=True).start()
            check(device_state(self.full.port).get("full") is True, "/api/state of a full house says so")
            yield self

    def _guarded(self, state: Path, *common: str) -> Program:
        """A device that has an owner, and a token that may operate it."""
        def command(*words: str, line: str = "") -> str:
            done = subprocess.run([self.programs / "heliograph", *words, "--state-file", state], input=f"{line}\n",
                                  text=True, capture_output=True, check=True)
            return done.stdout.strip()
        command("user", "add", "anna", "--role", "admin", line="correct horse battery")
        self.authorization = f"Bearer {command('token', 'add', TOKEN_NAME, '--role', 'control')}"
        return Program(self.programs / "heliograph", *common, "--login", "--state-file", state)

    def _stay(self) -> None:
        """The client that holds the only place, and answers pings."""
        try:
            while True:
                self._first.message("nothing")
        except (OSError, ValueError):
            return

    def _watch(self, server: Program, command: Command, *arguments: str) -> Seen:
        """A scenario on a device, with what its log says meanwhile."""
        before = len(server.lines)
        seen = Client(command, *arguments).finish()

        def has_noted() -> bool:
            return any(" disconnected" in line or "4013" in line for line in list(server.lines)[before:])
        if seen.one("open") is not None:
            wait_quietly(has_noted, 2)
        else:
            wait_quietly(lambda: len(server.lines) > before, 1)
        seen.log = list(server.lines)[before:]
        return seen

    def toggle(self, command: Command) -> Seen:
        return self._watch(self.device, command, "toggle", f"ws://127.0.0.1:{self.device.port}/ws")

    def echoes(self, command: Command) -> Seen:
        sizes = ",".join(map(str, SIZES))
        return Client(command, f"echo={sizes}", f"ws://127.0.0.1:{self.echo.port}/ws").finish(ECHO_PATIENCE)

    def origin(self, command: Command) -> Seen:
        return self._watch(self.device, command, "read", f"ws://127.0.0.1:{self.device.port}/ws", OTHER_SITE)

    def host(self, command: Command) -> Seen:
        return self._watch(self.device, command, "read", f"ws://{UNKNOWN_NAME}:{self.device.port}/ws")

    def path(self, command: Command) -> Seen:
        return self._watch(self.device, command, "read", f"ws://127.0.0.1:{self.device.port}/nowhere")

    def login(self, command: Command) -> Seen:
        """Without a word of who it is."""
        return self._watch(self.guarded, command, "read", f"ws://127.0.0.1:{self.guarded.port}/ws")

    def token(self, command: Command) -> Seen:
        """With a token: a whole conversation."""
        url = f"ws://127.0.0.1:{self.guarded.port}/ws"
        return self._watch(self.guarded, command, "toggle", url, "", self.authorization)

    def malformed(self, command: Command) -> Seen:
        """An IPv6 address, which some libraries write into Host without its brackets."""
        return self._watch(self.ipv6, command, "toggle", f"ws://[::1]:{self.ipv6.port}/ws")

    def crowded(self, command: Command) -> Seen:
        return self._watch(self.full, command, "read", f"ws://127.0.0.1:{self.full.port}/ws")


class Idle:
    """All libraries at once on one device: silent for 45 s, then told of a change, then of the device's end."""

    def __init__(self, bench: Bench, commands: dict[str, Command]) -> None:
        self.device = bench.ending
        url = f"ws://127.0.0.1:{self.device.port}/ws"
        self.clients = {name: Client(command, "read", url) for name, command in commands.items()}
        wait_quietly(lambda: all(client.seen.lines for client in self.clients.values()), 30)
        self._since = time.monotonic()

    def finish(self) -> tuple[set[str], set[str], dict[str, Seen]]:
        """Who was still there for the change, who had been sent the state before it, and what each saw to the end."""
        time.sleep(max(0.0, self._since + IDLE - time.monotonic()))
        before = {name: len(client.seen.lines) for name, client in self.clients.items()}
        reminded = {name for name, client in self.clients.items()
                    if any(is_message(line, "state") for line in client.seen.lines)}
        status, _ = request(self.device.port, "/api/led/toggle", "POST")
        check(status == 200, "a POST toggles the LED")

        def told() -> set[str]:
            return {name for name, client in self.clients.items()
                    if any(is_message(line, "state") for line in list(client.seen.lines)[before[name]:])}
        wait_quietly(lambda: len(told()) == len(self.clients), 5)
        stayed = told()
        check(self.device.stop() == 0, "the device ends by SIGTERM with status 0")
        limit = time.monotonic() + 8  # seconds: some libraries take five to believe that it is the end
        for client in self.clients.values():
            client.finish(max(0.1, limit - client.start))
        return stayed, reminded, {name: client.seen for name, client in self.clients.items()}


def wait_quietly(condition, patience: float = 10) -> None:
    """Until the condition holds, or not: what is seen then is judged later."""
    try:
        until(condition, "", patience)
    except AssertionError:
        pass


def message(line: str) -> dict:
    """The JSON of a line with a text; nothing if there is none."""
    found = re.search(r"\{.*\}", line)
    try:
        return json.loads(found[0]) if found and line.startswith("text ") else {}
    except ValueError:
        return {}


def is_message(line: str, type: str) -> bool:
    return message(line).get("type") == type


def largest(seen: Seen) -> int:
    """The largest size up to which every message came back as it was, as text and as bytes."""
    best = 0
    for size in SIZES:
        if not {f"text {size}", f"binary {size}"} <= set(seen.all("echoed")):
            break
        best = size
    return best


def close_code(seen: Seen) -> int:
    """How the client closed, as the device saw it: 1006 if TCP just ended, 1005 for a Close without code."""
    codes = [re.search(r"closed with (\d+)", line) for line in seen.log]
    return next((int(code[1]) for code in codes if code), 0)


def shown(seen: Seen, reason: str) -> str:
    """How much of a refusal the library tells its user."""
    words = " ".join([*seen.all("refused"), *seen.all("closed")])
    status, _, phrase = reason.partition(" ")
    if phrase in words:
        return "phrase"
    return "number" if status in words else "nothing"
