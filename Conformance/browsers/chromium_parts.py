# SPDX-License-Identifier: MIT
"""The claims about the page, each tried in Chromium against a running heliograph. `chromium` starts this."""
from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from axe_playwright_python.sync_playwright import Axe  # noqa: E402
from common.claims import check, until  # noqa: E402
from common.program import Program  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

SIZES = [(200, 600), (360, 740), (740, 360), (1280, 800), (3840, 2160)]
SCHEMES = ["light", "dark"]
NEWS = 15_000  # milliseconds for anything to show
# What a row says; a countdown is the script's own, and style makes the first letter large.
WORDS = """markup => [...(markup ? new DOMParser().parseFromString(markup, 'text/html') : document)
    .querySelectorAll('[data-part]')].map(row => [row.dataset.part, row.dataset.kind,
    row.querySelector('b').textContent, row.querySelector('i').textContent.replace(/ · off in .*/, '')])"""
NUMERIC = ("sensor", "number")  # their values move meanwhile, and a number has its unit only


class Visit:
    """A browser at the page, and what it complained of or asked of others."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.complaints: list[str] = []

    @contextmanager
    def page(self, size: tuple[int, int] = (1280, 800), live: bool = True, **options: object) -> Iterator[Page]:
        context = self.browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))
        page.on("console", lambda line: line.type in ("error", "warning") and self.complaints.append(line.text))
        page.on("request", lambda request: request.url.startswith((self.address, "data:"))
                or self.complaints.append(f"a request to {request.url}"))
        page.goto(self.address)
        if live:
            page.wait_for_selector("[data-phase=live]", timeout=NEWS)
        try:
            yield page
        finally:
            context.close()

    def state(self, page: Page) -> dict:
        return page.request.get(self.address + "api/state").json()


def open_all(page: Page) -> None:
    """Opens charts and sheets, and waits until what fades has faded."""
    for summary in page.locator("summary").all():
        summary.click()
    page.wait_for_timeout(600)


def no_violation(page: Page, where: str) -> None:
    violations = Axe().run(page).response["violations"]
    words = "; ".join(f"{violation['id']}: {violation['nodes'][0]['html'][:120]}" for violation in violations)
    check(not violations, f"axe-core finds nothing {where}: {words}")


# Claims ------------------------------------------------------------------------------------------------------------


def first_paint_is_true(visit: Visit) -> None:
    """Without JavaScript the rows say what they say when the page is live, in the order of the description."""
    with visit.page(java_script_enabled=False, live=False) as page:
        markup = page.content()
        names = list(visit.state(page)["parts"])
    with visit.page() as page:
        live, painted = page.evaluate(WORDS), page.evaluate(WORDS, markup)
    check(sorted(row[0] for row in painted) == sorted(names), "the server gives each part its row")
    check([row[:3] for row in live] == [row[:3] for row in painted], "the script keeps the rows and their order")
    for row, mine in zip(painted, live):
        check(row == mine or row[1] in NUMERIC, f"the server's row says what the script says: {row} and {mine}")


def every_size_is_composed(visit: Visit) -> None:
    """Nothing hangs out of the window, with and without JavaScript, from 200 pixels to 4K."""
    for size in SIZES:
        for script in (True, False):
            with visit.page(size, live=script, java_script_enabled=script) as page:
                session = page.context.new_cdp_session(page)
                width = session.send("Page.getLayoutMetrics")["cssContentSize"]["width"]
                check(width <= size[0], f"the page fits into {size[0]} pixels, script {script}; it is {width} wide")


def accessible(visit: Visit) -> None:
    """axe-core finds no violation, light and dark, on a phone and a desk, with all sheets open."""
    for scheme in SCHEMES:
        for size in (SIZES[1], SIZES[3]):
            with visit.page(size, color_scheme=scheme) as page:
                open_all(page)
                no_violation(page, f"live, {scheme}, {size[0]} pixels")


def switches_work(visit: Visit) -> None:
    """The whole row is the target, another screen follows, and a held Enter key switches once."""
    with visit.page() as page, visit.page() as other:
        rows = page.locator("[data-part]:not(.gone):has([role=switch])")
        if rows.count() == 0:
            return
        name = rows.first.get_attribute("data-part")
        control, watcher = (one.locator(f"[data-part={name}] [role=switch]") for one in (page, other))

        def switched(act: Callable[[], None], what: str) -> None:
            before = control.get_attribute("aria-checked")
            act()
            until(lambda: visit.state(page)["parts"][name]["on"] is not (before == "true"), f"{what} switches {name}")
            until(lambda: watcher.get_attribute("aria-checked") != before, f"another screen follows {what}")

        def hold(key: str) -> None:
            control.focus()
            for _ in range(11):  # the first is a press, the others are repetitions
                page.keyboard.down(key)
            page.keyboard.up(key)
            page.wait_for_timeout(300)

        switched(lambda: page.locator(f"[data-part={name}] b").click(), "a click on the label")
        switched(lambda: hold("Enter"), "a held Enter key")
        switched(lambda: hold(" "), "a held space bar")
        switched(lambda: control.press("Enter"), "an Enter key")


def sliders_work(visit: Visit) -> None:
    """What a slider was last moved to is what the light has."""
    with visit.page() as page:
        sliders = page.locator("[data-kind=light]:not(.gone) input[title=brightness]")
        for slider in sliders.all():
            slider.focus()
            for key in ["Home", *["ArrowRight"] * 9]:
                page.keyboard.press(key)
            name = slider.evaluate("node => node.closest('li').dataset.part")
            until(lambda: visit.state(page)["parts"][name].get("brightness") == 10, f"{name} has the last value")


def buttons_work(visit: Visit) -> None:
    """A button that may be worked from the page is pressed while a pointer or a key is down."""
    with visit.page() as page:
        for button in page.locator("[data-kind=button]:not(.gone) form button").all():
            name = button.evaluate("node => node.closest('li').dataset.part")

            def pressed() -> bool:
                return visit.state(page)["parts"][name]["pressed"]

            button.locator(".key").hover()
            page.mouse.down()
            until(pressed, f"{name} is pressed by the pointer")
            page.mouse.up()
            until(lambda: not pressed(), f"{name} is released by the pointer")
            button.focus()
            page.keyboard.down("Enter")
            until(pressed, f"{name} is pressed by a key")
            page.keyboard.up("Enter")
            until(lambda: not pressed(), f"{name} is released by a key")


def loss_is_loud(visit: Visit, program: Program) -> None:
    """When the program ends the page says so near the top, once, its controls refuse, and axe-core is content."""
    with visit.page(SIZES[1]) as page:
        program.stop()
        page.wait_for_selector(".loud[data-phase=waiting]", timeout=NEWS)
        check(page.locator("#retry").is_visible(), "the page offers to retry")
        check(page.locator("li [aria-disabled=false]").count() == 0, "no control can be used")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(600)
            no_violation(page, f"while the device is away, {scheme}")


def other_parts_follow(visit: Visit, program: Program) -> None:
    """When the device comes back with other parts, an open page gets their rows, and they work."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = (Path(folder, name) for name in ("before.yaml", "after.yaml"))
        before.write_text("parts: {lamp: {switch: GPIO1}, wall: {button: GPIO2}}")
        after.write_text("parts: {bell: {button: GPIO1, remote: true}, fan: {switch: GPIO2, group: Hall}}")
        command = [program.process.args[0], "--board", "simulated", *options(program, "--data")]
        with Program(*command, before, "--port", "0") as device:
            port = device.port
            elsewhere = Visit(visit.browser, f"http://127.0.0.1:{port}/")
            with elsewhere.page() as page:
                device.stop()
                with Program(*command, after, "--port", str(port)):
                    page.wait_for_selector("[data-phase=live]:has([data-part=fan])", timeout=NEWS)
                    names = page.evaluate("[...document.querySelectorAll('h2, [data-part] b')].map(b => b.textContent)")
                    check(names == ["Bell", "Hall", "Fan"], f"the page has the rows of the new parts: {names}")
                    page.locator("[data-part=fan] [role=switch]").click()
                    page.wait_for_selector("[data-part=fan].on [aria-checked=true]", timeout=NEWS)


