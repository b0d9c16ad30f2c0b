# SPDX-License-Identifier: MIT
"""The vectors of websocket-vectors.txt over the wire: each whole, byte by byte, and cut in two at every byte. The
remote control does not echo: what it must answer follows from what a server sees."""
from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from bench import Bench
from common.claims import check
from board import Board
from common.http import device_state
from common.websocket import CLOSE, PING, PONG, TEXT, AsyncWebSocket, Frame, frame

KEY = bytes.fromhex("37fa213d")  # RFC 6455 section 5.7
MESSAGE_SIZE = 512  # `ServerLimits.firmware`
PARALLEL = 6  # clients; the board has room for eight
PAUSE = 0.002  # seconds between two pieces, so that they come in two segments


# MARK: The file

@dataclass
class Vector:
    name: str
    clause: str = ""
    sent: bytes = b""
    seen: list[tuple[str, bytes]] = field(default_factory=list)  # the event and what comes with it

    @property
    def is_last(self) -> bool:
        """Whether the connection is over with it."""
        return self.seen[-1][0] in ("closed", "refused")


def unescaped(text: str) -> bytes:
    result = bytearray()
    for repeat, repeated, digits, plain in re.findall(
            r"\\\{(\d+)\*((?:[^}\\]|\\.)*)\}|\\x([0-9a-f]{2})|\\?(.)", text, re.DOTALL):
        result += unescaped(repeated) * int(repeat) if repeat else bytes.fromhex(digits) if digits else plain.encode()
    return bytes(result)


def sent(form: str, words: str) -> bytes:
    """The bytes of a line."""
    if form == "=":
        return bytes.fromhex(words)
    first, _, payload = words.partition(" ")
    masked = frame(0, unescaped(payload), mask=KEY)
    if form in ("2>", "8>"):
        size = int(form[0])
        masked = bytes([0, 0xFE if size == 2 else 0xFF]) + (masked[1] & 0x7F).to_bytes(size, "big") + masked[2:]
    if form == "-":
        content = unescaped(payload)
        masked = bytes([0, len(content)]) + content
    return bytes.fromhex(first) + masked[1:]


def read() -> list[Vector]:
    vectors: list[Vector] = []
    for number, line in enumerate(Path(__file__).with_name("websocket-vectors.txt").read_text().splitlines(), 1):
        form, _, words = line.partition(" ")
        if line.startswith("["):
            vectors.append(Vector(line[1:-1]))
        elif form == "clause:":
            vectors[-1].clause = words
        elif form == "seen:":
            event, _, content = words.partition(" ")
            vectors[-1].seen.append((event, unescaped(content)))
        elif form in (">", "-", "2>", "8>", "="):
            vectors[-1].sent += sent(form, words)
        elif line and not line.startswith("#"):
            raise ValueError(f"websocket-vectors.txt:{number}: {line}")
    return vectors


# MARK: What the remote control must answer

def answer(event: str, content: bytes) -> tuple[int, bytes] | None:
    """The frame in answer to an event, as opcode and payload; JSON with its error's words only."""
    words = content.decode(errors="replace")
    if event == "ping":
        return PONG, content
    if event == "binary":
        return TEXT, b"messages are text"
    if event == "text" and (reply := expected_json(words)):
        return TEXT, reply
    if event == "closed":
        code = int(words.split()[0])
        return CLOSE, b"" if code == 1005 else code.to_bytes(2, "big")
    if event == "refused":
        return CLOSE, int(words.split()[0]).to_bytes(2, "big")
    return None  # a pong, and a command without a number


def expected_json(words: str) -> bytes:
    """What a text is answered with; nothing if it is a command without a number."""
    if words in ("toggle", "on", "off"):
        return b""
    try:
        message = json.loads(words)
    except ValueError:
        return b"malformed JSON"
    if not isinstance(message, dict):
        return b"not an object"
    return b"pong %d" % message["n"] if "n" in message else b""


def said(received: Frame) -> tuple[int, bytes] | None:
    """A frame as `answer` words it; None for what others have caused, and for the server's own pings."""
    if received.opcode == PING:
        return None
    if received.opcode != TEXT:
        return received.opcode, received.payload
    message = json.loads(received.payload)
    if message["type"] in ("state", "hello"):
        return None
    return TEXT, b"pong %d" % message["n"] if message["type"] == "pong" else message["error"].encode()


# MARK: Over the wire

