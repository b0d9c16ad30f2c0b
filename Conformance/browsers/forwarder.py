# SPDX-License-Identifier: MIT
"""A small proxy before a device: it shows it under a path prefix, as docs/proxies.md has proxies do, adds a policy of
its own, and holds an answer back for as long as a claim wants.
"""
from __future__ import annotations

import re
import socket
import threading
from contextlib import contextmanager
from collections.abc import Iterator

HEAD = 65_536  # bytes that a head may have


class Forwarder:
    """Each connection has one of its own to the device. Every request ends its connection, but for sockets."""

    def __init__(self, device: int, prefix: str = "", held: str = "", policy: str = "") -> None:
        """Requests for the path `held` wait until `release`. Pages get `policy` beside the device's own."""
        self.device, self.prefix, self.held = device, prefix, held
        self.added = f"Content-Security-Policy: {policy}\r\n".encode() if policy else b""
        self.release = threading.Event()
        self.strays: list[str] = []  # targets that were not under the prefix
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}{prefix}/"

    def serve(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._forward, args=(client,), daemon=True).start()

    def _forward(self, client: socket.socket) -> None:
        with client:
            head = b""
            while b"\r\n\r\n" not in head and len(head) < HEAD:
                if not (received := client.recv(HEAD)):
                    return
                head += received
            if (request := self._rewritten(head)) is None:
                client.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            with socket.create_connection(("127.0.0.1", self.device)) as device:
                device.sendall(request)
                back = threading.Thread(target=pump, args=(device, client, self.added), daemon=True)
                back.start()
                pump(client, device)
                back.join()

    def _rewritten(self, head: bytes) -> bytes | None:
        method, target, rest = head.split(b" ", 2)
        path = target.decode("latin-1")
        if not path.startswith(self.prefix + "/"):
            self.strays.append(path)
            return None
        path = path[len(self.prefix):]
        if self.held and path.startswith(self.held):
            self.release.wait()
        version, _, fields = rest.partition(b"\r\n")
        if not re.search(rb"(?im)^upgrade:", fields):
            fields = b"Connection: close\r\n" + re.sub(rb"(?im)^connection:.*\r\n", b"", fields)
        if self.prefix:
            fields = b"X-Forwarded-Prefix: %b\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\n%b" % (
                self.prefix.encode(), fields)
        return b"%b %b %b\r\n%b" % (method, path.encode("latin-1"), version, fields)


def pump(source: socket.socket, sink: socket.socket, added: bytes = b"") -> None:
    """Passes on what comes until either side ends, and then ends the other. `added` goes behind the first line."""
    try:
        while received := source.recv(HEAD):
            if added:
                line, end, rest = received.partition(b"\r\n")
                received, added = line + end + added + rest, b""
            sink.sendall(received)
    except OSError:
        pass
    for one in (sink, source):
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


@contextmanager
def forwarder(device: int, prefix: str = "", held: str = "", policy: str = "") -> Iterator[Forwarder]:
    one = Forwarder(device, prefix, held, policy)
    thread = threading.Thread(target=one.serve, daemon=True)
    thread.start()
    try:
        yield one
    finally:
        one.release.set()
        one.listener.shutdown(socket.SHUT_RDWR)
        one.listener.close()
        thread.join()
