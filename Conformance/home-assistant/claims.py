# SPDX-License-Identifier: MIT
"""What a person has of a device in Home Assistant while nothing is started again."""
from __future__ import annotations

import json
import time
from statistics import median

from common.claims import check, check_time, until
from scene import CONFIG_TOPIC, IDENTIFIER, Scene

# What each part is there: entity, state, unit, class, and what else matters. No category: all of it is what the device
# is for, and belongs on a dashboard by itself.
APPEARANCE = {
    "lamp_switch": ("switch.kitchen_lamp", "off", {}),
    "desk_light": ("light.kitchen_desk", "off", {"supported_color_modes": ["brightness"]}),
    "strip_light": ("light.kitchen_led_strip", "off", {"supported_color_modes": ["rgb"]}),
    "floor_light": ("light.kitchen_floor", "off", {"supported_color_modes": ["rgbw"]}),
    "wall_event": ("event.kitchen_wall", "there", {"device_class": "button"}),
    "wall_button": ("button.kitchen_wall", "there", {}),
    "bell_event": ("event.kitchen_bell", "there", {"device_class": "button"}),
    "bell_button": ("button.kitchen_bell", "there", {}),
    "door_contact": ("binary_sensor.kitchen_door", "on", {"device_class": "door"}),
    "celsius_sensor": ("sensor.kitchen_celsius", "21.5", {
        "device_class": "temperature", "unit_of_measurement": "°C", "state_class": "measurement"}),
    "flow_sensor": ("sensor.kitchen_flow", "3.25", {
        "device_class": "volume_flow_rate", "unit_of_measurement": "L/min", "state_class": "measurement"}),
    "meter_sensor": ("sensor.kitchen_meter", "1234.5", {
        "device_class": "energy", "unit_of_measurement": "kWh", "state_class": "total"}),
    "odd_sensor": ("sensor.kitchen_odd", "7", {"unit_of_measurement": "furlong", "state_class": "measurement"}),
    "target_number": ("number.kitchen_heat_to", "20.5", {
        "unit_of_measurement": "°C", "min": 5.0, "max": 30.0, "step": 0.5}),
}
TRIGGERS = sorted((f"button_{kind}_press", name) for kind in ("short", "double", "long") for name in ("wall", "bell"))
LATENCY = 0.2  # seconds from a command to its state
PRESSED_TOPIC = "test/pressed"


def each_part_appears_as_what_it_is(scene: Scene) -> str:
    begun = time.monotonic()
    scene.start_device()
    until(lambda: len(scene.api.entities()) == len(APPEARANCE), "as many entities as the parts make", 30)
    took = time.monotonic() - begun
    until(lambda: scene.picture()[f"{IDENTIFIER}-odd_sensor"]["state"] == "7", "the last state comes")
    picture = scene.picture()
    names = {"strip": "LED strip", "target": "Heat to"}
    for component, (entity, state, attributes) in APPEARANCE.items():
        part = component.rpartition("_")[0]
        expected = {"entity": entity, "state": state, "category": None, "disabled": None,
                    "friendly_name": f"Kitchen {names.get(part, part.capitalize())}"} | attributes
        found = picture[f"{IDENTIFIER}-{component}"]
        compared = expected.keys() | ({"device_class", "unit_of_measurement"} & found.keys())
        found = {name: found.get(name) for name in compared}
        check(found == expected, f"{component} appears as {expected}, not as {found}")
    check(picture["triggers"] == TRIGGERS, f"its buttons are triggers: {picture['triggers']}")
    device = picture["device"]
    check((device["name"], device["manufacturer"]) == ("Kitchen", "Heliograph"), f"the device has a name: {device}")
    page = f"http://127.0.0.1:{scene.device.port}/"  # which it may know only after its first announcement
    until(lambda: scene.api.device(IDENTIFIER)["configuration_url"] == page, "it leads to the device's page")
    return f"{len(APPEARANCE)} entities and {len(TRIGGERS)} triggers, {took:.1f} s after the start of the device"


