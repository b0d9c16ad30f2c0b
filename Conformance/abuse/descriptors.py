# SPDX-License-Identifier: MIT
"""No descriptor is left: new connections wait, the others notice nothing, and it is over when one of them leaves."""
from __future__ import annotations

import time

from bench import Bench, until
from common.program import open_descriptors, processor_time
from common.websocket import WebSocket, accepts, connect_tcp, handshake
from crowds import change

LIMIT = 64
WATCH = 3.0  # seconds without a descriptor


def exhausted(bench: Bench) -> None:
    """A server that may open 64 files, and 80 clients (EMFILE)"""
    with bench.heliograph(1000, descriptors=LIMIT) as server:
        actor, observer = WebSocket(server.port), WebSocket(server.port)
        clients = []
        try:
            for _ in range(80):
                clients.append(connect_tcp(server.port))
                clients[-1].sendall(handshake(server.port))
            until(lambda: open_descriptors(server.pid) >= LIMIT, 5)
            bench.measure("descriptors in use", open_descriptors(server.pid), LIMIT, at_least=LIMIT)
            start, used, longest, changes = time.monotonic(), processor_time(server.pid), 0.0, 0
            while time.monotonic() < start + WATCH:
                longest = max(longest, change(actor, observer)[1])
                changes += 1
                time.sleep(0.1)
            used = (processor_time(server.pid) - used) / (time.monotonic() - start)
            bench.measure("the processor's share meanwhile", used * 100, 15, "%")
            bench.measure("changes that those who are connected saw", changes, at_least=10)
            bench.measure("each within", longest * 1000, 100, "ms")
            bench.measure("lines of log that tell of it", tell(server), 1, at_least=1)
            served = [client for client in clients if is_answered(client)]
            bench.measure("clients that wait", len(clients) - len(served), at_least=1)
            for client in served:
                client.close()
            waiting = [client for client in clients if client not in served]
            start = time.monotonic()
            for client in waiting:
                client.settimeout(5)
                if not accepts(client.recv(4096)):
                    raise RuntimeError("a client that waited is not served")
            bench.measure("when others leave, the last of them is served after", time.monotonic() - start, 3, "s")
        finally:
            for client in [actor, observer, *clients]:
                client.close()


def tell(server) -> int:
    return sum("cannot accept connections: Too many open files" in line for line in server.lines)


def is_answered(client) -> bool:
    """Whether something has come."""
    client.setblocking(False)
    try:
        return bool(client.recv(4096))
    except BlockingIOError:
        return False
