# SPDX-License-Identifier: MIT
"""lwIP without memory for what it is given to send: the debugger takes the free entries of a pool away, and gives them
back when lwIP has refused."""
from __future__ import annotations

import contextlib
import gzip
import http.client
import time
from collections.abc import Callable

from bench import Bench
from common.claims import check
from board import Board
from common.websocket import WebSocket, connect_tcp
from faults import halt

# A pool is a list of its free entries, each of which begins with the address of the next (memp.c of lwIP).
SEGMENTS = "memp_tab_TCP_SEG"  # each piece of output takes one
PIECES = "memp_tab_PBUF"  # and one of these, if it is sent from where it lies in flash


class Shortage:
    """A pool that is empty for as long as the block of `with`; entries that are freed meanwhile are used again."""

    def __init__(self, board: Board, pool: str) -> None:
        self.board, self.pool = board, board.image.symbol(pool)

    def __enter__(self) -> None:
        with contextlib.ExitStack() as stack:
            debugger = halt(self.board, stack)
            self.taken = debugger.read(self.pool, 4)
            check(any(self.taken), "the pool is empty already")
            debugger.write(self.pool, bytes(4))

    def __exit__(self, *_: object) -> None:
        with contextlib.ExitStack() as stack:
            debugger = halt(self.board, stack)
            last = self.pool
            while any(entry := debugger.read(last, 4)):
                last = int.from_bytes(entry, "little")
            debugger.write(last, self.taken)


def refused(board: Board, pool: str, ask: Callable[[], None], hear: Callable[[], None]) -> int:
    """Empties the pool, asks for output until lwIP has refused some more than once (at first, and when it was tried
    again), and hears all of it; how often it has. One entry that a late acknowledgment frees may be enough for all
    output, one piece after the other: then it asks again."""
    for _ in range(5):
        before = board.network.refusals
        with Shortage(board, pool):
            ask()
            end = time.monotonic() + 4
            while (count := board.network.refusals - before) < 2 and time.monotonic() < end:
                time.sleep(0.02)
        hear()
        if count > 1:
            return count
    raise AssertionError(f"lwIP refuses no output without {pool}")


def output_that_lwip_refuses_is_kept_and_sent_whole(bench: Bench) -> str:
    script = "/index.js"
    with bench.board() as board, WebSocket(board.port) as page:
        page.message("hello")
        whole = fetch(board, script)
        counts = []
        for pool in (SEGMENTS, PIECES):
            client = asking(board, script)  # connected before: a handshake, too, takes memory
            counts.append(refused(
                board, pool, lambda: client.request("GET", script, headers={"Accept-Encoding": "gzip"}),
                lambda: check(client.getresponse().read() == whole, f"{script} is not whole")))
            client.close()
        counts.append(refused(
            board, SEGMENTS, lambda: [page.send_json(type="ping", n=number) for number in range(20)],
            lambda: check([page.message("pong")["n"] for _ in range(20)] == list(range(20)), "a pong is missing")))
        check(board.starts == 1, "the board has started again")
        return f"{len(whole):,} bytes of flash and 20 messages, whole after {', '.join(map(str, counts))} refusals"


def asking(board: Board, path: str) -> http.client.HTTPConnection:
    """A connection that is there, with a request answered."""
    client = http.client.HTTPConnection("127.0.0.1", board.port)
    client.sock = connect_tcp(board.port)
    client.request("GET", "/api/state")
    client.getresponse().read()
    return client


def fetch(board: Board, path: str) -> bytes:
    client = asking(board, path)
    client.request("GET", path, headers={"Accept-Encoding": "gzip"})
    body = client.getresponse().read()
    client.close()
    check(gzip.decompress(body), f"GET {path} is empty")
    return body


TESTS = [output_that_lwip_refuses_is_kept_and_sent_whole]
