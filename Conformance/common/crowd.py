# SPDX-License-Identifier: MIT
"""Thousands of WebSocket clients in a process of their own, from several loopback addresses. They answer pings and
remember the newest revision of the state; asleep, they read nothing and only say from time to time that they live.

    crowd.py PORT COUNT ADDRESSES [RECEIVE-BUFFER]        driven by `Crowd` below, a line of JSON each way
"""
from __future__ import annotations

import json
import re
import select
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common.program import allow_descriptors  # noqa: E402
from common.websocket import CLOSE, PING, PONG, accepts, connect_tcp, frame, handshake, parse  # noqa: E402

AHEAD = 128  # clients whose handshake may be under way, half of what waits for accept
SIGN_OF_LIFE = 4.0  # seconds between two pongs of a client that does not read
REVISION = re.compile(rb'"rev":(\d+)')


class Crowd:
    """The process, for the scenario. Use it in `with`."""

    def __init__(self, port: int, count: int, *, addresses: int = 1, receive_buffer: int = 0) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__, str(port), str(count), str(addresses), str(receive_buffer)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, command: str, **options: Any) -> dict[str, Any]:
        """`connect`: `seconds`. `sleep`. `wake`. `newest` with a `revision`: how many `have` it before `patience`
        ends, and when (`at`) the last of them got it. `report`: how many are `open`, how many `bytes` they have
        received, and counts since they woke."""
        self.tell(command, **options)
        return self.answer()

    def tell(self, command: str, **options: Any) -> None:
        print(json.dumps({"command": command} | options), file=self.process.stdin, flush=True)

    def answer(self) -> dict[str, Any]:
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the crowd has failed")
        return json.loads(line)

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        self.process.wait()


class Client:
    """One of the crowd."""
    __slots__ = ("socket", "buffer", "is_upgraded", "revision", "messages", "pings", "bytes")

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.buffer = bytearray()
        self.is_upgraded = False
        self.revision = self.messages = self.pings = self.bytes = 0

    def receive(self) -> bool:
        """Takes what has come; false at the end."""
        try:
            received = self.socket.recv(65_536)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self.buffer += received
        self.bytes += len(received)
        if not self.is_upgraded and not self._upgrade():
            return bool(received)
        end = 0
        while (found := parse(self.buffer, end)) is not None:
            message, end = found
            if message.opcode == CLOSE:
                return False
            if message.opcode == PING:
                self.pings += 1
                self.socket.send(frame(PONG, message.payload))
            elif revision := REVISION.search(message.payload):
                self.messages += 1
                self.revision = int(revision[1])
        del self.buffer[:end]
        return bool(received)

    def _upgrade(self) -> bool:
        if (end := self.buffer.find(b"\r\n\r\n")) < 0:
            return False
        if not accepts(bytes(self.buffer[:end + 4])):
            raise SystemExit(f"crowd: {bytes(self.buffer)!r}")
        del self.buffer[:end + 4]
        self.is_upgraded = True
        return True


class Process:
    """The crowd itself: one epoll for all clients and standard input."""

    def __init__(self, port: int, count: int, addresses: int, receive_buffer: int) -> None:
        allow_descriptors()
        self.port, self.count, self.addresses, self.receive_buffer = port, count, addresses, receive_buffer
        self.poller = select.epoll()
        self.clients: dict[int, Client] = {}
        self.is_asleep = False
        self.last_change = 0.0

    def poll(self, timeout: float) -> bool:
        """Serves whoever has something to read; true if standard input is among them."""
        is_asked = False
        for descriptor, _ in self.poller.poll(timeout, 512):
            if descriptor == sys.stdin.fileno():
                is_asked = True
            elif not self.clients[descriptor].receive():
                self.clients.pop(descriptor).socket.close()
        self.last_change = time.monotonic()
        return is_asked

    def connect(self) -> dict[str, Any]:
        start = time.monotonic()
        waiting: list[Client] = []
        for number in range(self.count):
            connection = connect_tcp(self.port, source=f"127.0.0.{2 + number % self.addresses}",
                                     receive_buffer=self.receive_buffer or None)
            connection.sendall(handshake(self.port))
            connection.setblocking(False)
            client = Client(connection)
            self.clients[connection.fileno()] = client
            self.poller.register(connection.fileno(), select.EPOLLIN)
            waiting.append(client)
            while len(waiting) > AHEAD:
                self.poll(1)
                waiting = [client for client in waiting if not client.is_upgraded]
        while any(not client.is_upgraded for client in waiting):
            self.poll(1)
        return {"seconds": time.monotonic() - start}

    def sleep(self) -> dict[str, Any]:
        self.is_asleep = True
        for descriptor in self.clients:
            self.poller.unregister(descriptor)
        return {}

    def wake(self) -> dict[str, Any]:
        self.is_asleep = False
        for descriptor, client in self.clients.items():
            client.messages = 0
            self.poller.register(descriptor, select.EPOLLIN)
        return {}

    def newest(self, revision: int, patience: float) -> dict[str, Any]:
        deadline = time.monotonic() + patience
        while (have := sum(client.revision >= revision for client in self.clients.values())) < len(self.clients):
            if time.monotonic() > deadline:
                break
            self.poll(0.05)
        return {"have": have, "at": self.last_change}

    def report(self) -> dict[str, Any]:
        clients = self.clients.values()
        return {"open": len(clients), "pings": sum(client.pings for client in clients),
                "bytes": sum(client.bytes for client in clients),
                "messages": max((client.messages for client in clients), default=0)}

    def show_life(self) -> None:
        sign = frame(PONG)
        for client in self.clients.values():
            client.socket.send(sign)

    def run(self) -> None:
        self.poller.register(sys.stdin.fileno(), select.EPOLLIN)
        next_sign = time.monotonic() + SIGN_OF_LIFE
        while True:
            if self.poll(1):
                if not (line := sys.stdin.readline()):
                    return
                question = json.loads(line)
                print(json.dumps(getattr(self, question.pop("command"))(**question)), flush=True)
            if self.is_asleep and time.monotonic() >= next_sign:
                self.show_life()
                next_sign = time.monotonic() + SIGN_OF_LIFE


if __name__ == "__main__":
    Process(*map(int, sys.argv[1:])).run()
