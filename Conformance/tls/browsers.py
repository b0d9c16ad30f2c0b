# SPDX-License-Identifier: MIT
"""The page over TLS in Chromium and Firefox, both Debian's: refused until the device's authority is trusted, and live
as soon as it is. `run` starts this, with a device that has told its ports.

    browsers.py PORT TLS_PORT AUTHORITY      the ports of a device, and its authority's certificate (PEM)
"""
from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from common.claims import check, until  # noqa: E402
from common.websocket import WebSocket  # noqa: E402
from firefox import Firefox, FirefoxError  # noqa: E402
from playwright.sync_api import Error, sync_playwright  # noqa: E402

CHROMIUM, FIREFOX, CERTUTIL = Path("/usr/bin/chromium"), Path("/usr/bin/firefox-esr"), "/usr/bin/certutil"
SWITCH = "[data-part=led] [role=switch]"
IS_LIVE = "document.querySelector('[data-phase=live]') !== null"
SHOWS = f"document.querySelector('{SWITCH}').getAttribute('aria-checked')"
# A socket of our own beside the page's, since a page does not show its own: what it is, and what the device says first.
OWN_SOCKET = """void (window.seen = {}, window.own = new WebSocket(new URL('ws', location)),
    own.onmessage = (event) => { seen.hello ??= [own.url, JSON.parse(event.data).type] })"""


class Device:
    """A running device, as another client of it knows it."""

    def __init__(self, port: int, tls_port: int, authority: Path) -> None:
        self.port, self.tls_port, self.authority = port, tls_port, authority

    def _request(self, method: str, path: str) -> bytes:
        context = ssl.create_default_context(cafile=self.authority)
        request = urllib.request.Request(f"https://localhost:{self.tls_port}{path}", method=method)
        return urllib.request.urlopen(request, timeout=20, context=context).read()

    def is_on(self) -> bool:
        return json.loads(self._request("GET", "/api/state"))["parts"]["led"]["on"]

    def toggle(self) -> None:
        self._request("POST", "/api/parts/led/toggle")


class Tab(Protocol):
    """A page in a browser."""

    def visit(self, address: str) -> None: ...
    def evaluate(self, expression: str) -> Any: ...
    def click(self, selector: str) -> None: ...


def trust(database: Path, authority: Path) -> None:
    """Lets whoever uses this database of certificates trust an authority for web sites."""
    database.mkdir(parents=True, exist_ok=True)
    name = f"sql:{database}"
    if not (database / "cert9.db").exists():
        subprocess.run([CERTUTIL, "-N", "-d", name, "--empty-password"], check=True)
    subprocess.run([CERTUTIL, "-A", "-d", name, "-n", "device", "-t", "C,,", "-i", authority], check=True)


class ChromiumTab:
    def __init__(self, page: Any) -> None:
        self.visit, self.evaluate, self.click = page.goto, page.evaluate, page.click


@contextmanager
def chromium(folder: Path, authority: Path | None) -> Iterator[Tab]:
    if authority:
        trust(folder / ".pki" / "nssdb", authority)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments,
                                             env=os.environ | {"HOME": str(folder)})
        try:
            yield ChromiumTab(browser.new_page())
        finally:
            browser.close()


@contextmanager
def firefox(folder: Path, authority: Path | None) -> Iterator[Tab]:
    browser = Firefox(FIREFOX, folder)
    if authority:
        trust(browser.profile, authority)
    with browser:
        yield browser


# Claims ------------------------------------------------------------------------------------------------------------


def nothing_in_the_open(device: Device) -> None:
    """No socket opens without TLS, so that a page that is live is so by wss."""
    try:
        WebSocket(device.port)
    except ConnectionRefusedError as answer:
        check(" 308 " in str(answer).partition("\r\n")[0], f"a socket in the open is led to HTTPS: {answer}")
    else:
        check(False, "a socket in the open was accepted")


def is_refused(tab: Tab, device: Device) -> None:
    """Whoever does not trust the authority is warned, and sees nothing of the device."""
    try:
        tab.visit(f"https://localhost:{device.tls_port}/")
    except (Error, FirefoxError) as refusal:
        words = str(refusal)
        check("ERR_CERT_AUTHORITY_INVALID" in words or words.startswith("insecure certificate"),
              f"it is refused for its certificate: {words}")
    else:
        check(False, "a certificate of an unknown authority was accepted")


def is_live(tab: Tab, device: Device, host: str) -> None:
    """The page's socket is live in both directions, and so is another that says where it leads."""
    tab.visit(f"https://{host}:{device.tls_port}/")
    until(lambda: tab.evaluate(IS_LIVE), f"the page is live at {host}")

    def shows(is_on: bool) -> bool:
        return tab.evaluate(SHOWS) == str(is_on).lower()
    before = device.is_on()
    until(lambda: shows(before), "it shows the state")
    device.toggle()
    until(lambda: shows(not before), "it shows what another client did")
    tab.click(SWITCH)
    until(lambda: device.is_on() is before, "a click on it is done")
    until(lambda: shows(before), "and shown")
    tab.evaluate(OWN_SOCKET)
    until(lambda: tab.evaluate("seen.hello ?? null"), "another socket of the page hears the device")
    check(tab.evaluate("seen.hello") == [f"wss://{host}:{device.tls_port}/ws", "hello"], "it is wss")
    tab.evaluate("void own.close()")


def main() -> None:
    device = Device(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
    nothing_in_the_open(device)
    for start in (chromium, firefox):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
            with start(Path(name) / "stranger", None) as tab:
                is_refused(tab, device)
            with start(Path(name) / "friend", device.authority) as tab:
                for host in ("localhost", "127.0.0.1"):
                    is_live(tab, device, host)
        print(f"{start.__name__}: refused until the authority is trusted, live by wss then", flush=True)


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"FAILED: {failure}")
