# SPDX-License-Identifier: MIT
"""Claims about where the page is and how: under a path prefix, at an IPv6 address, behind a login, as files of a
folder, under either policy, and under one that forbids it its socket."""
from __future__ import annotations

import json
import subprocess
from pathlib import Path
from urllib.request import urlopen

from bench import KITCHEN, SWITCH, Bench, View
from common.claims import check, until
from common.environments import clean_environment
from engine import Engine
from forwarder import forwarder
from line_claims import ASKED

ROOT = Path(__file__).resolve().parent.parent.parent
PREFIX = "/devices/lamp"
INLINE = "<!doctype html><title>none</title><p id=p>none</p><script src=own.js></script>" \
         "<script>document.title = 'inline'</script>"
ALLOWED = "fetch('').then(({ headers }) => headers.get('Content-Security-Policy'))"
OWN = "document.getElementById('p').textContent = 'own'"
# What the page says by its script, by its document, by its style, and to a screen reader. Firefox tells of the style
# only that it shows an attribute.
SAID = """(link => [document.documentElement.lang, document.querySelector('[data-part=celsius] i').textContent,
    document.querySelectorAll('footer summary')[1].textContent,
    getComputedStyle(link, '::after').content.replace('attr(data-remembered)', `"${link.dataset.remembered}"`),
    document.querySelector('[data-part=desk] input').getAttribute('aria-label')]
    )(document.querySelector('.loud #link'))"""
GERMAN = ["de-AT", "21,5\u00a0°C", "Über dieses Gerät", '"Zuletzt bekannte Werte"', "Desk Helligkeit"]
ENGLISH = ["en", "21.5\u00a0°C", "About this device", '"Last known values"', "Desk brightness"]
WORDS = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/words/')).length"
NAME, PASSWORD = "anna", "correct horse battery"


def path_prefix(bench: Bench) -> None:
    """Under a proxy's path prefix the page is live, works, and asks for nothing outside."""
    browser, view = bench.browser, View(bench.browser)
    with bench.device("--trusted-proxy", "127.0.0.1") as device, forwarder(device.port, PREFIX) as proxy:
        view.open(device, address=proxy.address)
        browser.click(SWITCH)
        until(lambda: device.is_on, "the tap is done")
        view.come_to_show(device, "the page")
        links = browser.evaluate("[...document.querySelectorAll('link, script')].map((node) => node.href ?? node.src)")
        outside = [link for link in links if not link.startswith((proxy.address, "data:"))]
        check(links and not outside, f"what the page has is under the prefix: {outside}")
        check(not proxy.strays, f"nothing outside the prefix is asked for: {proxy.strays}")


def ipv6(bench: Bench) -> None:
    """At [::1] the page is live and works, and the console is silent."""
    browser, view = bench.browser, View(bench.browser)
    with bench.program("--host", "::1", "--port", "0") as program:
        address = f"http://[::1]:{program.port}/"
        browser.complaints()
        browser.visit(address)
        view.become_live()
        browser.click(SWITCH)
        until(lambda: json.load(urlopen(address + "api/state", timeout=20))["parts"]["led"]["on"], "the tap is done")
        until(lambda: view.shows(True), "the page shows it")
        told = [line for line in browser.complaints() if "http://127.0.0.1" not in line]  # not of the page before
        check(not told, f"the console is silent: {told}")


def built_page(bench: Bench) -> Path:
    """A folder with the page as scripts/build-page writes it."""
    folder = bench.fresh() / "page"
    subprocess.run([ROOT / "scripts" / "build-page", "--dir", folder], env=clean_environment(), check=True,
                   stdout=subprocess.DEVNULL)
    return folder


