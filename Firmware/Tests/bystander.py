# SPDX-License-Identifier: MIT
"""An ordinary client in a process of its own, while something is done to the board: it asks for the page and toggles
the LED over a WebSocket, time after time, and says at the end how long that took at most.

A page's time begins when its connection is there: QEMU's user network lets one connection at a time wait to be
accepted, so that this machine's kernel may try for a second before the board hears of another.

    python3 bystander.py PORT        until standard input ends; then one line of JSON
"""
from __future__ import annotations

import gc
import http.client
import json
import select
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Conformance"))
from common.qemu import FIRST  # noqa: E402
from common.websocket import WebSocket, connect_tcp, toggle  # noqa: E402

INTERVAL = 0.05  # seconds between two looks


class Bystander:
    """The process, for a test. Use it in `with`, which waits until the first look has succeeded; then it has `looks`,
    the milliseconds that the slowest `page` and the slowest `toggle` took, and an `error` if there was one."""

    def __init__(self, port: int) -> None:
        self.process = subprocess.Popen([*FIRST, sys.executable, __file__, str(port)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Bystander:
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError("an ordinary client is not served")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        found = json.loads(self.process.stdout.readline())
        self.looks, self.error = found["looks"], found["error"]
        self.page, self.toggle = found["page"] * 1000, found["toggle"] * 1000
        self.process.wait()


def page(port: int) -> float:
    """How long the page took."""
    client = http.client.HTTPConnection("127.0.0.1", port)
    client.sock = connect_tcp(port)
    start = time.monotonic()
    try:
        client.request("GET", "/", headers={"Connection": "close"})
        response = client.getresponse()
        if response.status != 200 or not response.read().endswith(b"</html>\n"):
            raise ConnectionError(f"the page was answered with {response.status}")
    finally:
        client.close()
    return time.monotonic() - start


def main(port: int) -> None:
    actor, observer = WebSocket(port), WebSocket(port)
    page(port), toggle(actor, observer)
    print("ready", flush=True)
    gc.disable()
    found = {"looks": 0, "error": "", "page": 0.0, "toggle": 0.0}
    while not select.select([sys.stdin], [], [], INTERVAL)[0]:
        try:
            found["page"] = max(found["page"], page(port))
            found["toggle"] = max(found["toggle"], toggle(actor, observer))
            found["looks"] += 1
        except OSError as problem:
            found["error"] = repr(problem)
            break
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]))
