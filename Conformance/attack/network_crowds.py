# SPDX-License-Identifier: MIT
"""Few connections, used badly, from one address, while the household comes from others. (Many of them, and faster, are
the business of Conformance/abuse.)"""
from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections.abc import Iterator

from common.http import request as ask
from common.websocket import PING, PONG, WebSocket, connect_tcp, frame, handshake, parse
from scene import STRANGER, Device, Table, Watch, until

SLOW = 6  # connections at a time
HEAD = 5.0 + 3.0  # seconds: the limit of a head, and what the machine may add
VISITORS = ["127.0.0.3", "127.0.0.4", "127.0.0.5"]
PROMPT = 0.25  # seconds in which a visitor is served
LATE = 1.0  # seconds that nobody waits beside slow heads, however busy the machine is


def slow_heads(device: Device, table: Table) -> None:
    """Heads that come byte by byte and never end."""
    table.begin("slow heads")
    watch, slowest = Watch(device), 0.0
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect_tcp(device.port, source=STRANGER)) for _ in range(SLOW)]
        start, ended = time.monotonic(), set()
        for connection in slow:
            connection.sendall(b"POST /api/led/toggle HTTP/1.1\r\nHost: localhost\r\nX: ")
        while len(ended) < SLOW and time.monotonic() - start < HEAD:
            for connection in slow:
                if connection not in ended and has_ended(connection):
                    ended.add(connection)
            begin = time.monotonic()
            ask(device.port)
            slowest = max(slowest, time.monotonic() - begin)
            time.sleep(0.1)
        took = time.monotonic() - start
    problem = watch.problem() or ("" if len(ended) == SLOW else f"{SLOW - len(ended)} are still there")
    table.row(f"{SLOW} heads, byte by byte", f"ended after {took:.1f} s", "", problem)
    table.holds("the household's page came in time meanwhile", slowest < LATE, f"{slowest * 1000:.0f} ms")


def has_ended(connection: socket.socket) -> bool:
    """Sends one more byte; whether the device has answered or closed."""
    with contextlib.suppress(BlockingIOError):
        try:
            connection.send(b"y")
            return bool(select.select([connection], [], [], 0)[0])
        except OSError:
            return True
    return False


@contextlib.contextmanager
def crowd(port: int, count: int) -> Iterator[list[socket.socket]]:
    """Sockets of one address that answer their pings, as many as it gets."""
    members: list[socket.socket] = []
    ended = threading.Event()

    def answer() -> None:
        buffers: dict[socket.socket, bytearray] = {}
        while not ended.wait(0.02):
            for member in select.select(members, [], [], 0)[0] if members else []:
                with contextlib.suppress(OSError):
                    buffer = buffers.setdefault(member, bytearray())
                    buffer += (data := member.recv(65_536))
                    if not data:
                        members.remove(member)
                    while found := parse(buffer):
                        del buffer[:found[1]]
                        if found[0].opcode == PING:
                            member.sendall(frame(PONG, found[0].payload))

    with contextlib.ExitStack() as stack:
        for _ in range(count):
            member = stack.enter_context(connect_tcp(port, source=STRANGER))
            member.sendall(handshake(port))
            reply = member.recv(65_536)
            if b" 101 " in reply[:16]:
                members.append(member)
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        try:
            yield members
        finally:
            ended.set()
            thread.join()


def sockets(device: Device, table: Table) -> None:
    """All places taken from one address; a visitor from another one gets a place at once."""
    table.begin("sockets of one address, more than there are places")
    watch = Watch(device)
    with crowd(device.port, 12):
        for visitor in VISITORS:
            start, words, problem = time.monotonic(), "", ""
            try:
                with WebSocket(device.port, source=visitor, timeout=3) as client:
                    client.message("hello")
                    client.send_json(type="ping", n=1)
                    client.message("pong")
                took = time.monotonic() - start
                words = f"is in after {took * 1000:.0f} ms"
                problem = "" if took < PROMPT else "too late"
            except OSError as failure:
                problem = f"is kept out: {failure}"
            table.row(f"a visitor from {visitor}", words, "", problem or watch.problem())


BODY = b"POST /api/led/toggle HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"


def connections(device: Device, table: Table) -> None:
    """Connections that hold a place each, with a body that does not come."""
    table.begin("connections of one address, more than there are places")
    watch = Watch(device)
    with contextlib.ExitStack() as stack:
        for _ in range(40):
            with contextlib.suppress(OSError):
                connection = stack.enter_context(connect_tcp(device.port, source=STRANGER, timeout=3))
                connection.sendall(BODY)
        for visitor in VISITORS:
            start = time.monotonic()
            try:
                with connect_tcp(device.port, source=visitor, timeout=3) as connection:
                    connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    status = connection.recv(65_536)[9:12].decode()
            except OSError as failure:
                status = repr(failure)
            took = time.monotonic() - start
            problem = "" if status == "200" and took < PROMPT else "the page does not come in time"
            table.row(f"a visitor from {visitor}", f"{status} after {took * 1000:.0f} ms", "", problem)
    table.holds("nothing of it was obeyed", not until(lambda: watch.problem() != "", 0.1))


