# SPDX-License-Identifier: MIT
"""What a claim has: a browser, devices of its own, and words for what a page shows."""
from __future__ import annotations

import itertools
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from common.claims import until
from common.http import device_state
from common.program import Program
from engine import Engine

KITCHEN = Path(__file__).resolve().parents[2] / "Examples" / "kitchen.yaml"
TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
SWITCH = "[data-part=led] [role=switch]"
SHOWN = """((row) => row && [row.classList.contains('on'), row.querySelector('i').textContent,
    row.querySelector('[role=switch]')?.getAttribute('aria-checked')])(document.querySelector('[data-part=led]'))"""


class Device:
    """The demonstration, a switch called led and a button, as another client of it knows it."""

    def __init__(self, program: Program, host: str = "127.0.0.1") -> None:
        self.program, self.port = program, program.port
        self.address = f"http://{host}:{self.port}/"

    def state(self) -> dict[str, Any]:
        return device_state(self.port)

    @property
    def revision(self) -> int:
        return self.state()["rev"]

    @property
    def clients(self) -> int:
        return self.state()["clients"]

    @property
    def is_on(self) -> bool:
        return self.state()["parts"]["led"]["on"]

    def toggle(self) -> None:
        urlopen(Request(f"http://127.0.0.1:{self.port}/api/parts/led/toggle", method="POST"), timeout=20).read()

    def nobody_watches(self) -> None:
        until(lambda: self.clients == 0, "the device has no client")


class Bench:
    """A browser, and the program whose page it shows."""

    def __init__(self, heliograph: Path, browser: Engine, folder: Path) -> None:
        self.heliograph, self.browser, self.folder = heliograph, browser, folder
        self._count = itertools.count()

    def fresh(self) -> Path:
        """A folder that nobody has used."""
        folder = self.folder / f"{next(self._count)}"
        folder.mkdir(parents=True)
        return folder

    def program(self, *options: str | Path, folder: Path | None = None) -> Program:
        """The program on the simulated board, with a folder for its state."""
        folder = folder or self.fresh()
        return Program(self.heliograph, "--state-file", folder / "state", *options, HOME=str(folder))

    @contextmanager
    def device(self, *options: str | Path, port: int = 0, folder: Path | None = None) -> Iterator[Device]:
        with self.program("--port", str(port), *options, folder=folder) as program:
            yield Device(program)

    def command(self, folder: Path, *words: str, line: str = "") -> None:
        """A command of the program's, such as `user add`, for a device with that folder."""
        subprocess.run([self.heliograph, *words, "--state-file", folder / "state"], input=f"{line}\n", text=True,
                       check=True, capture_output=True)


class View:
    """What a browser shows of a device."""

    def __init__(self, browser: Engine) -> None:
        self.browser = browser

    def text(self, selector: str) -> str | None:
        return self.browser.evaluate(f"document.querySelector({json.dumps(selector)})?.textContent ?? null")

    def has(self, selector: str) -> bool:
        return self.browser.evaluate(f"document.querySelector({json.dumps(selector)}) !== null")

    def is_live(self) -> bool:
        return self.has("[data-phase=live]")

    def shows(self, is_on: bool) -> bool:
        """Whether all that shows the switch's state agrees: the row, its word, the control."""
        return self.browser.evaluate(SHOWN) == [is_on, "on" if is_on else "off", str(is_on).lower()]

    def become_live(self, what: str = "the page", patience: float = 20) -> float:
        return until(self.is_live, f"{what} is live", patience)

    def come_to_rest(self) -> None:
        """What the page has is painted, and nothing moves."""
        self.browser.evaluate(TWO_FRAMES)  # WebKitGTK's picture was seen to be of a frame before
        until(lambda: self.browser.evaluate("document.getAnimations().length === 0"), "nothing moves")
        self.browser.evaluate(TWO_FRAMES)

    def come_to_show(self, device: Device, what: str) -> None:
        """The page is live and right."""
        self.become_live(what)
        is_on = device.is_on
        until(lambda: self.shows(is_on), f"{what} shows that the LED is {'on' if is_on else 'off'}")

    def open(self, device: Device, what: str = "the page", address: str | None = None) -> None:
        """Visits the device's page, or the same at another address, until it is live and right."""
        self.browser.visit(address or device.address)
        self.come_to_show(device, what)

    def come_to_say(self, selector: str, words: str, patience: float = 20) -> float:
        """Seconds until the text there matches a pattern."""
        def says() -> bool:
            return re.search(words, self.text(selector) or "") is not None
        try:
            return until(says, words, patience)
        except AssertionError:
            told = f"{selector} says {words!r} within {patience:.0f} s, not {self.text(selector)!r}"
            raise AssertionError(told) from None
