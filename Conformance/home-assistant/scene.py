# SPDX-License-Identifier: MIT
"""The device in the household, and the picture that a person has of it there."""
from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho

from common.claims import check, until
from common.http import device_state, request
from common.program import Program
from house import House

IDENTIFIER = "kitchen"
CONFIG_TOPIC = f"homeassistant/device/{IDENTIFIER}/config"
STATUS_TOPIC = "homeassistant/status"
PARTS = """name: Kitchen
parts:
  lamp: {switch: GPIO1, restore: restore-default-off}
  desk: {light: 'pwm0:0', restore: restore-default-off}
  strip: {light: ['pwm0:1', 'pwm0:2', 'pwm0:3'], restore: restore-default-off, label: LED strip}
  floor: {light: ['pwm1:0', 'pwm1:1', 'pwm1:2', 'pwm1:3'], restore: restore-default-off}
  wall: {button: GPIO2, click: toggle lamp, remote: true}
  bell: {button: GPIO3, remote: true}
  door: {contact: GPIO4, device_class: door}
  celsius: {sensor: 'file:/dev/null', unit: ºC, device_class: temperature}
  flow: {sensor: 'file:/dev/null', unit: l/min, device_class: volume_flow_rate}
  meter: {sensor: 'file:/dev/null', unit: kWh, device_class: energy}
  odd: {sensor: 'file:/dev/null', unit: furlong, device_class: distance}
  target: {number: 20.5, min: 5, max: 30, step: 0.5, unit: ℃, restore: true, label: Heat to}
"""
# What a person sees of an entity, apart from its state.
ATTRIBUTES = ("friendly_name", "device_class", "unit_of_measurement", "state_class", "supported_color_modes",
              "color_mode", "brightness", "rgb_color", "rgbw_color", "min", "max", "step")
MOMENTS = ("event", "button")  # whose state is when they last were


class Witness:
    """Another client of the broker, which hears all that is said there. Use it in `with`; it comes back as the broker
    does."""

    def __init__(self, port: int, name: str = "witness") -> None:
        self.seen: list[tuple[float, str, str, bool]] = []
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=name)
        self.client.reconnect_delay_set(1, 1)
        self._is_subscribed = threading.Event()
        self.client.on_connect = lambda client, *_: client.subscribe("#", 1)
        self.client.on_subscribe = lambda *_: self._is_subscribed.set()
        self.client.on_message = lambda _client, _data, message: self.seen.append(
            (time.monotonic(), message.topic, message.payload.decode(), message.retain))
        self.client.connect("127.0.0.1", port, 20)

    def payloads(self, topic: str, since: int = 0) -> list[str]:
        """What was said on this topic, after the first `since` messages and not from the broker's memory."""
        return [payload for _, name, payload, is_retained in self.seen[since:] if name == topic and not is_retained]

    def publish(self, topic: str, payload: str, *, retain: bool = False) -> None:
        self.client.publish(topic, payload, 1, retain).wait_for_publish(10)

    def __enter__(self) -> Witness:
        self.client.loop_start()
        check(self._is_subscribed.wait(10), "the broker grants a subscription")
        return self

    def __exit__(self, *_: object) -> None:
        self.client.disconnect()
        self.client.loop_stop()


