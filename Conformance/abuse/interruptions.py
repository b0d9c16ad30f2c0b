# SPDX-License-Identifier: MIT
"""Clients that go without a word: a reset after every byte of a dialogue, and peers that just vanish."""
from __future__ import annotations

import contextlib
import random
import socket
import struct
import time

from bench import Bench, Resources, until
from common.http import device_state
from common.network import private_network, set_link
from common.program import Program
from common.websocket import CLOSE, PING, TEXT, WebSocket, connect_tcp, frame, handshake
from witness import Witness

SEED = 20


def dialogue(port: int) -> bytes:
    """All that a client says: a request, an upgrade, messages in pieces, a ping, a Close."""
    return (f"PUT /api/led HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nTransfer-Encoding: chunked\r\n"
            "Content-Type: application/json\r\n\r\nb\r\n{\"on\":true}\r\n0\r\n\r\n".encode()
            + handshake(port) + frame(TEXT, '{"type":"toggle",', final=False) + frame(PING, "between")
            + frame(0, '"part":"led","id":7}') + frame(TEXT, "x" * 200) + frame(CLOSE, b"\x03\xe8over"))


def reset(connection: socket.socket) -> None:
    """Closes with a reset in place of an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def resets(bench: Bench) -> None:
    """A reset after every byte of a dialogue, at once and after a moment, whole and in pieces"""
    chance = random.Random(SEED)
    with bench.heliograph(64) as server:
        resources = Resources(server)
        words = dialogue(server.port)
        with Witness(server.port) as witness:
            for count in range(len(words) + 1):
                for moment in (0, 0.002):
                    cut = chance.randint(0, count)
                    connection = connect_tcp(server.port)
                    connection.sendall(words[:cut])
                    time.sleep(moment)
                    connection.sendall(words[cut:count])
                    time.sleep(moment)
                    reset(connection)
        bench.measure("dialogues that were cut off", 2 * (len(words) + 1), at_least=1000)
        witness.report(bench)
        bench.measure("descriptors are back after", until(lambda: resources.descriptors_more <= 0, 10), 5, "s")
        bench.measure("clients that the server still counts", device_state(server.port)["clients"], 0)
        bench.measure("memory stays grown by", resources.growth, 8, "MB")


def hoards(bench: Bench) -> None:
    """A client that opens connections, 200 a second, to keep them: it says nothing, or half a head"""
    with bench.heliograph() as server:  # with room for 32
        resources = Resources(server)
        hoard: list[socket.socket] = []
        with Witness(server.port) as witness:
            for number in range(1000):
                hoard.append(connect_tcp(server.port))
                if number % 2 == 1:
                    with contextlib.suppress(OSError):
                        hoard[-1].sendall(b"GET / HTTP/1.1\r\nHo")
                time.sleep(0.005)
        bench.measure("connections of which the server keeps at most", resources.descriptors_more, 32 + 8)
        witness.report(bench)
        for connection in hoard:
            connection.close()
        bench.measure("descriptors are back after", until(lambda: resources.descriptors_more <= 0, 10), 5, "s")


# MARK: Vanishing

MANY = 50
OWN = 4  # descriptors of the ordinary client


def vanished(bench: Bench) -> None:
    """Clients that say nothing, that answer no ping, that end only their own direction, or whose cable is pulled"""
    with contextlib.ExitStack() as stack:
        unplugged = pull_cable(bench, stack)
        start = time.monotonic()
        server = stack.enter_context(bench.heliograph(8 * MANY))
        resources = Resources(server)
        halves(bench, server, resources)
        mute = [connect_tcp(server.port) for _ in range(MANY)]
        deaf = [WebSocket(server.port) for _ in range(MANY)]
        with Witness(server.port) as witness:
            # timeouts.idle, and timeouts.linger since they do not answer the end either
            wait_for_drop(bench, resources, MANY + OWN, start, "who never says anything is closed after", 15 + 2)
            # pingInterval, and pongTimeout twice
            wait_for_drop(bench, resources, OWN, start, "who answers no ping is dropped after", 15 + 2 * 10)
            if unplugged:
                wait_for_drop(bench, unplugged, 0, start, "whose cable was pulled is dropped after", 15 + 2 * 10)
        witness.report(bench)
        for client in [*mute, *deaf]:
            client.close()


def halves(bench: Bench, server: Program, resources: Resources) -> None:
    """Peers that have sent their last byte and still read."""
    asking = [connect_tcp(server.port) for _ in range(MANY)]
    listening = [WebSocket(server.port) for _ in range(MANY)]
    for client in asking:
        client.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
    for client in [*asking, *(client.socket for client in listening)]:
        client.shutdown(socket.SHUT_WR)
    answers = [read_all(client) for client in asking]
    complete = sum(answer.endswith(b"</html>\n") for answer in answers)
    bench.measure("who ends its direction still gets the page", complete, at_least=MANY)
    bench.measure("all who have ended theirs are gone after", until(lambda: resources.descriptors_more <= 0), 1, "s")
    for client in [*asking, *listening]:
        client.close()


def read_all(connection: socket.socket) -> bytes:
    """What comes before the end."""
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def wait_for_drop(bench: Bench, resources: Resources, left: int, start: float, what: str, deadline: float) -> None:
    until(lambda: resources.descriptors_more <= left, deadline + 5, interval=0.05)
    bench.measure(what, time.monotonic() - start, deadline + 2, "s", at_least=deadline - 2)


def pull_cable(bench: Bench, stack: contextlib.ExitStack) -> Resources | None:
    """A server and clients in a network in which not a packet passes any more: both ends live, and cannot know of each
    other. (RFC 9293 section 3.5.1 calls such connections half-open.) None if no such network can be made."""
    with private_network() as is_private:
        if not is_private:
            bench.omit("a pulled cable: no network of our own may be made (needs root)")
            return None
        server = stack.enter_context(bench.heliograph(MANY))
        resources = Resources(server)
        for _ in range(MANY):
            stack.enter_context(WebSocket(server.port))
        set_link("down")
        return resources