SCRIPT = "fetch('/api/parts/lamp/toggle', {method: 'POST'})"
FILES = {
    "index.html": "<!doctype html><title>A page</title><p>%NAME%</p>",
    "frame.html": "<!doctype html><iframe src='http://127.0.0.1:%PORT%/'></iframe>"
                  "<img src='http://127.0.0.1:%PORT%/a.svg'>",
    "a.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><style>rect { fill: lime }</style>"
             f"<rect width='9' height='9'/><script>{SCRIPT}</script><script href='/a.js'/></svg>",
    "a.xml": f"<html xmlns='http://www.w3.org/1999/xhtml'><body><rect/><script>{SCRIPT}</script></body></html>",
    "a.js": SCRIPT,
}
SOCKET = """protocols => new Promise(done => {
    const socket = new WebSocket('ws', protocols);
    socket.onopen = () => done(socket.protocol);
    socket.onclose = () => done(null);
})"""


def folders_are_tame(visit: Visit, program: Program) -> None:
    """No file of a folder but a page runs scripts, frames are by invitation, and a socket speaks what it is asked to."""
    binary = program.process.args[0]
    with tempfile.TemporaryDirectory() as parent:
        file, folder = Path(parent, "lamp.yaml"), Path(parent, "data")
        file.write_text("parts: {lamp: {switch: GPIO1}}")
        folder.mkdir()
        command = [binary, file, "--board", "simulated", "--port", "0", "--data", folder]
        with http_folder(Path(parent, "other")) as (other, port):
            invited = [*command, "--frame-from", f"http://localhost:{port}"]
            for asked, is_shown in [(command, False), (invited, True)]:
                for name, text in FILES.items():
                    (folder / name).write_text(text)
                with Program(*asked) as device, visit.browser.new_context() as context:
                    page = context.new_page()
                    address = f"http://127.0.0.1:{device.port}/"
                    before = page.request.get(address + "api/state").json()["rev"]
                    for name in ["a.svg", "a.xml"]:
                        page.goto(address + name)
                        page.wait_for_timeout(300)
                    page.goto(address + "a.svg")
                    fill = page.evaluate("getComputedStyle(document.querySelector('rect')).fill")
                    check(fill == "rgb(0, 255, 0)", f"a picture has its styles: {fill}")
                    check(page.request.get(address + "api/state").json()["rev"] == before, "no file runs a script")
                    (other / "frame.html").write_text(FILES["frame.html"].replace("%PORT%", str(device.port)))
                    page.goto(f"http://localhost:{port}/frame.html")
                    shown = page.frames[1].url.startswith(address)
                    check(shown == is_shown, f"a frame is {'shown' if shown else 'not shown'}")
                    width = page.evaluate("document.querySelector('img').naturalWidth")
                    check(width == 0, "another site gets no picture")
                    page.goto(address)
                    for offered, spoken in [("arduino", "arduino"), (["other", "heliograph.v2"], "heliograph.v2"),
                                            ([], ""), ("other", None)]:
                        found = page.evaluate(SOCKET, offered)
                        check(found == spoken, f"of {offered} the socket speaks {found!r}")


