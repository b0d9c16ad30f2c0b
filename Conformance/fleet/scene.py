# SPDX-License-Identifier: MIT
"""Devices, a broker, gateways and pages, and what is claimed of them. A claim returns what was measured."""
from __future__ import annotations

import argparse
import http.client
import json
import signal
import statistics
import threading
import time
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho

from clusters import Alone, Cluster, Proxy
from common.claims import check, until
from common.program import Program, free_port, processor_time, resident_memory
from common.websocket import WebSocket
from pages import Pages

SETTLE = 2.5  # seconds until all that is under way has arrived
WINDOW = 10.0  # seconds of a measurement
MEMORY, MEMORY_OF_ALL = 2048, 1 << 20  # bytes that a device may take, and what a gateway takes once when it has work


class Scene:
    """What runs. Use it in `with`."""

    def __init__(self, broker: Alone | Cluster, gateways: int, folder: Path, given: argparse.Namespace) -> None:
        self.broker, self.folder, self.given = broker, folder, given
        self.ports = [free_port() for _ in range(gateways)]
        self.gateways: list[Program | None] = [None] * gateways
        self.memory = 0
        self.pages: Pages | None = None
        self.rows = 100 if given.devices > 1000 else 50
        self.hung: set[str] = set()

    def __enter__(self) -> Scene:
        self.broker.start()
        for number in range(len(self.ports)):
            self.start_gateway(number)
        for port in self.ports:
            until(lambda port=port: state(port)["broker"]["connected"], "a gateway is on its broker", 30)
        self.memory = resident_memory(self.gateways[0].pid)
        self.begun = time.monotonic()
        self.devices = Program(
            self.given.devices_program, str(self.given.devices), *(f"127.0.0.1:{port}" for port in self.broker.ports))
        self.proxy = Proxy(self.folder, self.ports) if len(self.ports) > 1 else None
        return self

    def __exit__(self, *_: object) -> None:
        if self.pages is not None:
            self.pages.__exit__()
        self.devices.stop(signal.SIGKILL)
        for gateway in self.gateways:
            gateway.stop()
        if self.proxy is not None:
            self.proxy.stop()
        self.broker.stop()

    def start_gateway(self, number: int) -> None:
        ports = self.broker.ports
        brokers = [f"--broker=mqtt://127.0.0.1:{port}" for port in ports[number:] + ports[:number]]
        user = ["--user", self.broker.user] if self.broker.user else []
        self.gateways[number] = Program(
            self.given.heliograph, "fleet", *brokers, *user, "--port", str(self.ports[number]))
        assert self.gateways[number].port == self.ports[number]

    @property
    def front(self) -> int:
        """The port that browsers have."""
        return self.proxy.port if self.proxy is not None else self.ports[0]

    def open_pages(self) -> None:
        if self.pages is None:
            self.pages = Pages(self.front, self.given.pages, self.rows, self.given.devices)
            until(lambda: self.pages.ask("report")["open"] == self.given.pages, "all pages are open", 60, 0.2)

    def change_steadily(self) -> None:
        """So often that a page without news for a second or two is one that was cut off."""
        check(self.given.rate * self.rows / self.given.devices >= 5, "each page has five changes a second: more --rate")
        self.set_rate(self.given.rate)
        time.sleep(3)

    def set_rate(self, rate: int) -> None:
        self.devices.say(f"rate {rate}")

    def hang(self, count: int) -> set[str]:
        """So many more of the devices stand still from now on; which."""
        self.devices.say(f"hang {count}")
        names = {f"device-{number}" for number in range(len(self.hung), len(self.hung) + count)}
        self.hung |= names
        return names

    @property
    def working(self) -> int:
        """How many devices do not stand still."""
        return self.given.devices - len(self.hung)

    def connected(self) -> int:
        lines = [line for line in list(self.devices.lines) if line.startswith("connected ")]
        return int(lines[-1].split()[1]) if lines else 0

    def truth(self) -> dict[str, int]:
        """The stamps as a client of the broker hears them of the devices themselves."""
        return ask_devices(self.broker.ports[0], self.broker.user, self.working)

    def agree(self, claim: str) -> None:
        """All gateways, and all pages, show what the devices say."""
        self.set_rate(0)
        time.sleep(SETTLE)
        truth = self.truth()
        for port in self.ports:
            shown = stamps(port, self.given.devices)
            wrong = [name for name, stamp in truth.items() if shown.get(name) != stamp]
            check(len(shown) == self.given.devices, f"{claim}: a gateway shows {len(shown)} devices")
            check(not wrong, f"{claim}: a gateway shows another state of {len(wrong)} devices, such as {wrong[:3]}")
        if self.pages is not None:
            seen = self.pages.ask("stamps")["stamps"]
            wrong = [name for name, stamp in seen.items() if name not in self.hung and stamp != truth.get(name)]
            check(not wrong, f"{claim}: pages show another state of {len(wrong)} devices, such as {wrong[:3]}")


