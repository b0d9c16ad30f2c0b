# SPDX-License-Identifier: MIT
"""The LED and every way to toggle it, the forms in which a line may be named, and the requests made to the kernel."""
from __future__ import annotations

from bench import Bench
from common.claims import check, until
from board import LED, STATUS, Pins, Trace
from common.http import request

HEARTBEATS = 3  # blinks of the status LED that are waited for


def the_led_is_toggled_from_the_page_from_rest_and_by_the_button(bench: Bench) -> str:
    with bench.board() as board, board.page() as page, board.page() as other:
        status, content = request(bench.machine.port)
        check(status == 200 and b"<html" in content, f"the page is answered with {status}")
        ways = {
            "page": lambda: page.send_json(type="toggle", id=1, part="led"),
            "rest": lambda: board.send("POST", "/api/led/toggle"),
            "button": lambda: board.pins.press(),
        }
        is_on, rounds = False, 3
        for way in list(ways) * rounds:
            ways[way]()
            is_on = not is_on
            word = "on" if is_on else "off"
            while (told := other.message("state")["parts"].get("led")) is None or told["on"] != is_on:
                pass  # a press or a release of the button, which changes nothing else
            until(lambda: board.pins.led == is_on, f"{way}: the LED's line is {int(is_on)}", 2)
            author = {"page": "#", "rest": "http", "button": "button"}[way]
            check(told["by"].startswith(author), f"{way}: toggled by {told['by']}")
            check(board.is_on == is_on, f"{way}: the API says that it is not {word}")
        return f"{rounds} rounds, the line read in gpio-sim after each"


def a_line_may_be_named_by_number_by_name_and_with_its_chip(bench: Bench) -> str:
    names = [("4", "2"), ("GPIO26", "GPIO22"), ("gpiochip0:4", "gpiochip0:2"), ("gpiochip0:GPIO26", "GPIO22")]
    for led, button in names:
        with bench.board(pins=["--board", "linux", "--led", led, "--button", button]) as board:
            board.pins.press()
            until(lambda: board.pins.led == 1, f"{led}: the LED is on")
    with bench.board(pins=["--board", "linux", "--chip", "gpiochip1", "--led", "0", "--button", "GPIO22"]) as board:
        board.set(True)
        check(Pins(bench.machine, "gpio-sim.1").level(0) == 1, "line 0 of gpiochip1 is not driven")
    return f"{', '.join(led for led, _ in names)}, and 0 with --chip gpiochip1"


def either_level_may_light_the_led_and_mean_a_press(bench: Bench) -> str:
    with bench.board("--led-active", "low", "--button-active", "high") as board:
        check(board.pins.led == 1, "the LED that is lit by a low level is lit at the start")
        path = board.pins.path(2, "pull")
        check(board.hand.read(path).strip() == "pull-down", "a button that is active high is not pulled down")
        with board.page() as page:
            board.pins.pull(2, is_up=True)
            check(page.message("state")["parts"]["button"]["pressed"], "a high level is no press")
            board.pins.pull(2, is_up=False)
            check(not page.message("state")["parts"]["button"]["pressed"], "a low level is no release")
        check(board.pins.led == 0 and board.is_on, "the LED is not lit by the press")
        return "an LED to the supply, a button to the supply"


def the_lines_of_a_chip_are_taken_in_one_request(bench: Bench) -> str:
    with bench.board("--status-led", "GPIO16") as board:
        # (The loop begins to watch when the program serves already.)
        until(lambda: board.line_requests() == 2, "there is one request, and a copy for the loop to watch")
        lines = bench.machine.hand.shell("/bin/heliograph pins")
        for name, use in (("GPIO26", "output"), ("GPIO22", "input, pull-up"), ("GPIO16", "output")):
            row = next(line for line in lines.splitlines() if name in line)
            check(use in row and row.endswith("heliograph"), f"the table says of {name}: {row}")
    with bench.board("--status-led", "gpiochip1:LAMP") as board:
        until(lambda: board.line_requests() == 4, "there is one request more for the other chip, and its copy")
    return "LED, button and status LED; one more request for a line of another chip"


def an_output_has_its_level_in_the_call_that_makes_it_an_output(bench: Bench) -> str:
    for level, options in ((0, []), (1, ["--restore", "always-on"])):
        with Trace(bench.machine) as trace, bench.board(*options) as board:
            events = [event.what for event in trace.events(LED)]
            direction = events.index("out")
            levels = [event for event in events[:direction] if event.startswith("set")]
            check(levels == [f"set {level}"], f"before it is an output: {levels}")
            later = {event for event in events[direction:] if event.startswith("set")}
            check(later <= {f"set {level}"}, f"after it is an output: {later}")
            check(board.pins.led == level, f"the line is not {level}")
    return "off and on, by the kernel's trace of the line"


def the_heartbeat_is_on_a_line_of_its_own(bench: Bench) -> str:
    with bench.board("--status-led", "GPIO16") as board, Trace(bench.machine) as trace:
        def levels() -> list[str]:
            return [event.what for event in trace.events(STATUS) if event.what.startswith("set")]
        seconds = until(lambda: levels().count("set 1") >= HEARTBEATS, "the status LED blinks")
        check("set 0" in levels(), "it is never off")
        check(not [event for event in trace.events(LED) if event.what.startswith("set")], "the LED blinks, too")
        check(board.pins.led == 0, "the LED is on")
        return f"{HEARTBEATS} blinks in {seconds:.1f} s"


def the_heartbeat_is_on_an_led_of_the_system_which_is_given_back(bench: Bench) -> str:
    hand = bench.machine.hand
    lamp = hand.shell("basename /sys/class/leds/*capslock").strip()  # of the PC's keyboard
    trigger, brightness = (f"/sys/class/leds/{lamp}/{name}" for name in ("trigger", "brightness"))
    before = hand.read(trigger)
    check("[kbd-capslock]" in before, f"{lamp} is triggered by {before}")
    for signal in (15, 2):
        with bench.board("--status-led", lamp) as board:
            check("[none]" in hand.read(trigger), f"{lamp} is not taken over: {hand.read(trigger)}")
            for level in ("1", "0") * HEARTBEATS:
                until(lambda: hand.read(brightness).strip() == level, f"the brightness is {level}")
            check(board.stop(signal) == "exit 0", "the program does not end well")
        check(hand.read(trigger) == before, f"after signal {signal} {lamp} is not given back: {hand.read(trigger)}")
        check(hand.read(brightness).strip() == "0", f"{lamp} is left on")
    return f"{HEARTBEATS} blinks of {lamp}, kbd-capslock's before, and after SIGTERM and SIGINT again"


CASES = [the_led_is_toggled_from_the_page_from_rest_and_by_the_button,
         a_line_may_be_named_by_number_by_name_and_with_its_chip, either_level_may_light_the_led_and_mean_a_press,
         the_lines_of_a_chip_are_taken_in_one_request, an_output_has_its_level_in_the_call_that_makes_it_an_output,
         the_heartbeat_is_on_a_line_of_its_own, the_heartbeat_is_on_an_led_of_the_system_which_is_given_back]