class Client:
    """Sends vectors, over one connection for as long as it lasts."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.socket: AsyncWebSocket | None = None
        self.connections = 0
        self.marks = count(1_000_000)

    async def try_out(self, vector: Vector, pieces: list[bytes]) -> None:
        if self.socket is None:
            self.socket = await AsyncWebSocket.connect(self.board.port)
            self.connections += 1
        expected = [reply for event in vector.seen if (reply := answer(*event)) is not None]
        for piece in pieces:
            try:
                self.socket.writer.write(piece)
                await self.socket.writer.drain()
            except ConnectionError:
                break  # it was refused at an earlier byte
            if len(pieces) > 1:
                await asyncio.sleep(PAUSE)
        heard: list[tuple[int, bytes]] = []
        if not vector.is_last:  # a mark behind it: all answers are in when that is answered
            mark = next(self.marks)
            await self.socket.send(json.dumps({"type": "ping", "n": mark}))
            expected.append((TEXT, b"pong %d" % mark))
        while not heard or heard[-1] != expected[-1]:
            if (words := said(await self.socket.receive())) is not None:
                heard.append(words)
                if words[0] == CLOSE:
                    break
        check(heard == expected, f"heard {heard} instead of {expected}")
        if vector.is_last:
            await self.leave()

    async def leave(self) -> None:
        """Ends as RFC 6455 section 7.1.1 wants it: the server ends the connection first."""
        if self.socket is not None:
            try:
                check(await self.socket.reader.read() == b"", "there is something behind Close")
            except OSError:
                pass  # it did not wait for what is sent behind a refusal
            await self.socket.close()
            self.socket = None


def cuts(vector: Vector) -> list[list[bytes]]:
    """The ways to send it."""
    bytes_ = vector.sent
    return [[bytes_], [bytes_[place:place + 1] for place in range(len(bytes_))],
            *([bytes_[:place], bytes_[place:]] for place in range(1, len(bytes_)))]


async def run(board: Board, vectors: list[Vector]) -> tuple[int, int]:
    """Tries all vectors; how many ways there were and how many connections that took."""
    jobs = [(vector, pieces) for vector in vectors for pieces in cuts(vector)]
    total = len(jobs)
    jobs.reverse()

    async def work() -> int:
        client = Client(board)
        while jobs:
            vector, pieces = jobs.pop()
            try:
                async with asyncio.timeout(20):
                    await client.try_out(vector, pieces)
            except (AssertionError, OSError, EOFError, TimeoutError) as problem:
                jobs.clear()
                sizes = [len(piece) for piece in pieces[:3]]
                raise AssertionError(f"[{vector.name}] in pieces of {sizes}…: {problem!r}") from problem
        if client.socket is not None:
            await client.socket.close()
        return client.connections

    return total, sum(await asyncio.gather(*(work() for _ in range(PARALLEL))))


def each_vector_is_answered_however_it_is_cut(bench: Bench) -> str:
    vectors = read()
    with bench.board() as board:
        before = device_state(board.port)["boot"]
        ways, connections = asyncio.run(run(board, vectors))
        check(device_state(board.port)["boot"] == before, "the board has started again")
        return f"{len(vectors)} vectors in {ways:,} ways over {connections:,} connections"


def a_message_may_be_512_bytes_long_and_no_longer(bench: Bench) -> str:
    fits = Vector("the longest", sent=frame(TEXT, b"x" * MESSAGE_SIZE), seen=[("text", b"x" * MESSAGE_SIZE)])
    exceeds = Vector("one byte more", sent=frame(TEXT, b"x" * (MESSAGE_SIZE + 1)), seen=[("refused", b"1009")])
    parts = b"x" * (MESSAGE_SIZE // 2)
    fragments = Vector("in fragments", sent=frame(TEXT, parts, final=False) + frame(0, parts),
                       seen=[("text", b"x" * MESSAGE_SIZE)])
    more = Vector("in fragments, one byte more", sent=frame(TEXT, parts, final=False) + frame(0, parts + b"x"),
                  seen=[("refused", b"1009")])
    with bench.board() as board:
        async def all_of_them() -> None:
            client = Client(board)
            for vector in (fits, fragments, exceeds, fits, more):
                for size in (len(vector.sent), 100) if vector.is_last else (len(vector.sent), 100, 1):
                    await client.try_out(vector, [vector.sent[start:start + size]
                                                  for start in range(0, len(vector.sent), size)])
        asyncio.run(all_of_them())
        return f"{MESSAGE_SIZE} bytes, whole and in fragments, in one segment and in many"


TESTS = [each_vector_is_answered_however_it_is_cut, a_message_may_be_512_bytes_long_and_no_longer]
