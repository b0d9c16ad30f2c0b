# SPDX-License-Identifier: MIT
"""Chromium and WebKitGTK by their WebDrivers, Firefox by Marionette: what each does in its own way."""
from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from common.claims import check, until
from common.marionette import Marionette
from common.webdriver import WebDriver
from display import FONTS
from engine import Engine

CERTUTIL = Path("/usr/bin/certutil")
MINI_BROWSER = Path(f"/usr/lib/{os.uname().machine}-linux-gnu/webkit2gtk-4.1/MiniBrowser")
LEAST_WIDTH, ZOOM = 447, 1.2  # pixels of a MiniBrowser's window, and what each Ctrl and + adds
SYSTEM_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
SCREEN = {"/usr/bin/Xvfb": "xvfb", "/usr/bin/xdotool": "xdotool", str(FONTS): "fonts-dejavu-core"}


def trust(database: Path, authority: Path) -> None:
    """Lets whoever uses this database of certificates (NSS) trust an authority for web sites."""
    database.mkdir(parents=True, exist_ok=True)
    name = f"sql:{database}"
    subprocess.run([CERTUTIL, "-N", "-d", name, "--empty-password"], check=True)
    subprocess.run([CERTUTIL, "-A", "-d", name, "-n", "device", "-t", "C,,", "-i", authority], check=True)


