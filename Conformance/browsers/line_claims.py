# SPDX-License-Identifier: MIT
"""Claims about the line between page and device: cut, full, left, hidden. Times are those of a claim: how long the
device is away, and how soon the page must be live.
"""
from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from bench import SWITCH, Bench, View
from common.claims import check, until
from common.websocket import WebSocket

BACK = 3.0  # seconds until the page is live when the device is back
PLACES = 8
ASKED = "performance.getEntriesByType('resource').filter((entry) => entry.name.endsWith('/api/state')).length"
GIVES_BACK = 30.0  # seconds after which a hidden page gives its place back
HIDDEN = 60.0
MUTE = 30.0  # seconds in which a page must say that something blocks its socket
# Two, since Firefox gives one up after 20 s.
UNANSWERED = b"<!doctype html><title>none</title><script>" \
             b"for (const n of [1, 2]) new WebSocket(location.href.replace('http', 'ws'))</script>"


def in_time(seconds: float) -> str:
    """What is said of a page that was live again after so long, which is not too long."""
    check(seconds <= BACK, f"it is live within {BACK:.0f} s, not after {seconds:.1f} s")
    return f"live after {seconds:.1f} s"


def ninth_page(bench: Bench) -> str:
    """A page for which there is no place says so, and is live when there is."""
    browser, view = bench.browser, View(bench.browser)
    with bench.device() as device, ExitStack() as others:
        sockets = [others.enter_context(WebSocket(device.port)) for _ in range(PLACES)]
        for socket in sockets:
            socket.message("hello")
        browser.visit(device.address)
        view.come_to_say("#connection", f"^{PLACES} screens already open; trying again")
        check(not view.is_live() and device.clients == PLACES, "it has no place")
        until(lambda: browser.evaluate(ASKED) >= 4, "it goes on asking")
        sockets[0].close()
        seconds = view.become_live()
        view.come_to_show(device, "the ninth page")
        return in_time(seconds)


def back_and_forward(bench: Bench) -> str:
    """Whoever leaves the page and comes back finds it live and right; while away they take no place."""
    browser, view = bench.browser, View(bench.browser)
    with bench.device() as device, bench.device() as elsewhere:
        view.open(elsewhere, "the other page")
        view.open(device)
        browser.evaluate("void (window.isKept = true)")
        slowest = 0.0
        for leave, come_back in ((lambda: browser.command("Back"), "Forward"),
                                 (lambda: browser.visit(elsewhere.address), "Back")):
            leave()
            until(lambda: browser.evaluate("location.href") == elsewhere.address, "the browser is away")
            device.nobody_watches()
            device.toggle()
            browser.command(come_back)
            until(lambda: browser.evaluate("location.href") == device.address, "the browser is back")
            slowest = max(slowest, view.become_live("the page that was come back to"))
            view.come_to_show(device, "the page that was come back to")
            check(device.clients == 1, f"it has one place: {device.clients}")
        in_time(slowest)
        kept = browser.evaluate("window.isKept === true")
        return "from the cache" if kept else "loaded anew"


def offline_and_online(bench: Bench) -> str:
    """Without a network the page says so and leaves its place; with one it is live and right."""
    browser, view = bench.browser, View(bench.browser)
    with bench.device() as device:
        view.open(device)
        with browser.offline():
            view.come_to_say("#connection", "^This device is offline$")
            check(view.has(f"{SWITCH}[aria-disabled=true]"), "the switch cannot be used")
            device.nobody_watches()
            device.toggle()
        seconds = view.become_live()
        view.come_to_show(device, "the page")
        return in_time(seconds)


def hidden_for_a_minute(bench: Bench) -> str:
    """A hidden page gives its place back after 30 s; shown again it is live and right."""
    browser, view = bench.browser, View(bench.browser)
    with bench.device() as device:
        view.open(device)
        with browser.hidden():
            start = time.monotonic()
            until(lambda: device.clients == 0, "the page gives its place back", GIVES_BACK + 5, 0.2)
            given = time.monotonic() - start
            check(given > GIVES_BACK - 2, f"not before {GIVES_BACK:.0f} s: after {given:.1f} s")
            view.come_to_say("#connection", "^Paused$")
            device.toggle()
            time.sleep(max(0, start + HIDDEN - time.monotonic()))  # the time is the claim
            check(device.clients == 0, "it stays away")
        seconds = view.become_live()
        view.come_to_show(device, "the page that is shown again")
        in_time(seconds)
        return f"gone at {given:.0f} s, live after {seconds:.2f} s"


