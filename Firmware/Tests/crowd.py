# SPDX-License-Identifier: MIT
"""Eight pages, as many as the board takes, and the ninth."""
from __future__ import annotations

import contextlib
import json
import subprocess
import threading
import time
from pathlib import Path

from bench import Bench
from common.claims import check, until
from board import Board
from common.http import device_state
from common.websocket import CLOSE, TEXT, WebSocket

PLACES = 8
PING_INTERVAL, PONG_TIMEOUT = 15, 10  # seconds; `WebSocketConnection.Timing`


def open_pages(stack: contextlib.ExitStack, board: Board, count: int = PLACES) -> list[WebSocket]:
    pages = [stack.enter_context(WebSocket(board.port)) for _ in range(count)]
    for page in pages:
        page.message("hello")
    return pages


def is_let_in(board: Board) -> bool:
    """Whether a page more gets the state."""
    try:
        with WebSocket(board.port, timeout=5) as page:
            return b'"hello"' in page.receive().payload
    except OSError:
        return False


def eight_pages_are_in_step(bench: Bench) -> str:
    changes = 200
    with bench.board() as board, contextlib.ExitStack() as stack:
        pages = open_pages(stack, board)
        latencies = []
        for number in range(changes):
            start = time.monotonic()
            pages[number % PLACES].send_json(type="toggle", id=number, part="led")
            states = [page.message("state") for page in pages]
            latencies.append(time.monotonic() - start)
            check(all(state == states[0] for state in states), f"change {number}: the pages were told {states}")
            check(states[0]["clients"] == PLACES, f"change {number}: {states[0]['clients']} clients")
            check(states[0]["parts"]["led"]["by"] == f"#{number % PLACES + 1}", f"change {number}: {states[0]}")
        check(board.led == (states[0]["status"] == "on"), "the LED is not what the pages show")
        latencies.sort()
        return (f"{changes} changes reach all {PLACES} in {latencies[changes // 2] * 1000:.1f} ms (median),"
                f" {latencies[-1] * 1000:.1f} ms at most")


def toggles_at_once_end_in_the_same_state_for_all(bench: Bench) -> str:
    rounds, heard = 50, 0
    with bench.board() as board, contextlib.ExitStack() as stack:
        pages = open_pages(stack, board)
        for number in range(rounds):
            for page in pages:
                page.send('{"type":"toggle","part":"led"}')
            board.press(20)
            time.sleep(0.05)  # until SELECT is up
            final = settled(board)
            for page in pages:
                states = [page.message("state")]
                while states[-1]["rev"] < final["rev"]:
                    states.append(page.message("state"))
                order = [state["rev"] for state in states]
                check(order == sorted(set(order)), f"round {number}: revisions out of order, {order}")
                check(states[-1]["status"] == final["status"], f"round {number}: a page ends in another state")
                heard += len(states)
        check(board.led == (final["status"] == "on"), "the LED is not what the pages show")
    return f"{rounds} rounds of {PLACES} toggles and a press: {heard:,} states, in order, the last one the same for all"


def settled(board: Board) -> dict:
    """The state when nothing changes any more."""
    state = device_state(board.port)
    while (later := device_state(board.port))["rev"] != state["rev"] or later["parts"]["button"]["pressed"]:
        state = later
        time.sleep(0.01)
    return later


def a_ninth_page_is_told_that_all_places_are_taken_and_gets_in_when_one_leaves(bench: Bench) -> str:
    with bench.board() as board, contextlib.ExitStack() as stack:
        pages = open_pages(stack, board)
        for _ in range(20):
            with WebSocket(board.port) as ninth:
                words, end = ninth.receive(), ninth.receive()
                check(words.payload == b'{"type":"error","error":"all places are taken","clients":8}', f"{words}")
                check((end.opcode, end.code, end.payload[2:]) == (CLOSE, 4013, b"all places are taken"), f"{end}")
        check(device_state(board.port)["clients"] == PLACES, "one of the eight was thrown out")
        pages[3].close()
        left = until(lambda: is_let_in(board), "a page gets the place of one that left", 5)
        for page in (*pages[:3], *pages[4:]):
            page.send('{"type":"ping","n":1}')
            page.message("pong")
        return f"20 refused; {left * 1000:.0f} ms after one has left, the next is let in"


def a_page_that_dies_gives_its_place_up(bench: Bench) -> str:
    with bench.board() as board, contextlib.ExitStack() as stack:
        dead = open_pages(stack, board, PLACES)
        alive = [dead.pop() for _ in range(PLACES - 2)]
        start = last = board.milliseconds
        check(not is_let_in(board), "there is a ninth place")
        while device_state(board.port)["clients"] > len(alive):
            now = board.milliseconds
            check(now - start < (PING_INTERVAL + 2 * PONG_TIMEOUT + 3) * 1000, "who answers no ping keeps its place")
            if now - last > 5000:
                last = now
                for page in alive:
                    page.send('{"type":"ping","n":1}')
                    page.message("pong")
            time.sleep(0.2)
        took = (board.milliseconds - start) / 1000
        check(took > PING_INTERVAL + 2 * PONG_TIMEOUT - 5, f"dropped after {took:.1f} s already")
        check(is_let_in(board), "their place is not free")
        for page in alive:
            page.send('{"type":"ping","n":2}')
            page.message("pong")
        return f"two that answer no ping are dropped after {took:.1f} s of the board, six that do stay"


class RealPage:
    """The page's own code under node (reducer.mjs), for as long as the block of `with`."""

    def __init__(self, port: int) -> None:
        script = Path(__file__).with_name("reducer.mjs")
        self.process = subprocess.Popen(["node", script, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.views: list[dict] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.views.append(json.loads(line))

    def shows(self, words: str) -> float:
        """Seconds until it shows these words."""
        return until(lambda: any(words in view["connection"] for view in self.views), f"the page shows “{words}”")

    def __enter__(self) -> RealPage:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()


def the_ninth_page_says_in_words_that_all_places_are_taken(bench: Bench) -> str:
    with bench.board() as board, contextlib.ExitStack() as stack:
        pages = open_pages(stack, board)
        with RealPage(board.port) as ninth:
            ninth.shows("All places are taken; trying again")
            ninth.shows(f"{PLACES} screens already open; trying again")
            refused = [view for view in ninth.views if view["phase"] == "refused"]
            check(all(view["canRetry"] for view in refused), f"there is no way to try at once: {refused}")
            check(not any(view["live"] for view in ninth.views), f"it says that it is connected: {ninth.views}")
            pages.pop().close()
            took = ninth.shows(f"Connected · {PLACES} screens")
            check(ninth.views[-1]["live"], f"it is not connected: {ninth.views[-1]}")
            said = " → ".join(dict.fromkeys(view["connection"] for view in ninth.views))
        return f"“{said}”; connected {took:.1f} s after one has left"


TESTS = [eight_pages_are_in_step, toggles_at_once_end_in_the_same_state_for_all,
         the_ninth_page_says_in_words_that_all_places_are_taken,
         a_ninth_page_is_told_that_all_places_are_taken_and_gets_in_when_one_leaves, a_page_that_dies_gives_its_place_up]
