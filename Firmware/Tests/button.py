# SPDX-License-Identifier: MIT
"""SELECT, pressed by QEMU's monitor (a key), and the LED, read there."""
from __future__ import annotations

import statistics
import time

from bench import Bench
from common.claims import check, check_time
from common.websocket import WebSocket

HOLDS = [20, 35, 60, 120, 300, 2000, 5000]  # milliseconds; a level must stay for more than 10 to count


def next_states(client: WebSocket, count: int) -> list[dict]:
    return [client.message("state") for _ in range(count)]


def a_press_toggles_once_however_long_it_is(bench: Bench) -> str:
    with bench.board() as board, WebSocket(board.port) as client:
        is_on = board.led
        revision = None
        for hold in HOLDS:
            board.press(hold)
            down, up = next_states(client, 2)
            is_on = not is_on
            word = "on" if is_on else "off"
            check((down["status"], up["status"]) == (word, word), f"{hold} ms: {down}, then {up}")
            pressed = [state["parts"]["button"]["pressed"] for state in (down, up)]
            check(pressed == [True, False], f"{hold} ms: {down}, {up}")
            check(down["parts"]["led"]["by"] == "button", f"{hold} ms: {down}")
            check(revision is None or up["rev"] == revision + 4, f"{hold} ms: {up['rev'] - (revision or 0)} changes")
            check(board.led == is_on, f"{hold} ms: the LED is not {word}")
            revision = up["rev"]
        return f"{len(HOLDS)} presses of {min(HOLDS)} to {max(HOLDS)} ms, a toggle each; the LED's register agrees"


def the_led_is_what_the_clients_were_told(bench: Bench) -> str:
    rounds = 40
    with bench.board() as board, WebSocket(board.port) as client, WebSocket(board.port) as other:
        for number in range(rounds):
            if number % 2:
                board.press(30)
                next_states(other, 1)
            else:
                other.send("toggle")
            told = next_states(client, 1)[0]
            check(board.led == (told["status"] == "on"), f"round {number}: told {told['status']}, the LED is not")
            if number % 2:
                next_states(client, 1)  # the release
        return f"{rounds} changes by button and page, the register read after each"


def a_press_is_told_within_30_ms(bench: Bench) -> str:
    presses, bound = 30, 0.030
    with bench.board() as board, WebSocket(board.port) as client:
        times = []
        for _ in range(presses):
            time.sleep(0.037)
            start = board.press(40)
            down = client.message("state")
            times.append(time.monotonic() - start)
            check(down["parts"]["button"]["pressed"], f"not a press: {down}")
            client.message("state")
        worst = max(times)
        words = f"{presses} presses: {statistics.median(times) * 1000:.1f} ms in the median, {worst * 1000:.1f} at most"
        check_time(worst < bound, words)
        return words


TESTS = [a_press_toggles_once_however_long_it_is, the_led_is_what_the_clients_were_told, a_press_is_told_within_30_ms]
