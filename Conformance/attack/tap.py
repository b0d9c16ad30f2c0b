# SPDX-License-Identifier: MIT
"""A tap on the wire between Chromium and the device: it passes bytes on as they are, and remembers which requests came
and what the device answered. So an attempt counts only if it has reached the device, whatever the browser says."""
from __future__ import annotations

import asyncio
import contextlib
import re
import threading
import time
from dataclasses import dataclass, field

REQUEST = re.compile(rb"(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH) (\S+) HTTP/1\.1\r\n(.*?)\r\n\r\n", re.DOTALL)
RESPONSE = re.compile(rb"HTTP/1\.1 (?!100)(\d{3}) [^\r\n]*\r\n(.*?)\r\n\r\n", re.DOTALL)
QUIET = 0.03  # seconds without a byte, after which an exchange is over


@dataclass(frozen=True)
class Exchange:
    """A request that reached the device; the answer is 0 while there is none."""
    method: str
    target: str
    status: int
    fields: dict[str, str]
    origin: str = ""
    site: str = ""  # what the browser says of whoever asks (Fetch Metadata): cross-site, same-site, same-origin, none
    cookie: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.status}"

    def gives_way(self, own: str) -> bool:
        """Whether the device did what may change something, or opened a socket, for a page that is not its own."""
        if self.origin == own:
            return False
        return self.status == 101 or (self.method not in ("GET", "HEAD", "OPTIONS") and self.status < 400)


@dataclass
class Wire:
    """The bytes of a connection, in each direction."""
    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)

    @property
    def exchanges(self) -> list[Exchange]:
        answers = RESPONSE.findall(self.received)
        answers += [(b"0", b"")] * len(REQUEST.findall(self.sent))
        return [Exchange(method.decode(), target.decode("latin-1"), int(status), fields_of(answer),
                         asked.get("origin", ""), asked.get("sec-fetch-site", ""), asked.get("cookie", ""))
                for (method, target, head), (status, answer) in zip(REQUEST.findall(self.sent), answers)
                for asked in [fields_of(head)]]


def fields_of(head: bytes) -> dict[str, str]:
    pairs = (line.partition(":") for line in head.decode("latin-1").split("\r\n"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


class Tap:
    """Listens on a port of its own, for use in `with`."""

    def __init__(self, port: int) -> None:
        self._device = port
        self._wires: list[Wire] = []
        self._lock = threading.Lock()
        self._last = time.monotonic()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Tap:
        self._thread.start()
        server = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._serve, "127.0.0.1", 0), self._loop)
        self.port = server.result().sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first = await reader.read(65_536)  # a browser opens connections that it then does not use
            if not first:
                return
            wire = Wire()
            with self._lock:
                self._wires.append(wire)
            to, back = await asyncio.open_connection("127.0.0.1", self._device)
            try:
                self._note(wire.sent, first)
                back.write(first)
                await asyncio.gather(self._pass(reader, back, wire.sent), self._pass(to, writer, wire.received))
            finally:
                back.close()
        except OSError:
            pass
        finally:
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, note: bytearray) -> None:
        while data := await reader.read(65_536):
            self._note(note, data)
            writer.write(data)
            await writer.drain()
        with contextlib.suppress(OSError, RuntimeError):
            writer.write_eof()

    def _note(self, note: bytearray, data: bytes) -> None:
        with self._lock:
            note += data
            self._last = time.monotonic()

    def exchanges(self) -> list[Exchange]:
        """All so far."""
        with self._lock:
            return [exchange for wire in self._wires for exchange in wire.exchanges]

    def forget(self) -> list[Exchange]:
        """Takes what there is: the exchanges since the last time. A connection that stays is read on from here."""
        with self._lock:
            found = [exchange for wire in self._wires for exchange in wire.exchanges]
            for wire in self._wires:
                wire.sent.clear()
                wire.received.clear()
            return found

    def settle(self, is_expected: bool, patience: float) -> list[Exchange]:
        """The exchanges of an attempt: waits until there is one, if one is expected, and all have their answers."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            found = self.exchanges()
            if (found or not is_expected) and all(exchange.status for exchange in found) \
                    and time.monotonic() - self._last > QUIET:
                break
            time.sleep(0.005)
        return self.forget()
