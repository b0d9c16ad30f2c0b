# SPDX-License-Identifier: MIT
"""The serial line, the page and the HTTP interface as curl meets them, and the web socket as Python's `websockets`
meets it."""
from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from bench import Bench
from common.claims import check, check_time, until
from board import ADDRESS, GATEWAY, HARDWARE_ADDRESS, Board
from common.http import device_state
from common.websocket import WebSocket

ROOT = Path(__file__).resolve().parents[2]
TOOLSET = ROOT / "Firmware" / "Boards" / "LM3S6965EVB" / "toolset.json"
WARNING = "No TLS and no login: for a network that you trust\n"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml",
         ".png": "image/png", ".webmanifest": "application/manifest+json"}


class Answer(NamedTuple):
    status: int
    fields: dict[str, str]
    body: bytes


def curl(board: Board, path: str, *options: str) -> Answer:
    """What curl gets; fields by their names in lower case."""
    done = subprocess.run(["curl", "--silent", "--show-error", "--max-time", "10", "--include", *options,
                           f"http://127.0.0.1:{board.port}{path}"], capture_output=True)
    check(done.returncode == 0, f"curl {path}: {done.stderr.decode().strip()}")
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    line, *fields = head.decode("latin-1").split("\r\n")
    return Answer(int(line.split()[1]), {name.lower(): value.strip() for name, _, value in
                                         (field.partition(":") for field in fields)}, body)


# MARK: The serial line

def the_serial_line_says_what_the_tutorial_says(bench: Bench) -> str:
    with bench.board() as board:
        with WebSocket(board.port):
            board.wait_for_serial("#1 connected.*\n")
        board.wait_for_serial("#1 disconnected\n")
        with WebSocket(board.port):
            board.wait_for_serial("#2 connected.*\n")
        board.wait_for_serial("#2 disconnected\n")
        expected = (rf"Trying to connect \[{HARDWARE_ADDRESS}\] \.* {re.escape(ADDRESS)}\n{WARNING}"
                    + "".join(rf"WebSocket client #{number} connected from {re.escape(GATEWAY)}\n"
                              rf"WebSocket client #{number} disconnected\n" for number in (1, 2)))
        check(re.fullmatch(expected.encode(), bytes(board.serial)), f"not what was expected: {bytes(board.serial)!r}")
        return f"{len(board.serial)} bytes"


def a_dot_comes_every_half_second_until_there_is_a_network(bench: Bench) -> str:
    with Board(bench.image, halted=True) as board:
        board.monitor.ask("set_link", name="network", up=False)
        board.go()
        time.sleep(3.2)
        before = bytes(board.serial)
        board.monitor.ask("set_link", name="network", up=True)
        board.wait_until_served(patience=30)
        check(re.fullmatch(rb"Trying to connect \[[0-9A-F:]{17}\] \.+", before), f"without a network: {before!r}")
        expected = rb"Trying to connect \[[0-9A-F:]{17}\] \.+ [0-9.]+\n" + WARNING.encode()
        check(re.fullmatch(expected, bytes(board.serial)),
              f"with one: {bytes(board.serial)!r}")
        dots = [moment for byte, moment in zip(board.serial, board.times, strict=True) if byte == ord(".")]
        gaps = [later - earlier for earlier, later in pairwise(dots[:5])]
        check_time(before.count(b".") in (5, 6, 7), f"{before.count(b'.')} dots in 3.2 s")
        check_time(all(0.45 < gap < 0.65 for gap in gaps), f"the dots are {gaps} s apart")
        return f"{before.count(b'.')} dots in 3.2 s, {min(gaps) * 1000:.0f} to {max(gaps) * 1000:.0f} ms apart"


# MARK: The page

def the_page_has_the_state_in_it(bench: Bench) -> str:
    with bench.board() as board:
        for path in ("/", "/index.html"):
            for word in ("off", "on"):
                page = curl(board, path)
                check(page.status == 200 and page.fields["content-type"].startswith("text/html"), f"GET {path}: {page}")
                row = f'<li data-part="led" data-kind="switch" class="{"on " if word == "on" else ""}">'
                check(row.encode() in page.body, f"{path} does not say {word}")
                check(b"%STATE" not in page.body and page.body.endswith(b"</html>\n"), f"{path} is not whole")
                curl(board, "/api/led/toggle", "-X", "POST")
        return f"{len(page.body):,} bytes"