class Scene:
    """The household, the witness, and the device with its state."""

    def __init__(self, house: House, witness: Witness, program: Path, folder: Path) -> None:
        self.house, self.witness, self.program, self.folder = house, witness, program, folder
        self.device: Program | None = None
        self.parts = PARTS
        self.base: dict[str, Any] | None = None  # the picture while nothing has been started again

    @property
    def api(self):  # noqa: ANN201
        return self.house.api

    def another_witness(self) -> Witness:
        """One that sees first what the broker keeps."""
        return Witness(self.house.broker_port, "another")

    # MARK: The device

    def start_device(self, parts: str | None = None, *options: str) -> None:
        """Starts it; what its sensors read is nothing that it keeps."""
        self.parts = parts or self.parts
        description = self.folder / "device.yaml"
        description.write_text(self.parts)
        self.device = Program(
            self.program, description, "--board", "simulated", "--port", "0", "--state-file", self.folder / "state",
            "--mqtt-broker", f"mqtt://127.0.0.1:{self.house.broker_port}", "--mqtt-id", IDENTIFIER, *options)
        check(self.device.port, "the device starts")
        for name, words in {"celsius": "set celsius 21.5", "flow": "set flow 3.25", "meter": "set meter 1234.5",
                            "odd": "set odd 7", "door": "open door"}.items():
            kind = self.device_parts().get(name, {}).get("kind")
            if kind in ("sensor", "contact"):
                self.device.say(words)

    def stop_device(self, *, kill: bool = False) -> None:
        if self.device is not None:
            if kill:
                self.device.process.kill()
            self.device.stop()
            self.device = None

    def device_parts(self) -> dict[str, Any]:
        return device_state(self.device.port)["parts"]

    def put(self, part: str, **values: object) -> None:
        """What a person does on the device's own page."""
        status, body = request(self.device.port, f"/api/parts/{part}", "PUT", json.dumps(values).encode(),
                               headers={"Content-Type": "application/json"})
        check(status == 200, f"{part} is set: {status} {body!r}")

    def wait_until_connected(self) -> None:
        until(lambda: device_state(self.device.port)["mqtt"]["connected"], "the device is connected", 90)

    # MARK: The picture

    def entity(self, component: str) -> str:
        """The entity of a component, as Home Assistant calls it."""
        return self.api.entities()[f"{IDENTIFIER}-{component}"]["entity_id"]

    def picture(self) -> dict[str, Any]:
        """All that a person sees of the device there, without moments that pass."""
        entities, states = self.api.entities(), self.api.states()
        picture: dict[str, Any] = {}
        for identifier, entity in entities.items():
            state = states.get(entity["entity_id"], {"state": "nowhere", "attributes": {}})
            seen = state["state"]
            if entity["entity_id"].partition(".")[0] in MOMENTS and seen != "unavailable":
                seen = "there"
            picture[identifier] = {"entity": entity["entity_id"], "state": seen, "category": entity["entity_category"],
                                   "disabled": entity["disabled_by"]} | {
                name: state["attributes"][name] for name in ATTRIBUTES if name in state["attributes"]}
        device = self.api.device(IDENTIFIER)
        picture["device"] = device and {name: device[name] for name in ("id", "name", "manufacturer", "model")}
        picture["triggers"] = sorted((trigger["type"], trigger["subtype"]) for trigger in self.api.triggers(IDENTIFIER))
        return picture

    def wait_for_picture(self, expected: dict[str, Any], claim: str, patience: float = 60) -> float:
        """Seconds until the picture is as expected."""
        try:
            return until(lambda: self.picture() == expected, claim, patience, 0.2)
        except AssertionError as failure:
            raise AssertionError(f"{failure}: {difference(expected, self.picture())}") from None

    def settled_picture(self, states: dict[str, str]) -> dict[str, Any]:
        """The picture once these entities have these states."""
        self.expect_soon(lambda: all(self.picture()[name]["state"] == state for name, state in states.items()),
                         f"the states are {states}")
        return self.picture()

    @staticmethod
    def expect_soon(condition: Callable[[], bool], claim: str) -> None:
        until(condition, claim, 60, 0.2)

    def wait_for_birth(self, since: int, patience: float = 60) -> float:
        """Seconds until Home Assistant has said that it has started."""
        return until(lambda: "online" in self.witness.payloads(STATUS_TOPIC, since),
                     "Home Assistant says that it is there", patience)

    def wait_for_witness(self) -> None:
        """Waits until the witness is on the broker again."""
        until(self.witness.client.is_connected, "the witness is back")

    def restart_home_assistant(self, *, kill: bool = False) -> None:
        """Ends it, starts it, and waits until it has said so."""
        since = len(self.witness.seen)
        self.house.stop_home_assistant(kill=kill)
        self.house.start_home_assistant()
        self.wait_for_birth(since)


def difference(expected: dict[str, Any], found: dict[str, Any]) -> str:
    """What of a picture is not as it should be."""
    words = []
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            words.append(f"{name} is {found.get(name)} in place of {expected.get(name)}")
    return "; ".join(words)
