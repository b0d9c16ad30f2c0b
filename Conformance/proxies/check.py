# SPDX-License-Identifier: MIT
"""The claims about a device behind a proxy, each tried through nginx, Caddy and HAProxy. `run` starts this."""
from __future__ import annotations

import http.client
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urljoin

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from common.claims import check, until  # noqa: E402
from common.program import Program, free_port  # noqa: E402
from common.websocket import WebSocket, accepts, handshake  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402
from proxies import ALL, NAME, PATIENCE, PREFIX, Proxy, certificate, secure  # noqa: E402
from resting import Idle, IdleConnection, IdleSocket, can_be_used_again, stays_open  # noqa: E402

NEWS = 15_000  # milliseconds for anything to show
ROOT = Path(__file__).resolve().parent.parent.parent


class Bench:
    """A proxy in front of a device, and what both were started with."""

    def __init__(self, proxy: Proxy, browser: Browser, program: str, folder: Path, certificates: Path) -> None:
        self.proxy, self.browser, self.program = proxy, browser, program
        self.folder, self.certificates = folder, certificates
        self.count = 0

    @contextmanager
    def setup(self, *options: str, bare: bool = False,
              change: tuple[str, str] | None = None) -> Iterator[Setup]:
        """A device with these options behind the proxy; `PORT` in them stands for the proxy's port."""
        self.count += 1
        folder = self.folder / f"{self.proxy.name}-{self.count}"
        device_port = free_port()
        with self.proxy(folder, self.certificates, device_port, bare=bare, change=change) as port:
            words = [option.replace("PORT", str(port)) for option in options]
            with Program(self.program, "--port", str(device_port), "--log-level", "debug", "--state-file",
                         folder / "state", *words) as device:
                check(device.port == device_port, "the device listens where the proxy expects it")
                yield Setup(self, device, port)


class Setup:
    """What is running, and ways to look at it through the proxy."""

    def __init__(self, bench: Bench, device: Program, port: int) -> None:
        self.bench, self.device, self.port = bench, device, port
        self.origin = f"https://{NAME}:{port}"
        self.address = f"{self.origin}{PREFIX}/"

    @contextmanager
    def page(self, **options: object) -> Iterator[tuple[Page, list[str]]]:
        """A browser at the page, and what it asked that was not under the prefix or was answered with an error."""
        context = self.bench.browser.new_context(ignore_https_errors=True, **options)
        page = context.new_page()
        strays: list[str] = []
        page.on("request", lambda request: request.url.startswith((self.address, "data:"))
                or strays.append(request.url))
        page.on("response", lambda answer: answer.status >= 400 and strays.append(f"{answer.status} {answer.url}"))
        page.on("pageerror", lambda error: strays.append(f"exception: {error}"))
        page.goto(self.address)
        try:
            yield page, strays
        finally:
            context.close()

    def connection(self, source: str = "127.0.0.1", patience: float = 20) -> http.client.HTTPConnection:
        """A connection to the proxy, for HTTP/1.1."""
        connection = http.client.HTTPConnection(NAME, self.port)
        connection.sock = secure(self.port, self.bench.certificates, source, patience)
        return connection

    def request(self, method: str, path: str, headers: dict[str, str] | None = None, body: str | None = None,
                source: str = "127.0.0.1") -> http.client.HTTPResponse:
        """An answer through the proxy, by HTTP/1.1."""
        connection = self.connection(source)
        connection.request(method, path, body, headers or {})
        return connection.getresponse()

    def socket(self, origin: str | None = None, source: str = "127.0.0.1") -> WebSocket:
        """A WebSocket through the proxy; ConnectionRefusedError with the answer if it is none."""
        client = WebSocket.__new__(WebSocket)
        client.socket = secure(self.port, self.bench.certificates, source, PATIENCE * 2)
        client._buffer = bytearray()
        extra = f"Origin: {origin}\r\n" if origin else ""
        client.socket.sendall(
            handshake(self.port, f"{PREFIX}/ws", extra=extra).replace(b"127.0.0.1", NAME.encode(), 1))
        client.response = client._head()
        if not accepts(client.response):
            client.socket.close()
            raise ConnectionRefusedError(client.response.decode("latin-1"))
        return client

    def is_on(self) -> bool:
        return json.loads(self.request("GET", f"{PREFIX}/api/state").read())["parts"]["led"]["on"]


