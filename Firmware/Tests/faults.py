# SPDX-License-Identifier: MIT
"""What becomes of a board whose program goes wrong. The debugger writes a few bytes of Thumb code to the bottom of
the stack, which nobody uses, and sends the processor there."""
from __future__ import annotations

import contextlib
import time

from bench import Bench
from common.claims import check, check_time, until
from board import Board
from common.http import device_state
from common.websocket import WebSocket
from common.qemu import Debugger

# Thumb code (DDI 0403, A7.7). The loop lets interrupts in, as one of the program's would.
LOOP = bytes.fromhex("62b6 fee7")  # cpsie i; b .
UNDEFINED = bytes.fromhex("00de")  # udf #0
WATCHDOG = 2.0  # seconds without food until the board resets
MARGIN = 1.0  # to reset, and to say the first words


def halt(board: Board, stack: contextlib.ExitStack) -> Debugger:
    """Halts the processor outside of interrupt handlers, where the program's loop runs."""
    while True:
        with contextlib.ExitStack() as attempt:
            debugger = attempt.enter_context(board.debugger())
            if debugger.register(Debugger.STATUS) & 0x1FF == 0:  # IPSR
                stack.push(attempt.pop_all())
                return debugger


def send_to(board: Board, code: bytes, *, stack_pointer: int | None = None) -> int:
    """Makes the processor execute these bytes, with another stack pointer if told so; returns where they are."""
    place = board.image.symbol("stack_bottom")
    with contextlib.ExitStack() as stack:
        debugger = halt(board, stack)
        if stack_pointer is not None:
            debugger.set_register(Debugger.STACK_POINTER, stack_pointer)
        debugger.write(place, code)
        debugger.set_register(Debugger.PROGRAM_COUNTER, place)
    return place


def wait_for_restart(board: Board, before: dict, end: int, start: float) -> float:
    """Seconds until the board says its first words again; it must then serve as a board that is new (and may
    take SELECT for held, see `Board.go`)."""
    board.wait_for_serial(r"Trying to connect \[", start=end)
    took = time.monotonic() - start
    board.wait_until_served(start=end)
    after = device_state(board.port)
    check(after["boot"] != before["boot"] and after["rev"] <= 3, f"not a new start: {before}, then {after}")
    with WebSocket(board.port) as client:
        client.send_json(type="toggle", id=1, part="led")
        client.message("ack")
        until(lambda: board.led == (device_state(board.port)["status"] == "on"), "the LED is what clients are told", 1)
    return took


def line_and_restart(board: Board, pattern: str, before: dict, end: int, start: float) -> str:
    """Waits for the line that tells what happened, and for the board to serve again."""
    line = board.wait_for_serial(pattern, start=end)
    took = wait_for_restart(board, before, end, start)
    return f"“{line[0].decode().strip()}”, and {took:.2f} s later it starts"


def a_board_that_is_caught_in_a_loop_resets_itself(bench: Bench) -> str:
    with bench.board() as board:
        before, end = device_state(board.port), len(board.serial)
        start = time.monotonic()
        send_to(board, LOOP)
        took = wait_for_restart(board, before, end, start)
        said = bytes(board.serial[end:]).partition(b"Trying")[0]
        check(said == b"", f"something else was it: {said!r}")
        check_time(WATCHDOG / 2 - 0.1 < took < WATCHDOG + MARGIN, f"it took {took:.2f} s")
        return f"by its watchdog, {took:.2f} s later"


def a_fault_is_told_with_its_place_and_the_board_comes_back(bench: Bench) -> str:
    with bench.board() as board:
        before, end = device_state(board.port), len(board.serial)
        start = time.monotonic()
        place = send_to(board, UNDEFINED)
        return line_and_restart(board, rf"^Fault: (\w+) at {place:#010x}.*\n", before, end, start)


def an_exhausted_heap_is_told_and_the_board_comes_back(bench: Bench) -> str:
    with bench.board() as board:
        before, end = device_state(board.port), len(board.serial)
        start, too_much = time.monotonic(), board.heap.capacity + 1
        with contextlib.ExitStack() as stack:
            debugger = halt(board, stack)
            debugger.set_register(0, board.image.symbol("stack_bottom"))  # where the address would go
            debugger.set_register(1, 16)
            debugger.set_register(2, too_much)
            debugger.set_register(Debugger.PROGRAM_COUNTER, board.image.symbol("posix_memalign"))
        return line_and_restart(board, rf"^Heap exhausted: {too_much} bytes wanted.*\n", before, end, start)


def an_overflow_of_the_stack_is_a_fault_and_no_damage(bench: Bench) -> str:
    with bench.board() as board:
        before, end = device_state(board.port), len(board.serial)
        start = time.monotonic()
        # The next interrupt finds no room. (QEMU lets the program itself write where there is no memory.)
        send_to(board, LOOP, stack_pointer=board.image.symbol("stack_bottom") + 8)
        return line_and_restart(board, r"^Fault: (\w+) at .*\n", before, end, start)


def a_reset_forgets_everything_but_the_board(bench: Bench) -> str:
    with bench.board() as board:
        before, end = device_state(board.port), len(board.serial)
        start = time.monotonic()
        board.monitor.ask("system_reset")
        took = wait_for_restart(board, before, end, start)
        return f"first words after {took:.2f} s"


TESTS = [a_board_that_is_caught_in_a_loop_resets_itself, a_fault_is_told_with_its_place_and_the_board_comes_back,
         an_exhausted_heap_is_told_and_the_board_comes_back, an_overflow_of_the_stack_is_a_fault_and_no_damage,
         a_reset_forgets_everything_but_the_board]