def a_command_moves_the_pin_and_comes_back(scene: Scene) -> str:
    events = scene.api.subscribe("subscribe_events", event_type="state_changed")
    times: list[float] = []

    def command(component: str, service: str, part: dict, seen: dict, state: str | None = None, **data: object) -> None:
        entity = scene.entity(component)
        domain = entity.partition(".")[0]
        start, begun = len(events), time.monotonic()
        scene.api.ask("call_service", domain=domain, service=service, service_data=data, target={"entity_id": entity})

        def is_back() -> bool:
            for event in events[start:]:
                new = event["data"]["new_state"]
                if new and new["entity_id"] == entity and (state is None or new["state"] == state) and all(
                        new["attributes"].get(name) == value for name, value in seen.items()):
                    return True
            return False
        until(is_back, f"{component} {service} {data} comes back as {state} {seen}", 5, 0.001)
        times.append(time.monotonic() - begun)
        name = component.rpartition("_")[0]
        found = scene.device_parts()[name]
        check(all(found[key] == value for key, value in part.items()), f"{name} is {part}, not {found}")
        check(found["by"] == "mqtt", f"{name} was set by the broker: {found}")

    for _ in range(5):
        command("lamp_switch", "turn_on", {"on": True}, {}, "on")
        command("lamp_switch", "turn_off", {"on": False}, {}, "off")
        command("desk_light", "turn_on", {"on": True, "brightness": 10}, {"brightness": 10}, "on", brightness=10)
        command("desk_light", "turn_off", {"on": False}, {}, "off")
        command("strip_light", "turn_on", {"on": True, "brightness": 128, "color": [255, 0, 64]},
                {"brightness": 128, "rgb_color": [255, 0, 64], "color_mode": "rgb"}, "on",
                rgb_color=[255, 0, 64], brightness=128)
        command("strip_light", "turn_on", {"on": True, "brightness": 20, "color": [255, 0, 64]},
                {"brightness": 20, "rgb_color": [255, 0, 64]}, "on", brightness=20)
        command("strip_light", "turn_off", {"on": False}, {}, "off")
        command("floor_light", "turn_on", {"on": True, "color": [1, 2, 3, 200]},
                {"rgbw_color": [1, 2, 3, 200], "color_mode": "rgbw"}, "on", rgbw_color=[1, 2, 3, 200])
        command("floor_light", "turn_off", {"on": False}, {}, "off")
        command("target_number", "set_value", {"value": 22.5}, {}, "22.5", value=22.5)
        command("target_number", "set_value", {"value": 20.5}, {}, "20.5", value=20.5)
    lines = scene.device.lines
    for line in ("lamp on", "lamp off", "desk on 10", "target 22.5"):
        check(any(seen.startswith(line) for seen in lines), f"the board shows “{line}”: {list(lines)[-8:]}")
    check_time(max(times) <= LATENCY, f"each within {LATENCY} s, and not {max(times):.3f} s")
    return f"{len(times)} commands, {1000 * median(times):.0f} ms in the median, {1000 * max(times):.0f} ms at most"


def a_change_at_the_device_is_seen(scene: Scene) -> str:
    times = []
    events = scene.api.subscribe("subscribe_events", event_type="state_changed")
    for words, component, state in [("on lamp", "lamp_switch", "on"), ("close door", "door_contact", "off"),
                                    ("set celsius -3", "celsius_sensor", "-3"), ("open door", "door_contact", "on"),
                                    ("set celsius 21.5", "celsius_sensor", "21.5"), ("off lamp", "lamp_switch", "off")]:
        entity, start, begun = scene.entity(component), len(events), time.monotonic()
        scene.device.say(words)
        until(lambda: any(event["data"]["entity_id"] == entity and event["data"]["new_state"]["state"] == state
                          for event in events[start:]), f"“{words}” is seen", 5, 0.001)
        times.append(time.monotonic() - begun)
    scene.device.say("fault lamp fuse")
    lamp = scene.entity("lamp_switch")
    until(lambda: scene.api.states()[lamp]["state"] == "unavailable", "a fault makes it unavailable")
    scene.device.say("heal lamp")
    until(lambda: scene.api.states()[lamp]["state"] == "off", "and its end available")
    return f"{1000 * max(times):.0f} ms at most"