def every_asset_comes_as_it_was_built(bench: Bench) -> str:
    with tempfile.TemporaryDirectory() as folder, bench.board() as board:
        subprocess.run([sys.executable, ROOT / "scripts" / "build-page", "--dir", folder, "--toolset", TOOLSET],
                       check=True, stdout=subprocess.DEVNULL)
        files = [file for file in sorted(Path(folder).iterdir()) if file.name != "index.html"]
        sizes = []
        for file in files:
            path = f"/{file.name}"
            for accepted in (None, "gzip, deflate", "identity"):
                options = ["-H", f"Accept-Encoding: {accepted}"] if accepted else []
                answer = curl(board, path, *options)
                if accepted == "identity" and answer.status == 406:  # the volume has the compressed form only
                    check(packed, f"{path} is there as it is, and not acceptable")
                    continue
                check(answer.status == 200, f"GET {path} {options}: {answer.status}")
                check(answer.fields["content-type"].startswith(TYPES[file.suffix]), f"{path} is {answer.fields}")
                packed = answer.fields.get("content-encoding") == "gzip"
                body = gzip.decompress(answer.body) if packed else answer.body
                check(body == file.read_bytes(), f"GET {path} {options} is not the file that was built")
                check(len(answer.body) == int(answer.fields["content-length"]), f"{path}: its length is wrong")
                sizes.append(len(answer.body))
                again = curl(board, path, *options, "-H", f"If-None-Match: {answer.fields['etag']}")
                check((again.status, again.body) == (304, b""), f"GET {path} with its tag: {again.status}")
                head = curl(board, path, *options, "--head")
                check((head.status, head.body) == (200, b"") and head.fields.get("etag") == answer.fields["etag"],
                      f"HEAD {path}: {head}")
        return f"{len(files)} files, its bytes, 304 by its tag, HEAD: {sum(sizes):,} bytes"


# What is asked, the status, and what the fields or the body then say.
REQUESTS = [
    ("/nothing", [], 404, b"Not found"),
    ("/nothing/at/all", ["-X", "POST"], 404, b"Not found"),
    ("/", ["-X", "DELETE"], 405, b"allow: GET"),
    ("/index.css", ["-X", "PUT", "-d", "x"], 405, b"allow: GET"),
    ("/api/state", ["-X", "POST"], 405, b"allow: GET"),
    ("/api/led", [], 405, b"allow: PUT"),
    ("/", ["-X", "BREW"], 501, b""),
    ("/", ["--head"], 200, b"content-type: text/html"),
    ("/ws", [], 426, b"upgrade: websocket"),
    ("/api/state", [], 200, b'"type":"hello"'),
    ("/api/led", ["-X", "PUT", "-d", '{"on":true}'], 200, b'"status":"on"'),
    ("/api/led", ["-X", "PUT", "-d", '{"on":true}'], 200, b'"status":"on"'),
    ("/api/led", ["-X", "PUT", "-d", '{"on":'], 400, b"malformed JSON"),
    ("/api/led", ["-X", "PUT", "-d", '{"on":1}'], 400, b"malformed value"),
    ("/api/led/toggle", ["-X", "POST"], 200, b'"status":"off"'),
    ("/api/led/toggle", ["-X", "POST", "-H", "Origin: http://elsewhere.example"], 403, b""),
    ("/api/led/toggle", ["-d", "", "-H", "Origin: http://127.0.0.1:{port}"], 303, b"location: ../../"),
    ("/", ["-H", "Host: elsewhere.example"], 403, b""),
    ("/", ["-H", "X: " + "x" * 10_000], 431, b""),
    ("/api/led", ["-X", "PUT", "-d", "x" * 100_000, "-H", "Expect:"], 413, b""),
    ("/%2e%2e/etc/passwd", ["--path-as-is"], 400, b""),
    ("/api/parts/led", [], 200, b'"kind":"switch"'),
    ("/api/parts/led", ["-X", "PUT", "-d", '{"on":false}'], 200, b'"on":false'),
    ("/api/parts/led", ["-X", "PUT", "-d", '{"on":true}'], 200, b'"on":true'),
    ("/api/parts/lamp", [], 404, b"unknown part"),
    ("/api/parts/led/toggle", ["-X", "POST"], 200, b'"on":false'),
    ("/api/parts/led/toggle", ["-d", "", "-H", "Origin: http://127.0.0.1:{port}"], 303, b"location: ../../../"),
    ("/api/parts/button/click", ["-X", "POST"], 403, b"only be pressed on the device"),
    ("/api/state", [], 200, b'"status":"on"'),
]


