# SPDX-License-Identifier: MIT
"""Robustness, asked over raw sockets and of every server alike. Each probe says in a few words what it saw, and whether
that is good.
"""
from __future__ import annotations

import asyncio
import sys
import time
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from common.program import Program, processor_time, resident_memory  # noqa: E402
from common.websocket import (  # noqa: E402
    BINARY, CLOSE, PING, TEXT, AsyncWebSocket, WebSocket, frame, handshake)

ANSWER = 5.0  # seconds for an answer that should come at once
OTHER_SITE = "http://elsewhere.example"
MEGABYTE = 1 << 20
RSV1 = 0x40


class Verdict(NamedTuple):
    is_good: bool
    text: str


async def opened(port: int, **options: str) -> AsyncWebSocket:
    return await asyncio.wait_for(AsyncWebSocket.connect(port, **options), ANSWER)


async def reaction(client: AsyncWebSocket, within: float = ANSWER) -> tuple[str, int | None]:
    """What comes next but pings: "close" and its code, "message", "end" of the stream, or "silence"."""
    async def next_frame() -> tuple[str, int | None]:
        while (received := await client.receive()).opcode == PING:
            pass
        return ("close", received.code) if received.opcode == CLOSE else ("message", None)
    try:
        return await asyncio.wait_for(next_frame(), within)
    except TimeoutError:  # an OSError, too
        return "silence", None
    except (asyncio.IncompleteReadError, OSError):
        return "end", None


async def refused(port: int, sent: bytes, *codes: int) -> Verdict:
    """Whether `sent` is answered by a Close with one of `codes`."""
    client = await opened(port)
    client.writer.write(sent)
    what, code = await reaction(client)
    await client.close()
    if what == "close":
        return Verdict(code in codes, str(code))
    seen = {"message": "taken as a message", "end": "ends without a Close", "silence": "no answer"}
    return Verdict(False, seen[what])


async def status(port: int, request: bytes) -> int | None:
    """The status that answers a request; None if the connection ends without one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    words = (await asyncio.wait_for(reader.readline(), ANSWER)).split()
    writer.close()
    return int(words[1]) if len(words) > 1 else None


def verdict_on(status: int | None) -> Verdict:
    """Whether another site was kept out."""
    if status in (101, 200):
        return Verdict(False, "let in")
    return Verdict(True, f"refused: {status}" if status else "refused")


# MARK: Probes that take a moment

async def other_site(port: int) -> Verdict:
    """A page of another site opens a socket (`Origin`)"""
    return verdict_on(await status(port, handshake(port, extra=f"Origin: {OTHER_SITE}\r\n")))


async def other_site_posts(port: int) -> Verdict:
    """A page of another site posts a form (`Origin`)"""
    return verdict_on(await status(port, (
        f"POST /echo HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {OTHER_SITE}\r\nContent-Length: 3\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\na=b").encode()))


async def unmasked_frame(port: int) -> Verdict:
    """A frame that is not masked: 1002 (RFC 6455, 5.1)"""
    return await refused(port, b"\x81\x05hello", 1002)


async def invalid_text(port: int) -> Verdict:
    """Text that is not UTF-8: 1007 (RFC 6455, 8.1)"""
    return await refused(port, frame(TEXT, b"caf\xe9"), 1007)


async def huge_announcement(port: int) -> Verdict:
    """A header that announces 2^62 bytes: 1009, before they come"""
    return await refused(port, b"\x82\xff" + (1 << 62).to_bytes(8, "big") + b"mask", 1009)


async def cut_header(port: int) -> Verdict:
    """A frame's header cut at each byte"""
    async def survives(length: int, cut: int) -> bool:
        client = await opened(port)
        whole = frame(BINARY, bytes(length))
        client.writer.write(whole[:cut])
        await asyncio.sleep(0.02)  # on loopback, without Nagle's delay, the server has read it by then
        client.writer.write(whole[cut:])
        what, _ = await reaction(client)
        await client.close()
        return what == "message"
    cuts = [(length, cut) for length, size in ((5, 6), (300, 8), (70_000, 14)) for cut in range(1, size + 1)]
    echoes = await asyncio.gather(*(survives(*one) for one in cuts))
    return Verdict(all(echoes), f"{sum(echoes)} of {len(cuts)} echoed")


# MARK: Probes that take time

async def slow_handshake(port: int) -> Verdict:
    """A handshake of one byte a second: ended within 30 s"""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    start = time.monotonic()
    end = asyncio.create_task(reader.read())
    try:
        for byte in handshake(port)[:30]:
            writer.write(bytes([byte]))
            if (await asyncio.wait({end}, timeout=1))[0]:
                return Verdict(True, f"after {time.monotonic() - start:.0f} s")
        return Verdict(False, "not ended")
    finally:
        end.cancel()
        writer.close()


