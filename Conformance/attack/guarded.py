# SPDX-License-Identifier: MIT
"""A device on which people log in, as one on a network does: it listens on an address that is not this machine's alone,
in a network of the suite's own, in which attackers may have as many addresses as they like."""
from __future__ import annotations

import re
import subprocess
from pathlib import Path
from urllib.parse import urlencode

from common.websocket import WebSocket
from scene import Device, Table, Witness
from stranger import PATIENCE, request, statuses, talk

NETWORK = "10.77.0.0/16"
HOST = "10.77.0.1"  # the device's address
HOUSEHOLD = "10.77.0.10"
INTRUDER = "10.77.66.1"
OWNER, OWNERS_PASSWORD = "anna", "correct horse battery"
FORM = "Content-Type: application/x-www-form-urlencoded"
LOGIN_PATIENCE = 30.0  # seconds: a password's hash takes a while, and the device itself gives up after 15
COOKIE = re.compile(rb"^set-cookie: ([^=]+)=([^;\r\n]*)", re.MULTILINE | re.IGNORECASE)
RETRY = re.compile(rb"^retry-after: (\d+)", re.MULTILINE | re.IGNORECASE)


def stranger(number: int) -> str:
    """One of many addresses."""
    return f"10.77.{100 + number // 200}.{1 + number % 200}"


class Guarded(Device):
    """The program with `--host 0.0.0.0`, so with a login. Its owner watches with a token, from this machine."""

    def __init__(self, programs: Path, folder: Path, *options: str, **users: tuple[str, str]) -> None:
        """`users` have a password and a role each; without any, the owner has yet to come."""
        folder.mkdir()
        self._heliograph, self._folder = programs / "heliograph", folder
        self.token = self.command("token", "add", "watch", "--role", "admin").strip()
        for name, (password, role) in users.items():
            self.command("user", "add", name, "--role", role, password=password)
        self.fields = {"Authorization": f"Bearer {self.token}"}
        super().__init__(programs, folder, "--host", "0.0.0.0", *options)

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def cookie_name(self) -> str:
        return f"heliograph_session_{self.port}"

    def command(self, *words: str, password: str = "") -> str:
        """What a command of the program's prints; it works beside the one that runs."""
        done = subprocess.run([self._heliograph, *words, "--state-file", self._folder / "state"], text=True,
                              input=f"{password}\n", capture_output=True)
        if done.returncode:
            raise RuntimeError(f"heliograph {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def witness(self, table: Table) -> Witness:
        """A page of the owner's that stays open."""
        return Witness(self, table, extra=f"Authorization: Bearer {self.token}\r\n")

    def owner_link(self) -> str:
        """The secret of the one-time link that the first start prints."""
        found = re.search(r"/owner\?link=(\S+)", self.log.read_text(errors="replace"))
        return found[1] if found else ""

    def ask(self, method: str, target: str, *fields: str, source: str = INTRUDER, body: str = "") -> bytes:
        """All that comes in answer to a request over the network."""
        data = request(method, target, *fields, host=f"{HOST}:{self.port}", body=body)
        return talk(self.port, data, source, HOST, LOGIN_PATIENCE)

    def form(self, target: str, *fields: str, source: str = INTRUDER, origin: str = "", **values: str) -> bytes:
        """The same for a form of the device's own page, or of another `origin`."""
        return self.ask("POST", target, f"Origin: {origin or self.origin}", FORM, "Accept: text/html", *fields,
                        source=source, body=urlencode(values))

    def log_in(self, name: str, password: str, *fields: str, source: str = HOUSEHOLD) -> bytes:
        return self.form("/login", *fields, source=source, name=name, password=password)

    def socket(self, *fields: str, source: str = INTRUDER) -> WebSocket:
        """A socket over the network; ConnectionRefusedError if it is refused."""
        return WebSocket(self.port, host=HOST, source=source, timeout=PATIENCE,
                         extra="".join(f"{field}\r\n" for field in fields))


def status(answer: bytes) -> int:
    """The only status of an answer; 0 if there is none, or more than one."""
    found = statuses(answer)
    return found[0] if len(found) == 1 else 0


def cookie(answer: bytes) -> str:
    """The value of the cookie that an answer sets; empty if it sets none."""
    found = COOKIE.search(answer)
    return found[2].decode() if found else ""


def wait(answer: bytes) -> int:
    """The seconds that an answer asks to wait."""
    found = RETRY.search(answer)
    return int(found[1]) if found else 0