# Claims ------------------------------------------------------------------------------------------------------------


def page_is_live(setup: Setup) -> None:
    """the page is live, its switch works, and all that it asks for is under the prefix"""
    with setup.page() as (page, strays):
        page.wait_for_selector("[data-phase=live]", timeout=NEWS)
        before = setup.is_on()
        page.locator("[data-part=led] [role=switch]").click()
        until(lambda: setup.is_on() is not before, "a click switches the LED")
        page.wait_for_selector(f"[data-part=led] [aria-checked={'false' if before else 'true'}]", timeout=NEWS)
        page.wait_for_timeout(200)
        for link in page.eval_on_selector_all("link", "links => links.map(link => link.href)"):
            if not link.startswith("data:"):
                check(link.startswith(setup.address), f"{link} is under the prefix")
        manifest = page.evaluate("fetch(document.querySelector('[rel=manifest]').href).then(r => r.json())")
        check(manifest["start_url"] == ".", "the manifest's start is beside it")
        check(not strays, f"nothing was asked for elsewhere, or in vain: {strays}")


def form_works(setup: Setup) -> None:
    """the form works without JavaScript, and leads back to the page"""
    with setup.page(java_script_enabled=False) as (page, strays):
        before = setup.is_on()
        page.locator("[data-part=led] button").click()
        until(lambda: setup.is_on() is not before, "the form switches the LED")
        check(page.url == setup.address, f"the browser is back at the page, not at {page.url}")
        check(not strays, f"nothing was asked for elsewhere, or in vain: {strays}")


def missing_slash_is_mended(setup: Setup) -> None:
    """the prefix without its slash leads to the page"""
    answer = setup.request("GET", PREFIX)
    check(answer.status in (301, 302, 303, 308), f"it is a redirect, not {answer.status}")
    place = answer.getheader("Location").replace(setup.origin, "")
    check(place == PREFIX + "/", f"it leads to {place}")


def client_is_known(setup: Setup) -> None:
    """the device knows the client's address, and no client can give itself another"""
    for name, value in (("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-Host", "evil.example"),
                        ("X-Forwarded-Proto", "http"), ("X-Forwarded-Port", "1"), ("X-Forwarded-Prefix", "/evil"),
                        ("X-Ingress-Path", "/evil"), ("Forwarded", "for=192.0.2.1;host=evil.example")):
        answer = setup.request("GET", f"{PREFIX}/api/state", {name: value}, source="127.0.0.3")
        check(answer.status == 200, f"a client's own {name} changes nothing: {answer.status}")
    client = setup.socket(setup.origin, source="127.0.0.2")
    client.message("hello")
    setup.device.wait_for(lambda line: line.endswith("connected from 127.0.0.2"))
    client.close()


def origins_are_judged(setup: Setup) -> None:
    """another site's page gets no socket and changes nothing"""
    for origin in ("https://evil.example", f"http://{NAME}:{setup.port}", f"https://{NAME}", "null"):
        status = setup.request("POST", f"{PREFIX}/api/parts/led/toggle", {"Origin": origin}).status
        check(status == 403, f"{origin} gets {status}")
        try:
            setup.socket(origin).close()
            check(False, f"{origin} gets no socket")
        except ConnectionRefusedError as refusal:
            check(" 403 " in str(refusal).partition("\r\n")[0], f"{origin} is told why: {refusal}")


def events_come(setup: Setup) -> None:
    """events come as they happen"""
    answer = setup.request("GET", f"{PREFIX}/api/events")
    check(answer.status == 200, f"the stream begins: {answer.status}")

    def event() -> dict:
        while not (line := answer.readline()).startswith(b"data:"):
            check(line, "the stream goes on")
        return json.loads(line[5:])

    check(event()["type"] == "hello", "it begins with the state")
    start = time.monotonic()
    setup.request("POST", f"{PREFIX}/api/parts/led/toggle", {"Origin": setup.origin}).read()
    while event()["type"] != "state":
        pass
    check(time.monotonic() - start < 2, "the proxy does not keep an event back")


