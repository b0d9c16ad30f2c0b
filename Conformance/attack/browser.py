# SPDX-License-Identifier: MIT
"""Chromium, showing a hostile page, with a page of the household beside it.

The browser's own walls in front of a local network are taken down, so that the device stands alone: what Chromium would
refuse by itself (Local Network Access) is asked of the device here, and a name is an origin as trusted as one with TLS.
"""
from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hostile_site import HostileSite
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright
from scene import NAME, Device, Table, Watch, Witness, until
from tap import Exchange, Tap

SITE = "evil.example"
REBOUND = ["rebind.example", "127.0.0.1.rebind.example", "localhost.rebind.example"]
NEWS = 10_000  # milliseconds for anything to show
ARRIVAL = 3.0  # seconds for an attempt to reach the device
WALLS = "LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,PrivateNetworkAccessSendPreflights,HttpsUpgrades"
CLEANED = "() => typeof cleaned === 'function' && cleaned()"
TOPICS = ["forms", "fetches", "elements", "sockets"]
SAID = "number => within(ATTEMPTS[number].run().catch((error) => error.name), 6000)"


@contextmanager
def chromium(program: Path, site: HostileSite) -> Iterator[Browser]:
    """The browser, for which every name is this machine."""
    arguments = [
        "--host-resolver-rules=MAP *.example 127.0.0.1, MAP *.rebind.example 127.0.0.1",
        f"--disable-features={WALLS}",
        f"--unsafely-treat-insecure-origin-as-secure=http://{SITE}:{site.port}",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=[*arguments, *(["--no-sandbox"] if os.geteuid() == 0 else [])])
        try:
            yield browser
        finally:
            browser.close()


class WitnessPage:
    """The device's page as the household has it, for use in `with`: straight from the device, open all the time."""

    def __init__(self, browser: Browser, device: Device, table: Table) -> None:
        self.browser, self.device, self.table = browser, device, table
        self.sockets = 0

    def __enter__(self) -> WitnessPage:
        self.context = self.browser.new_context()
        self.page = self.context.new_page()
        self.page.on("websocket", self._count)
        self.enter(self.page)
        self.page.wait_for_selector("[data-phase=live]", timeout=NEWS)
        return self

    def enter(self, page: Page) -> None:
        page.goto(f"http://127.0.0.1:{self.device.port}/")

    def _count(self, _: object) -> None:
        self.sockets += 1

    def __exit__(self, *failure: object) -> None:
        if failure[0] is None:
            want = "true" if self.device.toggle() else "false"
            shown = True
            try:
                self.page.wait_for_selector(f"[data-part=led] [role=switch][aria-checked={want}]", timeout=NEWS)
            except Error:
                shown = False
            self.table.holds("the household's page was live all the time and is in sync", shown and self.sockets == 1,
                             f"{self.sockets} socket")
            before = self.device.state()
            self.page.locator("[data-part=led] [role=switch]").click()
            self.table.holds("and it can do what the others could not", until(lambda: self.device.state() != before, 5))
        self.context.close()


