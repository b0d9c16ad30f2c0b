# SPDX-License-Identifier: MIT
"""What the LED shows after a start, and the file that it is kept in, whole at all times."""
from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from bench import Bench
from common.claims import check, until
from board import LED, STATE_FILE, Trace
from hand import Refusal

RESTORE = ["--state-file", STATE_FILE, "--restore"]
KEPT = r"kept as (\S+)"  # what is said of a file that is none of ours
WATCHDOG = 2_000_000  # us until a manager takes a silent program for hung
PACE = 1.0  # seconds from write to write, at least


def saved(bench: Bench) -> str:
    """The content of the state file; empty if there is none."""
    try:
        return bench.machine.hand.read(STATE_FILE)
    except Refusal:
        return ""


def line(is_on: bool) -> str:
    """The line of the LED in the state file."""
    return 'led {"on":true}' if is_on else 'led {"on":false}'


def save(bench: Bench, is_on: bool) -> None:
    """Has a program keep this state, or puts back what it kept when it was told so before."""
    bench.forget()
    copy = f"/tmp/saved-{is_on}"
    try:
        bench.machine.hand.shell(f"cp {copy} {STATE_FILE}")
    except Refusal:
        with bench.board(*RESTORE, "restore-default-off") as board:
            board.set(is_on)
            check(board.stop() == "exit 0", "the program does not end well")
        bench.machine.hand.shell(f"cp {STATE_FILE} {copy}")


def after_kill_9_it_shows_what_it_showed(bench: Bench) -> str:
    for is_on in (True, False, True):
        with bench.board(*RESTORE, "restore-default-off") as board:
            board.set(is_on)
            until(lambda: line(is_on) in saved(bench), f"{line(is_on)} is saved", 3)
            check(board.stop(9) == "signal 9", "it is not killed")
        with bench.board(*RESTORE, "restore-default-off") as board:
            check(board.is_on == is_on and board.pins.led == is_on, f"after {line(is_on)} it shows something else")
    return "on, off, on; each killed and started again"


def each_mode_shows_what_it_says(bench: Bench) -> str:
    table = {  # by what was saved: nothing, off, on
        "always-off": (False, False, False),
        "always-on": (True, True, True),
        "restore-default-off": (False, False, True),
        "restore-default-on": (True, False, True),
    }
    for column, before in enumerate((None, False, True)):
        for mode, expected in table.items():
            if before is None:
                bench.forget()
            else:
                save(bench, before)
            with bench.board(*(RESTORE if mode.startswith("restore") else ["--restore"]), mode) as board:
                is_on = expected[column]
                check(board.is_on == is_on and board.pins.led == is_on, f"{mode} after {before}: not {is_on}")
    return f"{len(table)} modes after nothing, off and on"


def at_the_end_the_last_change_is_saved(bench: Bench) -> str:
    with bench.board(*RESTORE, "restore-default-off") as board:
        for is_on in (True, False, True):  # within a second: the last is not written on its own
            board.set(is_on)
        check(board.stop(15) == "exit 0", "SIGTERM is no good end")
    check(line(True) in saved(bench), f"saved is {saved(bench)!r}")
    with bench.board(*RESTORE, "restore-default-off") as board:
        check(board.pins.led == 1, "it does not show it")
        board.set(False)
        check(board.stop(2) == "exit 0", "SIGINT is no good end")
    check(line(False) in saved(bench), f"saved is {saved(bench)!r}")
    return "by SIGTERM and by SIGINT, three changes in a second"


def it_is_written_at_most_once_a_second(bench: Bench) -> str:
    seconds, changes = 4.0, 0
    hand = bench.machine.hand
    with bench.board(*RESTORE, "restore-default-off") as board:
        hand.ask("watch", "/state")
        start = time.monotonic()
        while (took := time.monotonic() - start) < seconds:
            changes += 1
            board.set(changes % 2 == 1)
        last = line(changes % 2 == 1)
        until(lambda: last in saved(bench), f"the last change is saved, {last}", PACE + 2)
        writes = hand.ask("next_event", 0).count("move ")
        bound = int(took / PACE) + 2
        check(2 <= writes <= bound, f"{writes} writes for {changes} changes in {took:.1f} s, not 2 to {bound}")
        time.sleep(2 * PACE)
        check(hand.ask("next_event", 0) == "", "it is written though nothing changes")
        return f"{changes} changes in {took:.1f} s, {writes} writes"


