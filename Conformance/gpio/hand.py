# SPDX-License-Identifier: MIT
"""The hand in the machine (guest/hand.c has its words), as the tests lead it."""
from __future__ import annotations

import socket


class Refusal(Exception):
    """The hand could not do what it was told."""


class Hand:
    """A connection to the hand. It does one thing after the other; who wants two at a time has two hands."""

    def __init__(self, port: int, timeout: float = 60) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout)
        self._stream = self._socket.makefile("rb")

    def ask(self, *words: object) -> str:
        """Gives a command, waits until it is done, and returns its answer."""
        self._socket.sendall(" ".join(map(str, words)).encode() + b"\n")
        mark, _, count = self._stream.readline().decode().partition(" ")
        if not count:
            raise ConnectionResetError("the hand is gone")
        answer = self._stream.read(int(count)).decode(errors="replace")
        if mark != "ok":
            raise Refusal(f"{' '.join(map(str, words))}: {answer.strip()}")
        return answer

    def read(self, path: str) -> str:
        return self.ask("read", path)

    def write(self, path: str, text: str) -> None:
        self.ask("write", path, text)

    def shell(self, command: str) -> str:
        """What a command of the shell prints; a Refusal unless it succeeds."""
        return self.ask("shell", f"({command}) 2>&1")

    def numbers(self, *words: object) -> list[int]:
        return [int(word) for word in self.ask(*words).split()]

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def __enter__(self) -> Hand:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
