# SPDX-License-Identifier: MIT
"""Clients that come and go for as long as told, in time of the board, whose clock runs as fast as it can here."""
from __future__ import annotations

import contextlib
import random
import time
from dataclasses import dataclass

from abuse import at_rest, check_same_start, dialogue, is_back, talk, warm_up
from bench import Bench
from common.claims import check, check_time
from board import Board
from common.http import device_state, request
from common.websocket import CLOSE, WebSocket
from crowd import PONG_TIMEOUT

LOOKS = 12  # how often all clients leave, and the memory is looked at
LATE = 0.02  # of all rounds, those that may be given up


@dataclass
class Tally:
    clients: int = 0
    rounds: int = 0
    late: int = 0  # rounds that the board gave up, because this machine was busy with something else for too long


def come_and_go(board: Board, chance: random.Random, until: int, tally: Tally) -> None:
    """Clients of every kind until the board's clock says so."""
    while (begin := board.milliseconds) < until:
        tally.rounds += 1
        try:
            tally.clients += one_round(board, chance)
        except OSError:
            if board.milliseconds - begin < PONG_TIMEOUT * 1000:
                raise
            tally.late += 1


def one_round(board: Board, chance: random.Random) -> int:
    """One to six pages that toggle, a press at times, a file, and a client that is cut off; how many they were."""
    with contextlib.ExitStack() as stack:
        pages = [stack.enter_context(WebSocket(board.port)) for _ in range(chance.randint(1, 6))]
        for number in range(chance.randint(1, 20)):
            page = chance.choice(pages)
            page.send_json(type="toggle", id=number, part="led")
            page.message("ack")
        if chance.random() < 0.3:
            board.press(30)
        status, _ = request(board.port, chance.choice(["/", "/index.js", "/nothing"]),
                            headers={"Accept-Encoding": "gzip"})
        check(status in (200, 404), f"a request is answered with {status}")
        for page in pages:
            if chance.random() < 0.5:
                page.send(b"\x03\xe9", CLOSE)
        talk(board, dialogue(board.port), chance.randint(0, 500))
    time.sleep(chance.choice([0, 0, 0.01, 0.1]))
    return len(pages) + 2


def memory_stays_flat_while_clients_come_and_go(bench: Bench) -> str:
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    start = time.monotonic()
    with bench.board(fast=True) as board:
        warm_up(board)
        stretch = int(bench.minutes * 60_000 / LOOKS)
        come_and_go(board, chance, board.milliseconds + 60_000, Tally())  # every buffer that stays gets its size
        boot, base = device_state(board.port)["boot"], at_rest(board, forgotten=True)
        begin, tally = board.milliseconds, Tally()
        for look in range(1, LOOKS + 1):
            come_and_go(board, chance, board.milliseconds + stretch, tally)
            rest = at_rest(board, base, forgotten=True)
            check(is_back(rest, base), f"seed {seed}, look {look}: {base}, then {rest}")
        lasted = (board.milliseconds - begin) / 60_000
        check_same_start(board, boot)
    took = (time.monotonic() - start) / 60
    words = (f"{lasted:.1f} minutes of the board in {took:.1f} of ours, {tally.clients:,} clients, {tally.late} of"
             f" {tally.rounds:,} rounds given up, seed {seed}: at rest {base.heap.used:,} bytes of heap, {base.lwip:,}"
             f" of lwIP's and no TCP connection, each of {LOOKS} times")
    check_time(tally.late <= LATE * tally.rounds, words)
    return words


TESTS = [memory_stays_flat_while_clients_come_and_go]
