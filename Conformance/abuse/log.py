# SPDX-License-Identifier: MIT
"""A log that takes nothing: a full disk, and a pipe that nobody reads. The server goes on without it."""
from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import Bench, Resources, until
from common.http import request
from common.program import Program, free_port
from common.websocket import WebSocket
from witness import Witness

REQUESTS = 3000  # at least, each a line of log
LENGTH = 3.0  # seconds of them, at least


def full_disk(bench: Bench) -> None:
    """The log is on a disk that is full, until there is room again"""
    with small_disk() as disk:
        if disk is None:
            bench.omit("a disk that gets room again: none can be mounted (needs root); /dev/full is full forever")
        path = Path("/dev/full") if disk is None else disk / "log"
        port = free_port()
        with open(path, "ab") as output, \
                bench.heliograph(8, "--log-level", "debug", port=port, output=output) as server:
            if disk is not None:
                until(lambda: b"http://" in path.read_bytes())
                fill(disk / "filler")
            size = path.stat().st_size
            talk(bench, server, port)
            if disk is None:
                return
            bench.measure("bytes that the log grew by, on the page that it had", path.stat().st_size - size, 4096)
            size = path.stat().st_size
            (disk / "filler").unlink()
            with WebSocket(port):
                back = until(lambda: b"connected" in path.read_bytes()[size:], 5)
            bench.measure("there is room again, and the log goes on after", back, 1, "s")


@contextlib.contextmanager
def small_disk() -> Iterator[Path | None]:
    """A disk of 64 KB (a tmpfs); None if none may be mounted."""
    with tempfile.TemporaryDirectory() as folder:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True)
        try:
            yield Path(folder) if mounted.returncode == 0 else None
        finally:
            if mounted.returncode == 0:
                subprocess.run(["umount", folder], check=True)


def fill(path: Path) -> None:
    """Writes until the disk is full."""
    with open(path, "wb", buffering=0) as file:
        for size in (4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))


def stuck(bench: Bench) -> None:
    """The log goes to a pipe that nobody reads"""
    port = free_port()
    reading, writing = os.pipe()
    try:
        with open(writing, "wb") as output, \
                bench.heliograph(8, "--log-level", "debug", port=port, output=output) as server:
            talk(bench, server, port)
    finally:
        os.close(reading)


def talk(bench: Bench, server: Program, port: int) -> None:
    """Makes the server write to its log, and looks what that does to it."""
    resources = Resources(server)
    with Witness(port) as witness:
        asked, answered, end = 0, 0, time.monotonic() + LENGTH
        while asked < REQUESTS or time.monotonic() < end:
            asked += 1
            answered += request(port, "/nothing")[0] == 404
    bench.measure("requests, each a line of log", asked, at_least=REQUESTS)
    bench.measure("of which were not answered", asked - answered, 0)
    witness.report(bench)
    bench.measure("memory grew by", resources.growth, 4, "MB")
