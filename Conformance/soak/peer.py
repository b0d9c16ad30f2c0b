# SPDX-License-Identifier: MIT
"""One TCP connection of the soak's clients, for asyncio: requests, frames, and the three ways to leave."""
from __future__ import annotations

import asyncio
import socket
import struct
from random import Random
from typing import NamedTuple

from common.websocket import BINARY, CLOSE, PING, PONG, TEXT, Frame, accepts, frame, handshake

READ_LIMIT = 1 << 18  # bytes that may wait unread in this process before the kernel has to keep them


class Surprise(Exception):
    """The server did something else than it must."""


class TurnedAway(Exception):
    """The server is full and says so, which is right and ends a visit."""


class Response(NamedTuple):
    status: int
    fields: dict[str, str]
    body: bytes


class Peer:
    """A connection to 127.0.0.1, with all randomness from `random`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, random: Random) -> None:
        self.reader, self.writer, self.port, self.random = reader, writer, port, random

    @classmethod
    async def connect(cls, port: int, random: Random, receive_buffer: int | None = None) -> Peer:
        """Connects; with a small `receive_buffer` the kernel takes little of what is not read."""
        connection = socket.socket()
        connection.setblocking(False)
        if receive_buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        try:
            await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            limit = READ_LIMIT if receive_buffer is None else receive_buffer
            reader, writer = await asyncio.open_connection(sock=connection, limit=limit)
        except BaseException:
            connection.close()
            raise
        return cls(reader, writer, port, random)

    # MARK: HTTP

    def write(self, data: bytes) -> None:
        self.writer.write(data)

    async def request(self, method: str, path: str, body: bytes | None = None, **fields: str) -> Response:
        """Sends a request and reads its answer; `Content_Type="…"` is a field."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        self.write("\r\n".join(lines + ["", ""]).encode() + (body or b""))
        return await self.response(has_body=method != "HEAD")

    async def response(self, has_body: bool = True) -> Response:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split(" ")[1])
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        length = int(fields.get("content-length", 0)) if has_body and status not in (101, 204, 304) else 0
        return Response(status, fields, await self.reader.readexactly(length))

    # MARK: WebSocket

    async def upgrade(self, path: str = "/ws") -> None:
        self.write(handshake(self.port, path))
        head = await self.reader.readuntil(b"\r\n\r\n")
        if not accepts(head):
            raise Surprise(f"an upgrade was answered {head[:40]!r}")

    async def send(self, payload: bytes | str, opcode: int = TEXT, final: bool = True) -> None:
        self.write(frame(opcode, payload, final, mask=self.random.randbytes(4)))
        await self.writer.drain()

    async def receive(self) -> Frame:
        """The next frame; pings are answered on the way."""
        while True:
            first, length = await self.reader.readexactly(2)
            if length >= 126:
                length = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8), "big")
            received = Frame(first, await self.reader.readexactly(length))
            if received.opcode != PING:
                return received
            await self.send(received.payload, PONG)

    async def message(self) -> bytes:
        """The payload of the next text or binary message."""
        while (received := await self.receive()).opcode not in (TEXT, BINARY) or b"places are taken" in received.payload:
            if received.opcode == CLOSE:
                raise TurnedAway if received.code == 4013 else Surprise(f"closed with {received.code}")
        return received.payload

    async def close_code(self) -> int:
        """The code with which the server closes; messages on the way are passed over."""
        while (received := await self.receive()).opcode != CLOSE:
            pass
        return received.code

    # MARK: Leaving

    async def end_of_stream(self) -> None:
        """Reads on until the server ends the connection."""
        while await self.reader.read(READ_LIMIT):
            pass

    async def say_goodbye(self, code: int = 1001) -> None:
        """The closing handshake, to the end."""
        await self.send(code.to_bytes(2, "big"), CLOSE)
        if (answer := await self.close_code()) != code:
            raise Surprise(f"a Close with {code} was answered {answer}")
        await self.end_of_stream()
        self.leave()

    def leave(self) -> None:
        """FIN, and RST if something was left unread."""
        self.writer.close()

    def reset(self) -> None:
        """RST at once."""
        linger = struct.pack("ii", 1, 0)
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.writer.transport.abort()