def a_file_that_is_torn_or_foreign_is_told_and_kept_aside(bench: Bench) -> str:
    save(bench, True)
    size = len(saved(bench))
    spoil = {f"cut to {length} bytes": f"truncate -s {length} $f"
             for length in sorted({0, 1, size // 3, size // 2, size - 2, size - 1})}
    spoil |= {
        "zeros": f"dd if=/dev/zero of=$f bs={size} count=1",
        "zeros at its end": f"dd if=/dev/zero of=$f bs=1 seek={size - 8} count=8 conv=notrunc",
        "on for off": "sed -i 's/true/false/' $f",
        "another's": "echo hello >$f",
        "long": "dd if=/dev/urandom of=$f bs=1k count=300",
    }
    for what, command in spoil.items():
        save(bench, True)
        bench.machine.hand.shell(f"f={STATE_FILE}; {command}; cp $f /tmp/spoilt")
        with bench.board(*RESTORE, "restore-default-off") as board:
            place = board.wait_for(KEPT).split()[-1].rstrip(".;,")
            bench.machine.hand.shell(f"cmp {place} /tmp/spoilt")
            check(board.pins.led == 0 and not board.is_on, f"{what}: the LED is on")
            board.set(True)
            until(lambda: line(True) in saved(bench), f"{what}: it is saved again", 3)
    return f"{len(spoil)} files: {', '.join(spoil)}"


def a_file_of_the_first_version_is_read(bench: Bench) -> str:
    bench.machine.hand.shell(f"printf 'heliograph-state 1\\nled on\\ncrc32 2204b568\\n' >{STATE_FILE}")
    with bench.board(*RESTORE, "restore-default-off") as board:
        check(board.is_on and board.pins.led == 1, "the LED is off")
        board.set(False)
        until(lambda: line(False) in saved(bench), "it is saved in the new form", 3)
        check("kept as" not in board.log, f"it is taken for a foreign one: {board.log!r}")
    return "on; and written in the form of now"


def a_full_disk_is_told_and_the_old_file_stays(bench: Bench) -> str:
    save(bench, True)
    hand = bench.machine.hand
    with bench.board(*RESTORE, "restore-default-off") as board, contextlib.ExitStack() as stack:
        stack.callback(hand.shell, "rm -f /state/filler*")
        hand.shell("dd if=/dev/zero of=/state/filler bs=64k; dd if=/dev/zero of=/state/filler2 bs=1k; true")
        board.set(False)
        said = board.wait_for("not saved.*")
        check(line(True) in saved(bench), f"saved is {saved(bench)!r}")
        check(board.pins.led == 0, "the LED does not follow")
        hand.shell("rm /state/filler*")
        until(lambda: line(False) in saved(bench), "it is saved when there is room", 5)
        return said


def a_restart_gives_the_led_its_level_at_once(bench: Bench) -> str:
    save(bench, True)
    with Trace(bench.machine) as trace:
        with bench.board(*RESTORE, "restore-default-off"):
            levels = [event.what for event in trace.events(LED) if event.what.startswith("set")]
    check(levels and set(levels) == {"set 1"}, f"the line was given {levels}")
    return "never off on its way to on, by the kernel's trace of the line"


@contextlib.contextmanager
def managed(bench: Bench) -> Iterator[None]:
    """Programs are services of a manager that holds what they give it."""
    bench.machine.hand.ask("manage", WATCHDOG)
    try:
        yield
    finally:
        bench.machine.hand.ask("manage_no_more")


def wait_until_held(bench: Bench) -> None:
    """Until the manager has what it is to hold for a program that has just started."""
    until(lambda: "FDSTORE=1" in bench.machine.hand.ask("notices"), "the manager holds the lines")


def under_a_service_manager_a_restart_never_lets_go_of_the_led(bench: Bench) -> str:
    save(bench, True)
    with managed(bench):
        for signal, end in {9: "signal 9", 15: "exit 0"}.items():
            bench.machine.hand.ask("notices")  # those of another
            with bench.board(*RESTORE, "restore-default-off") as board, Trace(bench.machine) as trace:
                check(board.pins.led == 1, "the LED is off")
                wait_until_held(bench)
                check(board.stop(signal) == end, f"signal {signal} ends it otherwise")
                check(board.pins.led == 1, f"after {end} the LED is off while the program is not there")
                with bench.board(*RESTORE, "restore-default-off") as next_board:
                    check(next_board.pins.led == 1, "the LED is off after the restart")
                    events = {event.what for event in trace.events(LED)} - {"get 1"}
                    check(events <= {"set 1", "out"}, f"the line saw {events}")
                    next_board.pins.press()
                    until(lambda: next_board.pins.led == 0, "the button works after the restart")
                    next_board.pins.press()
                    until(lambda: line(True) in saved(bench) and next_board.pins.led == 1, "it is on again")
    return "killed and ended, the line high all the while"


def an_led_that_was_never_let_go_is_believed_before_what_was_saved(bench: Bench) -> str:
    for is_on in (True, False):
        save(bench, not is_on)
        stale = saved(bench)
        bench.machine.hand.shell(f"cp {STATE_FILE} /tmp/stale")
        save(bench, is_on)
        with managed(bench), Trace(bench.machine) as trace:
            with bench.board(*RESTORE, "restore-default-off") as board:
                check(board.is_on == is_on, "it does not restore")
                wait_until_held(bench)
                board.stop(9)
            bench.machine.hand.shell(f"cp /tmp/stale {STATE_FILE}")
            with bench.board(*RESTORE, "restore-default-off") as board:
                check(board.is_on == is_on and board.pins.led == is_on, f"it shows what was saved, not {is_on}")
                levels = {event.what for event in trace.events(LED) if event.what.startswith("set")}
                check(levels <= {f"set {is_on:d}"}, f"the line was given {levels}")
                until(lambda: saved(bench) != stale, "what it shows is saved", 3)
            with bench.board("--restore", "always-on") as board:
                check(board.pins.led == 1, "always-on is off")
    return "on and off, with the other saved; always-on is on all the same"


def a_service_manager_hears_that_it_serves_and_lives(bench: Bench) -> str:
    with managed(bench):
        bench.machine.hand.ask("notices")
        with bench.board() as board:
            time.sleep(3)
            notices = bench.machine.hand.ask("notices")
            check("READY=1" in notices and "STATUS=http://" in notices, f"it says {notices!r}")
            beats = notices.count("WATCHDOG=1")
            check(beats >= 2, f"{beats} signs of life in 3 s, with a limit of {WATCHDOG / 1e6:.0f} s")
            bench.machine.hand.ask("signal", board.pid, 19)  # SIGSTOP
            bench.machine.hand.ask("notices")
            time.sleep(2)
            silent = bench.machine.hand.ask("notices")
            bench.machine.hand.ask("signal", board.pid, 18)  # SIGCONT
            check(silent == "", f"a program that stands still says {silent!r}")
            board.stop(15)
            check("STOPPING=1" in bench.machine.hand.ask("notices"), "it does not say that it ends")
    return f"ready, {beats} signs of life in 3 s, none while it stands still, stopping"


def a_service_manager_that_is_behind_hears_it_later(bench: Bench) -> str:
    hand, told, notices = bench.machine.hand, ["READY=1", "FDSTORE=1"], []
    with managed(bench):
        hand.ask("deaf", 1)
        try:
            with bench.board():  # which serves all the same
                time.sleep(0.5)
                check(not any(word in hand.ask("notices") for word in told), "it hears though it is deaf")
                hand.ask("deaf", 0)

                def hears() -> bool:
                    notices.append(hand.ask("notices"))
                    return all(word in "".join(notices) for word in told)
                took = until(hears, f"it hears {told}")
        finally:
            hand.ask("deaf", 0)
    return f"{' and '.join(told)}, {took:.1f} s after it began to listen"


CASES = [after_kill_9_it_shows_what_it_showed, each_mode_shows_what_it_says, at_the_end_the_last_change_is_saved,
         it_is_written_at_most_once_a_second, a_file_that_is_torn_or_foreign_is_told_and_kept_aside,
         a_file_of_the_first_version_is_read, a_full_disk_is_told_and_the_old_file_stays,
         a_restart_gives_the_led_its_level_at_once,
         under_a_service_manager_a_restart_never_lets_go_of_the_led,
         an_led_that_was_never_let_go_is_believed_before_what_was_saved,
         a_service_manager_hears_that_it_serves_and_lives, a_service_manager_that_is_behind_hears_it_later]
