# SPDX-License-Identifier: MIT
"""How much RAM the program takes, with as many pages as the board has places for."""
from __future__ import annotations

import contextlib
from collections.abc import Callable

from bench import Bench
from common.claims import check
from board import Board
from common.http import request
from common.websocket import TEXT, WebSocket, frame
from crowd import PLACES, open_pages


def stack_peak(board: Board) -> int:
    """The most bytes of stack that were ever in use: it is painted at reset, from its bottom up."""
    bottom, top = board.image.symbol("stack_bottom"), board.image.symbol("stack_top")
    stack = board.memory(bottom, top - bottom)
    paint = stack[:4]
    check(stack.count(paint) > 16, f"the stack is not painted, or full: it begins with {stack[:16].hex(' ')}")
    unused = next((place for place in range(0, len(stack), 4) if stack[place:place + 4] != paint), len(stack))
    return len(stack) - unused


def ram_is_within_its_budget_with_eight_pages(bench: Bench) -> str:
    with bench.board() as board:
        return within_budget(board, lambda: None)


def within_budget(board: Board, make_more: Callable[[], None]) -> str:
    """What RAM the board takes at most with all its pages, and with what else `make_more` makes it do meanwhile."""
    with contextlib.ExitStack() as stack:
        pages = open_pages(stack, board)
        for number in range(100):
            for page in pages:
                page.send_json(type="toggle", id=number, part="led")
            for page in pages:
                page.message("ack")
        for path in ("/", "/index.js", "/index.css", "/api/state"):
            check(request(board.port, path, headers={"Accept-Encoding": "gzip"})[0] == 200, f"GET {path} fails")
        for page in pages:  # each with a message under way, in two fragments
            page.socket.sendall(frame(TEXT, "x" * 500, final=False))
        make_more()
        check(request(board.port)[0] == 200, "the page is not served meanwhile")
        with WebSocket(board.port) as ninth:
            ninth.receive()
        heap, deepest = board.heap, stack_peak(board)
    symbol, facts = board.image.symbol, board.facts
    static = symbol("data_end") - symbol("data_start") + symbol("bss_end") - symbol("bss_start")
    total = static + heap.peak + deepest
    rows = [("static", static, static), ("heap", heap.peak, facts.heap_reserve),
            ("stack", deepest, symbol("stack_top") - symbol("stack_bottom")), ("all", total, facts.ram_budget)]
    words = "".join(f"\n      {name:<8}{size:>8,} of {room:,}" for name, size, room in rows)
    check(heap.peak <= facts.heap_reserve, f"the heap exceeds what the build counts on:{words}")
    check(total <= facts.ram_budget, f"too much RAM:{words}")
    return words + "\n     "


TESTS = [ram_is_within_its_budget_with_eight_pages]
