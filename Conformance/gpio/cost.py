# SPDX-License-Identifier: MIT
"""What the program costs when nothing happens, and how long a press takes to the page."""
from __future__ import annotations

import statistics
import time

from bench import Bench
from common.claims import check, check_time
from board import BUTTON, LED, Board

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


def delays(board: Board) -> tuple[list[float], str]:
    """From presses to a page beside the program, in ms beyond the debounce, sorted; and the same in words."""
    presses, hold, gap = 200, 30, 20
    times = board.hand.numbers("page", 8080, board.pins.path(BUTTON, "pull"), presses, hold * 1000, gap * 1000)
    times = sorted(time / 1000 - DEBOUNCE for time in times)
    check(len(times) == presses, f"{len(times)} of {presses} presses came")
    median, worst = statistics.median(times), times[presses * 99 // 100]
    words = (f"{presses} presses: {median + DEBOUNCE:.2f} ms in the median, {worst + DEBOUNCE:.2f} for 99 of 100, at "
             f"least {times[0] + DEBOUNCE:.2f}; beyond the {DEBOUNCE:.0f} of debounce {median:.2f} and {worst:.2f}")
    check(times[0] > -1, f"less than the debounce: {words}")
    return times, words


def a_press_is_on_the_page_within_5_ms_of_its_debounce(bench: Bench) -> str:
    with bench.board() as board:
        times, words = delays(board)
    check_time(statistics.median(times) < 5, words)
    return words


def sixty_four_parts() -> str:
    """Switches, buttons and contacts on all 48 lines of both chips, sensors and numbers; `wall`, on GPIO22, toggles
    `lamp`, on GPIO26."""
    lines = ["parts:", "  lamp: {switch: GPIO26}", "  wall: {button: GPIO22, press: toggle lamp}"]
    free = [f"header:{line}" for line in range(32) if line not in (LED, BUTTON)]
    free += [f"expander:{line}" for line in range(16)]
    for number, line in enumerate(free):
        kind = ("switch", "button", "contact")[number % 3]
        lines.append(f"  {kind}_{number}: {{{kind}: '{line}'}}")
    lines += [f"  sensor_{number}: {{sensor: 'file:/proc/uptime', every: 1 s}}" for number in range(8)]
    lines += [f"  number_{number}: {{number: 5, min: 0, max: 10}}" for number in range(8)]
    return "\n".join(lines) + "\n"


def with_sixty_four_parts_99_of_100_presses_are_on_the_page_2_ms_after_their_debounce(bench: Bench) -> str:
    with Board(bench.counted, device=sixty_four_parts()) as board:
        board.wait_until_served()
        check(len(board.parts) == 64, f"{len(board.parts)} parts")
        times, words = delays(board)
    check(times[len(times) * 99 // 100] < 2, words)
    return f"{words}, at 250 million instructions a second"


CASES = [at_rest_it_hardly_wakes, a_press_is_on_the_page_within_5_ms_of_its_debounce,
         with_sixty_four_parts_99_of_100_presses_are_on_the_page_2_ms_after_their_debounce]
