# SPDX-License-Identifier: MIT
"""What every attack works with: the device, the state that it must keep, and the table of attempts.

The state is asked for by a trusted client with a connection of its own. A witness, a client of the socket that was
there before, must still be there after each part, and must follow a change that its owner then makes."""
from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from common.http import request
from common.page import Page
from common.program import PATIENCE, Program, free_port

ROOT = Path(__file__).resolve().parents[2]
NAME = "Lamp 7f3a of the household"  # nobody but a reader of the state or of the page knows it
STRANGER = "127.0.0.2"  # the attacker's address; the household has 127.0.0.1


class Device:
    """The program, for use in `with`, and its owner's view of it; `fields` go with each request of the owner's."""
    fields: dict[str, str] = {}

    def __init__(self, programs: Path, folder: Path, *options: str) -> None:
        self.port = free_port()
        self.log = folder / f"log-{self.port}"
        self.state_file = folder / f"state-{self.port}"
        self._output = open(self.log, "wb")
        self._program = Program(
            programs / "heliograph", "--port", str(self.port), "--name", NAME, "--log-level", "debug", "--state-file",
            str(self.state_file), *options, output=self._output)

    def __enter__(self) -> Device:
        deadline = time.monotonic() + PATIENCE
        while not self._is_served():
            if self._program.process.poll() is not None or time.monotonic() > deadline:
                said = self.log.read_text(errors="replace")[-300:]
                self.__exit__()
                raise RuntimeError(f"heliograph does not serve: {said}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self.status = self._program.stop()
        self._output.close()

    def _is_served(self) -> bool:
        try:
            return request(self.port, headers=self.fields)[0] == 200
        except OSError:
            return False

    @property
    def pid(self) -> int:
        return self._program.pid

    def state(self) -> tuple[int, dict[str, Any]]:
        """What no attacker may change: the revision and the parts."""
        state = json.loads(request(self.port, "/api/state", headers=self.fields)[1])
        return state["rev"], state["parts"]

    def toggle(self) -> bool:
        """The owner toggles the LED, and it is now on."""
        status, _ = request(self.port, "/api/parts/led/toggle", "POST", headers=self.fields)
        if status != 200:
            raise RuntimeError(f"the owner's command was answered with {status}")
        return self.state()[1]["led"]["on"]


class Table:
    """The attempts so far: printed as they are made, counted, and judged."""

    def __init__(self) -> None:
        self.count = 0
        self.failures: list[str] = []
        self._title = ""

    def begin(self, title: str) -> None:
        self._title = title
        print(f"\n{title}", flush=True)

    def row(self, attempt: str, seen: str, answers: str = "", problem: str = "") -> None:
        """An attempt, what the attacker saw, what the device answered, and what must not be so."""
        self.count += 1
        seen = seen.replace("\n", " ")
        outcome = f"FAIL: {problem}" if problem else "refused"
        print(f"  {attempt:<62.62} {seen:<38.38} {answers:<22.22} {outcome}", flush=True)
        if problem:
            self.failures.append(f"{self._title}: {attempt}: {problem}")

    def holds(self, claim: str, condition: object, found: str = "") -> None:
        """A claim about a whole part."""
        self.count += 1
        print(f"  {claim:<62} {found:<61.61} {'holds' if condition else 'FAIL'}", flush=True)
        if not condition:
            self.failures.append(f"{self._title}: {claim}: {found or 'no'}")


class Watch:
    """Compares the state before an attempt with that after it."""

    def __init__(self, device: Device) -> None:
        self.device, self.before = device, device.state()

    def problem(self) -> str:
        """What has changed, in words; empty if nothing has. What comes next is compared with the state now."""
        before, self.before = self.before, self.device.state()
        return "" if before == self.before else f"the device has changed: {before[0]} -> {self.before[0]}"


class Witness:
    """A page of the household that stays open, and answers pings as a browser does, for use in `with`."""

    def __init__(self, device: Device, table: Table, **options: Any) -> None:
        self.device, self.table = device, table
        self.page = Page(device.port, **options)
        self.problem = ""
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def _listen(self) -> None:
        while not self.problem:
            try:
                self.page.hear()
            except TimeoutError:
                continue
            except OSError as problem:
                self.problem = str(problem)

    def __enter__(self) -> Witness:
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        if failure[0] is None:
            on = self.device.toggle()
            seen = until(lambda: self.problem or self.page.part("led").get("on") is on, PATIENCE) and not self.problem
            words = "" if seen else self.problem or "it does not follow"
            self.table.holds("a witness was connected all the time and is in sync", seen, words)
        if not self.problem:
            self.page.socket.socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self.page.socket.close()


def until(condition: Callable[[], object], patience: float) -> bool:
    """Whether the condition held in time."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True
