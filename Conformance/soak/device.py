# SPDX-License-Identifier: MIT
"""Visits to `heliograph`: pages, scripts, strangers, the slow and the dead."""
from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

from common.websocket import BINARY, CLOSE, CONTINUATION, PING, TEXT, frame, handshake
from soak.load import Kind, Visit
from soak.peer import Peer, Surprise, TurnedAway

CLIENTS = 24            # --max-clients: pages at a time; the program takes twice as many connections and 16 more
PLACES = 2 * CLIENTS + 16 - 8   # connections that the load holds open: a few less than the program takes
CROWD = CLIENTS + 4
MESSAGE_SIZE = 4096     # bytes of a message to the device; one more is refused
FILES = ["/index.css", "/index.js", "/favicon.svg", "/manifest.webmanifest", "/apple-touch-icon.png"]
FORM = "application/x-www-form-urlencoded"


def expect(condition: bool, claim: str) -> None:
    if not condition:
        raise Surprise(claim)


async def open_socket(visit: Visit, receive_buffer: int | None = None) -> tuple[Peer, dict[str, Any]]:
    """A socket and the first thing that it says."""
    peer = await visit.connect(receive_buffer)
    await peer.upgrade()
    hello = json.loads(await peer.message())
    expect(hello["type"] == "hello", f"the first message was {hello}")
    return peer, hello


async def answer(peer: Peer, kind: str) -> dict[str, Any]:
    """The next JSON message of this kind; states of others pass by."""
    while (message := json.loads(await peer.message()))["type"] != kind:
        pass
    return message


# MARK: Those who are welcome

async def page(visit: Visit) -> None:
    """A browser: the page, its files new or from the cache, the socket, a few presses, and off."""
    random, browser = visit.random, await visit.connect()
    document = await browser.request("GET", "/")
    expect(document.status == 200 and b'data-part="led"' in document.body, "no page")
    for path in random.sample(FILES, 3):
        fresh = await browser.request("GET", path, Accept_Encoding=random.choice(["gzip, deflate, br", "identity"]))
        expect(fresh.status == 200, f"{path}: {fresh.status}")
        if fresh.fields.get("content-encoding") == "gzip":
            gzip.decompress(fresh.body)
        tags = {"If_None_Match": fresh.fields["etag"], "Accept_Encoding": "gzip"}
        if fresh.fields.get("content-encoding") == "gzip":
            expect((await browser.request("GET", path, **tags)).status == 304, f"{path} was sent again")
    socket, _ = await open_socket(visit)
    for number in range(random.randrange(4)):
        await socket.send(json.dumps({"type": "toggle", "id": number, "part": "led"}))
        expect((await answer(socket, "ack"))["id"] == number, "another one's ack")
        await asyncio.sleep(random.uniform(0, 0.4))
    browser.leave()
    if random.random() < 0.5:
        return socket.reset()
    await socket.say_goodbye()


async def script(visit: Visit) -> None:
    """A few calls of the HTTP interface on one connection, with those that are refused."""
    peer = await visit.connect()
    for _ in range(visit.random.randint(1, 5)):
        method, path, body, fields, status = visit.random.choice([
            ("GET", "/api/state", None, {}, 200), ("HEAD", "/", None, {}, 200),
            ("PUT", "/api/led", b'{"on":true}', {"Content_Type": "application/json"}, 200),
            ("GET", "/api/parts/button", None, {}, 200), ("GET", "/api/parts/lamp", None, {}, 404),
            ("PUT", "/api/parts/led", b'{"on":false}', {}, 200), ("PUT", "/api/parts/led", b'{"value":1}', {}, 400),
            ("POST", "/api/parts/led/toggle", b"", {}, 200), ("POST", "/api/parts/button/click", b"", {}, 200),
            ("GET", "/api/openapi.json", None, {}, 200),
            ("PUT", "/api/led", b'{"on":', {}, 400), ("POST", "/api/led/toggle", b"", {}, 200),
            ("POST", "/api/led/toggle", b"", {"Content_Type": FORM}, 403),
            ("POST", "/api/led/toggle", b"", {"Origin": "http://elsewhere.example"}, 403),
            ("DELETE", "/api/led", None, {}, 405), ("GET", "/nothing", None, {}, 404),
            ("GET", "/%2e%2e/etc/passwd", None, {}, 400), ("GET", "/ws", None, {}, 426),
            ("PUT", "/api/led", b"x" * 16_384, {}, 400)])
        got = await peer.request(method, path, body, **fields)
        expect(got.status == status, f"{method} {path}: {got.status} instead of {status}")
    if visit.random.random() < 0.2:
        return peer.reset()
    peer.leave()