def reason_is_shown(setup: Setup) -> None:
    """the page says why no socket opens, the log names both, and a client is told"""
    with setup.page() as (page, _):
        words = page.locator("[data-phase=refused] #connection").text_content(timeout=NEWS)
        check(setup.origin in words and "--origin" in words, f"the page says what to do: {words}")
        page.set_viewport_size({"width": 200, "height": 600})
        check(page.evaluate("document.documentElement.scrollWidth") <= 200, "the words fit into 200 pixels")
    try:
        setup.socket(setup.origin).close()
        check(False, "the socket is refused")
    except ConnectionRefusedError as refusal:
        check(" 403 " in str(refusal).partition("\r\n")[0], f"with 403: {refusal}")
    setup.device.wait_for(lambda line: setup.origin in line and f"127.0.0.1:{setup.device.port}" in line)


PASSWORD = "correct horse battery"


def login_works(setup: Setup) -> None:
    """the owner's link, the form, the socket and the logout work, and the cookie is for the path of the device alone"""
    for ask in (lambda: setup.request("GET", f"{PREFIX}/").status, lambda: setup.socket(setup.origin)):
        try:
            check((status := ask()) == 401, f"a stranger gets {status}")
        except ConnectionRefusedError as refusal:
            check(" 401 " in str(refusal).partition("\r\n")[0], f"a stranger gets no socket: {refusal}")
    link = setup.device.wait_for(lambda line: "/owner?link=" in line).partition("/owner")[2]
    context = setup.bench.browser.new_context(ignore_https_errors=True)
    try:
        page = context.new_page()
        page.goto(f"{setup.address}owner{link}")
        page.fill("[name=name]", "anna")
        page.fill("[name=password]", PASSWORD)
        page.fill("[name=again]", PASSWORD)
        page.locator("button").click()
        page.wait_for_selector("[data-phase=live]", timeout=NEWS)
        check(page.url == setup.address, f"the owner is at the page, not at {page.url}")
        cookie_is_of_the_prefix(setup, context.cookies())
        page.goto(f"{setup.address}login")
        page.locator("button").click()
        page.wait_for_selector("[name=password]", timeout=NEWS)
        check(page.url == setup.address and not context.cookies(), "after the logout the cookie is gone")
        page.goto(f"{setup.address}docs/")
        page.fill("[name=name]", "anna")
        page.fill("[name=password]", PASSWORD)
        page.locator("button").click()
        page.wait_for_url(f"{setup.address}docs/", timeout=NEWS)
        check(page.inner_text("body") == "manual", "the form leads to what was asked for")
        cookie_is_of_the_prefix(setup, context.cookies())
        folder_works(setup, page)
        page.goto(setup.address)
        page.wait_for_selector("[data-phase=live]", timeout=NEWS)
        switch = page.locator("[data-part=led] [role=switch]")
        after = "false" if switch.get_attribute("aria-checked") == "true" else "true"
        switch.click()
        page.wait_for_selector(f"[data-part=led] [aria-checked={after}]", timeout=NEWS)
    finally:
        context.close()


def cookie_is_of_the_prefix(setup: Setup, cookies: list[dict]) -> None:
    """Another device behind the same proxy neither gets the cookie nor has it overwritten."""
    kinds = [(cookie["name"].startswith("__Secure-heliograph_session"), cookie["path"], cookie["httpOnly"],
              cookie["secure"], cookie["sameSite"]) for cookie in cookies]
    check(kinds == [(True, f"{PREFIX}/", True, True, "Strict")], f"there is one cookie, of the prefix: {cookies}")


def folder_works(setup: Setup, page: Page) -> None:
    """The data folder under the prefix, for somebody who is logged in."""
    answer = page.goto(f"{setup.address}docs")
    first = answer.request.redirected_from
    check(first is not None and page.url == f"{setup.address}docs/", f"docs leads to docs/, not to {page.url}")
    place = first.response().headers["location"]
    check(urljoin(first.url, place) == f"{setup.address}docs/", f"by one redirect, under the prefix: {place}")
    for name, kind in (("index.css", "text/css"), ("index.js", "javascript"), ("", "text/html")):
        answer = page.goto(setup.address + name)
        found = answer.headers.get("content-type", "")
        check(answer.status == 200 and kind in found, f"the folder's {name or 'page'} is served: {answer.status}")


