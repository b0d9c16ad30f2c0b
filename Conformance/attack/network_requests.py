# SPDX-License-Identifier: MIT
"""Requests by which an attacker on the network would be heard as somebody else, or see what is not served."""
from __future__ import annotations

import contextlib
from pathlib import Path

from common.claims import until
from scene import STRANGER, Device, Table, Watch
from stranger import TOGGLE, Attack, request, statuses, talk

LENGTH = len(TOGGLE)
CHUNKED = "Transfer-Encoding: chunked"
EVIL = "evil.example"


def post(*fields: str, target: str = "/nowhere") -> bytes:
    return request("POST", target, *fields)


def smuggling(device: Device, table: Table) -> None:
    """Each carries a command in what one reading takes for a body, and another for the next request."""
    table.begin("requests with a command hidden in them")
    attack = Attack(device.port, table, Watch(device))
    for name, data in {
        "a length and chunked: CL.TE": post(f"Content-Length: {LENGTH + 5}", CHUNKED) + b"0\r\n\r\n" + TOGGLE,
        "chunked and a length: TE.CL":
            post(CHUNKED, "Content-Length: 4") + b"%x\r\n" % LENGTH + TOGGLE + b"\r\n0\r\n\r\n",
        "two codings: TE.TE": post(CHUNKED, "Transfer-Encoding: identity") + b"0\r\n\r\n" + TOGGLE,
        "two lengths: CL.CL": post("Content-Length: 0", f"Content-Length: {LENGTH}") + TOGGLE,
        "a list of lengths": post(f"Content-Length: 0, {LENGTH}") + TOGGLE,
        "a length with a plus": post(f"Content-Length: +{LENGTH}") + TOGGLE,
        "a negative length": post("Content-Length: -1") + TOGGLE,
        "a length beyond 64 bits": post("Content-Length: 18446744073709551616") + TOGGLE,
        "a space before the colon": post(f"Content-Length : {LENGTH}") + TOGGLE,
        "a folded field": post("X: y", " Content-Length: 0", f"Content-Length: {LENGTH}") + TOGGLE,
        "a bare LF in the head": post(f"X: y\nContent-Length: {LENGTH}") + TOGGLE,
        "a bare CR in the head": post(f"X: y\rContent-Length: {LENGTH}") + TOGGLE,
        "a NUL in a field": post("X: \0") + TOGGLE,
        "bare LFs everywhere": TOGGLE.replace(b"\r\n", b"\n"),
        "a chunk's size with a prefix": post(CHUNKED) + b"0x0\r\n\r\n" + TOGGLE,
        "a chunk's size ended by a bare LF": post(CHUNKED) + b"0\n\r\n" + TOGGLE,
        "an extension ended by a bare LF": post(CHUNKED) + b"1;x\nA\r\n0\r\n\r\n" + TOGGLE,
        "data longer than its chunk": post(CHUNKED) + b"1\r\nAB\r\n0\r\n\r\n" + TOGGLE,
        "chunked behind a vertical tab": post("Transfer-Encoding: \vchunked") + b"0\r\n\r\n" + TOGGLE,
        "a version in the target": request("GET", "/ HTTP/1.1 x") + TOGGLE,
    }.items():
        attack.send(name, data, 400, 413, 501)
    attack.send("a body of a GET is no request: CL.0",
                request("GET", "/api/state", f"Content-Length: {LENGTH}") + TOGGLE, 200)
    attack.send("a body of a HEAD is no request", request("HEAD", "/", f"Content-Length: {LENGTH}") + TOGGLE, 200)
    attack.send("chunks of a GET are no request: TE.0",
                request("GET", "/api/state", CHUNKED) + b"%x\r\n" % LENGTH + TOGGLE + b"\r\n0\r\n\r\n", 200)
    attack.send("a body of an upgrade is no request: tunnel",
                request("GET", "/nowhere", *UPGRADE, f"Content-Length: {LENGTH}") + TOGGLE, 400, 404)


HOSTS = [
    EVIL, f"{EVIL}:80", f"{EVIL}.", f"localhost.{EVIL}", f"127.0.0.1.{EVIL}", f"localhost@{EVIL}", f"{EVIL}#localhost",
    f"{EVIL}/localhost", f"localhost, {EVIL}", f"localhost {EVIL}", f"localhost%00.{EVIL}", f"[{EVIL}]", "[::1",
    "[::1]x", "0x7f.0.0.1", "127.0.0.256", "loc\u0430lhost", "localhost..", ".localhost", "localhost:80:80",
    "localhost:99999", "localhost:-1", f"http://{EVIL}", "*", "_", "a" * 1000,
]