def each_request_is_answered_as_on_a_host(bench: Bench) -> str:
    with bench.board() as board:
        slowest = 0.0
        for path, options, status, words in REQUESTS:
            start = time.monotonic()
            answer = curl(board, path, *(option.replace("{port}", str(board.port)) for option in options))
            slowest = max(slowest, time.monotonic() - start)
            said = "\n".join(f"{name}: {value}" for name, value in answer.fields.items()).encode() + answer.body
            asked = " ".join([path, *options])[:70]
            check(answer.status == status, f"{asked}: {answer.status} instead of {status}")
            check(words in said, f"{asked}: no {words!r} in {said!r}")
        state = json.loads(curl(board, "/api/state").body)
        led, button = state["parts"]["led"], state["parts"]["button"]
        check((led["kind"], led["label"], led["on"], led["by"]) == ("switch", "LED", True, "http"), f"the LED is {led}")
        check((button["kind"], button["pressed"], button["presses"]) == ("button", False, 0), f"the button is {button}")
        return f"{len(REQUESTS)} requests, the slowest {slowest * 1000:.0f} ms with the start of curl"


SECRETS = ["Basic YW5uYTpjb3JyZWN0IGhvcnNl", "basic YW5uYTo=", "Bearer hg_0123456789", "Digest username=anna", ""]


def a_password_in_the_clear_is_refused_in_words(bench: Bench) -> str:
    with bench.board() as board:
        before = device_state(board.port)
        for secret in SECRETS:
            field = ["-H", f"Authorization: {secret}" if secret else "Authorization;"]
            for path, more in (("/", []), ("/api/led/toggle", ["-X", "POST"]), ("/nothing", []), ("/ws", UPGRADE)):
                answer = curl(board, path, *field, *more)
                check(answer.status == 403 and b"No TLS here: send no password" in answer.body,
                      f"{path} with {secret!r}: {answer}")
        answer = curl(board, "/api/led/toggle", "-X", "POST", "--user", "anna:correct horse")
        check(answer.status == 403, f"curl's own --user: {answer}")
        form = ["-d", "name=anna&password=x", "-H", f"Origin: http://127.0.0.1:{board.port}"]
        check(curl(board, "/login", *form).status == 404, "there is no form to send one to")
        after = device_state(board.port)
        check((after["rev"], after["parts"]) == (before["rev"], before["parts"]), f"the board has obeyed: {after}")
        check("www-authenticate" not in curl(board, "/").fields, "nothing asks for one")
        return f"{len(SECRETS) * 4 + 1} requests with one"


UPGRADE = [word for field in ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==") for word in ("-H", field)]


# MARK: The web socket

def a_client_gets_the_state_toggles_and_is_pushed_to(bench: Bench) -> str:
    from websockets.sync.client import connect

    def message(client, type: str) -> dict:
        while (received := json.loads(client.recv(timeout=5)))["type"] != type:
            pass
        return received
    with bench.board() as board:
        address = f"ws://127.0.0.1:{board.port}/ws"
        with connect(address) as one, connect(address, compression=None) as other:
            hello = message(one, "hello")
            check((hello["status"], hello["proto"]) == ("off", 2), f"the first message is {hello}")
            check(message(other, "hello")["rev"] == hello["rev"], "the second client gets another state")
            one.send('{"type":"toggle","id":7,"part":"led"}')
            acknowledged = message(one, "ack")
            check(acknowledged["id"] == 7, f"the answer is {acknowledged}")
            states = [message(client, "state") for client in (one, other)]
            check(states[0] == states[1], f"the two see {states}")
            check((states[0]["status"], states[0]["rev"]) == ("on", acknowledged["rev"]), f"the new state is {states[0]}")
            check(states[0]["parts"] == {"led": {"on": True, "by": "#1"}}, f"more has changed: {states[0]}")
            check(board.led, "the LED is not on")
            other.send("toggle")  # the tutorial's message
            check(message(one, "state")["status"] == "off", "the tutorial's message does not toggle")
            until(lambda: not board.led, "the LED is off", 1)
            other.send('{"type":"ping","n":5}')
            check(message(other, "pong") == {"type": "pong", "n": 5, "clients": 2}, "a ping is not answered")
            check(one.ping(b"there?").wait(5), "a ping frame is not answered")
            other.send('{"type":"toggle","id":8,"part":"lamp"}')
            check(message(other, "ack")["error"] == "unknown part", "a wrong part is not refused")
        latencies = []
        with connect(address) as one:
            for _ in range(100):
                start = time.monotonic()
                one.send('{"type":"toggle","id":1,"part":"led"}')
                message(one, "ack")
                latencies.append(time.monotonic() - start)
        latencies.sort()
        return (f"a toggle is acknowledged in {latencies[50] * 1000:.1f} ms (median of 100),"
                f" {latencies[-1] * 1000:.1f} ms at most")


TESTS = [
    the_serial_line_says_what_the_tutorial_says, a_dot_comes_every_half_second_until_there_is_a_network,
    the_page_has_the_state_in_it, every_asset_comes_as_it_was_built, each_request_is_answered_as_on_a_host,
    a_password_in_the_clear_is_refused_in_words,
    a_client_gets_the_state_toggles_and_is_pushed_to,
]