class Chromium(Engine):
    name, title, refusal = "Chromium", "Chromium", "ERR_CERT_AUTHORITY_INVALID"
    packages = SCREEN | {"/usr/bin/chromium": "chromium", "/usr/bin/chromedriver": "chromium-driver",
                         str(CERTUTIL): "libnss3-tools"}

    def start(self) -> WebDriver:
        if self.options.authority:
            trust(self.folder / ".pki" / "nssdb", self.options.authority)
        arguments = ["--no-first-run", "--disable-dev-shm-usage", f"--user-data-dir={self.folder / 'profile'}"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        capabilities = {
            "browserName": "chrome", "pageLoadStrategy": "normal" if self.options.waits else "none",
            "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {"binary": "/usr/bin/chromium", "args": arguments,
                                   "prefs": {"intl.accept_languages": self.options.languages or "en-US"}}}
        return WebDriver(Path("/usr/bin/chromedriver"), self.folder / "driver.log", capabilities,
                         HOME=str(self.folder), **self.display.variables)

    def _tell(self, method: str, **parameters: Any) -> None:
        """By the protocol of Chromium's developer tools."""
        self.command("ExecuteCDP", cmd=method, params=parameters)

    def resize(self, width: int, height: int, scale: int = 1) -> None:
        """At a scale, as a phone has it: with scroll bars that take no room."""
        self._tell("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale,
                   mobile=scale > 1)
        check(self.comes_to_be(width, height), f"the page is {width} by {height}")

    @contextmanager
    def dark(self) -> Iterator[Engine]:
        def prefer(scheme: str) -> None:
            self._tell("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        prefer("dark")
        try:
            yield self
        finally:
            prefer("")

    @contextmanager
    def without_script(self) -> Iterator[Engine]:
        self._tell("Emulation.setScriptExecutionDisabled", value=True)
        try:
            yield self
        finally:
            self._tell("Emulation.setScriptExecutionDisabled", value=False)

    @contextmanager
    def preferring(self, languages: str) -> Iterator[Engine]:
        with self.variant(languages=languages) as other:
            yield other

    @contextmanager
    def offline(self) -> Iterator[None]:
        def network(is_off: bool) -> None:
            self._tell("Network.emulateNetworkConditions", offline=is_off, latency=0, downloadThroughput=-1,
                       uploadThroughput=-1)
        self._tell("Network.enable")
        network(True)
        try:
            yield
        finally:
            network(False)

    def accept_certificate(self) -> None:
        for button in ("#details-button", "#proceed-link"):  # "Advanced", "Proceed to … (unsafe)"
            self.click(button)

    def complaints(self) -> list[str]:
        lines = self.command("GetLog", type="browser")
        return [line["message"] for line in lines if line["level"] in ("WARNING", "SEVERE")]


class Firefox(Engine):
    name, title, refusal = "Firefox", "Mozilla Firefox", "^insecure certificate"
    packages = SCREEN | {"/usr/bin/firefox-esr": "firefox-esr", str(CERTUTIL): "libnss3-tools"}
    remote: Marionette

    def start(self) -> Marionette:
        profile = self.folder / "profile"
        if self.options.authority:
            trust(profile, self.options.authority)
        capabilities = {"acceptInsecureCerts": False, "pageLoadStrategy": "normal" if self.options.waits else "none"}
        return Marionette(Path("/usr/bin/firefox-esr"), profile, capabilities, HOME=str(self.folder),
                          **self.display.variables)

    @contextmanager
    def _preferring(self, preference: str, value: bool | int | str) -> Iterator[None]:
        kind = {bool: "Bool", int: "Int", str: "String"}[type(value)]
        self.remote.chrome(f"Services.prefs.set{kind}Pref(...arguments)", preference, value)
        try:
            yield
        finally:
            self.remote.chrome("Services.prefs.clearUserPref(arguments[0])", preference)

    def resize(self, width: int, height: int, scale: int = 1) -> None:
        """A window has at least 500 pixels, the page in it may have less."""
        self.command("SetWindowRect", width=max(width, 500), height=height + 200)
        self.remote.chrome("const style = gBrowser.selectedBrowser.style;"
                           "style.minWidth = style.maxWidth = `${arguments[0]}px`;"
                           "style.minHeight = style.maxHeight = `${arguments[1]}px`", width, height)
        check(self.comes_to_be(width, height), f"the page is {width} by {height}")

    @contextmanager
    def dark(self) -> Iterator[Engine]:
        with self._preferring("layout.css.prefers-color-scheme.content-override", 0):
            yield self

    @contextmanager
    def without_script(self) -> Iterator[Engine]:
        with self._preferring("javascript.enabled", False):
            yield self

    @contextmanager
    def preferring(self, languages: str) -> Iterator[Engine]:
        with self._preferring("intl.accept_languages", languages):
            yield self

    @contextmanager
    def offline(self) -> Iterator[None]:
        self.remote.chrome("Services.io.offline = true")
        try:
            yield
        finally:
            self.remote.chrome("Services.io.offline = false")

    def accept_certificate(self) -> None:
        for button in ("advanced-button", "exception-button"):  # "Advanced", "Proceed to … (Risky)"
            node = f"document.querySelector('net-error-card').shadowRoot.getElementById('{button}')"
            # The second comes with the first, and can be used a second later.
            until(lambda: self.evaluate(f"{node}?.hasAttribute('disabled') === false"), f"the warning has {button}")
            self.command("ElementClick", id=next(iter(self.evaluate(node).values())))

    def complaints(self) -> list[str]:
        """Those of pages, by the policy or by a script."""
        return self.remote.chrome(
            "const lines = Services.console.getMessageArray().filter((line) => line instanceof Ci.nsIScriptError"
            " && !/chrome/i.test(line.category) && (/^http/.test(line.sourceName) || /^CSP/.test(line.category)));"
            "Services.console.reset(); return lines.map((line) => `${line.category}: ${line.errorMessage}`)")


class WebKitGTK(Engine):
    name, title, refusal = "WebKitGTK", "Automation", "^about:blank$"
    packages = SCREEN | {"/usr/bin/WebKitWebDriver": "webkit2gtk-driver", str(MINI_BROWSER): "libwebkit2gtk-4.1-0"}
    but = {"every_size": "narrow ones by zoom, no window has less than 447", "offline_and_online": "a made-up event",
           "own_authority": "its bar is not read", "self_signed_certificate": "its bar is not read",
           "ipv6": "no console", "page_policies": "no console", "languages": "English only"}
    has_languages = False  # they are those of its process's locale, and Debian installs none but C
    has_console = False  # MiniBrowser prints nothing of it while it is driven

    def start(self) -> WebDriver:
        arguments = ["--automation"]
        if not self.options.has_script:
            arguments.append("--enable-javascript=false")
        capabilities = {"pageLoadStrategy": "normal" if self.options.waits else "none",
                        "webkitgtk:browserOptions": {"binary": str(MINI_BROWSER), "args": arguments}}
        variables = {"HOME": str(self.folder)} | self.display.variables
        if self.options.is_dark:
            variables["GTK_THEME"] = "Adwaita:dark"
        return WebDriver(self._driver(), self.folder / "driver.log", capabilities, **variables)

    def _driver(self) -> Path:
        """The driver; if an authority is to be trusted, where the system trusts it, for that process and its children
        alone."""
        driver = Path("/usr/bin/WebKitWebDriver")
        if not self.options.authority:
            return driver
        both = self.folder / "authorities.crt"
        system = SYSTEM_AUTHORITIES.read_text() if SYSTEM_AUTHORITIES.exists() else ""
        both.write_text(system + self.options.authority.read_text())
        root = "" if os.geteuid() == 0 else "--map-root-user "
        script = self.folder / "driver"
        script.write_text(f"#!/bin/sh\nexec unshare --mount {root}sh -c "
                          f"'mount --bind {both} {SYSTEM_AUTHORITIES} && exec {driver} \"$@\"' sh \"$@\"\n")
        script.chmod(0o755)
        return script

    def zoom_for(self, width: int) -> float:
        self.press("ctrl+0")
        zoom = 1.0
        while width * zoom < LEAST_WIDTH:
            self.press("ctrl+plus")
            zoom *= ZOOM
        return zoom

    @contextmanager
    def dark(self) -> Iterator[Engine]:
        with self.variant(is_dark=True) as other:
            yield other

    @contextmanager
    def without_script(self) -> Iterator[Engine]:
        with self.variant(has_script=False) as other:
            yield other

    @contextmanager
    def preferring(self, languages: str) -> Iterator[Engine]:
        yield self

    @contextmanager
    def offline(self) -> Iterator[None]:
        self._pretend(False)
        try:
            yield
        finally:
            self._pretend(True)

    def accept_certificate(self) -> None:
        """In a bar above the page, "Do you want to continue ignoring the TLS errors?", whose last button is "Yes"."""
        self.click("html")  # gives the page the keyboard
        self.press("shift+Tab")  # from there to what is before it
        self.press("space")

    def _pretend(self, is_online: bool) -> None:
        """There is no network to take away from WebKitGTK alone."""
        value = str(is_online).lower()
        self.evaluate(f"void (Object.defineProperty(navigator, 'onLine', {{ value: {value}, configurable: true }}),"
                      f"dispatchEvent(new Event('{'online' if is_online else 'offline'}')))")


ENGINES: list[type[Engine]] = [Chromium, Firefox, WebKitGTK]
