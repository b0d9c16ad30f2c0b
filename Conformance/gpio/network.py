# SPDX-License-Identifier: MIT
"""The wait for the network, and an address that changes."""
from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator

from bench import Bench
from common.claims import check, until
from machine import ADDRESS, Machine

HARDWARE_ADDRESS = "52:54:00:12:34:56"  # of eth0, QEMU's first
OTHER = "10.0.2.77"
INTERVAL = 0.5  # seconds from dot to dot


def set_address(machine: Machine, address: str | None) -> None:
    """Gives eth0 this address in place of those that it has, with the default route; or none."""
    command = "ip address flush dev eth0"
    if address is not None:
        command += f"; ip address add {address}/24 dev eth0; ip route add default via 10.0.2.2"
    machine.hand.shell(command)


@contextlib.contextmanager
def without_address(bench: Bench) -> Iterator[None]:
    set_address(bench.machine, None)
    try:
        yield
    finally:
        set_address(bench.machine, ADDRESS)


def it_waits_for_an_address_with_a_dot_every_500_ms(bench: Bench) -> str:
    beginning = rf"Trying to connect \[{HARDWARE_ADDRESS}\] "
    with without_address(bench), bench.start("--interface", "eth0") as board:
        board.wait_for(beginning + r"\.\.")
        dots, start = board.output.count("."), time.monotonic()
        time.sleep(4 * INTERVAL)
        more, took = board.output.count(".") - dots, time.monotonic() - start
        check(abs(more - took / INTERVAL) <= 1.5, f"{more} dots in {took:.2f} s")
        check("\n" not in board.output.partition("Trying")[2], f"the line has ended: {board.output!r}")
        set_address(bench.machine, ADDRESS)
        line = board.wait_for(beginning + rf"\.+ {re.escape(ADDRESS)}$")
        board.wait_until_served()
        return f"“{line}”"


def the_interface_of_the_default_route_is_the_one(bench: Bench) -> str:
    with bench.board() as board:
        line = board.wait_for(rf"Trying to connect \[{HARDWARE_ADDRESS}\].* {re.escape(ADDRESS)}$")
    with bench.board("--interface", "eth1") as board:
        board.wait_for(r"Trying to connect \[52:54:00:12:34:57\].* 10\.0\.3\.15$")
    with bench.start("--interface", "eth7") as board:
        status = board.status(10_000)
        check(status.startswith("exit ") and status != "exit 0" and "eth7" in board.log, f"{status}: {board.log!r}")
    return f"“{line}”; eth1 when asked for; eth7 is refused"


def an_address_that_changes_is_logged_and_nothing_else_happens(bench: Bench) -> str:
    with bench.board() as board, contextlib.ExitStack() as stack:
        stack.callback(set_address, bench.machine, ADDRESS)
        boot = board.state["boot"]
        lines = []
        for address in (OTHER, ADDRESS):
            start = len(board.log)
            set_address(bench.machine, address)
            until(lambda: address in board.log[start:], f"{address} is logged")
            lines += [line for line in board.log[start:].splitlines() if address in line]
        check(all("eth0" in line for line in lines), f"the interface is not named: {lines}")
        check(board.state["boot"] == boot, "the program has started anew")
        return "; ".join(f"“{line.partition(' : ')[2] or line}”" for line in lines)


CASES = [it_waits_for_an_address_with_a_dot_every_500_ms, the_interface_of_the_default_route_is_the_one,
         an_address_that_changes_is_logged_and_nothing_else_happens]
