# SPDX-License-Identifier: MIT
"""What a page knows of a device: the snapshot, and each change that came after it (protocol 2)."""
from __future__ import annotations

import json
from typing import Any

from common.websocket import CLOSE, PING, PONG, TEXT, WebSocket


class Page:
    """A client of a device's socket; `state` is the snapshot, kept up to date."""

    def __init__(self, port: int, **options: Any) -> None:
        self.socket = WebSocket(port, **options)
        self.answers: dict[int, dict[str, Any]] = {}
        self.state: dict[str, Any] = self.socket.message("hello")

    def part(self, name: str) -> dict[str, Any]:
        return self.state["parts"][name]

    def send(self, **members: Any) -> None:
        self.socket.send_json(**members)

    def hear(self) -> None:
        """Takes the next message; TimeoutError if none comes."""
        received = self.socket.receive()
        if received.opcode == PING:
            self.socket.send(received.payload, PONG)
        elif received.opcode == CLOSE:
            raise ConnectionResetError(f"closed with {received.code}")
        elif received.opcode == TEXT:
            self._take(json.loads(received.payload))

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "ack":
            self.answers[message["id"]] = message
        elif message["type"] == "state":
            # A part comes with all its values: those that are absent have their default. What describes it stays.
            for name, values in message.pop("parts").items():
                old = self.state["parts"][name]
                self.state["parts"][name] = {key: old[key] for key in DESCRIPTION if key in old} | values
            self.state |= message

    def answer(self, number: int) -> dict[str, Any]:
        """The answer to the message with this `id`."""
        while number not in self.answers:
            self.hear()
        return self.answers.pop(number)

    def see(self, part: str, **values: Any) -> bool:
        """Waits until the part has these values, None being an absent one too; false if it does not in time."""
        try:
            while any(self.part(part).get(name) != value for name, value in values.items()):
                self.hear()
            return True
        except TimeoutError:
            return False


DESCRIPTION = frozenset({
    "kind", "label", "group", "off_after", "interlock", "channels", "remote", "device_class", "unit", "min", "max",
    "step"})
