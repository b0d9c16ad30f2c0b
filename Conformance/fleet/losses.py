# SPDX-License-Identifier: MIT
"""What is claimed when something is gone: a device, the broker or a node of it, a gateway. A claim returns what was
measured."""
from __future__ import annotations

import json
import signal
import time

import paho.mqtt.client as paho

from common.claims import check, until
from scene import WINDOW, Scene, devices, get, state

SILENCE = 75.0
LATE = 0.5  # seconds until who looks again and again sees what is shown


def a_device_that_hangs_is_shown_as_silent(scene: Scene) -> str:
    """Its connection stays, so the broker says nothing for a while, or says `offline` when its time is over."""
    hung = scene.hang(min(20, scene.given.devices // 10))
    scene.set_rate(scene.given.rate)
    begun = time.monotonic()
    shown: list[float] = []
    for port in scene.ports:
        until(lambda port=port: state(port)["absent"] >= len(scene.hung), "they are not there", SILENCE + 5, 0.2)
        shown.append(time.monotonic() - begun)
        absent = get(port, "/api/devices?show=absent")["devices"]
        names = {device["id"] for device in absent}
        check(names == scene.hung, f"and no others: {sorted(names)[:9]}")
        check(all(device["seconds"] >= 0 for device in absent if device["id"] in hung), "with since when")
    check(max(shown) <= SILENCE + LATE, f"after {max(shown):.1f} s")
    if scene.pages is not None:
        time.sleep(1)
        alive = set(scene.pages.ask("stamps")["alive"]) & hung
        check(not alive, f"pages show {len(alive)} of them as alive")
    return f"{len(hung)} after {min(shown):.0f} to {max(shown):.0f} s"


def one_that_hangs_unnoticed_by_its_broker_is_silent(scene: Scene) -> str:
    """With a keep alive of 0 its connection stays open, and no broker ever says `offline`."""
    names = [f"hung-{number}" for number in range(3)]
    clients, heard = [], 0.0
    for name in names:
        client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=name)
        if scene.broker.user:
            client.username_pw_set(scene.broker.user, "x")
        client.will_set(f"heliograph/{name}/availability", "offline", 1, True)
        client.connect("127.0.0.1", scene.broker.ports[0], 0)
        client.loop_start()
        about = {"name": "Hung", "boot": name, "rev": 1, "parts": {"led": {"kind": "switch"}}}
        for topic, payload in [("about", json.dumps(about)), ("led/state", "ON"), ("availability", "online")]:
            client.publish(f"heliograph/{name}/{topic}", payload, 1, True).wait_for_publish(20)
        heard = time.monotonic()
        clients.append(client)
    shown: list[float] = []
    for port in scene.ports:
        check(all(get(port, f"/api/devices/{name}")["presence"] == "alive" for name in names), "they are shown")
    while len(shown) < len(scene.ports) and time.monotonic() < heard + SILENCE + 5:
        for port in scene.ports[len(shown):]:
            found = {get(port, f"/api/devices/{name}")["presence"] for name in names}
            if found != {"silent"}:
                break
            shown.append(time.monotonic() - heard)
        time.sleep(0.1)
    check(all(client.is_connected() for client in clients), "their connections are open")
    for name, client in zip(names, clients):
        for topic in ("about", "led/state", "availability"):
            client.publish(f"heliograph/{name}/{topic}", b"", 1, True).wait_for_publish(20)
        client.disconnect()
        client.loop_stop()
    check(len(shown) == len(scene.ports) and max(shown) <= SILENCE + LATE, f"each gateway says so: {shown}")
    for port in scene.ports:
        until(lambda port=port: state(port)["total"] == scene.given.devices, "and they are taken away again", 10)
    return f"after {min(shown):.1f} to {max(shown):.1f} s"


def a_broker_that_is_gone_and_back_changes_nothing(scene: Scene) -> str:
    scene.set_rate(scene.given.rate)
    scene.broker.broker.stop()
    until(lambda: not state(scene.ports[0])["broker"]["connected"], "the page says that the broker is gone", 10)
    time.sleep(3)
    scene.broker.start()
    begun = time.monotonic()
    until(lambda: scene.connected() == scene.given.devices, "all devices are back", 120, 0.5)
    took = time.monotonic() - begun
    until(lambda: state(scene.ports[0])["absent"] == 0, "and shown", 20, 0.2)
    scene.agree("after the broker is back")
    return f"all back after {took:.0f} s"


def a_killed_gateway_costs_its_pages_two_seconds(scene: Scene) -> str:
    scene.open_pages()
    scene.change_steadily()
    scene.pages.ask("report")
    scene.gateways[1].stop(signal.SIGKILL)
    time.sleep(WINDOW)
    told = scene.pages.ask("report")
    scene.start_gateway(1)
    check(told["losses"] > 0, "some pages were on it")
    check(told["open"] == scene.given.pages, f"{told['open']} pages are open")
    check(told["gap"] <= 2, f"a page had nothing for {told['gap']:.2f} s")
    port = scene.ports[1]
    until(lambda: state(port)["total"] == scene.given.devices, "the gateway is back with all devices", 20, 0.2)
    scene.agree("after a gateway was killed")
    return f"{told['losses']} pages went to others, the longest without news was {told['gap']:.2f} s"


def a_killed_node_costs_pages_ten_seconds(scene: Scene) -> str:
    scene.open_pages()
    scene.change_steadily()
    scene.pages.ask("report")
    scene.broker.kill_node(0)
    begun = time.monotonic()
    time.sleep(1)
    until(lambda: scene.connected() == scene.given.devices, "its devices are on the other nodes", 120, 0.5)
    back = time.monotonic() - begun
    time.sleep(max(12 - back, 3))
    told = scene.pages.ask("report")
    scene.broker.start_node(0)
    check(told["gap"] <= 10, f"a page had nothing for {told['gap']:.2f} s")
    until(lambda: all(state(port)["absent"] == 0 for port in scene.ports), "no device is lost", SILENCE + 5, 0.5)
    time.sleep(5)
    scene.agree("after a node was killed and came back")
    return f"the longest without news was {told['gap']:.2f} s; the node's devices were back after {back:.0f} s"


def a_node_and_a_gateway_that_are_killed_together_come_back(scene: Scene) -> str:
    """With the node some of its devices are gone for good, and nobody says so of them."""
    scene.open_pages()
    scene.change_steadily()
    scene.pages.ask("report")
    hung = scene.hang(min(30, scene.given.devices // 10))
    begun = time.monotonic()
    scene.broker.kill_node(0)
    scene.gateways[1].stop(signal.SIGKILL)
    time.sleep(12)
    told = scene.pages.ask("report")
    scene.broker.start_node(0)
    scene.start_gateway(1)
    check(told["gap"] <= 10, f"a page had nothing for {told['gap']:.2f} s")
    until(lambda: scene.connected() == scene.working, "all others are on a node", 120, 0.5)
    back = time.monotonic() - begun
    time.sleep(max(begun + SILENCE + LATE - time.monotonic(), 0))
    for port in scene.ports:
        alive = [device["id"] for device in devices(port, scene.given.devices) if device["presence"] == "alive"]
        check(not hung & set(alive), f"a gateway shows {sorted(hung & set(alive))} as alive")
    shown = hung & set(scene.pages.ask("stamps")["alive"])
    check(not shown, f"pages show {sorted(shown)} as alive")
    for port in scene.ports:
        until(lambda port=port: state(port)["absent"] == len(scene.hung), "no other device is lost", SILENCE, 0.5)
    scene.agree("after both are back")
    return f"the longest without news was {told['gap']:.2f} s; the others were back after {back:.0f} s"
