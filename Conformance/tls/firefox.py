# SPDX-License-Identifier: MIT
"""Debian's Firefox, driven by Marionette, the protocol of its own remote control: a line of JSON with its length in
front, [0, number, command, parameters], answered by [1, number, error, result].
Source: https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
"""
from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path
from typing import Any

from common.claims import check, until

START = 60.0  # seconds for a first start, which makes the profile
ANSWER = 60.0  # seconds for a command
PREFERENCES = {"marionette.port": 0, "browser.shell.checkDefaultBrowser": False, "app.update.enabled": False}


class FirefoxError(Exception):
    """What Firefox says of a command that failed."""


class Firefox:
    """A Firefox without windows, with a profile of its own in `folder`; use it in `with`."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program, self.home, self.profile = program, folder, folder / "profile"
        self.profile.mkdir(parents=True)
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
        (self.profile / "user.js").write_text("\n".join(lines) + "\n")
        self.count = 0
        self.received = b""

    def __enter__(self) -> Firefox:
        environment = os.environ | {"HOME": str(self.home), "MOZ_CRASHREPORTER_DISABLE": "1"}
        with (self.home / "firefox.log").open("wb") as log:
            self.process = subprocess.Popen(
                [self.program, "--headless", "--marionette", "--no-remote", "--profile", self.profile],
                stdout=log, stderr=log, env=environment)
        try:
            self._connect()
        except BaseException:
            self._end()
            raise
        return self

    def _connect(self) -> None:
        port = self.profile / "MarionetteActivePort"  # written when it listens

        def listens() -> bool:
            check(self.process.poll() is None, f"Firefox runs: {(self.home / 'firefox.log').read_text()}")
            return port.exists() and port.read_text() != ""
        until(listens, "Firefox can be driven", START)
        self.socket = socket.create_connection(("127.0.0.1", int(port.read_text())), ANSWER)
        self._receive()  # its greeting
        self.command("WebDriver:NewSession", capabilities={"alwaysMatch": {"acceptInsecureCerts": False}})

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _receive(self) -> Any:
        while True:
            length, colon, rest = self.received.partition(b":")
            if colon and len(rest) >= int(length):
                self.received = rest[int(length):]
                return json.loads(rest[:int(length)])
            if not (received := self.socket.recv(65_536)):
                raise FirefoxError("it has hung up")
            self.received += received

    def command(self, name: str, **parameters: Any) -> Any:
        """What a command results in."""
        self.count += 1
        message = json.dumps([0, self.count, name, parameters]).encode()
        self.socket.sendall(b"%d:%b" % (len(message), message))
        _, number, error, result = self._receive()
        check(number == self.count, "Firefox answers in order")
        if error:
            raise FirefoxError(f"{error['error']}: {error['message']}")
        return result

    def visit(self, address: str) -> None:
        self.command("WebDriver:Navigate", url=address)

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page."""
        return self.command("WebDriver:ExecuteScript", script=f"return {expression}", args=[])["value"]

    def click(self, selector: str) -> None:
        found = self.command("WebDriver:FindElement", using="css selector", value=selector)["value"]
        self.command("WebDriver:ElementClick", id=next(iter(found.values())))
