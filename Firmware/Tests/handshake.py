# SPDX-License-Identifier: MIT
"""The vectors of handshake-vectors.txt over the wire: each whole, with a first message right behind it, and byte by
byte."""
from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench import Bench
from common.claims import check
from board import Board
from common.http import device_state
from common.websocket import PING, PONG, WebSocket, accepts, connect_tcp, frame, parse

PAUSE = 0.001  # seconds between two bytes, so that they come in more than one segment
PROOF = b"behind the handshake"


@dataclass
class Handshake:
    name: str
    lines: list[str] = field(default_factory=list)
    body: str = ""
    status: int = 0
    fields: list[str] = field(default_factory=list)

    def request(self, port: int) -> bytes:
        text = "\r\n".join([*self.lines, "", self.body]).replace("HOST", f"127.0.0.1:{port}")
        return re.sub(r"\\x([0-9a-f]{2})", lambda digits: chr(int(digits[1], 16)), text).encode()


def read() -> list[Handshake]:
    handshakes: list[Handshake] = []
    for line in Path(__file__).with_name("handshake-vectors.txt").read_text().splitlines():
        key, _, value = line.partition(" ")
        if line.startswith("["):
            handshakes.append(Handshake(line[1:-1]))
        elif key == ">":
            handshakes[-1].lines.append(value)
        elif key == "body:":
            handshakes[-1].body = value
        elif key == "status:":
            handshakes[-1].status = int(value)
        elif key == "field:":
            handshakes[-1].fields.append(value)
    return handshakes


def answer(board: Board, pieces: list[bytes]) -> tuple[bytes, bytes]:
    """The head of the answer, and what it was told of a ping behind a handshake that it accepts."""
    with connect_tcp(board.port) as connection:
        for piece in pieces:
            try:
                connection.sendall(piece)
            except ConnectionError:
                break  # it was refused at an earlier byte
            if len(pieces) > 1:
                time.sleep(PAUSE)
        received = b""
        while b"\r\n\r\n" not in received:
            check(more := connection.recv(4096), f"the answer ends after {received!r}")
            received += more
        head, _, rest = received.partition(b"\r\n\r\n")
        pong = b""
        while head.startswith(b"HTTP/1.1 101") and not pong:
            while (found := parse(rest)) is None:
                check(more := connection.recv(4096), "the web socket ends")
                rest += more
            pong = found[0].payload if found[0].opcode == PONG else b""
            rest = rest[found[1]:]
        return head + b"\r\n\r\n", pong


def each_handshake_is_answered_as_on_a_host(bench: Bench) -> str:
    handshakes = read()
    with bench.board() as board:
        boot = device_state(board.port)["boot"]
        for handshake in handshakes:
            words = handshake.request(board.port)
            is_accepted = handshake.status == 101
            if is_accepted:
                words += frame(PING, PROOF)
            for pieces in ([words], [words[place:place + 1] for place in range(len(words))]):
                head, pong = answer(board, pieces)
                said = f"[{handshake.name}] in {len(pieces)} pieces: {head!r}"
                check(int(head.split()[1]) == handshake.status, said)
                fields = head.decode("latin-1").lower().split("\r\n")
                check(all(line.lower() in fields for line in handshake.fields), said)
                check(not is_accepted or accepts(head) and pong == PROOF, said)
                check(is_accepted or b"\r\nsec-websocket-accept:" not in head.lower(), said)
        check(device_state(board.port)["boot"] == boot, "the board has started again")
        with WebSocket(board.port) as page:
            page.message("hello")
    accepted = sum(handshake.status == 101 for handshake in handshakes)
    return f"{accepted} accepted with a ping right behind, {len(handshakes) - accepted} refused, whole and byte by byte"


TESTS = [each_handshake_is_answered_as_on_a_host]
