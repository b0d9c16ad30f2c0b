# SPDX-License-Identifier: MIT
"""What the program costs when nothing happens, and how long a press takes to the page."""
from __future__ import annotations

import statistics
import time

from bench import Bench
from common.claims import check, check_time
from board import BUTTON, Board

DEBOUNCE = 11.0  # ms: a level must stand for more than 10, in a program that counts whole milliseconds
IDLE = 5.0  # seconds that are watched


def idle(board: Board) -> tuple[float, float]:
    """Wake-ups per second, and the share of a processor, of a program that has nothing to do."""
    time.sleep(1)  # what its start leaves to do
    start, wake_ups, used = time.monotonic(), board.wake_ups(), board.processor_time()
    time.sleep(IDLE)
    wake_ups, used = board.wake_ups() - wake_ups, board.processor_time() - used
    took = time.monotonic() - start
    return wake_ups.total() / took, used / took


def at_rest_it_hardly_wakes(bench: Bench) -> str:
    words = []
    for what, options, bound in (("without a heartbeat", [], 5), ("with a heartbeat", ["--status-led", "GPIO16"], 20)):
        with bench.board(*options) as board:
            rate, share = idle(board)
            words.append(f"{what} {rate:.1f} wake-ups/s and {share:.1%} of a processor")
            check(rate < bound, f"{words[-1]}, not below {bound}")
    with bench.board() as board, board.page():
        rate, share = idle(board)
        words.append(f"with a page open {rate:.1f}")
    return ", ".join(words)


def a_press_is_on_the_page_within_5_ms_of_its_debounce(bench: Bench) -> str:
    presses, hold, gap, bound = 200, 30, 20, 5.0
    with bench.board() as board:
        times = bench.machine.hand.numbers("page", 8080, board.pins.path(BUTTON, "pull"), presses, hold * 1000,
                                           gap * 1000)
    times = sorted(time / 1000 - DEBOUNCE for time in times)
    check(len(times) == presses, f"{len(times)} of {presses} presses came")
    median, worst = statistics.median(times), times[presses * 99 // 100]
    words = (f"{presses} presses: {median + DEBOUNCE:.2f} ms in the median, {worst + DEBOUNCE:.2f} for 99 of 100, at "
             f"least {times[0] + DEBOUNCE:.2f}; beyond the {DEBOUNCE:.0f} of debounce {median:.2f} and {worst:.2f}")
    check(times[0] > -1, f"less than the debounce: {words}")
    check_time(median < bound, words)
    return words


CASES = [at_rest_it_hardly_wakes, a_press_is_on_the_page_within_5_ms_of_its_debounce]
