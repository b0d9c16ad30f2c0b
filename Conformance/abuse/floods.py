# SPDX-License-Identifier: MIT
"""Clients that do one thing as fast as they can: pings that they never read the answers of, handshakes and Closes,
upgrades that they drop, and more clients than there may be."""
from __future__ import annotations

import select
import socket
import time

from bench import Bench, Resources, until
from common.websocket import CLOSE, PING, WebSocket, connect_tcp, frame, handshake
from witness import Witness

LENGTH = 3.0  # seconds that a flood lasts


def pings(bench: Bench) -> None:
    """4 clients send pings as fast as they can and read nothing"""
    with bench.heliograph() as server:
        resources = Resources(server)
        flooders = [WebSocket(server.port, receive_buffer=4096) for _ in range(4)]
        block = frame(PING, bytes(125)) * 500
        with Witness(server.port) as witness:
            sent = send_for(LENGTH, [flooder.socket for flooder in flooders], block)
        bench.measure("pings sent, in thousands", sent / len(frame(PING, bytes(125))) / 1000, at_least=10)
        witness.report(bench)
        bench.measure("memory grew by", resources.growth, 4, "MB")
        for flooder in flooders:
            flooder.close()
        settle(bench, resources)


def send_for(seconds: float, sockets: list[socket.socket], block: bytes) -> int:
    """Sends `block` again and again through all sockets; returns how many bytes went."""
    rest = {connection: b"" for connection in sockets}
    for connection in sockets:
        connection.setblocking(False)
    sent, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        for connection in select.select([], sockets, [], 0.1)[1]:
            count = connection.send(rest[connection] or block)
            rest[connection] = (rest[connection] or block)[count:]
            sent += count
    return sent


def closes(bench: Bench) -> None:
    """Handshake and Close again and again; and one client that sends 10,000 Closes"""
    with bench.heliograph() as server:
        resources = Resources(server)
        with Witness(server.port) as witness:
            dialogues, answers, end = 0, 0, time.monotonic() + LENGTH
            while time.monotonic() < end:
                with WebSocket(server.port) as client:
                    client.send((1000).to_bytes(2, "big"), CLOSE)
                    dialogues += 1
                    answers += close_code(client) == 1000
            client = WebSocket(server.port)
            ended = end_of_many_closes(client)
            client.close()
        bench.measure("handshakes and Closes, a second", dialogues / LENGTH, at_least=100)
        bench.measure("Closes that were not answered with theirs", dialogues - answers, 0)
        bench.measure("who sends 10,000 Closes gets so many", ended, 1, at_least=1)
        witness.report(bench)
        settle(bench, resources)


def close_code(client: WebSocket) -> int:
    """The code of the server's Close."""
    while (received := client.receive()).opcode != CLOSE:
        pass
    return received.code


def end_of_many_closes(client: WebSocket) -> int:
    """Sends Closes until nothing more is taken; how many came back before the end of the connection."""
    count = 0
    try:
        client.socket.sendall(frame(CLOSE, (1000).to_bytes(2, "big")) * 10_000)
        while True:
            count += client.receive().opcode == CLOSE
    except OSError:
        return count


def upgrades(bench: Bench) -> None:
    """Connect, ask for an upgrade, and drop the connection unread, again and again"""
    with bench.heliograph(64) as server:
        resources = Resources(server)
        with Witness(server.port) as witness:
            dropped, end = 0, time.monotonic() + LENGTH
            while time.monotonic() < end:
                with connect_tcp(server.port) as client:
                    client.sendall(handshake(server.port))
                dropped += 1
        bench.measure("upgrades that were dropped, a second", dropped / LENGTH, at_least=100)
        witness.report(bench)
        settle(bench, resources)


def too_many(bench: Bench) -> None:
    """2,000 clients and more too many, while all places are taken"""
    with bench.heliograph(8) as server:
        resources = Resources(server)
        with Witness(server.port) as witness:
            guests = [WebSocket(server.port) for _ in range(6)]
            codes, end = [], time.monotonic() + LENGTH
            while len(codes) < 2000 or time.monotonic() < end:
                with WebSocket(server.port) as client:
                    codes.append(close_code(client))
            for guest in guests:
                guest.close()
            back = until(lambda: is_welcome(server.port), 5)
        bench.measure("clients too many", len(codes), at_least=2000)
        bench.measure("of which so many are not closed with 4013", len(codes) - codes.count(4013), 0)
        bench.measure("a place that is left can be taken after", back, 1, "s")
        witness.report(bench)
        settle(bench, resources)


def is_welcome(port: int) -> bool:
    with WebSocket(port) as client:
        return b'"hello"' in client.receive().payload


def settle(bench: Bench, resources: Resources) -> None:
    """Everything that a flood has taken comes back."""
    bench.measure("descriptors are back after", until(lambda: resources.descriptors_more <= 0, 10), 5, "s")
    bench.measure("memory stays grown by", resources.growth, 8, "MB")
