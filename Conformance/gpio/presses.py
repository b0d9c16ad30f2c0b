# SPDX-License-Identifier: MIT
"""The button: every press counts once, however it bounces, however short it is, and whoever was busy meanwhile."""
from __future__ import annotations

from collections.abc import Sequence

from bench import Bench
from common.claims import check, until
from board import BUTTON, Board

SEED = 7
BATCH, MOST_BATCHES = 10, 100  # presses at a time, and how often they are made to have 500
DEBOUNCE = 10.0  # ms that a level must stand to count
BURST = 6.0  # ms from the first edge of a bounce to the last, and under 10 when the machine is busy, too


CHANGES = 4  # of the state by a press: down, toggled, up, clicked


def count_presses(board: Board, presses: int, before: int, buttons: Sequence[str] = ("button",)) -> float:
    """Checks that just so many of each button have counted since the revision `before`, with what they did."""
    expected = CHANGES * presses * len(buttons)

    def have_counted() -> bool:
        state = board.state
        return (state["rev"] >= before + expected
                and not any(state["parts"][button]["pressed"] for button in buttons))
    board.state  # an answer comes after all that has been seen before it
    took = until(have_counted, f"{presses} presses have counted, and not {count(board, before):.1f}", 3)
    check(count(board, before) == presses * len(buttons),
          f"{presses * len(buttons)} presses were made, and {count(board, before):.1f} have counted")
    return took


def count(board: Board, before: int) -> float:
    return (board.state["rev"] - before) / CHANGES


def five_hundred_presses_that_bounce_count_five_hundred(bench: Bench) -> str:
    presses, hold, gap, edges, longest, spoilt = 0, 16, 16, 0, 0.0, 0
    with bench.board() as board, board.page():
        path = board.pins.path(BUTTON, "pull")
        for batch in range(MOST_BATCHES):
            before = board.state["rev"]
            found, burst, level = bench.machine.hand.numbers("bounce", SEED + batch, BATCH, int(BURST * 1000),
                                                             hold * 1000, gap * 1000, path)
            if level >= DEBOUNCE * 900:  # the machine was held up, and a level in a burst stood long enough to count
                spoilt += 1
                settle(board)
                continue
            count_presses(board, BATCH, before)
            presses, edges, longest = presses + BATCH, edges + found, max(longest, burst / 1000)
            if presses == 500:
                break
        check(presses == 500, f"the machine was held up in {spoilt} of {MOST_BATCHES} batches")
        return (f"{presses} presses of {hold} ms, {edges} edges, bursts of at most {longest:.1f} ms"
                + (f"; not counted: {spoilt * BATCH} while the machine was held up" if spoilt else ""))


def settle(board: Board) -> None:
    """Waits until whatever was pressed has counted: longer than a debounce without a change."""
    revision = -1

    def is_at_rest() -> bool:
        nonlocal revision
        revision, last = board.state["rev"], revision
        return revision == last
    until(is_at_rest, "nothing changes any more", interval=0.2)


def a_press_of_15_ms_counts(bench: Bench) -> str:
    presses = 20
    with bench.board() as board:
        before, times = board.state["rev"], []
        for number in range(1, presses + 1):
            times.append(board.pins.press(15))
            count_presses(board, number, before)
            check(board.pins.led == number % 2, f"press {number} has not toggled the LED")
        return f"{presses} presses of {min(times):.1f} to {max(times):.1f} ms"


def a_blip_of_5_ms_does_not_count(bench: Bench) -> str:
    blips = 10
    with bench.board() as board:
        before, times = board.state["rev"], []
        for _ in range(blips):
            times.append(board.pins.press(5))
        check(min(times) < DEBOUNCE, "the machine was held up in every blip")
        times = [time for time in times if time < DEBOUNCE]
        board.pins.press(50)  # counts, and only after what came before it
        until(lambda: count(board, before) >= 1, "a press counts")
        found = count(board, before)
        check(found <= 1 + blips - len(times), f"{found:.1f} presses have counted, not only the last")
        return f"{len(times)} blips of at most {max(times):.1f} ms"


def presses_while_the_program_stands_still_are_not_lost(bench: Bench) -> str:
    presses = 5
    with bench.board() as board:
        before = board.state["rev"]
        bench.machine.hand.ask("signal", board.pid, 19)  # SIGSTOP
        for _ in range(presses):
            board.pins.press(30)
            board.pins.machine.hand.shell("usleep 30000")
        bench.machine.hand.ask("signal", board.pid, 18)  # SIGCONT
        count_presses(board, presses, before)
        check(board.pins.led == presses % 2, f"the LED is not {presses % 2}")
        return f"{presses} presses of 30 ms between two looks, told apart by the kernel's timestamps"


def edges_beyond_what_the_kernel_keeps_are_counted(bench: Bench) -> str:
    presses, kept = 600, 1024
    with bench.board() as board:
        board.pins.press()  # its edges are the first that have a number
        until(lambda: board.is_on, "the press counts")
        check("dropped_edges" not in board.state, "edges are dropped with nothing to do")
        bench.machine.hand.ask("signal", board.pid, 19)  # SIGSTOP
        pull = board.pins.path(BUTTON, "pull")
        press = f"echo pull-down >{pull}; echo pull-up >{pull}"
        bench.machine.hand.shell(f"for press in $(seq {presses}); do {press}; done")
        bench.machine.hand.ask("signal", board.pid, 18)  # SIGCONT
        until(lambda: board.state.get("dropped_edges") == 2 * presses - kept, "what was dropped is counted")
        return f"{board.state['dropped_edges']} of {2 * presses}, with {kept} kept"


def a_button_that_is_held_toggles_once(bench: Bench) -> str:
    with bench.board() as board, board.page() as page:
        before = board.state["rev"]
        board.pins.pull(BUTTON, is_up=False)
        check(page.message("state")["parts"]["button"]["pressed"], "the page is not told that it is down")
        bench.machine.hand.shell("sleep 1")
        check(board.state["rev"] == before + 2, f"{board.state['rev'] - before} changes while it is held")
        board.pins.pull(BUTTON, is_up=True)
        count_presses(board, 1, before)
        return "held for a second"


CASES = [five_hundred_presses_that_bounce_count_five_hundred, a_press_of_15_ms_counts, a_blip_of_5_ms_does_not_count,
         presses_while_the_program_stands_still_are_not_lost, edges_beyond_what_the_kernel_keeps_are_counted,
         a_button_that_is_held_toggles_once]
