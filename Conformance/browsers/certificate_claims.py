# SPDX-License-Identifier: MIT
"""Claims about a page over TLS: whose certificate a browser trusts, and what it does with one that it does not."""
from __future__ import annotations

import json
import re
import ssl
import subprocess
from pathlib import Path
from urllib.request import Request, urlopen

from bench import SWITCH, Bench, View
from common.claims import check, until
from common.http import request
from common.program import Program
from common.webdriver import DriverError
from common.websocket import WebSocket
from engine import Engine

NAME, ADDRESS = "localhost", "127.0.0.1"
ATTEMPTS = 10  # of which WebKitGTK gives one in five up: "Operation was cancelled", and no warning
# A socket of our own beside the page's, since a page does not show its own: what it is, and what the device says first.
OWN_SOCKET = """void (window.seen = {}, window.own = new WebSocket(new URL('ws', location).href.replace(/^http/, 'ws')),
    own.onmessage = (event) => { seen.hello ??= [own.url, JSON.parse(event.data).type] })"""


class SecureDevice:
    """A device over TLS, as a client knows it that trusts an authority's certificate."""

    def __init__(self, program: Program, authority: Path) -> None:
        self.port = program.tls_port
        self.authority = authority

    def address(self, host: str) -> str:
        return f"https://{host}:{self.port}/"

    def ask(self, method: str, path: str) -> bytes:
        context = ssl.create_default_context(cafile=self.authority)
        return urlopen(Request(self.address(NAME) + path, method=method), timeout=20, context=context).read()

    @property
    def is_on(self) -> bool:
        return json.loads(self.ask("GET", "api/state"))["parts"]["led"]["on"]

    def toggle(self) -> None:
        self.ask("POST", "api/parts/led/toggle")


def own_authority(bench: Bench) -> None:
    """Over TLS the page is refused until the device's authority is trusted; then it is live by wss."""
    folder = bench.fresh()
    with bench.program("--tls", "--port", "0", "--tls-port", "0", folder=folder) as program:
        authority = folder / "ca.pem"
        authority.write_bytes(request(program.open_port, "/ca.pem")[1])
        device = SecureDevice(program, authority)
        try:
            WebSocket(program.open_port).close()
            check(False, "a socket in the open is refused")
        except ConnectionRefusedError as answer:
            check(" 308 " in str(answer).partition("\r\n")[0], f"a socket in the open is led to HTTPS: {answer}")
        with bench.browser.variant(waits=True) as stranger:
            is_warned_of(stranger, device, NAME)
        with bench.browser.variant(authority=authority) as friend:
            for host in (NAME, ADDRESS):
                friend.visit(device.address(host))
                is_live_by_wss(friend, device, host)


def self_signed_certificate(bench: Bench) -> None:
    """A self-signed certificate is warned of. Whoever accepts it in the warning itself has the page, live by wss; loaded
    again, it comes without a warning."""
    folder = bench.fresh()
    certificate, key = self_signed(folder)
    with bench.program("--port", "0", "--tls-port", "0", "--tls-certificate", certificate, "--tls-key", key,
                       folder=folder) as program, bench.browser.variant(waits=True) as browser:
        device = SecureDevice(program, certificate)
        is_warned_of(browser, device, ADDRESS)
        browser.accept_certificate()
        is_live_by_wss(browser, device, ADDRESS)
        browser.visit(device.address(ADDRESS))
        View(browser).come_to_show(device, "the page that is loaded again")


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate that nobody else vouches for, as people make one, and its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", f"/CN={NAME}",
                    "-addext", f"subjectAltName=DNS:{NAME},IP:{ADDRESS}", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    return certificate, key


def is_warned_of(browser: Engine, device: SecureDevice, host: str) -> None:
    """Whoever does not trust the certificate is warned, and sees nothing of the device."""
    for _ in range(ATTEMPTS):
        browser.command("Navigate", url="about:blank")  # or what is shown may be of the attempt before
        shown = what_is_shown(browser, device.address(host))
        check(not View(browser).has("[data-part]"), "nothing of the device is shown")
        if re.search(browser.refusal, shown):
            return
    check(False, f"it is refused for its certificate: {shown}")


def what_is_shown(browser: Engine, address: str) -> str:
    """The words of the page that a browser has instead of one that it does not load, or what its driver is told."""
    try:
        browser.command("Navigate", url=address)
        return browser.evaluate("`${document.documentURI} ${document.body.innerText}`").strip()
    except DriverError as refusal:
        return str(refusal)


def is_live_by_wss(browser: Engine, device: SecureDevice, host: str) -> None:
    """The page's socket is live in both directions, and so is another that says where it leads."""
    view = View(browser)
    view.come_to_show(device, f"the page at {host}")
    device.toggle()
    view.come_to_show(device, "the page, after another client's change,")
    before = device.is_on
    browser.click(SWITCH)
    until(lambda: device.is_on is not before, "a tap is done")
    view.come_to_show(device, "the page")
    browser.evaluate(OWN_SOCKET)
    until(lambda: browser.evaluate("seen.hello ?? null"), "another socket of the page hears the device")
    found = browser.evaluate("seen.hello")
    check(found == [f"wss://{host}:{device.port}/ws", "hello"], f"it is wss: {found}")
    browser.evaluate("void own.close()")


CLAIMS = [own_authority, self_signed_certificate]