def hosts(device: Device, table: Table) -> None:
    """Names of other servers, each with an Origin that agrees with it."""
    table.begin("names that are not the device's")
    attack = Attack(device.port, table, Watch(device))
    for host in HOSTS:
        attack.send(f"Host: {host[:40]}", request("POST", "/api/led/toggle", f"Origin: http://{host}", host=host),
                    400, 403, 421)
    attack.send("no Host", request("POST", "/api/led/toggle", host=""), 400)
    attack.send("two Hosts", request("POST", "/api/led/toggle", f"Host: {EVIL}"), 400)
    for target in (f"http://{EVIL}/api/led/toggle", f"http://{EVIL}:{device.port}/api/led/toggle",
                   f"http://localhost@{EVIL}/api/led/toggle", f"https://{EVIL}/api/led/toggle"):
        attack.send(f"the target {target}", request("POST", target), 400, 403, 421)
    attack.send("the target ftp://localhost/", request("POST", "ftp://localhost/api/led/toggle"), 400, 421)
    attack.send(f"CONNECT {EVIL}:443", request("CONNECT", f"{EVIL}:443"), 400, 403, 405, 421, 501)
    attack.send("CONNECT localhost:22", request("CONNECT", "localhost:22"), 400, 403, 405, 421, 501)
    attack.send("TRACE", request("TRACE", "/", "Cookie: secret"), 405, 501)


ORIGINS = [
    "http://evil.example", "null", "http://localhost:1", "http://localhost.evil.example:{port}",
    "http://evil.example:{port}", "http://localhost:{port}//", "http://localhost:{port}.evil.example",
    "http://evil.example@localhost:{port}", "http://localhost:{port} http://evil.example", "file://",
    "localhost:{port}", "chrome-extension://abcdef", "", "ws://evil.example:{port}", "http://127.0.0.1:{port}", "*",
]


def origins(device: Device, table: Table) -> None:
    """Forged origins, with a command and with a handshake; Host is localhost and the device's port."""
    table.begin("origins that are not the device's")
    attack = Attack(device.port, table, Watch(device))
    host = f"localhost:{device.port}"
    for form in ORIGINS:
        origin = f"Origin: {form.format(port=device.port)}"
        attack.send(f"command, {origin}", request("POST", "/api/led/toggle", origin, host=host), 400, 403)
        attack.send(f"socket, {origin}", handshake(origin, host=host), 400, 403)
    two = (f"Origin: http://{host}", "Origin: http://evil.example")
    attack.send("command, two Origins", request("POST", "/api/led/toggle", *two, host=host), 400, 403)
    attack.send("socket, two Origins", handshake(*two, host=host), 400, 403)
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain;charset=UTF-8",
                 "TEXT/PLAIN", " text/plain ; x"):
        attack.send(f"form without Origin, {kind.strip()}", request(
            "POST", "/api/led/toggle", f"Content-Type: {kind}", host=host, body="on=true"), 403, 415)
    answer = talk(device.port, handshake(host=host))
    table.holds("a socket without Origin is let in, as documented", statuses(answer) == [101], str(statuses(answer)))


KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
UPGRADE = ("Upgrade: websocket", "Connection: Upgrade", KEY, "Sec-WebSocket-Version: 13")


def handshake(*more: str, host: str = "localhost", without: str = "", method: str = "GET") -> bytes:
    fields = [field for field in UPGRADE if not without or not field.startswith(without)]
    return request(method, "/ws", *fields, *more, host=host)


def handshakes(device: Device, table: Table) -> None:
    """Handshakes that are none."""
    table.begin("malformed handshakes")
    attack = Attack(device.port, table, Watch(device))
    for field in UPGRADE:
        name = field.partition(":")[0]
        attack.send(f"without {name}", handshake(without=name), 400, 426)
        # (A repeated Upgrade or Connection is a list.)
        if name.startswith("Sec"):
            attack.send(f"with two {name}", handshake(field), 400, 426)
    for key in ("", "AAAA", "dGhlIHNhbXBsZSBub25jZQ=", "!" * 24, "A" * 6000):
        attack.send(f"the key {key[:24] or 'is empty'}",
                    handshake(f"Sec-WebSocket-Key: {key}", without="Sec-WebSocket-Key"), 400)
    for version in ("0", "8", "14", "13, 8", "x"):
        attack.send(f"version {version}",
                    handshake(f"Sec-WebSocket-Version: {version}", without="Sec-WebSocket-Version"), 400, 426)
    attack.send("by POST", handshake(method="POST"), 400, 405)
    attack.send("in HTTP/1.0", handshake().replace(b"HTTP/1.1", b"HTTP/1.0"), 400, 426)
    attack.send("Upgrade: h2c", request("GET", "/ws", "Upgrade: h2c", "Connection: Upgrade"), 400, 426)