hidden_for_a_minute.waits = HIDDEN


@contextmanager
def silence(port: int) -> Iterator[None]:
    """Nobody answers at a port, as if the packets were lost: a listener takes none, and its queue is full (Linux)."""
    with ExitStack() as sockets:
        listener = sockets.enter_context(socket.create_server(("127.0.0.1", port), backlog=0))
        while True:
            waiting = sockets.enter_context(socket.socket())
            waiting.settimeout(0.2)
            try:
                waiting.connect(listener.getsockname())
            except TimeoutError:
                break
        yield


def away_for(seconds: int, is_silent: bool = False) -> Callable[[Bench], str]:
    """Its address refuses meanwhile, or is silent."""
    def device_away(bench: Bench) -> str:
        browser, view = bench.browser, View(bench.browser)
        folder = bench.fresh()
        with bench.device(folder=folder) as device:
            view.open(device)
        stopped = time.monotonic()
        view.come_to_say("#connection", "^Reconnecting in \\d+ s|^Connecting")
        until(lambda: view.has("[data-phase=waiting].loud"), "the page is loud about it")
        check(view.has(f"{SWITCH}[aria-disabled=true]"), "the switch cannot be used")
        check(browser.evaluate("document.getElementById('retry').hidden") is False, "the page offers to retry")
        with silence(device.port) if is_silent else nullcontext():
            time.sleep(max(0, stopped + seconds - time.monotonic()))  # the time is the claim
        with bench.device(port=device.port, folder=folder) as device:
            start = time.monotonic()
            view.become_live(patience=100)
            late = time.monotonic() - start
            device.toggle()
            view.come_to_show(device, "the page")
            return in_time(late)
    how = "silent" if is_silent else "away"
    device_away.__name__ = f"device_{how}_for_{seconds}_s"
    device_away.__doc__ = f"A page is live at most {BACK:.0f} s after a device that was {how} for {seconds} s is back."
    device_away.waits = seconds
    return device_away


class MuteNeighbour(ThreadingHTTPServer):
    """Another port of the device's address, with a page whose sockets it takes and never answers, until `end`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), MuteAnswer)
        self.address = f"http://127.0.0.1:{self.server_port}/"
        self.is_asked, self.is_over = Event(), Event()
        Thread(target=self.serve_forever, daemon=True).start()

    def end(self) -> None:
        """Ends its connections, and listens no more."""
        self.shutdown()
        self.socket.close()
        self.is_over.set()


class MuteAnswer(BaseHTTPRequestHandler):
    server: MuteNeighbour

    def do_GET(self) -> None:
        if self.headers["Upgrade"]:
            self.server.is_asked.set()
            self.server.is_over.wait()
        else:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(UNANSWERED)

    def log_message(self, *_: object) -> None:
        pass


def mute_neighbour(bench: Bench) -> str:
    """While sockets to another port of the same address are never answered, the page is live all the same, or says that
    something blocks its own and shows the state; and is live when that has ended."""
    browser, view = bench.browser, View(bench.browser)
    neighbour = MuteNeighbour()
    with bench.device() as device, ExitStack() as end:
        end.callback(neighbour.end)
        browser.visit(neighbour.address)
        until(neighbour.is_asked.is_set, "a socket to the neighbour begins")
        start = time.monotonic()
        with browser.window_beside(device.address):
            view.come_to_say("#connection", "^Connected|blocks the WebSocket; trying again$", MUTE)
            said, was_live = time.monotonic() - start, device.clients > 0
            device.toggle()
            until(lambda: view.text("[data-part=led] i") == "on", "the page shows the state")
            check((device.clients > 0) is was_live, "the page's socket is where it was")
            end.close()
            seconds = view.become_live()
            view.come_to_show(device, "the page")
    in_time(seconds)
    return "live meanwhile" if was_live else f"said after {said:.0f} s, live {seconds:.1f} s after its end"


mute_neighbour.waits = MUTE

CLAIMS = [ninth_page, back_and_forward, offline_and_online, mute_neighbour]