async def silent_peer(port: int) -> Verdict:
    """A client that answers no ping: found within a minute"""
    client = await opened(port)
    start = time.monotonic()
    what, _ = await reaction(client, within=60)
    await client.close()
    if what == "silence":
        return Verdict(False, "never asked")
    return Verdict(True, f"after {time.monotonic() - start:.0f} s")


AT_ONCE = [other_site, other_site_posts, unmasked_frame, invalid_text, huge_announcement, cut_header]
IN_TIME = [slow_handshake, silent_peer]


async def run_all(port: int) -> dict[str, Verdict]:
    """The probes that may share a server, side by side; by their names."""
    probes: list[Callable[[int], Awaitable[Verdict]]] = AT_ONCE + IN_TIME

    async def one(probe: Callable[[int], Awaitable[Verdict]]) -> Verdict:
        try:
            return await probe(port)
        except (OSError, EOFError, ConnectionError, TimeoutError) as error:
            return Verdict(False, f"no connection: {type(error).__name__}")
    verdicts = await asyncio.gather(*map(one, probes))
    return {probe.__name__: verdict for probe, verdict in zip(probes, verdicts)}


# MARK: Probes that measure, each on a server of its own

MESSAGE = b"B" + bytes(16_383)  # to all
MESSAGES = 128 * MEGABYTE // len(MESSAGE)


def backlog(server: Program) -> dict[str, Verdict]:
    """128 MB go to two clients, of which one never reads: how long the other waits, how much memory that takes."""
    with WebSocket(server.port, receive_buffer=4096), WebSocket(server.port, timeout=ANSWER) as other:
        before = most = resident_memory(server.pid)
        worst, received = 0.0, 0
        try:
            for received in range(MESSAGES):
                start = time.monotonic()
                other.send(MESSAGE, BINARY)
                while other.receive().opcode != BINARY:
                    pass
                worst = max(worst, time.monotonic() - start)
                if received % 64 == 0:
                    most = max(most, resident_memory(server.pid))
        except (TimeoutError, ConnectionError):
            delay = Verdict(False, f"stuck after {received * len(MESSAGE) / MEGABYTE:.0f} MB")
        else:
            delay = Verdict(worst < 0.5, "less than 0.5 s" if worst < 0.5 else f"{worst:.1f} s")
        most = max(most, settled_memory(server.pid))
    return {"backlog_delay": delay, "backlog_memory": growth(most - before, 64 * MEGABYTE)}


def ping_flood(server: Program) -> dict[str, Verdict]:
    """A client sends 64 MB of pings and never reads."""
    burst = b"".join(frame(PING, bytes(125), mask=b"mask") for _ in range(4096))
    with WebSocket(server.port, receive_buffer=4096, timeout=2) as client:
        before = resident_memory(server.pid)
        sent = 0
        try:
            while sent < 64 * MEGABYTE:
                client.socket.sendall(burst)
                sent += len(burst)
        except (TimeoutError, ConnectionError):
            pass  # a server may stop reading, or end it
        return {"ping_flood": growth(settled_memory(server.pid) - before, 16 * MEGABYTE)}


def inflating_bomb(server: Program) -> dict[str, Verdict]:
    """A message of 125 KB that inflates to 128 MB, which is more than any server here takes: 1009."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(compressor.compress(bytes(MEGABYTE)) for _ in range(128))
    bomb += compressor.flush(zlib.Z_SYNC_FLUSH)[:-4]  # RFC 7692 section 7.2.1
    compressed = bytearray(frame(BINARY, bomb))
    compressed[0] |= RSV1
    with WebSocket(server.port, extra="Sec-WebSocket-Extensions: permessage-deflate\r\n", timeout=20) as client:
        if b"permessage-deflate" not in client.response.lower():
            return {"bomb": Verdict(False, "not compressing"), "bomb_memory": Verdict(False, "")}
        before = resident_memory(server.pid)
        client.socket.sendall(compressed)
        answer = client.receive()
        memory = growth(settled_memory(server.pid) - before, 48 * MEGABYTE)
    if answer.opcode == CLOSE:
        return {"bomb": Verdict(answer.code == 1009, str(answer.code)), "bomb_memory": memory}
    return {"bomb": Verdict(False, "taken as a message"), "bomb_memory": memory}


def settled_memory(pid: int) -> int:
    """The resident memory once the server has nothing more to do, or after some seconds."""
    deadline, used = time.monotonic() + 10, -1.0
    while used < (used := processor_time(pid)) and time.monotonic() < deadline:
        time.sleep(0.2)
    return resident_memory(pid)


def growth(bytes_: int, bound: int) -> Verdict:
    megabytes = max(round(bytes_ / MEGABYTE), 0)
    return Verdict(bytes_ < bound, "less than 1 MB" if megabytes == 0 else f"{megabytes} MB")