CLAIMS = {
    "Forwarded": 'Forwarded: for=127.0.0.1;host={host};proto=https;by="[::1]"',
    "X-Forwarded-For": "X-Forwarded-For: 127.0.0.1, 10.6.6.6", "X-Forwarded-Host": "X-Forwarded-Host: {host}",
    "X-Forwarded-Proto": "X-Forwarded-Proto: https", "X-Forwarded-Prefix": "X-Forwarded-Prefix: //evil.example",
    "X-Forwarded-Port": "X-Forwarded-Port: 666", "X-Real-IP": "X-Real-IP: 10.6.6.6", "X-Host": "X-Host: {host}",
    "X-Original-URL": "X-Original-URL: /api/led/toggle", "X-Rewrite-URL": "X-Rewrite-URL: /api/led/toggle",
    "X-HTTP-Method-Override": "X-HTTP-Method-Override: PUT", "X-Forwarded-User": "X-Forwarded-User: owner",
    "Remote-User": "Remote-User: owner", "Via": "Via: 1.1 localhost",
}


def forwarded(device: Device, table: Table, what: str = "") -> None:
    """What a proxy would say, said by somebody who is none: it must make no difference."""
    table.begin(f"a stranger who speaks like a proxy{what}")
    attack = Attack(device.port, table, Watch(device))
    mine = f"localhost:{device.port}"
    plain = talk(device.port, request("GET", "/", host=mine))
    for name, field in CLAIMS.items():
        foreign, own = field.format(host=EVIL), field.format(host=mine)
        attack.send(f"{name}, and Host: {EVIL}", request("POST", "/api/led/toggle", own, host=EVIL), 403)
        attack.send(f"{name}, and a foreign Origin", request(
            "POST", "/api/led/toggle", foreign, f"Origin: http://{EVIL}", host=mine), 403)
        attack.send(f"{name}, and a socket of a foreign Origin", handshake(
            foreign, f"Origin: http://{EVIL}", host=mine), 403)
        answer = talk(device.port, request("GET", "/", foreign, host=mine))
        problem = attack.watch.problem() or ("" if same(plain, answer) else "the page is another")
        table.row(f"{name}, and the page", " ".join(map(str, statuses(answer))), "", problem)
    answer = talk(device.port, handshake(*(field.format(host=mine) for field in CLAIMS.values()), host=mine))
    with contextlib.suppress(AssertionError):  # the line may come after the answer
        until(lambda: f"connected from {STRANGER}" in device.log.read_text(errors="replace"), "the log tells", 5)
    log = device.log.read_text(errors="replace")
    told = "10.6.6.6" not in log and f"connected from {STRANGER}" in log
    table.holds("the log tells the stranger's own address", told and statuses(answer) == [101])


def same(one: bytes, other: bytes) -> bool:
    """Whether two answers differ in nothing but their date."""
    def without_date(answer: bytes) -> list[bytes]:
        return [line for line in answer.split(b"\r\n") if not line.lower().startswith(b"date:")]
    return without_date(one) == without_date(other)


SECRET = "the owner's secret 5a1c"
WAYS = [
    "/../{0}", "/../../{0}", "/%2e%2e/{0}", "/.%2e/{0}", "/%2E%2E%2F{0}", "/..%2f{0}", "/..%5c{0}", "/..\\{0}",
    "/%5c..%5c{0}", "/%252e%252e/{0}", "/....//{0}", "/.../{0}", "/..;/{0}", "/;/../{0}", "/sub/../../{0}",
    "/sub/..%2f..%2f{0}", "/%c0%ae%c0%ae/{0}", "/%u002e%u002e/{0}", "/..%00/{0}", "/page.txt%00/../../{0}",
    "/page.txt/../../{0}", "//{0}", "//../{0}", "/%2f{0}", "/link.txt", "/way/{0}", "/.hidden", "/page.txt~",
    "/.page.txt.swp", "/%70age.txt%7e", "/proc/self/environ", "/sub", "/sub/",
]


