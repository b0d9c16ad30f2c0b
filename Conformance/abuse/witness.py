# SPDX-License-Identifier: MIT
"""An ordinary client in a process of its own, while something is done to the server: it asks for the page and toggles
the LED over a WebSocket, time after time, and says at the end how long that took at most.

    python3 witness.py PORT        until standard input ends; then one line of JSON
"""
from __future__ import annotations

import gc
import json
import select
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common.http import request  # noqa: E402
from common.websocket import WebSocket, toggle  # noqa: E402

INTERVAL = 0.05  # seconds between two looks


class Witness:
    """The process, for the scenario. Use it in `with`, which waits until the first look has succeeded."""

    def __init__(self, port: int) -> None:
        self.process = subprocess.Popen([sys.executable, __file__, str(port)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Witness:
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError("an ordinary client is not served")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        self.findings = json.loads(self.process.stdout.readline())
        self.process.wait()

    def report(self, bench) -> None:
        """The measures of every scenario: an ordinary client notices nothing."""
        found = self.findings
        if found["error"]:
            bench.note(f"an ordinary client met: {found['error']}")
        bench.measure("an ordinary client's looks", found["looks"], at_least=10)
        bench.measure("an ordinary client's requests that failed", found["failures"], 0)
        bench.measure("an ordinary client's page took at most", found["page"] * 1000, 100, "ms")
        bench.measure("an ordinary client's toggle took at most", found["toggle"] * 1000, 100, "ms")


def look(port: int, actor: WebSocket, observer: WebSocket) -> tuple[float, float]:
    """How long a page and a toggle took, from one client to the other."""
    start = time.monotonic()
    status, page = request(port)
    if status != 200 or b"<html" not in page:
        raise ConnectionError(f"the page was answered with {status}")
    return time.monotonic() - start, toggle(actor, observer)


def main(port: int) -> None:
    actor, observer = WebSocket(port), WebSocket(port)
    look(port, actor, observer)
    print("ready", flush=True)
    gc.disable()
    looks, failures, error, page, toggle = 0, 0, "", 0.0, 0.0
    while not select.select([sys.stdin], [], [], INTERVAL)[0]:
        looks += 1
        try:
            times = look(port, actor, observer)
            page, toggle = max(page, times[0]), max(toggle, times[1])
        except OSError as problem:
            failures, error = failures + 1, repr(problem)
            if failures == 5:
                break
    print(json.dumps({"looks": looks, "failures": failures, "error": error, "page": page, "toggle": toggle}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