def blocked_socket_is_suspected(setup: Setup) -> None:
    """where a proxy passes no WebSocket on, the page says that something blocks it"""
    with setup.page() as (page, _):
        words = page.locator("[data-phase=refused] #connection").text_content(timeout=2 * NEWS)
        check("a proxy blocks the WebSocket" in words, f"the page suspects the proxy: {words}")


# Setups ------------------------------------------------------------------------------------------------------------

TRUSTED = [page_is_live, form_works, missing_slash_is_mended, client_is_known, origins_are_judged, events_come]


class Claims:
    """Tries claims, and counts those that do not hold."""

    def __init__(self) -> None:
        self.failures = self.count = 0

    def hold(self, where: str, claim: Callable[..., None], *arguments: object) -> None:
        self.count += 1
        try:
            claim(*arguments)
            print(f"holds: {where}: {claim.__doc__}", flush=True)
        except Exception as problem:  # noqa: BLE001 - Playwright's own, too: each is one claim that does not hold
            self.failures += 1
            print(f"FAILED: {where}: {claim.__doc__}\n  {problem}", flush=True)


def visit(bench: Bench, claims: Claims, ends: ExitStack) -> list[tuple[Callable[..., None], Idle]]:
    """Tries all claims with one proxy; returns connections that rest, with what holds of them in the end. Their setup
    stays until `ends` does."""
    name = bench.proxy.name
    trusting = ("--trusted-proxy", "127.0.0.1", "--host-name", NAME)
    setup = ends.enter_context(bench.setup(*trusting))
    resting = [(stays_open, IdleSocket(setup.socket(setup.origin, source="127.0.0.9"))),
               (can_be_used_again, IdleConnection(setup, PREFIX))]
    for claim in TRUSTED:
        claims.hold(f"{name}, trusted", claim, setup)
    with bench.setup(*trusting, change=bench.proxy.rewriting) as rewriting:
        for claim in (page_is_live, form_works):
            claims.hold(f"{name}, trusted, Host rewritten", claim, rewriting)
    origin = ("--origin", f"https://{NAME}:PORT", "--path-prefix", PREFIX)
    with bench.setup(*origin, "--data", str(bench.folder / "page"), bare=True) as invited:
        for claim in (page_is_live, form_works, missing_slash_is_mended, origins_are_judged, events_come):
            claims.hold(f"{name}, not trusted, Host rewritten, prefix left, a folder's page, --origin", claim, invited)
    with bench.setup(*trusting, "--login", "--data", str(bench.folder / "page")) as guarded:
        claims.hold(f"{name}, trusted, with a login and a folder's page", login_works, guarded)
    with bench.setup("--path-prefix", PREFIX, bare=True) as stranger:
        claims.hold(f"{name}, not trusted, Host rewritten", reason_is_shown, stranger)
    if bench.proxy.blocking:
        with bench.setup(*trusting, change=bench.proxy.blocking) as blocking:
            claims.hold(f"{name}, without the line about Upgrade", blocked_socket_is_suspected, blocking)
    return resting


def main() -> int:
    chromium, program = sys.argv[1:]
    claims = Claims()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, ExitStack() as ends:
        certificates = Path(folder, "certificates")
        certificates.mkdir()
        certificate(certificates)
        os.system(f"'{ROOT}/scripts/build-page' --dir '{folder}/page' > /dev/null")
        Path(folder, "page", "docs").mkdir()
        Path(folder, "page", "docs", "index.html").write_text("<!doctype html><title>manual</title>manual")
        arguments = [f"--host-resolver-rules=MAP {NAME} 127.0.0.1", *["--no-sandbox"] * (os.geteuid() == 0)]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        resting = [(proxy, *rest) for proxy in ALL
                   for rest in visit(Bench(proxy, browser, program, Path(folder), certificates), claims, ends)]
        for proxy, claim, idle in resting:
            claims.hold(f"{proxy.name}, trusted", claim, idle)
        browser.close()
    print(f"{claims.count - claims.failures} of {claims.count} claims hold")
    return 1 if claims.failures else 0


if __name__ == "__main__":
    sys.exit(main())