def folder_of_files(folder: Path) -> Path:
    """A data folder, and a secret beside it."""
    data = folder / "data"
    (data / "sub").mkdir(parents=True)
    (folder / "secret.txt").write_text(SECRET)
    for name, text in {"index.html": "<!doctype html><title>mine</title>", "page.txt": "a page" * 100,
                       "sub/page.txt": "x", ".hidden": SECRET, "page.txt~": SECRET, ".page.txt.swp": SECRET}.items():
        (data / name).write_text(text)
    (data / "link.txt").symlink_to("../secret.txt")
    (data / "way").symlink_to("..")
    return data


def traversal(device: Device, folder: Path, table: Table) -> None:
    """Spellings of a file that is not to be served."""
    table.begin("ways out of the data folder")
    watch = Watch(device)
    for way in [*WAYS, f"{folder}/{{0}}", f"file://{folder}/{{0}}"]:
        answer = talk(device.port, request("GET", way.format("secret.txt")))
        found = statuses(answer)
        problem = watch.problem() or ("it is served" if SECRET.encode() in answer else "")
        if not problem and (len(found) != 1 or found[0] < 300):
            problem = "it is answered as if it were there"
        table.row(way.format("secret.txt").replace(str(folder), "…"), " ".join(map(str, found)), "", problem)


RANGES = [
    "bytes=0-,0-,0-,0-", "bytes=" + ",".join(f"{number}-" for number in range(1000)), "bytes=-0", "bytes=-1",
    "bytes=18446744073709551615-", "bytes=0-18446744073709551616", "bytes=-18446744073709551616", "bytes=5-2",
    "bytes=--1", "bytes=0x0-0x10", "bytes=", "bytes=a-b", "bytes=0-0,", "lines=0-1", "bytes=999999-",
    "bytes=9223372036854775807-", "bytes=0-9223372036854775807", "bytes= 0 - 1", "bytes=0-1\tx",
]


def ranges(device: Device, table: Table) -> None:
    """Ranges that ask for more than there is, or for it a thousand times."""
    table.begin("ranges")
    watch, whole = Watch(device), talk(device.port, request("GET", "/page.txt"))
    for field in RANGES:
        answer = talk(device.port, request("GET", "/page.txt", f"Range: {field}"))
        found = statuses(answer)
        problem = watch.problem()
        if not problem and (len(found) != 1 or found[0] not in (200, 206, 400, 416)):
            problem = "200, 206, 400 or 416 is the answer"
        if not problem and len(answer) > len(whole) + 200:
            problem = f"{len(answer)} bytes are more than the file"
        table.row(f"Range: {field[:48]}", f"{' '.join(map(str, found))}, {len(answer)} bytes", "", problem)


def floods(device: Device, table: Table) -> None:
    """Heads and bodies beyond their limits."""
    table.begin("heads and bodies without measure")
    attack = Attack(device.port, table, Watch(device))
    attack.send("1000 fields", request("POST", "/api/led/toggle", *(f"X{number}: y" for number in range(1000))), 431)
    attack.send("a field of 100 KB", request("POST", "/api/led/toggle", "X: " + "y" * 100_000), 431)
    attack.send("a target of 100 KB", request("POST", "/api/led/toggle?" + "x" * 100_000), 414)
    attack.send("a method of 100 KB", request("P" * 100_000, "/"), 400, 414, 431, 501)
    attack.send("a body of 1 MB", request("POST", "/api/led/toggle", body="x" * 1_000_000), 413)
    attack.send("a body that is said to be huge", post("Content-Length: 9999999999", target="/api/led/toggle"), 413)
    attack.send("a body of 1 MB in chunks",
                post(CHUNKED, target="/api/led/toggle") + b"ffff\r\n" + b"x" * 1_000_000, 413)
    attack.send("50 KB of chunk extensions",
                post(CHUNKED, target="/api/led/toggle") + (b"1;" + b"e" * 500 + b"\r\nx\r\n") * 100 + b"0\r\n\r\n", 413)
    attack.send("1000 trailers",
                post(CHUNKED, target="/api/led/toggle") + b"0\r\n" + b"X: y\r\n" * 1000 + b"\r\n", 431)
    attack.send("100 KB of nothing", b"\r\n" * 50_000, 400, 0)
    attack.send("a greeting of TLS", bytes.fromhex("16030100a5010000a10303") + bytes(160), 400, 0)
