# SPDX-License-Identifier: MIT
"""Claims about the page that somebody has open: what it shows, and what a finger or a key on it does. Each returns what
was measured, if anything, for the table.
"""
from __future__ import annotations

from bench import KITCHEN, SWITCH, Bench, View
from common.claims import check, until
from forwarder import forwarder

PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
FOCUS = """(focus => [focus.getAttribute('role'), focus.matches(':focus-visible'),
    getComputedStyle(focus).outlineStyle !== 'none'])(document.activeElement)"""
RECORD_KEYS = """void (window.keys = [],
    addEventListener('keydown', ({ key, repeat }) => keys.push([key, repeat]), true))"""
SIZES = [(200, 600), (360, 740), (740, 360), (1280, 800), (3840, 2160)]
RECORD_STEPS = """(step => void (window.steps = 0, step.addEventListener('click', () => window.steps += 1),
    step.addEventListener('keyup', () => window.isReleased = true), step.focus()))(
    document.querySelector('[data-part=target] [name=stepDown]'))"""
OVERHANG = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


def first_paint(bench: Bench) -> str:
    """The first contentful paint shows the true state, before any script has come."""
    browser, view = bench.browser, View(bench.browser)
    with bench.device() as device:
        device.toggle()
        with forwarder(device.port, held="/index.js") as slow:
            browser.go(slow.address)
            until(lambda: browser.evaluate(PAINT), "the page is painted")
            check(not view.has("[data-phase]"), "no script has run yet")
            row = view.text("[data-part=led] i")
            check(row == "on" and view.has("[data-part=led].on"), f"the row says on, not {row}")
            slow.release.set()
            browser.arrive()
            view.come_to_show(device, "the page")
        browser.visit(device.address)
        until(lambda: browser.evaluate(PAINT), "the page is painted")
        return f"{browser.evaluate(PAINT):.0f} ms"


def tap(bench: Bench) -> None:
    """A tap on the switch toggles once, and the page says that this screen did it."""
    browser, view = bench.browser, View(bench.browser)
    with bench.device() as device:
        view.open(device)
        for is_on in (True, False):
            before = device.revision
            browser.click(SWITCH)
            until(lambda: device.is_on is is_on, "the tap is done")
            view.come_to_show(device, "the page")
            view.come_to_say("#last", f"LED {'on' if is_on else 'off'} by this screen")
            check(device.revision == before + 1, f"one tap is one change: {device.revision - before}")


def press_on_the_board(bench: Bench) -> None:
    """The button on the board shows as pressed until it is released, and toggles."""
    view = View(bench.browser)
    with bench.device() as device:
        view.open(device)
        device.program.say("press")
        until(lambda: view.has("[data-part=button].pressed"), "the button shows as pressed")
        check("ressed" in view.text("[data-part=button] i"), "its word says so")
        until(lambda: view.shows(True), "the page shows what the press did")
        device.program.say("release")
        until(lambda: not view.has("[data-part=button].pressed"), "the button shows as released")
        check(device.is_on, "a release does nothing more")


def two_windows(bench: Bench) -> None:
    """Two windows know of each other, and one shows what the other does."""
    browser, view = bench.browser, View(bench.browser)
    with bench.device() as device:
        view.open(device, "the first window")
        with browser.window_beside(device.address) as (first, second):
            for window, other in ((first, second), (second, first)):
                browser.look_at(window)
                view.come_to_show(device, "a window")
                view.come_to_say("#connection", "2 screens")
                browser.click(SWITCH)
                view.come_to_say("#last", "by this screen")
                browser.look_at(other)
                view.come_to_show(device, "the other window")
                view.come_to_say("#last", "by another screen")
        view.come_to_say("#connection", "1 screen")


def no_javascript(bench: Bench) -> None:
    """Without JavaScript the form toggles and leads back to the page, which says what it cannot do."""
    with bench.browser.without_script() as browser, bench.device() as device:
        view = View(browser)
        browser.visit(device.address)
        for is_on in (True, False):
            browser.click("[data-part=led] form button")
            until(lambda: device.is_on is is_on, "the form is done")
            until(lambda: view.text("[data-part=led] i") == ("on" if is_on else "off"), "the page says so")
            check(browser.evaluate("location.href") == device.address, "the browser is back at the page")
        words = browser.evaluate("document.querySelector('noscript').innerText")
        height = browser.evaluate("document.querySelector('noscript').getBoundingClientRect().height")
        check(words.startswith("Without JavaScript") and height > 0, f"the page says what is missing: {words}")
        check(not view.has("[data-phase]") and device.clients == 0, "no script has run")