async def crowd(visit: Visit) -> None:
    """More sockets at once than the device has room for: so many are told to come again."""
    expect(await welcomed(visit) <= CLIENTS, "more had room than there is")


async def last_crowd(visit: Visit) -> None:
    """The same when nobody else is there: exactly so many are welcome."""
    expect((count := await welcomed(visit)) == CLIENTS, f"room for {count} of {CLIENTS}: places are lost")


async def welcomed(visit: Visit) -> int:
    """How many of a crowd are let in."""
    peers = [await visit.connect() for _ in range(CROWD)]
    await asyncio.gather(*(peer.upgrade() for peer in peers))
    count = 0
    for peer in peers:
        try:
            await peer.message()
            count += 1
        except TurnedAway:
            pass
    for peer in peers:
        visit.random.choice([peer.reset, peer.leave])()
    return count


async def listener(visit: Visit) -> None:
    """A script that reads events: the snapshot, a change of its own, and off."""
    stream, script = await visit.connect(), await visit.connect()
    stream.write(f"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:{stream.port}\r\n\r\n".encode())
    head = await stream.reader.readuntil(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 503 "):
        raise TurnedAway
    expect(head.startswith(b"HTTP/1.1 200 "), f"events: {head[:40]!r}")
    expect((await event(stream))["type"] == "hello", "the first event is no snapshot")
    revision = json.loads((await script.request("POST", "/api/parts/led/toggle", b"")).body)["rev"]
    while (await event(stream))["rev"] < revision:
        pass
    visit.random.choice([stream.reset, stream.leave])()


async def event(stream: Peer) -> dict[str, Any]:
    """The data of the next event."""
    while not (line := await stream.reader.readuntil(b"\n")).startswith(b"data:"):
        pass
    return json.loads(line[5:])


# MARK: Those who break the rules

MALFORMED = [
    (b"GET / HTTP/1.1\r\n\r\n", 400), (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    (b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400), (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", 400), (b"GET / HTTP/1.1\nHost: a\n\n", 400),
    (b"POST /api/led/toggle HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n", 400), (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    (b"PUT /api/led HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 16385\r\n\r\n", 413),
    (b"PUT /api/led HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nG\r\n", 400),
    (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"b" * 9000 + b"\r\n\r\n", 431),
    (b"GET / HTTP/1.1\r\nHost: rebound.example\r\n\r\n", 403),
]


async def malformed_request(visit: Visit) -> None:
    peer = await visit.connect()
    data, status = visit.random.choice(MALFORMED)
    cut = visit.random.randrange(len(data))
    for part in (data[:cut], data[cut:]):
        peer.write(part)
        await asyncio.sleep(0)
    got = (await peer.response()).status
    expect(got == status, f"{data[:60]!r}: {got} instead of {status}")
    peer.leave()


BAD_FRAMES = [
    (b"\x81\x03abc", 1002), (frame(3, "", mask=b"abcd"), 1002), (b"\xc1\x80abcd", 1002), (b"\x09\x80abcd", 1002),
    (frame(PING, b"x" * 126, mask=b"abcd"), 1002), (frame(CONTINUATION, "x", mask=b"abcd"), 1002),
    (frame(TEXT, b"\xff\xfe", mask=b"abcd"), 1007), (frame(TEXT, b"\xed\xa0\x80", mask=b"abcd"), 1007),
    (frame(TEXT, "a", final=False, mask=b"abcd") + frame(TEXT, "b", mask=b"abcd"), 1002),
    (b"\x81\xfe\x00\x03abcdxyz", 1002), (b"\x82\xff\x80" + bytes(7) + b"abcd", 1002),
    (frame(CLOSE, b"\x03", mask=b"abcd"), 1002), (frame(CLOSE, b"\x03\xed", mask=b"abcd"), 1002),
    (b"\x82\xff" + (1 << 40).to_bytes(8, "big") + b"abcd", 1009),
]


async def bad_frame(visit: Visit) -> None:
    await bad_frame_in(visit, (await open_socket(visit))[0])


async def bad_frame_in(visit: Visit, peer: Peer) -> None:
    data, code = visit.random.choice(BAD_FRAMES)
    peer.write(data)
    got = await peer.close_code()
    expect(got == code, f"{data[:20]!r}: {got} instead of {code}")
    await peer.end_of_stream()
    peer.leave()


async def at_the_limit(visit: Visit) -> None:
    """The largest message, whole or in pieces, is answered; one byte more is refused."""
    peer, _ = await open_socket(visit)
    message = b"x" * MESSAGE_SIZE
    if visit.random.random() < 0.5:
        await peer.send(message)
    else:
        cut = visit.random.randrange(MESSAGE_SIZE)
        await peer.send(message[:cut], final=False)
        await peer.send(message[cut:], CONTINUATION)
    expect((await answer(peer, "error"))["error"] == "malformed JSON", "another error")
    await peer.send(message + b"y", BINARY)
    expect((code := await peer.close_code()) == 1009, f"one byte too many: {code}")
    peer.leave()


async def cut_upgrade(visit: Visit) -> None:
    """A handshake and a message that end in a reset, at any byte."""
    peer = await visit.connect()
    dialogue = handshake(visit.target.port) + frame(TEXT, '{"type":"ping","n":1}', mask=b"abcd")
    peer.write(dialogue[:visit.random.randrange(len(dialogue))])
    if visit.random.random() < 0.5:
        await asyncio.sleep(0.01)
    peer.reset()


# MARK: The slow and the dead

async def slow_reader(visit: Visit) -> None:
    """A socket that reads nothing for a while, and then must find the newest state."""
    peer, hello = await open_socket(visit, receive_buffer=2048)
    await asyncio.sleep(visit.random.uniform(2, 8))
    other = await visit.connect()
    newest = json.loads((await other.request("GET", "/api/state")).body)["rev"]
    while newest > hello["rev"] and json.loads(await peer.message()).get("rev", 0) < newest:
        pass
    peer.leave()


async def greedy_reader(visit: Visit) -> None:
    """Asks for much and reads none of it."""
    peer = await visit.connect(receive_buffer=2048)
    peer.write(f"GET /index.js HTTP/1.1\r\nHost: 127.0.0.1:{peer.port}\r\n\r\n".encode() * 60)
    await asyncio.sleep(visit.random.uniform(1, 4))
    peer.reset()


async def slow_sender(visit: Visit) -> None:
    """A head, or a body, that never ends: 408."""
    peer = await visit.connect()
    head = f"PUT /api/led HTTP/1.1\r\nHost: 127.0.0.1:{peer.port}\r\n"
    peer.write((head + visit.random.choice(["X: ", "Content-Length: 11\r\n\r\n{"])).encode())
    expect((got := (await peer.response()).status) == 408, f"{got} instead of 408")
    peer.leave()


async def silent(visit: Visit) -> None:
    """A connection that says nothing until the server ends it."""
    await (await visit.connect()).end_of_stream()


async def sleeper(visit: Visit) -> None:
    """A page that stays for longer than two pings and answers them."""
    peer, _ = await open_socket(visit)
    try:
        async with asyncio.timeout(40):
            while True:
                await peer.message()
    except TimeoutError:
        await peer.say_goodbye()


async def dead(visit: Visit) -> None:
    """A page that answers no ping: the server gives it up."""
    peer, _ = await open_socket(visit)
    try:
        async with asyncio.timeout(30):
            await peer.end_of_stream()
    except ConnectionResetError:
        pass


KINDS = [
    Kind("page", 960, 2, page), Kind("script", 960, 1, script), Kind("malformed request", 480, 1, malformed_request),
    Kind("bad frame", 480, 1, bad_frame), Kind("cut upgrade", 360, 1, cut_upgrade),
    Kind("at the limit", 160, 1, at_the_limit), Kind("slow reader", 36, 2, slow_reader),
    Kind("greedy reader", 36, 1, greedy_reader), Kind("slow sender", 12, 1, slow_sender), Kind("silent", 6, 1, silent),
    Kind("listener", 60, 2, listener),
    Kind("sleeper", 6, 1, sleeper), Kind("dead", 4, 1, dead), Kind("crowd", 6, CROWD, crowd),
]
LAST_CROWD = Kind("last crowd", 60, CROWD, last_crowd)  # one a second