def get(port: int, path: str) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        check(answer.status == 200, f"GET {path} is answered {answer.status}")
        return json.loads(body) if answer.getheader("Content-Type", "").startswith("application/json") else body
    finally:
        connection.close()


def state(port: int) -> dict[str, Any]:
    return get(port, "/api/state")


def devices(port: int, count: int) -> list[dict[str, Any]]:
    return [device for start in range(0, count, 1000) for device in get(port, f"/api/devices?from={start}")["devices"]]


def stamps(port: int, count: int) -> dict[str, int]:
    return {device["id"]: int(device["parts"]["stamp"].get("state", -1)) for device in devices(port, count)}


def ask_devices(port: int, user: str | None, count: int) -> dict[str, int]:
    heard: dict[str, int] = {}
    is_subscribed = threading.Event()
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=f"truth-{time.monotonic_ns()}")
    if user:
        client.username_pw_set(user, "x")

    def note(_client: object, _data: object, message: paho.MQTTMessage) -> None:
        if not message.retain:
            heard[message.topic.split("/")[1]] = int(message.payload)
    client.on_message = note
    client.on_subscribe = lambda *_: is_subscribed.set()
    client.connect("127.0.0.1", port, 30)
    client.loop_start()
    try:
        client.subscribe("heliograph/+/stamp/state", 0)
        check(is_subscribed.wait(20), "the broker grants a subscription")
        client.publish("heliograph/all/ask", "truth", 1).wait_for_publish(20)
        # A device answers after at most 2 s, and at most once in 10 s.
        until(lambda: len(heard) >= count, f"all devices answer ({count})", 40, 0.2)
    finally:
        client.disconnect()
        client.loop_stop()
    return heard