def dark(bench: Bench) -> None:
    """Whoever prefers dark pages gets dark ones, others light ones."""
    brightness = ("(([red, green, blue]) => red * 0.3 + green * 0.6 + blue * 0.1)"
                  "(getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number))")
    with bench.device() as device:
        bench.browser.visit(device.address)
        light = bench.browser.evaluate(brightness)
        with bench.browser.dark() as browser:
            browser.visit(device.address)
            View(browser).become_live()
            check(browser.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"), "dark pages are preferred")
            dark = browser.evaluate(brightness)
        check(light > 200 and dark < 60, f"the light page has a brightness of {light:.0f} of 255, the dark {dark:.0f}")


def every_size(bench: Bench) -> str:
    """Nothing hangs out of the window, from 200 pixels to 4K, live and not."""
    browser, view = bench.browser, View(bench.browser)
    with bench.device() as device:
        browser.visit(device.address)
        seen = []
        for width, height in SIZES:
            browser.resize(width, height)
            view.become_live()
            overhang = browser.evaluate(OVERHANG)
            check(overhang == 0, f"the page fits into {width} pixels; {overhang} hang out")
            seen.append(browser.evaluate("innerWidth"))
        browser.resize(*SIZES[0])
    view.come_to_say("#connection", "Reconnecting")
    check(browser.evaluate(OVERHANG) == 0, "the page fits while the device is away")
    browser.resize(*SIZES[3])
    return f"{min(seen)} to {max(seen)} px"


def keyboard(bench: Bench) -> None:
    """Tab reaches the switch, which shows that it has the focus; Space and Enter toggle it once each."""
    browser, view = bench.browser, View(bench.browser)
    with bench.device() as device:
        view.open(device)
        focus_the_switch(bench)
        for key, is_on in (("space", True), ("Return", False)):
            before = device.revision
            browser.press(key)
            until(lambda: device.is_on is is_on, f"{key} toggles")
            view.come_to_show(device, "the page")
            check(device.revision == before + 1, f"{key} toggles once: {device.revision - before}")


def focus_the_switch(bench: Bench) -> None:
    browser = bench.browser
    for _ in range(6):
        before = browser.evaluate("document.activeElement.outerHTML")
        browser.press("Tab")
        until(lambda: browser.evaluate("document.activeElement.outerHTML") != before, "Tab moves the focus")
        role, is_visible, has_ring = browser.evaluate(FOCUS)
        if role == "switch":
            check(is_visible and has_ring, "the switch has a ring around it")
            return
    check(False, "Tab reaches the switch")


def held_enter(bench: Bench) -> str:
    """Enter held for 2 s toggles exactly once."""
    browser, view = bench.browser, View(bench.browser)
    with bench.device() as device:
        view.open(device)
        browser.evaluate(RECORD_KEYS)
        focus_the_switch(bench)
        before = device.revision
        browser.hold("Return", 2)
        until(lambda: device.is_on, "Enter toggles")
        view.come_to_show(device, "the page")
        repeats = browser.evaluate("keys.filter(([key, repeat]) => key === 'Enter' && repeat).length")
        check(repeats >= 10, f"the key is repeated: {repeats} times")
        check(device.revision == before + 1, f"it toggles once, not {device.revision - before} times")
        return f"{repeats} repeats"


def held_enter_on_a_number(bench: Bench) -> str:
    """Enter held on the step of a number steps on as long as it is held, and the device comes to the last value."""
    browser, view = bench.browser, View(bench.browser)
    with bench.device(KITCHEN, "--board", "simulated") as device:
        browser.visit(device.address)
        view.become_live()
        browser.evaluate(RECORD_STEPS)
        target = device.state()["parts"]["target"]
        browser.hold("Return", 1.2)
        until(lambda: browser.evaluate("window.isReleased === true"), "the page has heard all of it")
        steps = browser.evaluate("window.steps")
        check(steps >= 5, f"it steps on: {steps} times")
        wanted = max(target["min"], target["value"] - steps * target["step"])
        until(lambda: device.state()["parts"]["target"]["value"] == wanted, f"after {steps} steps it comes to {wanted}")
        shown = browser.evaluate("+document.querySelector('[data-part=target] input').value")
        check(shown == wanted, f"the page shows {wanted}, not {shown}")
        return f"{steps} steps"


CLAIMS = [first_paint, tap, press_on_the_board, two_windows, no_javascript, dark, every_size, keyboard, held_enter,
          held_enter_on_a_number]
