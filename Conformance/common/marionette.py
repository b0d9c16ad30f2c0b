# SPDX-License-Identifier: MIT
"""Debian's Firefox, driven by Marionette, the protocol of its own remote control: a line of JSON with its length in
front, [0, number, command, parameters], answered by [1, number, error, result].
Source: https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
"""
from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

from common.claims import check, until
from common.program import ending_with_parent
from common.webdriver import ANSWER, START, DriverError

PREFERENCES = {"marionette.port": 0, "browser.shell.checkDefaultBrowser": False, "app.update.enabled": False,
               "browser.startup.homepage_override.mstone": "ignore"}


class Marionette:
    """A Firefox with a profile, and what it is asked; `end` ends it. Its commands are those of WebDriver."""

    def __init__(self, program: Path, profile: Path, capabilities: dict[str, Any], **variables: str) -> None:
        profile.mkdir(parents=True, exist_ok=True)
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
        (profile / "user.js").write_text("\n".join(lines) + "\n")
        self.log = profile / "firefox.log"
        self.count = 0
        self.received = b""
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [program, "--marionette", "-remote-allow-system-access", "--no-remote", "--profile", profile],
                stdout=log, stderr=log, env=os.environ | {"MOZ_CRASHREPORTER_DISABLE": "1"} | variables,
                preexec_fn=ending_with_parent(signal.SIGTERM))
        try:
            self._connect(profile / "MarionetteActivePort")
            told = self._ask("WebDriver:NewSession", **capabilities)  # `alwaysMatch` is for drivers
        except BaseException:
            self.end()
            raise
        self.version = told["capabilities"]["browserVersion"]

    def _connect(self, port: Path) -> None:
        def listens() -> bool:
            check(self.process.poll() is None, f"Firefox runs: {self.log.read_text(errors='replace')}")
            return port.exists() and port.read_text() != ""  # written when it listens
        until(listens, "Firefox can be driven", START)
        self.socket = socket.create_connection(("127.0.0.1", int(port.read_text())), ANSWER)
        self._receive()  # its greeting

    def end(self) -> None:
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
                raise ConnectionError("Firefox has hung up")
            self.received += received

    def _ask(self, name: str, **parameters: Any) -> Any:
        self.count += 1
        message = json.dumps([0, self.count, name, parameters]).encode()
        self.socket.sendall(b"%d:%b" % (len(message), message))
        number = 0
        while number != self.count:  # an answer that nobody waits for any more may come first
            _, number, error, result = self._receive()
        if error:
            raise DriverError(f"{error['error']}: {error['message']}")
        return result

    def command(self, name: str, **parameters: Any) -> Any:
        """What a command of WebDriver results in."""
        result = self._ask(f"WebDriver:{name}", **parameters)
        return result["value"] if isinstance(result, dict) and set(result) == {"value"} else result

    def chrome(self, script: str, *arguments: Any) -> Any:
        """Runs a script in the browser itself, with all its rights."""
        self._ask("Marionette:SetContext", value="chrome")
        try:
            return self.command("ExecuteScript", script=script, args=arguments)
        finally:
            self._ask("Marionette:SetContext", value="content")