class HostilePage:
    """Makes attempts from an origin, one after the other, and judges each."""

    def __init__(self, context: BrowserContext, device: Device, tap: Tap, table: Table) -> None:
        self.context, self.device, self.tap, self.table = context, device, tap, table
        context.set_default_timeout(NEWS)
        self.own = f"http://127.0.0.1:{tap.port}"
        self.exchanges: list[Exchange] = []

    def attack(self, origin: str, topic: str) -> None:
        """All attempts of a topic from this origin."""
        scripts = (Path(__file__).resolve().parent / "hostile" / f"{topic}.js").read_text()
        page = self._page(origin, scripts)
        names = page.evaluate("ATTEMPTS.map(({ name, stopped, clicks }) => ({ name, stopped, clicks }))")
        page.close()
        watch, page = Watch(self.device), None
        for number, attempt in enumerate(names):
            page = page or self._page(origin, scripts)
            self.tap.forget()
            seen = page.evaluate(SAID, number)
            if attempt.get("clicks"):
                self._click_all_over(page)
            found = self.tap.settle(not attempt["stopped"], ARRIVAL)
            frames = self._frames()
            self.exchanges += found
            problem = self.problem(seen, found, frames) or watch.problem()
            if not problem and not found and not attempt["stopped"]:
                problem = "it did not reach the device, so nothing is shown"
            self.table.row(attempt["name"], seen, " ".join(map(str, found)) or "nothing came", problem)
            if len(self.context.pages) > 1 or len(page.frames) > 1 or not page.evaluate(CLEANED):
                self.close_all()
                page = None
        self.close_all()

    def _page(self, origin: str, scripts: str) -> Page:
        page = self.context.new_page()
        page.goto(f"{origin}/")
        page.add_script_tag(content=scripts)
        return page

    def _click_all_over(self, page: Page) -> None:
        for x in range(40, 1280, 120):
            for y in range(40, 720, 60):
                page.mouse.click(x, y)

    def _frames(self) -> list[str]:
        """The frames that show something of the device; one that was refused shows Chromium's own page."""
        return [frame.url for page in self.context.pages for frame in page.frames
                if frame.parent_frame is not None and frame.url.startswith(self.own)]

    def problem(self, seen: str, found: list[Exchange], frames: list[str]) -> str:
        if seen.startswith("READ") or NAME in seen:
            return "the page got something of the device"
        if any(exchange.gives_way(self.own) for exchange in found):
            return "the device obeyed"
        return f"the device is shown in a frame: {frames[0].removeprefix(self.own)}" if frames else ""

    def close_all(self) -> None:
        for page in self.context.pages:
            page.close()


def claims(table: Table, exchanges: list[Exchange]) -> None:
    """What holds for every answer that a hostile page got."""
    granted = {name for exchange in exchanges for name in exchange.fields if name.startswith("access-control-")}
    table.holds("no answer grants anything to another site", not granted, " ".join(granted))
    answers = [exchange for exchange in exchanges if exchange.status not in (0, 101)]
    for name, value in (("cross-origin-resource-policy", "same-origin"), ("x-content-type-options", "nosniff")):
        without = sorted({str(exchange) for exchange in answers if exchange.fields.get(name) != value})
        table.holds(f"every answer says {name}: {value}", not without, f"not: {', '.join(without)}" if without else "")
    bare = sorted({str(exchange) for exchange in answers if exchange.fields.get("content-type")
                   and "frame-ancestors" not in exchange.fields.get("content-security-policy", "")})
    table.holds("every answer with content says who may frame it", not bare, f"not: {', '.join(bare)}" if bare else "")


def hostile_pages(device: Device, program: Path, table: Table) -> None:
    """A hostile page of another site, of another port of the same host, and of a name that was rebound"""
    with Tap(device.port) as tap, HostileSite(f"http://127.0.0.1:{tap.port}") as site, \
            chromium(program, site) as browser, WitnessPage(browser, device, table):
        exchanges: list[Exchange] = []
        for host in (SITE, "127.0.0.1"):
            context = browser.new_context()
            hostile = HostilePage(context, device, tap, table)
            for topic in TOPICS:
                table.begin(f"a page of {host}, port {site.port}: {topic}")
                hostile.attack(f"http://{host}:{site.port}", topic)
            context.close()
            exchanges += hostile.exchanges
        table.begin("a name that was made to resolve to the device (DNS rebinding)")
        exchanges += rebinding(browser, device, tap, table)
        table.begin("of all of these")
        claims(table, exchanges)
        table.holds("nothing arrived where leaks would", not site.leaks, " ".join(site.leaks))


IMAGE = """<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="{0}"><script>{0}</script>
<foreignObject width="9" height="9"><body xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="{0}"/></body>
</foreignObject></svg>"""
DOCUMENT = """<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head>
<body onload="{0}"><script>{0}</script></body></html>"""
COMMAND = "fetch('/api/led/toggle', {method: 'POST'})"
FILES = {
    "image.svg": IMAGE, "image.svg.html": IMAGE, "document.xml": DOCUMENT, "document.xhtml": DOCUMENT,
    "document.html": DOCUMENT, "document.htm": DOCUMENT, "style.xsl": DOCUMENT, "feed.rss": DOCUMENT,
    "feed.atom": DOCUMENT, "formula.mml": DOCUMENT, "no-type": "<!doctype html>" + DOCUMENT,
    "picture.png": "<!doctype html>" + DOCUMENT, "words.txt": DOCUMENT, "words.json": DOCUMENT,
    "other.unknown": DOCUMENT, "manual.pdf": DOCUMENT, "mail.mht": DOCUMENT, "mail.eml": DOCUMENT,
}


