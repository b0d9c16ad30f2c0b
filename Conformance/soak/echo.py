# SPDX-License-Identifier: MIT
"""Visits to `heliograph-echo`: messages of all sizes up to the limit of 16 MiB, to one and to all."""
from __future__ import annotations

import asyncio

from common.websocket import BINARY, CONTINUATION, PING, PONG, TEXT, frame
from soak.device import bad_frame_in, expect
from soak.load import Kind, Visit
from soak.peer import Peer

PLACES = 300
MESSAGE_SIZE = 16 << 20     # bytes of a message; one more is refused
TO_ALL = b"B"               # how a message to all begins
WORDS = "naïve 漢字 😀 plain words "


async def open_socket(visit: Visit, receive_buffer: int | None = None) -> Peer:
    peer = await visit.connect(receive_buffer)
    await peer.upgrade()
    return peer


async def echoed(peer: Peer) -> bytes:
    """The next message that is not one to all."""
    while (message := await peer.message()).startswith(TO_ALL):
        pass
    return message


def text_of(count: int) -> bytes:
    """At most `count` bytes of text."""
    return (WORDS * (count // len(WORDS.encode()) + 1)).encode()[:count].decode(errors="ignore").encode()


async def conversation(visit: Visit) -> None:
    """Text and binary messages of any size, whole or in fragments with pings between them."""
    random, peer = visit.random, await open_socket(visit)
    for _ in range(random.randint(1, 12)):
        count = int(2 ** random.uniform(0, 16))
        opcode, payload = random.choice([(TEXT, text_of(count)), (BINARY, b"\0" + random.randbytes(count))])
        cuts = sorted(random.randrange(len(payload) + 1) for _ in range(random.choice([0, 0, 0, 1, 5])))
        for number, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(payload)])):
            await peer.send(payload[start:end], CONTINUATION if number else opcode, final=number == len(cuts))
            if number < len(cuts):
                await peer.send(b"!", PING)
        expect(await echoed(peer) == payload, f"another echo of {len(payload)} bytes")
    if random.random() < 0.4:
        return peer.reset()
    await peer.say_goodbye()


async def broadcast(visit: Visit) -> None:
    """Messages to all; each of these peers must get each of them."""
    peers = [await open_socket(visit) for _ in range(visit.random.randint(2, 12))]
    for number in range(4):
        payload = TO_ALL + visit.random.randbytes(int(2 ** visit.random.uniform(3, 13)))
        await peers[number % len(peers)].send(payload, BINARY)
        for peer in peers:
            while await peer.message() != payload:
                pass
    for peer in peers:
        visit.random.choice([peer.reset, peer.leave])()


async def send_large(peer: Peer, count: int) -> None:
    """A message of `count` bytes there and back, masked with zeros, which cost this side nothing."""
    peer.write(b"\x82\xff" + count.to_bytes(8, "big") + bytes(4))
    block = bytes(1 << 16)
    for start in range(0, count, len(block)):
        peer.write(block[:count - start])
        await peer.writer.drain()
    expect(len(await echoed(peer)) == count, f"another echo of {count} bytes")


async def large(visit: Visit) -> None:
    async with visit.target.one_at_a_time:
        peer = await open_socket(visit)
        await send_large(peer, visit.random.randint(1 << 18, 1 << 20))
        peer.leave()


async def largest(visit: Visit) -> None:
    """A message at the limit, then the announcement of one byte more."""
    async with visit.target.one_at_a_time:
        peer = await open_socket(visit)
        await send_large(peer, MESSAGE_SIZE)
        peer.write(b"\x82\xff" + (MESSAGE_SIZE + 1).to_bytes(8, "big") + bytes(4))
        expect((code := await peer.close_code()) == 1009, f"one byte too many: {code}")
        peer.leave()


async def cut_large(visit: Visit) -> None:
    """A part of a large message, and then a reset."""
    peer = await open_socket(visit)
    peer.write(b"\x82\xff" + (1 << 22).to_bytes(8, "big") + bytes(4) + bytes(visit.random.randrange(1 << 18)))
    await asyncio.sleep(visit.random.uniform(0, 0.5))
    peer.reset()


async def slow_reader(visit: Visit) -> None:
    """Sends much, reads none of it for a while, then finds all of it in order; or resets without reading."""
    random, peer = visit.random, await open_socket(visit, receive_buffer=4096)
    count = random.randint(10, 60)
    sent = b"".join(frame(BINARY, bytes([0, number]) + bytes(4000), mask=bytes(4)) for number in range(count))
    peer.write(sent)
    await asyncio.sleep(random.uniform(1, 5))
    if random.random() < 0.3:
        return peer.reset()
    for number in range(count):
        expect((await echoed(peer))[1] == number, "an echo is missing")
    peer.leave()


async def ping_flood(visit: Visit) -> None:
    """Two hundred pings at once: the last of them is answered."""
    peer = await open_socket(visit)
    peer.write(b"".join(frame(PING, bytes([number]), mask=b"abcd") for number in range(200)))
    while (received := await peer.receive()).opcode != PONG or received.payload != b"\xc7":
        pass
    peer.leave()


async def crowd(visit: Visit) -> None:
    """Two hundred at once, of whom each says a word and leaves as it likes."""
    async with visit.target.one_at_a_time:
        peers = [await open_socket(visit) for _ in range(200)]
        for peer in peers:
            await peer.send("word")
        for peer in peers:
            expect(await echoed(peer) == b"word", "another word")
            visit.random.choice([peer.reset, peer.leave])()


async def bad_frame(visit: Visit) -> None:
    await bad_frame_in(visit, await open_socket(visit))


KINDS = [
    Kind("conversation", 480, 1, conversation), Kind("bad frame", 240, 1, bad_frame),
    Kind("broadcast", 60, 12, broadcast), Kind("large message", 20, 1, large), Kind("largest message", 2, 1, largest),
    Kind("cut message", 40, 1, cut_large), Kind("slow reader", 30, 1, slow_reader),
    Kind("ping flood", 60, 1, ping_flood), Kind("crowd", 3, 200, crowd),
]