@contextmanager
def http_folder(folder: Path) -> Iterator[tuple[Path, int]]:
    """A server of another origin, with its folder and its port."""
    folder.mkdir()
    handler = partial(QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield folder, server.server_address[1]
        finally:
            server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *words: object) -> None: pass


def options(program: Program, name: str) -> list[str]:
    """An option and its value, as the program was given it."""
    arguments = program.process.args
    return arguments[arguments.index(name):][:2] if name in arguments else []


CLAIMS = [first_paint_is_true, every_size_is_composed, accessible, switches_work, sliders_work, buttons_work]
WITH_ENDS = [loss_is_loud, other_parts_follow, folders_are_tame]  # of what is refused or ends the console tells


def main() -> int:
    chromium, *command = sys.argv[1:]
    failures = 0
    with Program(*command, "--port", "0") as program, sync_playwright() as playwright:
        address = program.wait_for(lambda line: line.startswith("http://"))
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        visit = Visit(browser, address.rstrip("/") + "/")
        for claim in [*CLAIMS, *WITH_ENDS]:
            try:
                claim(visit, program) if claim in WITH_ENDS else claim(visit)
                check(claim in WITH_ENDS or not visit.complaints, f"the console is silent: {visit.complaints}")
                print(f"holds: {claim.__doc__}", flush=True)
            except Exception as problem:  # noqa: BLE001 - Playwright's own, too: each is one claim that does not hold
                failures += 1
                print(f"FAILED: {claim.__doc__}\n  {problem}", flush=True)
            visit.complaints.clear()
        browser.close()
    claims = len(CLAIMS) + len(WITH_ENDS)
    print(f"{claims - failures} of {claims} claims hold")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
