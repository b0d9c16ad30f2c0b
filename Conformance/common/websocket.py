# SPDX-License-Identifier: MIT
"""A WebSocket client of a few lines (RFC 6455): bytes of a handshake and of frames for whoever has a socket of his
own, a blocking client, and one for asyncio. It sends what it is told, right or wrong, and answers nothing by itself.
"""
from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import socket
import time
from typing import Any, NamedTuple

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
SAMPLE_KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455 section 1.3


class Frame(NamedTuple):
    """A frame from the server; `first` is its first byte, with FIN and the reserved bits."""
    first: int
    payload: bytes

    @property
    def opcode(self) -> int:
        return self.first & 0x0F

    @property
    def code(self) -> int:
        """The status code of a Close; 1005 if it has none."""
        return int.from_bytes(self.payload[:2], "big") if len(self.payload) >= 2 else 1005


def handshake(port: int, path: str = "/ws", key: str = SAMPLE_KEY, extra: str = "") -> bytes:
    """The request for an upgrade; `extra` are more field lines, each with its CR LF."""
    return (f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{extra}\r\n").encode()


def accepts(response: bytes, key: str = SAMPLE_KEY) -> bool:
    """Whether this head of a response accepts the handshake with `key`."""
    proof = base64.b64encode(hashlib.sha1(key.encode() + GUID).digest())
    return response.startswith(b"HTTP/1.1 101 ") and b"sec-websocket-accept: " + proof.lower() in response.lower()


def frame(opcode: int, payload: bytes | str = b"", final: bool = True, mask: bytes | None = None) -> bytes:
    """A frame as a client sends it, masked with random bytes by default."""
    payload = payload.encode() if isinstance(payload, str) else payload
    mask = os.urandom(4) if mask is None else mask
    count = len(payload)
    if count < 126:
        length = bytes([0x80 | count])
    elif count < 65_536:
        length = b"\xfe" + count.to_bytes(2, "big")
    else:
        length = b"\xff" + count.to_bytes(8, "big")
    pad = (mask * (count // 4 + 1))[:count]
    masked = (int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")).to_bytes(count, "big")
    return bytes([(0x80 if final else 0) | opcode]) + length + mask + masked


def parse(buffer: bytes | bytearray, start: int = 0) -> tuple[Frame, int] | None:
    """The frame that begins at `start`, and where it ends; None if it is not all there."""
    if len(buffer) < start + 2:
        return None
    first, length = buffer[start], buffer[start + 1]
    begin = start + 2
    if length >= 126:
        size = 2 if length == 126 else 8
        if len(buffer) < begin + size:
            return None
        length = int.from_bytes(buffer[begin:begin + size], "big")
        begin += size
    if len(buffer) < begin + length:
        return None
    return Frame(first, bytes(buffer[begin:begin + length])), begin + length


def connect_tcp(port: int, host: str = "127.0.0.1", *, source: str | None = None, receive_buffer: int | None = None,
                timeout: float = 20) -> socket.socket:
    """A TCP connection, from the address `source` if given. A small `receive_buffer` is set before connecting, so that
    the kernel cannot offer more."""
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source is not None:
            connection.setsockopt(socket.SOL_IP, getattr(socket, "IP_BIND_ADDRESS_NO_PORT", 24), 1)
            connection.bind((source, 0))
        connection.connect((host, port))
    except OSError:
        connection.close()
        raise
    return connection


class WebSocket:
    """A client that blocks, for at most `timeout` seconds at a time."""

    def __init__(self, port: int, path: str = "/ws", *, extra: str = "", **options: Any) -> None:
        self.socket = connect_tcp(port, **options)
        self._buffer = bytearray()
        self.socket.sendall(handshake(port, path, extra=extra))
        self.response = self._head()
        if not accepts(self.response):
            self.socket.close()
            raise ConnectionRefusedError(self.response.decode("latin-1"))

    def _head(self) -> bytes:
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            self._receive()
        head = bytes(self._buffer[:end + 4])
        del self._buffer[:end + 4]
        return head

    def _receive(self) -> None:
        if not (received := self.socket.recv(65_536)):
            raise ConnectionResetError("the server has ended the connection")
        self._buffer += received

    def send(self, payload: bytes | str, opcode: int = TEXT) -> None:
        self.socket.sendall(frame(opcode, payload))

    def send_json(self, **members: Any) -> None:
        self.send(json.dumps(members))

    def receive(self) -> Frame:
        """The next frame, whatever it is."""
        while (found := parse(self._buffer)) is None:
            self._receive()
        del self._buffer[:found[1]]
        return found[0]

    def message(self, type: str) -> dict[str, Any]:
        """The next JSON message of this type; pings on the way are answered, all else is passed over."""
        while True:
            received = self.receive()
            if received.opcode == PING:
                self.send(received.payload, PONG)
            elif received.opcode == CLOSE:
                raise ConnectionResetError(f"closed with {received.code}")
            elif received.opcode == TEXT and (message := json.loads(received.payload)).get("type") == type:
                return message

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> WebSocket:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncWebSocket:
    """The same for asyncio: `socket = await AsyncWebSocket.connect(port)`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def connect(cls, port: int, path: str = "/ws", host: str = "127.0.0.1", *, extra: str = "",
                      source: str | None = None) -> AsyncWebSocket:
        reader, writer = await asyncio.open_connection(host, port, local_addr=(source, 0) if source else None)
        writer.write(handshake(port, path, extra=extra))
        response = await reader.readuntil(b"\r\n\r\n")
        if not accepts(response):
            writer.close()
            raise ConnectionRefusedError(response.decode("latin-1"))
        return cls(reader, writer)

    async def send(self, payload: bytes | str, opcode: int = TEXT) -> None:
        self.writer.write(frame(opcode, payload))
        await self.writer.drain()

    async def receive(self) -> Frame:
        """The next frame, whatever it is; IncompleteReadError at the end of the stream."""
        first, length = await self.reader.readexactly(2)
        if length >= 126:
            length = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8), "big")
        return Frame(first, await self.reader.readexactly(length))

    async def close(self) -> None:
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except OSError:
            pass


def toggle(actor: WebSocket, observer: WebSocket) -> float:
    """Toggles the LED by one client; how many seconds passed until the other knew."""
    start = time.monotonic()
    actor.send_json(type="toggle", id=1, part="led")
    revision = actor.message("ack")["rev"]
    while observer.message("state")["rev"] < revision:
        pass
    return time.monotonic() - start
