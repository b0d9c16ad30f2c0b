# SPDX-License-Identifier: MIT
"""The gateway's page in Chromium, driven by WebDriver: what a person sees, types and hears of it."""
from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from common.claims import check, until
from common.environments import BUILD, debian, python_environment
from common.webdriver import WebDriver
from scene import Scene, state

BROWSERS = Path(__file__).resolve().parent.parent / "browsers"  # whose axe-core is this one's, too
SIZES = ((360, 740), (1280, 800))
ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]


class Browser:
    def __init__(self, scene: Scene, has_script: bool) -> None:
        self.scene = scene
        debian(Path("/usr/bin/chromedriver").exists(), "chromium", "chromium-driver")
        options: dict[str, Any] = {"args": ARGUMENTS}
        if not has_script:
            options["prefs"] = {"profile.managed_default_content_settings.javascript": 2}
        self.driver = WebDriver(Path("/usr/bin/chromedriver"), scene.folder / "chromedriver.log", {
            "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}})
        self.go("/")

    def go(self, path: str) -> None:
        self.driver.command("Navigate", url=f"http://127.0.0.1:{self.scene.ports[0]}{path}")

    def js(self, expression: str) -> Any:
        return self.driver.command("ExecuteScript", script=f"return {expression}", args=[])

    def find(self, selector: str) -> str:
        return next(iter(self.driver.command("FindElement", using="css selector", value=selector).values()))

    def click(self, selector: str) -> None:
        self.driver.command("ElementClick", id=self.find(selector))

    def keys(self, selector: str, text: str) -> None:
        self.driver.command("ElementSendKeys", id=self.find(selector), text=text)

    def text(self, selector: str) -> str:
        return self.js(f"document.querySelector({selector!r}).textContent")

    def is_on(self, device: str) -> bool:
        return self.js(f"document.querySelector(\"[value='{device}/led/TOGGLE']\").getAttribute('aria-checked')") == "true"

    def until(self, expression: str, claim: str) -> float:
        return until(lambda: self.js(expression), claim, 10)


@contextmanager
def browser(scene: Scene, has_script: bool = True) -> Iterator[Browser]:
    opened = Browser(scene, has_script)
    try:
        if has_script:
            opened.until("document.body.dataset.phase === 'live' && !!document.querySelector('#rows li')", "the page is live")
        yield opened
    finally:
        opened.driver.end()


def button(device: str) -> str:
    return f"[value='{device}/led/TOGGLE']"


def a_press_moves_the_device_and_comes_back(scene: Scene) -> str:
    with browser(scene) as page:
        was = page.is_on("device-1")
        begun = time.monotonic()
        page.click(button("device-1"))
        page.until(f"document.querySelector(\"{button('device-1')}\").getAttribute('aria-checked') === '{str(not was).lower()}'",
                   "the switch shows what the device says")
        took = time.monotonic() - begun
        page.until("document.getElementById('results').textContent.includes('1 done')", "and the result is shown")
        console = page.driver.command("GetLog", type="browser")
        check(not console, f"nothing is in the console: {console}")
        origins = page.js("[...new Set(performance.getEntriesByType('resource').map(entry => new URL(entry.name).origin))]")
        check(origins == [f"http://127.0.0.1:{scene.ports[0]}"], f"all comes from the gateway: {origins}")
    return f"{took * 1000:.0f} ms with the driver's own time"


def a_keyboard_is_enough_and_the_focus_stays(scene: Scene) -> str:
    with browser(scene) as page:
        was = page.is_on("device-2")
        page.keys(button("device-2"), " ")
        until(lambda: page.is_on("device-2") != was, "the space bar presses", 10)
        scene.set_rate(1000)
        time.sleep(2)  # all rows change meanwhile
        scene.set_rate(0)
        check(page.js("document.activeElement.value") == "device-2/led/TOGGLE", "the focus is where it was")
        page.keys("#q", "device 11\n")
        page.until("[...document.querySelectorAll('#rows > li')].every(row => row.dataset.id.startsWith('device-11'))",
                   "a search shows what it finds")
        check("q=device+11" in page.js("location.search"), "the address has the search")
    return "pressed, searched"


def many_are_told_at_once(scene: Scene) -> str:
    with browser(scene) as page:
        page.go("/?q=group-4")
        page.until("document.body.dataset.phase === 'live' && document.getElementById('place').textContent.includes('of')", "live")
        for row in (1, 2, 3):
            page.click(f"#rows > li:nth-child({row}) [name=d]")
        check("3 devices" in page.text("#chosen"), page.text("#chosen"))
        page.js("void (document.getElementById('part').value = 'led')")
        page.click("#many [value=ON]")
        page.until("document.getElementById('results').textContent.includes('3 done')", "each has answered")
        page.click("#all")
        page.click("#many [value=OFF]")
        count = state(scene.ports[0])["total"] // 10
        page.until(f"document.getElementById('results').textContent.includes('{count} done')", f"and all {count} of the group")
    return f"3, then {count}"


def nothing_is_cut_at_360_pixels_and_all_has_a_name(scene: Scene) -> str:
    with browser(scene) as page:
        page.driver.command("ExecuteCDP", cmd="Emulation.setDeviceMetricsOverride", params={
            "width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True})
        page.click("#rows > li [name=d]")
        wide = page.js("Math.max(...[...document.querySelectorAll('body *')].map(node => node.getBoundingClientRect().right))")
        check(page.js("document.documentElement.scrollWidth") <= 360 and wide <= 360.5, f"something is {wide} wide")
        small = page.js("[...document.querySelectorAll('button, select, nav a[href]')].filter(node => node.offsetParent"
                        " && node.getBoundingClientRect().height < 44).map(node => node.outerHTML.slice(0, 80))")
        check(not small, f"targets are 44 pixels high: {small[:3]}")
        tree = page.driver.command("ExecuteCDP", cmd="Accessibility.getFullAXTree", params={})["nodes"]
        roles = ("button", "switch", "checkbox", "searchbox", "combobox", "textbox", "link")
        controls = [node for node in tree if not node["ignored"] and node["role"]["value"] in roles]
        nameless = [node for node in controls if not node.get("name", {}).get("value")]
        check(len(controls) > 50 and not nameless, f"{len(nameless)} of {len(controls)} controls have no name: {nameless[:1]}")
    return f"{len(controls)} controls"


def axe_core() -> str:
    """The script of axe-core."""
    environment = python_environment(BUILD / "browsers", BROWSERS / "requirements.txt")
    return next(environment.parent.glob("lib/*/site-packages/axe_playwright_python/axe.min.js")).read_text()


def axe_core_finds_nothing(scene: Scene) -> str:
    source = axe_core()
    with browser(scene) as page:
        page.click("#rows > li [name=d]")
        for width, height in SIZES:
            page.driver.command("ExecuteCDP", cmd="Emulation.setDeviceMetricsOverride", params={
                "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
            for scheme in ("light", "dark"):
                page.driver.command("ExecuteCDP", cmd="Emulation.setEmulatedMedia", params={
                    "features": [{"name": "prefers-color-scheme", "value": scheme}]})
                found = page.driver.command("ExecuteScript", args=[], script=f"{source}; return axe.run()")
                words = [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"][:3]]
                check(not words, f"axe-core finds nothing, {width} pixels wide and {scheme}: {words}")
    return f"{len(found['passes'])} rules pass"


def it_works_without_a_script(scene: Scene) -> str:
    with browser(scene, has_script=False) as page:
        driver = page.driver

        def source() -> str:
            return driver.command("ExecuteScript", script="return document.documentElement.innerHTML", args=[])
        check("data-id=\"device-3\"" in source() and "<noscript>" in source(), "the first paint has the list")
        page.click(button("device-3"))
        until(lambda: "command=" in driver.command("ExecuteScript", script="return location.search", args=[]), "the form is sent", 10)
        for _ in range(20):
            if "<i>done</i>" in source():
                break
            time.sleep(0.2)
            page.go(driver.command("ExecuteScript", script="return location.pathname + location.search", args=[]))
        check("<i>done</i>" in source(), "the result is on the page")
    return "read, pressed"


def a_gateway_that_comes_back_is_found(scene: Scene) -> str:
    with browser(scene) as page:
        scene.gateways[0].stop()
        page.until("document.body.classList.contains('loud')", "the page says that what it shows may be old")
        scene.start_gateway(0)
        took = page.until("document.body.dataset.phase === 'live'", "it is live again")
        page.until("document.getElementById('summary').textContent.startsWith('%d devices')" % scene.given.devices, "with all devices")
    return f"{took:.1f} s after the start"


CLAIMS = [
    a_press_moves_the_device_and_comes_back, a_keyboard_is_enough_and_the_focus_stays, many_are_told_at_once,
    nothing_is_cut_at_360_pixels_and_all_has_a_name, axe_core_finds_nothing, it_works_without_a_script,
    a_gateway_that_comes_back_is_found,
]
