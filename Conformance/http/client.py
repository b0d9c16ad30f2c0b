# SPDX-License-Identifier: MIT
"""Asks a server one case over a connection of its own, and says what it saw.

Behind the bytes of the case comes a probe, a request with a body that nobody else sends: its answer shows that the
connection has survived, and it asks for the end, so that every answer to the case is read without waiting for time.
"""
from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from vectors import Await, Case, End, Send

TOKEN = b"the connection is alive"
PROBE = (
    b"POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(TOKEN) + TOKEN
)


class BadResponse(Exception):
    """Bytes that are not a response."""


@dataclass
class Response:
    status: int
    fields: dict[str, str]
    body: bytes = b""

    @property
    def closes(self) -> bool:
        return "close" in (option.strip().lower() for option in self.fields.get("connection", "").split(","))


@dataclass
class Outcome:
    """What a server made of a case."""

    codes: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    ending: str = "hang"
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return " ".join([*map(str, self.codes), self.ending])


# How the bytes of a case are cut; each piece goes out by itself, a moment after the one before.
Cut = Callable[[bytes], list[bytes]]
MOMENT = 0.001  # seconds in which a server will have read what was sent


def whole(data: bytes) -> list[bytes]:
    return [data]


def byte_by_byte(data: bytes) -> list[bytes]:
    """So many pieces that no limit of time is reached: of more than a kilobyte only the ends are cut at every byte."""
    if len(data) <= 1100:
        return [data[index:index + 1] for index in range(len(data))]
    size = len(data) // 16
    middle = data[64:-64]
    return [*byte_by_byte(data[:64]), *(middle[start:start + size] for start in range(0, len(middle), size)),
            *byte_by_byte(data[-64:])]


class Stream:
    """A socket, read response by response. What came before a reset is read before the reset is seen."""

    def __init__(self, connected: socket.socket, cut: Cut = whole) -> None:
        self.socket = connected
        self.cut = cut
        self.loop = asyncio.get_running_loop()
        self.buffer = bytearray()
        self.has_ended = False
        self.sending: set[asyncio.Task[None]] = set()

    def send(self, data: bytes, ends: bool = False) -> None:
        """Sends in the background, after what was sent before: who sends much must not stop reading."""
        self.sending.add(asyncio.create_task(self._send(list(self.sending), data, ends)))

    async def _send(self, before: list[asyncio.Task[None]], data: bytes, ends: bool) -> None:
        try:
            await asyncio.gather(*before)
            for number, piece in enumerate(self.cut(data)):
                if number > 0:
                    await asyncio.sleep(MOMENT)
                await self.loop.sock_sendall(self.socket, piece)
            if ends:
                self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the server reads no more; what it says is what counts

    async def close(self) -> None:
        for task in self.sending:
            task.cancel()
        await asyncio.gather(*self.sending, return_exceptions=True)
        self.socket.close()

    async def more(self) -> bool:
        """Reads on; false at the end."""
        if not self.has_ended:
            try:
                data = await self.loop.sock_recv(self.socket, 65_536)
            except ConnectionError:
                data = b""
            self.buffer += data
            self.has_ended = not data
        return not self.has_ended

    async def response(self, is_to_head: bool) -> Response | None:
        """The next response, None at the end."""
        while (end := self.buffer.find(b"\r\n\r\n")) < 0:
            if not await self.more():
                if self.buffer:
                    raise BadResponse(f"no response: {bytes(self.buffer[:60])!r}")
                return None
        lines = self.buffer[:end].decode("latin-1").split("\r\n")
        del self.buffer[: end + 4]
        version, _, rest = lines[0].partition(" ")
        if not version.startswith("HTTP/1.") or not rest[:3].isdecimal():
            raise BadResponse(f"no status line: {lines[0]}")
        pairs = (line.partition(":") for line in lines[1:])
        response = Response(int(rest[:3]), {name.strip().lower(): value.strip() for name, _, value in pairs})
        if response.status >= 200 and response.status not in (204, 304) and not is_to_head:
            response.body = await self.body(response)
        return response

    async def body(self, response: Response) -> bytes:
        if response.fields.get("transfer-encoding", "").lower() == "chunked":
            return await self.chunks()
        if "content-length" in response.fields:
            return await self.take(int(response.fields["content-length"]))
        while await self.more():
            pass
        return await self.take(len(self.buffer))

    async def chunks(self) -> bytes:
        body = b""
        while size := int(await self.line(), 16):
            body += await self.take(size)
            await self.line()
        while await self.line():
            pass
        return body

    async def line(self) -> bytes:
        while (end := self.buffer.find(b"\r\n")) < 0:
            if not await self.more():
                raise BadResponse("the end inside a body")
        return (await self.take(end + 2))[:-2]

    async def take(self, count: int) -> bytes:
        while len(self.buffer) < count:
            if not await self.more():
                raise BadResponse("the end inside a body")
        taken = bytes(self.buffer[:count])
        del self.buffer[:count]
        return taken


async def ask(case: Case, host: str, port: int, deadline: float, cut: Cut = whole) -> Outcome:
    """Runs one case; whatever the server does, it takes no longer than the deadline."""
    outcome = Outcome()
    connected = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    connected.setblocking(False)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    stream = Stream(connected, cut)
    try:
        async with asyncio.timeout(deadline):
            await stream.loop.sock_connect(connected, (host, port))
            await converse(case, stream, outcome)
    except TimeoutError:
        outcome.ending = "hang"
    except (BadResponse, ValueError) as error:
        outcome.ending = "nonsense"
        outcome.notes.append(str(error))
    except OSError as error:
        outcome.ending = "unreachable"
        outcome.notes.append(str(error))
    finally:
        await stream.close()
    return outcome


async def converse(case: Case, stream: Stream, outcome: Outcome) -> None:
    last: Response | None = None
    has_ended, may_probe = False, True
    for step in case.steps:
        match step:
            case Send(data):
                stream.send(data)
            case End():
                stream.send(b"", ends=True)
                has_ended, may_probe = True, False
            case Await(status):
                last = await stream.response(case.is_to_head(0))
                if last is None or last.status != status:
                    outcome.notes.append(f"{status} did not come")
                    break
    while True:
        if last and last.status >= 200:
            outcome.codes.append(last.status)
            outcome.bodies.append(last.body)
            if last.body == TOKEN:
                break
        if may_probe and len(outcome.codes) >= case.fewest_responses and not (last and last.closes):
            stream.send(PROBE)
            may_probe = False
        following = await stream.response(case.is_to_head(len(outcome.codes)))
        if following is None:
            if last and not last.closes and not has_ended:
                outcome.notes.append("ended without having said close")
            outcome.ending = "close"
            return
        last = following
    outcome.codes.pop()
    outcome.bodies.pop()
    outcome.ending = "keep"
    if await stream.response(False) is not None:
        outcome.ending = "more"
        outcome.notes.append("an answer behind the last")