class Witness:
    """A client of the broker alone, paho-mqtt's: how old changes are when they come there. Use it in `with`."""

    def __init__(self, port: int, user: str | None) -> None:
        self.ages: list[int] = []
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=f"witness-{time.monotonic_ns()}")
        if user:
            self.client.username_pw_set(user, "x")
        self.client.on_message = self._note
        self.client.connect("127.0.0.1", port, 30)
        self.client.loop_start()
        self.client.subscribe("heliograph/+/stamp/state", 0)

    def _note(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        if not message.retain and int(message.payload) > 0:
            self.ages.append(int(time.monotonic() * 1000) % 2_000_000_000 - int(message.payload))

    def __enter__(self) -> Witness:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def percentile(sorted_ages: list[int], share: float) -> int:
    return sorted_ages[min(int(len(sorted_ages) * share), len(sorted_ages) - 1)]


# Claims --------------------------------------------------------------------------------------------------------------

def every_device_appears(scene: Scene) -> str:
    count = scene.given.devices
    scene.devices.wait_for(lambda line: line.startswith("started "), 120)
    until(lambda: scene.connected() == count, f"all {count} devices are on their broker", 180, 0.5)
    for port in scene.ports:
        until(lambda port=port: state(port)["total"] == count and state(port)["absent"] == 0,
              f"a gateway has all {count} devices", 60, 0.2)
        described = devices(port, count)
        check(all(device["presence"] == "alive" and len(device["parts"]) == 3 for device in described),
              "each is described, and alive")
    took = time.monotonic() - scene.begun
    memory = resident_memory(scene.gateways[0].pid) - scene.memory
    words = f"{count} within {took:.1f} s; {memory / count:.0f} bytes of a gateway's memory for each"
    check(memory <= MEMORY_OF_ALL + MEMORY * count, words)
    return words


def a_gateway_that_starts_has_all_in_seconds(scene: Scene) -> str:
    scene.gateways[-1].stop()
    scene.start_gateway(len(scene.ports) - 1)
    begun = time.monotonic()
    port, count = scene.ports[-1], scene.given.devices
    until(lambda: state(port)["total"] == count, f"it has all {count} devices", 20, 0.05)
    first = time.monotonic() - begun
    until(lambda: all(device["presence"] == "alive" for device in devices(port, count)), "it has heard each", 20, 0.2)
    return f"{first:.2f} s until it knew of all, {time.monotonic() - begun:.2f} s until it had heard each"


def the_first_paint_is_small_and_a_search_is_quick(scene: Scene) -> str:
    page = get(scene.ports[0], "/")
    files = sum(len(get(scene.ports[0], path)) for path in ("/index.js", "/index.css", "/favicon.svg"))
    check(len(page) + files <= 1 << 20, f"the first paint takes {len(page) + files} bytes")
    times = []
    with WebSocket(scene.ports[0]) as socket:
        socket.send_json(type="watch")
        message(socket, "list")
        for query in ("device 4", "group-3", "led 77", "nothing of the kind", "bell", "d", "e 9") * 3:
            begun = time.monotonic()
            socket.send_json(type="watch", q=query)
            while message(socket, "list")["q"] != query:
                pass
            times.append((time.monotonic() - begun) * 1000)
    check(max(times) <= 50, f"a search took {max(times):.1f} ms")
    return f"{(len(page) + files) / 1024:.0f} KB; searches {statistics.median(times):.1f} ms, at most {max(times):.1f} ms"


def message(socket: WebSocket, type: str) -> dict[str, Any]:
    """The next message of this type; its first line is JSON."""
    while True:
        received = socket.receive()
        if received.opcode == 1:
            head = json.loads(received.payload.split(b"\n", 1)[0])
            if head["type"] == type:
                return head


def a_change_is_on_every_page_that_shows_it(scene: Scene) -> str:
    scene.open_pages()
    scene.set_rate(scene.given.rate)
    time.sleep(2)
    scene.pages.ask("report")
    before = [processor_time(gateway.pid) for gateway in scene.gateways]
    with Witness(scene.broker.ports[-1], scene.broker.user) as witness:
        time.sleep(1)
        witness.ages.clear()
        scene.pages.ask("report")
        time.sleep(WINDOW)
        told = scene.pages.ask("report")
        alone = sorted(witness.ages)
    used = sum(processor_time(gateway.pid) for gateway in scene.gateways) - sum(before)
    ages = told["ages"]
    check(len(ages) > scene.given.rate * WINDOW / 4, f"changes come: {len(ages)}")
    words = (f"median {percentile(ages, 0.5)} ms, p99 {percentile(ages, 0.99)} ms, longest {ages[-1]} ms of {len(ages)} "
             f"(a client of the broker alone: {percentile(alone, 0.5)}, {percentile(alone, 0.99)} and {alone[-1]} ms of "
             f"{len(alone)}); {used / len(ages) * 1e6:.1f} µs of the gateways' CPU for each")
    check(percentile(ages, 0.99) <= 500, words)
    scene.agree("after a moment of rest")
    return words


def a_command_to_all_has_a_result_for_each(scene: Scene) -> str:
    count = scene.given.devices
    begun = time.monotonic()
    with WebSocket(scene.ports[0]) as socket:
        socket.send_json(type="command", id=1, part="led", payload="ON", all={})
        outcomes: dict[str, str] = {}
        while len(outcomes) < count:
            told = message(socket, "results")
            outcomes |= {device: outcome for device, outcome in told["results"]}
    took = time.monotonic() - begun
    others = {outcome for outcome in outcomes.values() if outcome != "done"}
    check(not others, f"each has done it, but: {others}")
    return f"{count} in {took:.2f} s"