def a_press_is_an_event_and_a_trigger_once(scene: Scene) -> str:
    """An automation publishes a message at each trigger, which the witness counts."""
    trigger = next(each for each in scene.api.triggers(IDENTIFIER)
                   if (each["type"], each["subtype"]) == ("button_short_press", "wall"))
    status, words = scene.api.request("POST", "/api/config/automation/config/press", {
        "alias": "press", "mode": "queued", "triggers": [trigger],
        "actions": [{"action": "mqtt.publish", "data": {"topic": PRESSED_TOPIC, "payload": "press"}}]})
    check(status == 200, f"an automation is made: {status} {words}")
    until(lambda: "automation.press" in scene.api.states(), "the automation is there")
    events = scene.api.subscribe("subscribe_events", event_type="state_changed")
    entity = scene.entity("wall_event")
    since, count = len(scene.witness.seen), 5
    for number in range(count):
        scene.device.say("tap wall")
        until(lambda: len(scene.witness.payloads(PRESSED_TOPIC, since)) == number + 1, "a press fires the trigger", 5)
        time.sleep(0.6)  # so that it is no double click
    kinds = [event["data"]["new_state"]["attributes"]["event_type"] for event in events
             if event["data"]["entity_id"] == entity]
    check(kinds.count("click") == count and kinds.count("press") == count, f"each press is an event: {kinds}")
    check(len(scene.witness.payloads(PRESSED_TOPIC, since)) == count, "and fires the trigger once")
    start = len(events)
    scene.api.call("button", "press", entity_id=scene.entity("wall_button"))
    until(lambda: any(event["data"]["entity_id"] == entity for event in events[start:]), "a press there is an event")
    check(scene.device_parts()["lamp"]["by"] is not None, "and does what a press does")
    until(lambda: len(scene.witness.payloads(PRESSED_TOPIC, since)) == count + 1, "and a trigger")
    if scene.device_parts()["lamp"]["on"]:
        scene.put("lamp", on=False)
    return f"{count} presses, {count} events, fired {count} times"


def no_trigger_fires_because_something_starts(scene: Scene) -> str:
    since = len(scene.witness.seen)
    scene.restart_home_assistant()
    until(lambda: "automation.press" in scene.api.states(), "the automation is there again")
    scene.api.call("automation", "reload")
    scene.stop_device()
    scene.start_device()
    scene.wait_until_connected()
    time.sleep(3)
    check(not scene.witness.payloads(PRESSED_TOPIC, since), "no press, no trigger")
    with scene.another_witness() as later:
        time.sleep(1)
        kept = [topic for _, topic, _, is_retained in later.seen if is_retained and topic.endswith("/event")]
    check(not kept, f"the broker keeps no press: {kept}")
    return "after starts of Home Assistant, its automations and the device"


def the_birth_message_is_not_withheld(scene: Scene) -> str:
    """Home Assistant waits until nobody has announced anything for five seconds: nobody hears of its start before."""
    times = []
    for starts_device in (False, True):
        since = len(scene.witness.seen)
        scene.house.stop_home_assistant()
        if starts_device:
            scene.stop_device()
        scene.house.start_home_assistant()
        begun = time.monotonic()
        if starts_device:
            scene.start_device()
        scene.wait_for_birth(since)
        times.append(time.monotonic() - begun)
    announced = len(scene.witness.seen)
    scene.wait_until_connected()
    time.sleep(12)
    count = len(scene.witness.payloads(CONFIG_TOPIC, announced))
    check(count <= 2, f"it is announced after the start and then not again, and not {count} times")
    check(times[0] < 12 and times[1] < 16, f"the birth message comes after {times[0]:.1f} and {times[1]:.1f} s")
    return f"after {times[0]:.1f} s, and {times[1]:.1f} s if the device starts meanwhile"


def what_is_announced_is_no_secret(scene: Scene) -> str:
    """A second opinion on the payload: one message that is JSON, retained, and of the size that is documented."""
    with scene.another_witness() as later:
        until(lambda: any(topic == CONFIG_TOPIC for _, topic, _, _ in later.seen), "it is retained")
        payload = next(text for _, topic, text, _ in later.seen if topic == CONFIG_TOPIC)
    components = json.loads(payload)["cmps"]
    check(len(components) == len(APPEARANCE) + len(TRIGGERS), f"one component for each: {sorted(components)}")
    return f"{len(payload.encode())} bytes"


ALL = [each_part_appears_as_what_it_is, a_command_moves_the_pin_and_comes_back, a_change_at_the_device_is_seen,
       a_press_is_an_event_and_a_trigger_once, no_trigger_fires_because_something_starts,
       what_is_announced_is_no_secret, the_birth_message_is_not_withheld]
