# SPDX-License-Identifier: MIT
"""Chromium, in which somebody of the household is logged in, showing a hostile page; and one in which nobody is, whom
the hostile page would like to log in as somebody else."""
from __future__ import annotations

from pathlib import Path

from browser import NEWS, SITE, TOPICS, HostilePage, WitnessPage, chromium, claims, rebinding
from guarded import OWNER, OWNERS_PASSWORD, Guarded
from hostile_site import HostileSite
from playwright.sync_api import Browser, BrowserContext, Page
from scene import Table
from tap import Exchange, Tap


def log_in(page: Page, address: str) -> None:
    """By the form, as people do."""
    page.goto(address)
    page.fill("[name=name]", OWNER)
    page.fill("[name=password]", OWNERS_PASSWORD)
    page.locator("button").click()
    page.wait_for_selector("[data-phase=live]", timeout=NEWS)


class OwnersPage(WitnessPage):
    """The device's page as its owner has it, logged in."""

    def enter(self, page: Page) -> None:
        log_in(page, f"http://127.0.0.1:{self.device.port}/")


def sessions_of(context: BrowserContext) -> list[tuple[str, str]]:
    return sorted((cookie["name"], cookie["value"]) for cookie in context.cookies())


def hostile_pages_of_users(device: Guarded, program: Path, table: Table) -> None:
    """A hostile page of another site, and of another port of the same host, in the browsers of both"""
    with Tap(device.port) as tap, HostileSite(f"http://127.0.0.1:{tap.port}") as site, \
            chromium(program, site) as browser, OwnersPage(browser, device, table):
        other, neighbor = (
            visits(browser, device, tap, table, f"http://{host}:{site.port}") for host in (SITE, "127.0.0.1"))
        table.begin("a name that was made to resolve to the device (DNS rebinding), of a device with a login")
        rebound = rebinding(browser, device, tap, table)
        table.begin("of all of these")
        claims(table, other + neighbor + rebound)
        judge_cookies(other + rebound, neighbor, table)
        table.holds("nothing arrived where leaks would", not site.leaks, " ".join(site.leaks))


def visits(browser: Browser, device: Guarded, tap: Tap, table: Table, origin: str) -> list[Exchange]:
    return visit_of_user(browser, device, tap, table, origin) + visit_of_nobody(browser, device, tap, table, origin)


def visit_of_user(browser: Browser, device: Guarded, tap: Tap, table: Table, origin: str) -> list[Exchange]:
    """All attempts, with a session in the same browser; it is the same one in the end."""
    context = browser.new_context()
    log_in(context.new_page(), f"http://127.0.0.1:{tap.port}/")
    before = sessions_of(context)
    hostile = HostilePage(context, device, tap, table)
    hostile.close_all()
    for topic in [*TOPICS, "logins"]:
        table.begin(f"a page of {origin}, whose visitor is logged in: {topic}")
        hostile.attack(origin, topic)
    table.holds("the visitor is still logged in, as before", len(before) == 1 and sessions_of(context) == before)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{tap.port}/")
    table.holds("and the device knows them", page.locator("[data-part=led]").count() == 1)
    context.close()
    return hostile.exchanges


def visit_of_nobody(browser: Browser, device: Guarded, tap: Tap, table: Table, origin: str) -> list[Exchange]:
    """All attempts at a login, where there is none."""
    context = browser.new_context()
    hostile = HostilePage(context, device, tap, table)
    table.begin(f"a page of {origin}, whose visitor is not logged in: logins")
    hostile.attack(origin, "logins")
    table.holds("the visitor is not logged in as anybody", not sessions_of(context), str(sessions_of(context)))
    context.close()
    return hostile.exchanges


def judge_cookies(other: list[Exchange], neighbor: list[Exchange], table: Table) -> None:
    """SameSite=Strict keeps the cookie from what another site asks for. To a browser another port of the same host is
    the same site: there the cookie comes along, also by way of another site's redirect, and is not enough."""
    asked = [exchange for exchange in other if exchange.site == "cross-site"]
    sent = [f"{exchange.method} {exchange.target}" for exchange in asked if exchange.cookie]
    table.holds("no request of another site has the cookie", len(asked) > 100 and not sent,
                f"{len(asked)} requests {' '.join(sent)}")
    foreign = [exchange for exchange in neighbor
               if exchange.method == "POST" and exchange.cookie and exchange.site != "same-origin"]
    table.holds("those of another port have it, and are refused all the same", len(foreign) > 20
                and all(exchange.status in (403, 404, 405) for exchange in foreign),
                f"{len(foreign)} POSTs: {sorted({exchange.status for exchange in foreign})}")
