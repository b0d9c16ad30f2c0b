# SPDX-License-Identifier: MIT
"""QEMU, which ends with the process that started it; its monitor, by its machine protocol ("QEMU Machine Protocol
Specification"), and its stub for GDB ("Debugging with GDB", appendix "GDB Remote Serial Protocol"), each over a Unix
socket."""
from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from common.program import ending_with_parent

PATIENCE = 20.0
# Before others, if we may: what is measured is the board, and not what else this machine has to do.
FIRST = ["nice", "-n", "-10"] if os.geteuid() == 0 else []


def launch(command: list[object], **streams: Any) -> subprocess.Popen:
    """Starts QEMU out of reach of the terminal's Ctrl-C. However this process ends, QEMU is killed with it."""
    return subprocess.Popen([str(word) for word in [*FIRST, *command]], stdin=subprocess.DEVNULL,
                            start_new_session=True, preexec_fn=ending_with_parent(), **streams)


def connect(path: Path) -> socket.socket:
    """Connects as soon as QEMU has made the socket."""
    deadline = time.monotonic() + PATIENCE
    while True:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(PATIENCE)
            connection.connect(str(path))
            return connection
        except OSError:
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


class Monitor:
    """The monitor; `events` are the names of what QEMU has told of itself."""

    def __init__(self, path: Path) -> None:
        self.socket = connect(path)
        self._stream = self.socket.makefile("rb")
        self.events: list[str] = []
        self._stream.readline()  # the greeting
        self.ask("qmp_capabilities")

    def ask(self, command: str, **arguments: Any) -> Any:
        question = {"execute": command} | ({"arguments": arguments} if arguments else {})
        self.socket.sendall(json.dumps(question).encode() + b"\n")
        while True:
            if not (line := self._stream.readline()):
                raise ConnectionError("QEMU has ended")
            answer = json.loads(line)
            if "event" in answer:
                self.events.append(answer["event"])
            elif "error" in answer:
                raise RuntimeError(f"{command}: {answer['error']['desc']}")
            else:
                return answer["return"]

    def say(self, line: str) -> str:
        """A line as a person types it, and what is printed."""
        return self.ask("human-monitor-command", **{"command-line": line})

    def close(self) -> None:
        self._stream.close()
        self.socket.close()


class Debugger:
    """The processor, halted for as long as the block of its `with`."""
    STACK_POINTER, PROGRAM_COUNTER, STATUS = 13, 15, 25

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Debugger:
        self.socket = connect(self.path)
        self._received = bytearray()
        self._ask("?")
        self._ask("qXfer:features:read:target.xml:0,ffb")  # only who has asked for it may write a single register
        return self

    def __exit__(self, *_: object) -> None:
        self._ask("D")  # detaches, and lets the processor go on
        self.socket.close()

    def read(self, address: int, count: int) -> bytes:
        return bytes.fromhex(self._ask(f"m{address:x},{count:x}"))

    def write(self, address: int, content: bytes) -> None:
        self._must(f"M{address:x},{len(content):x}:{content.hex()}")

    def register(self, number: int) -> int:
        return int.from_bytes(bytes.fromhex(self._ask(f"p{number:x}")), "little")

    def set_register(self, number: int, value: int) -> None:
        self._must(f"P{number:x}={value.to_bytes(4, 'little').hex()}")

    def _must(self, command: str) -> None:
        if (answer := self._ask(command)) != "OK":
            raise RuntimeError(f"QEMU's stub for GDB answers {answer} to {command}")

    def _ask(self, command: str) -> str:
        self.socket.sendall(f"${command}#{sum(command.encode()) % 256:02x}".encode())
        answer = self._packet()
        while command != "?" and answer[:1] in ("S", "T"):  # that it has halted, told once more
            answer = self._packet()
        return answer

    def _packet(self) -> str:
        """The next answer: `$`, what it says, `#` and two digits of checksum; acknowledgments are passed over."""
        while not (found := re.search(rb"\$([^#]*)#..", self._received, re.DOTALL)):
            if not (more := self.socket.recv(4096)):
                raise ConnectionError("QEMU's stub for GDB has ended")
            self._received += more
        answer = found[1].decode()
        del self._received[:found.end()]
        self.socket.sendall(b"+")
        return answer