def hostile_files(programs: Path, folder: Path, data: Path, program: Path, table: Table) -> None:
    """Files with a script in them in the data folder, somebody's picture for one, each opened in a window of its own: a
    file is shown, and its script does not run."""
    for name, text in FILES.items():
        (data / name).write_text(text.format(COMMAND))
    with Device(programs, folder, "--data", str(data)) as device, Witness(device, table), \
            HostileSite(f"http://127.0.0.1:{device.port}") as site, chromium(program, site) as browser:
        table.begin("files of the data folder that have a script in them")
        watch, context = Watch(device), browser.new_context(accept_downloads=False)
        for name in FILES:
            for ask in (f"/{name}", f"/{name}?x=.html"):
                page, sent = context.new_page(), []
                page.on("request", lambda request, sent=sent: sent.append(request.method))
                try:
                    answer = page.goto(f"http://127.0.0.1:{device.port}{ask}", wait_until="load")
                    status = str(answer.status) if answer else "nothing"
                    page.wait_for_timeout(150)
                except Error:
                    status = "not shown"
                problem = watch.problem() or ("its script ran" if "POST" in sent else "")
                table.row(ask, status, " ".join(sent), problem)
                page.close()


REBINDING = {
    "fetch of the state": "() => ask('', {}, '/api/state')",
    "fetch of the page": "() => ask('', {}, '/')",
    "fetch of the page's script": "() => ask('', {}, '/index.js')",
    "POST": "() => ask('', { method: 'POST', body: 'x' }, TOGGLE)",
    "PUT of JSON": "() => ask('', { method: 'PUT', body: '{\"on\":true}' }, '/api/led')",
    "form": "async () => submit({ action: TOGGLE })",
    "WebSocket": "() => socket(location.origin + '/ws')",
    "EventSource": "() => events({})",
    "frame": "() => element('iframe', { src: '/' }, document.body, 'a load event')",
}


def rebinding(browser: Browser, device: Device, tap: Tap, table: Table) -> list[Exchange]:
    """The page came from the attacker's server under a name that has become the device's address: to the browser the
    device is the page's own site, with the port that it has."""
    exchanges: list[Exchange] = []
    watch = Watch(device)
    for host in REBOUND:
        origin = f"http://{host}:{tap.port}"
        context = browser.new_context()
        hostile = HostilePage(context, device, tap, table)
        tools = (Path(__file__).resolve().parent / "hostile" / "tools.js").read_text()
        tools = f'const DEVICE = "{origin}", HERE = "{origin}";\n{tools}'
        context.route(f"{origin}/kittens", lambda route: route.fulfill(content_type="text/html", body="<title>kittens"))
        for name, script in REBINDING.items():
            page = context.new_page()
            page.goto(f"{origin}/kittens")
            page.add_script_tag(content=tools)
            tap.forget()
            seen = page.evaluate(f"() => within(({script})(), 6000)")
            found = tap.settle(True, ARRIVAL)
            exchanges += found
            problem = hostile.problem(seen, found, []) or watch.problem()
            if not problem and [exchange.status for exchange in found if exchange.target != "/favicon.ico"] != [403]:
                problem = "the answer is not 403"
            table.row(f"{host}: {name}", seen, " ".join(map(str, found)), problem)
            hostile.close_all()
        page = context.new_page()
        answer = page.goto(f"{origin}/")
        text = page.content()
        exchanges += tap.settle(True, ARRIVAL)
        problem = watch.problem() or ("" if answer.status == 403 and NAME not in text else "it shows the device")
        table.row(f"{host}: the page itself", page.inner_text("body"), str(answer.status), problem)
        context.close()
    return exchanges