def page_policies(bench: Bench) -> None:
    """Under either policy the page, built into a folder, is live and works. Another of a folder may run scripts beside
    it; those in itself only under the relaxed policy, else it is told."""
    browser, view = bench.browser, View(bench.browser)
    folder = bench.fresh() / "data"
    folder.mkdir()
    (folder / "index.html").write_text(INLINE)
    (folder / "own.js").write_text(OWN)
    page = built_page(bench)
    for policy, title in (("strict", "none"), ("relaxed", "inline")):
        with bench.device("--data", page, "--page-policy", policy) as device:
            browser.complaints()
            view.open(device, f"{policy}: the page")
            allowed = browser.evaluate(ALLOWED)
            check(("'unsafe-inline'" in allowed) is (policy == "relaxed"), f"{policy}: the page is under {allowed}")
            browser.click(SWITCH)
            until(lambda: device.is_on, f"{policy}: the tap is done")
            view.come_to_show(device, f"{policy}: the page")
            told = [line for line in browser.complaints() if "olicy" in line]
            check(not told, f"{policy}: the page does nothing that its policy forbids: {told}")
        with bench.device("--data", folder, "--page-policy", policy) as device:
            browser.visit(device.address + "own.js")
            browser.complaints()
            browser.visit(device.address)
            until(lambda: view.text("#p") == "own", f"{policy}: the script beside the page runs")
            check(view.text("title") == title, f"{policy}: the title is {title}, not {view.text('title')}")
            if browser.has_console:
                told = browser.complaints()
                is_told = any("olicy" in line for line in told)
                check(is_told is (policy == "strict"), f"{policy}: the console says {told}")


def forbidden_socket(bench: Bench) -> str:
    """Where a policy forbids the page its socket, it says that something blocks it, and goes on trying."""
    browser, view = bench.browser, View(bench.browser)
    with bench.device() as device, forwarder(device.port, policy="connect-src http:") as proxy:
        browser.visit(proxy.address)
        seconds = view.come_to_say("#connection", "blocks the WebSocket; trying again$")
        asked = browser.evaluate(ASKED)
        until(lambda: browser.evaluate(ASKED) >= asked + 2, "it goes on asking")
        view.come_to_say("#connection", "blocks the WebSocket; trying again$")
        check(device.clients == 0, f"no socket has come to the device: {device.clients}")
        return f"said after {seconds:.1f} s"


def languages(bench: Bench) -> None:
    """The page speaks German to whoever prefers it, English to a reader of none of its languages: the device's own page
    under a path prefix, and one built into a folder. An English browser asks for no words; offline they are there."""
    for options in ((), ("--data", built_page(bench))):
        with bench.device(KITCHEN, "--board", "simulated", "--trusted-proxy", "127.0.0.1", *options) as device, \
                forwarder(device.port, PREFIX) as proxy:
            device.program.say("set celsius 21.5")
            readers = [("de-AT,en", "Dieser Browser ist offline", GERMAN, 1)] if bench.browser.has_languages else []
            for tags, offline, words, count in [*readers, ("nl", "This device is offline", ENGLISH, 0)]:
                with bench.browser.preferring(tags) as browser:
                    view = View(browser)
                    browser.visit(proxy.address)
                    view.become_live()
                    view.come_to_say("[data-part=celsius] i", "21.5")
                    with browser.offline():
                        view.come_to_say("#connection", offline)
                        said = browser.evaluate(SAID)
                        check(said == words, f"{tags}: the page says {words}, not {said}")
                    asked = browser.evaluate(WORDS)
                    check(asked == count, f"{tags}: {count} languages are asked for, not {asked}")
            check(not proxy.strays, f"nothing outside the prefix is asked for: {proxy.strays}")


def login(bench: Bench) -> None:
    """Whoever logs in by the page can use it, and cannot after logging out; a wrong password is told."""
    browser, view = bench.browser, View(bench.browser)
    folder = bench.fresh()
    bench.command(folder, "user", "add", NAME, "--role", "admin", line=PASSWORD)
    with bench.device("--login", folder=folder) as device:
        browser.visit(device.address)
        check(not view.has("[data-part]") and view.has("form [type=password]"), "a stranger sees a form, and no part")
        enter(browser, "wrong")
        view.come_to_say("[role=alert]", "^wrong name or password$")
        enter(browser, PASSWORD)
        view.become_live("the page of whoever has logged in")
        until(lambda: view.shows(False), "the page shows the state")
        browser.click(SWITCH)
        view.come_to_say("#last", "LED on by this screen")
        check(NAME in (view.text("#about") or ""), "the page says who is logged in")
        browser.visit(device.address + "login")
        browser.click("form[action$=logout] button, form button")
        until(lambda: view.has("form [type=password]"), "the form is back")
        browser.visit(device.address)
        check(not view.has("[data-part]") and view.has("form [type=password]"), "who has logged out is a stranger")


def enter(browser: Engine, password: str) -> None:
    browser.evaluate("void (document.querySelector('[name=name]').value = '')")
    browser.type("[name=name]", NAME)
    browser.type("[name=password]", password)
    browser.click("form button")


CLAIMS = [path_prefix, ipv6, page_policies, forbidden_socket, languages, login]
