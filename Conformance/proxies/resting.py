# SPDX-License-Identifier: MIT
"""Connections on which nothing happens for as long as a proxy waits, beside all else that is tried."""
from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING

from common.claims import check
from common.websocket import CLOSE, PING, PONG, WebSocket
from proxies import PATIENCE

if TYPE_CHECKING:
    from check import Setup


class Idle(threading.Thread):
    """Something that rests, and is used in the end."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.problem: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self.rest()
        except Exception as problem:  # noqa: BLE001 - told by the claim
            self.problem = problem

    def rest(self) -> None:
        raise NotImplementedError


class IdleSocket(Idle):
    """A socket that only answers pings, for longer than the proxy would wait for a silent one."""

    def __init__(self, client: WebSocket) -> None:
        self.client, self.pings = client, 0
        super().__init__()

    def rest(self) -> None:
        end = time.monotonic() + PATIENCE + 10
        while (left := end - time.monotonic()) > 0:
            self.client.socket.settimeout(left)
            try:
                received = self.client.receive()
            except TimeoutError:
                break
            check(received.opcode != CLOSE, "it is not closed")
            if received.opcode == PING:
                self.pings += 1
                self.client.send(received.payload, PONG)
        self.client.socket.settimeout(20)
        self.client.send_json(type="ping", n=1)
        self.client.message("pong")


class IdleConnection(Idle):
    """A connection that is kept alive: a request, rest for nearly as long as the proxy lets it, and a command. Behind the
    proxy the device has ended its own connections after 15 seconds of rest."""

    def __init__(self, setup: Setup, prefix: str) -> None:
        self.connection, self.origin, self.prefix = setup.connection("127.0.0.8", PATIENCE * 2), setup.origin, prefix
        self.statuses: list[int] = []
        super().__init__()

    def rest(self) -> None:
        self.ask("GET", "/api/state")
        time.sleep(PATIENCE - 5)
        self.ask("POST", "/api/parts/led/toggle", {"Origin": self.origin})

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None) -> None:
        self.connection.request(method, self.prefix + path, headers=headers or {})
        response = self.connection.getresponse()
        self.statuses.append(response.status)
        json.loads(response.read())


def stays_open(idle: IdleSocket) -> None:
    """a socket on which nothing is asked stays open for longer than the proxy's patience"""
    idle.join()
    check(idle.problem is None, f"it is open: {idle.problem}")
    check(idle.pings >= 2, f"the device has pinged: {idle.pings}")


def can_be_used_again(idle: IdleConnection) -> None:
    """a connection that has rested for 70 seconds carries a command, and the device gets it"""
    idle.join()
    check(idle.problem is None and idle.statuses == [200, 200], f"both are answered: {idle.statuses} {idle.problem}")
