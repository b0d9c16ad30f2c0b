# SPDX-License-Identifier: MIT
"""A browser's remote control by W3C WebDriver: a driver's program that is asked over HTTP, in JSON.
Source: https://www.w3.org/TR/webdriver2/, section 6.3, "Endpoints". Marionette names the same commands in the same way.
"""
from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

from common.claims import check, until
from common.program import ending_with_parent, free_port

START = 60.0  # seconds for a browser to start
ANSWER = 60.0  # seconds for a command
COMMANDS = {
    "Navigate": "POST url", "Back": "POST back", "Forward": "POST forward", "Refresh": "POST refresh",
    "ExecuteScript": "POST execute/sync", "FindElement": "POST element", "TakeScreenshot": "GET screenshot",
    "ElementClick": "POST element/{id}/click", "ElementSendKeys": "POST element/{id}/value",
    "PerformActions": "POST actions", "ReleaseActions": "DELETE actions", "NewWindow": "POST window/new",
    "SwitchToWindow": "POST window", "CloseWindow": "DELETE window", "GetWindowHandle": "GET window",
    "SetWindowRect": "POST window/rect", "ExecuteCDP": "POST goog/cdp/execute", "GetLog": "POST se/log",
}


class DriverError(Exception):
    """What a browser says of a command that failed: the kind of error, a colon, and its words."""


class Unanswered(Exception):
    """A browser, or its driver, that does not answer any more."""


class WebDriver:
    """A driver and the one browser that it starts with these capabilities; `end` ends both."""

    def __init__(self, program: Path, log: Path, capabilities: dict[str, Any], **variables: str) -> None:
        self.log = log
        port = free_port()
        with log.open("wb") as output:
            self.process = subprocess.Popen([program, f"--port={port}"], stdout=output, stderr=output,
                                            env=os.environ | variables, preexec_fn=ending_with_parent(signal.SIGTERM))
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START)
        self.session = ""
        try:
            until(lambda: self._listens(port), f"{program} can be asked", START)
            told = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
            self.session = f"/session/{told['sessionId']}"
            self.version = told["capabilities"]["browserVersion"]
            self.connection.sock.settimeout(ANSWER)
        except BaseException:
            self.end()
            raise

    def _listens(self, port: int) -> bool:
        check(self.process.poll() is None, f"the driver runs: {self.log.read_text(errors='replace')}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False

    def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        content = json.dumps(body).encode() if body is not None else None
        self.connection.request(method, path, content, {"Content-Type": "application/json; charset=utf-8"})
        answer = self.connection.getresponse()
        value = json.loads(answer.read())["value"]
        if answer.status != 200:
            raise DriverError(f"{value['error']}: {value['message']}")
        return value

    def command(self, name: str, **parameters: Any) -> Any:
        """What a command results in."""
        method, _, path = COMMANDS[name].partition(" ")
        path = f"{self.session}/{path.format(id=parameters.get('id'))}"
        return self._ask(method, path, parameters if method == "POST" else None)

    def end(self) -> None:
        try:
            if self.session and self.process.poll() is None:
                self._ask("DELETE", self.session, None)
        except (DriverError, OSError, http.client.HTTPException):
            pass  # the driver's end is the browser's, too
        self.connection.close()
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
