# SPDX-License-Identifier: MIT
"""Many clients at a time: ten thousand that only listen, and two thousand that do not even read."""
from __future__ import annotations

import time

from bench import Bench, Resources
from common.http import request
from common.program import Program, allow_descriptors, processor_time
from common.websocket import WebSocket
from common.crowd import Crowd

WATCH = 17.0  # seconds of idling, longer than the interval of pings


def idle(bench: Bench) -> None:
    """10,000 WebSocket clients that only listen, from five addresses"""
    count = min(10_000, allow_descriptors() - 200)
    if count < 10_000:
        bench.omit(f"{10_000 - count} of 10,000 clients: the hard limit of open files is too low (ulimit -Hn)")
    with bench.heliograph(count, "--max-commands", "0") as server, Crowd(server.port, count - 2, addresses=5) as crowd:
        resources = Resources(server)
        bench.measure("to connect all of them took", crowd.ask("connect")["seconds"], 30, "s")
        with WebSocket(server.port) as actor, WebSocket(server.port) as observer:
            bench.measure("clients at a time", observer.message("hello")["clients"], count, at_least=count)
            bench.measure("memory grew for each by", resources.growth / count * 1024, 16, "KB")
            for turn in ("first", "second"):
                start = time.monotonic()
                revision, _ = change(actor, observer)
                found = crowd.ask("newest", revision=revision, patience=10)
                bench.measure(f"clients that the {turn} change reached", found["have"], at_least=count - 2)
                bench.measure("the last of them after", found["at"] - start, 3, "s")
        used, page = watch(server)
        bench.measure("the processor's share while they idle and are pinged", used * 100, 20, "%")
        bench.measure("a page meanwhile took at most", page * 1000, 100, "ms")
        report = crowd.ask("report")
        bench.measure("pings that were answered", report["pings"], at_least=count - 2)
        bench.measure("clients that are still connected", report["open"], at_least=count - 2)


def watch(server: Program) -> tuple[float, float]:
    """The share of a processor that the server used for a while, and the longest that a page took meanwhile."""
    start, used, longest = time.monotonic(), processor_time(server.pid), 0.0
    while (begin := time.monotonic()) < start + WATCH:
        request(server.port)
        longest = max(longest, time.monotonic() - begin)
        time.sleep(0.2)
    return (processor_time(server.pid) - used) / (time.monotonic() - start), longest


def asleep(bench: Bench) -> None:
    """2,000 WebSocket clients that never read, while the state changes, until they wake"""
    count, more = 2000, 1000
    with bench.heliograph(count + 2, "--max-commands", "0") as server, \
            Crowd(server.port, count, receive_buffer=4096) as crowd:
        resources = Resources(server)
        crowd.ask("connect")
        with WebSocket(server.port) as actor, WebSocket(server.port) as observer:
            bench.measure("clients at a time", observer.message("hello")["clients"], count + 2, at_least=count + 2)
            crowd.ask("sleep")
            connected = resources.growth
            changes, longest = change_until_refused(server.port, actor, observer)
            bench.measure("after so many changes all of them refuse", changes, 1000)
            bench.measure("each of which others saw within", longest * 1000, 100, "ms")
            refused = resources.growth
            bench.measure("memory grew for each that refuses by", (refused - connected) / count * 1024, 16, "KB")
            peak = resources.peak_growth
            bench.measure("at its peak by", (peak - connected) / count * 1024, 16, "KB")
            longest = max(change(actor, observer)[1] for _ in range(more))
            bench.measure(f"each of {more} more changes others saw within", longest * 1000, 100, "ms")
            bench.measure("memory grew meanwhile by", resources.growth - refused, 1, "MB")
            bench.measure("its peak by", resources.peak_growth - peak, 1, "MB")
            revision = change(actor, observer)[0]
            start = time.monotonic()
            crowd.ask("wake")
            found = crowd.ask("newest", revision=revision, patience=10)
            bench.measure("of those that wake, so many have the latest state", found["have"], at_least=count)
            # Not the server's time: a system probes a window that was closed for long only every few seconds.
            bench.measure("the last of them after", found["at"] - start, 10, "s")
            bench.measure(f"of {changes + more + 1} states each had to read at most", crowd.ask("report")["messages"],
                          changes)
            bench.measure("memory stays grown by", resources.growth, 64, "MB")
            bench.measure("and had grown at its peak by", resources.peak_growth, 64, "MB")


def change_until_refused(port: int, actor: WebSocket, observer: WebSocket) -> tuple[int, float]:
    """Changes the state until twenty changes in a row could be written to none of those who do not read: how many it
    took, and how long others waited for one at most."""
    changes, longest, waiting = 0, 0.0, -1
    while waiting < (waiting := bytes_in_flight(port)):
        longest = max(longest, *(change(actor, observer)[1] for _ in range(20)))
        changes += 20
    return changes, longest


def bytes_in_flight(port: int) -> int:
    """Bytes that the system holds for the connections of a server: unsent on its side, unread on the other
    (/proc/net/tcp)."""
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table][1:]
    end = f":{port:04X}"
    unsent = sum(int(row[4].split(":")[0], 16) for row in rows if row[1].endswith(end))
    return unsent + sum(int(row[4].split(":")[1], 16) for row in rows if row[2].endswith(end))


def change(actor: WebSocket, observer: WebSocket) -> tuple[int, float]:
    """Toggles the LED: the new revision, and the seconds until another client had heard of it."""
    start = time.monotonic()
    actor.send_json(type="toggle", id=1, part="led")
    revision = actor.message("ack")["rev"]
    while observer.message("state")["rev"] < revision:
        pass
    return revision, time.monotonic() - start
