# SPDX-License-Identifier: MIT
"""A description that is changed: parts that are renamed, removed, new, and of another kind under the same name; and a
device that is deleted there. What was is gone, in its register too, and what is there appears once.

Who runs when the device starts with another description, and what the broker keeps, differs from claim to claim."""
from __future__ import annotations

import time
from collections.abc import Callable

from common.claims import check, until
from scene import CONFIG_TOPIC, IDENTIFIER, PARTS, Scene

# What each component was or is; buttons have more than one.
BEFORE = {"lamp_switch", "desk_light", "strip_light", "floor_light", "wall_event", "wall_button", "bell_event",
          "bell_button", "door_contact", "celsius_sensor", "flow_sensor", "meter_sensor", "odd_sensor", "target_number"}
# The lamp is renamed; of the lights, which no other part is any more, one is removed and the others are of another
# kind; a button is a contact, and a contact a button; a sensor is a number, and a number a sensor.
CHANGED = """name: Kitchen
parts:
  ceiling: {switch: GPIO1, restore: restore-default-off}
  strip: {switch: GPIO5}
  floor: {number: 3, min: 0, max: 9, step: 1}
  wall: {button: GPIO2, click: toggle ceiling, remote: true}
  bell: {contact: GPIO3}
  door: {button: GPIO4}
  celsius: {number: 19, min: 5, max: 30, step: 0.5}
  target: {sensor: 'file:/dev/null', unit: °C, device_class: temperature}
"""
AFTER = {"ceiling_switch", "strip_switch", "floor_number", "wall_event", "wall_button", "bell_contact", "door_event",
         "door_button", "celsius_number", "target_sensor"}
TRIGGERS_BEFORE, TRIGGERS_AFTER = {"wall", "bell"}, {"wall", "door"}
SETTLED = 12.0  # seconds without a change


def expect(scene: Scene, components: set[str], triggers: set[str], when: str) -> None:
    """Just these, available, and so for a while."""
    expected = {f"{IDENTIFIER}-{component}" for component in components}

    def found() -> tuple[set[str], set[str], list[str]]:
        entities, states = scene.api.entities(), scene.api.states()
        missing = [entity["entity_id"] for entity in entities.values()
                   if states.get(entity["entity_id"], {"state": "unavailable"})["state"] == "unavailable"]
        ghosts = [name for name in states if ".kitchen_" in name
                  and name not in {entity["entity_id"] for entity in entities.values()}]
        return set(entities), {trigger["subtype"] for trigger in scene.api.triggers(IDENTIFIER)}, missing + ghosts

    def is_right() -> bool:
        return found() == (expected, triggers, [])
    try:
        until(is_right, when, 60, 0.2)
    except AssertionError as failure:
        entities, subtypes, wrong = found()
        raise AssertionError(f"{failure}: too many are {sorted(entities - expected)}, there are not "
                             f"{sorted(expected - entities)}, unavailable are {wrong}, triggers {subtypes}") from None
    end = time.monotonic() + SETTLED
    while time.monotonic() < end:
        # What is taken out may be there once more for two seconds, by name: see the next claim for when it is not.
        time.sleep(0.5)
    check(is_right(), f"{when}, and so it stays: {found()}")


def changed_while(scene: Scene, situation: Callable[[str], None]) -> str:
    """To the other description and back, since what comes back after it was gone is worth a look, too."""
    ways = ((CHANGED, AFTER, TRIGGERS_AFTER, "there"), (PARTS, BEFORE, TRIGGERS_BEFORE, "back"))
    for parts, components, triggers, way in ways:
        situation(parts)
        expect(scene, components, triggers, f"nothing but what is there, {way}")
    return f"{len(AFTER)} entities, and {len(BEFORE)} on the way back"


def parts_change_while_home_assistant_runs(scene: Scene) -> str:
    def situation(parts: str) -> None:
        scene.stop_device()
        scene.start_device(parts)
    return changed_while(scene, situation)


def parts_change_while_home_assistant_is_off(scene: Scene) -> str:
    def situation(parts: str) -> None:
        scene.house.stop_home_assistant()
        scene.stop_device()
        scene.start_device(parts)
        scene.wait_until_connected()
        time.sleep(5)
        scene.house.start_home_assistant()
    return changed_while(scene, situation)


def parts_change_and_nobody_meets_for_a_while(scene: Scene) -> str:
    """What was taken out is retained, but Home Assistant starts when the device is off: it knows no such thing."""
    def situation(parts: str) -> None:
        scene.house.stop_home_assistant(kill=True)
        scene.stop_device(kill=True)
        scene.start_device(parts)
        scene.wait_until_connected()
        time.sleep(5)
        scene.stop_device(kill=True)
        scene.restart_home_assistant()
        scene.start_device(parts)
    return changed_while(scene, situation)


def parts_change_and_the_broker_has_forgotten_all(scene: Scene) -> str:
    """Home Assistant starts at an empty broker, and says so when the device is off."""
    def situation(parts: str) -> None:
        scene.stop_device()
        scene.house.stop_home_assistant()
        scene.house.stop_broker()
        scene.house.start_broker()
        scene.wait_for_witness()
        scene.restart_home_assistant()
        scene.start_device(parts)
    return changed_while(scene, situation)


def parts_change_again_and_again(scene: Scene) -> str:
    """Each of several descriptions for a moment only, while Home Assistant loads what it has not loaded yet."""
    scene.stop_device()
    scene.restart_home_assistant()
    for parts in (CHANGED, PARTS) * 3:
        scene.start_device(parts)
        scene.wait_until_connected()
        time.sleep(0.3)
        scene.stop_device(kill=True)
    scene.start_device(PARTS)
    expect(scene, BEFORE, TRIGGERS_BEFORE, "nothing but what is there")
    return "six descriptions in a few seconds"


def the_only_part_changes_its_kind(scene: Scene) -> str:
    """For a moment nothing is left of the device, and Home Assistant deletes a device of which nothing is left."""
    for kind, component in (("switch: GPIO1", "lamp_switch"), ("light: 'pwm0:0'", "lamp_light"),
                            ("button: GPIO1", "lamp_event"), ("switch: GPIO1", "lamp_switch")):
        scene.stop_device()
        scene.start_device(f"name: Kitchen\nparts:\n  lamp: {{{kind}}}\n")
        button = kind.startswith("button")
        components = {component, "lamp_button"} if button else {component}
        expect(scene, components, {"lamp"} if button else set(), f"only the {kind}")
    scene.stop_device()
    scene.start_device(PARTS)
    expect(scene, BEFORE, TRIGGERS_BEFORE, "nothing but what is there")
    return "a switch, a light, a button, a switch"


def what_was_taken_out_is_forgotten(scene: Scene) -> str:
    """After a start of Home Assistant that the device has heard, what is gone does not come up again."""
    scene.restart_home_assistant()
    time.sleep(12)
    since = len(scene.witness.seen)
    events = scene.api.subscribe("subscribe_events", event_type="entity_registry_updated")
    scene.stop_device()
    scene.start_device()
    scene.wait_until_connected()
    time.sleep(8)
    said = scene.witness.payloads(CONFIG_TOPIC, since)
    check(said and not any("ceiling" in payload for payload in said), "the device speaks of it no more")
    check(not [event for event in events if event["data"]["action"] != "update"], f"nothing comes or goes: {events}")
    return f"{len(said)} messages without it"


def a_device_deleted_there_stays_away_until_it_is_started(scene: Scene) -> str:
    # Home Assistant 2026.11.0 cannot delete a device of which an automation has a trigger (findings/).
    scene.api.request("DELETE", "/api/config/automation/config/press")
    scene.restart_home_assistant()
    entry = scene.api.device(IDENTIFIER)
    scene.api.ask("config/device_registry/remove_config_entry", device_id=entry["id"],
                  config_entry_id=entry["config_entries"][0])
    until(lambda: scene.api.device(IDENTIFIER) is None, "it is deleted")
    until(lambda: any("deleted in Home Assistant" in line for line in scene.device.lines), "the device logs it")
    since = len(scene.witness.seen)
    scene.restart_home_assistant()
    scene.house.stop_broker()
    scene.house.start_broker()
    scene.wait_for_witness()
    scene.wait_until_connected()
    time.sleep(10)
    check(scene.api.device(IDENTIFIER) is None and not scene.api.entities(), "it stays away")
    check(not any(scene.witness.payloads(CONFIG_TOPIC, since)), "and is not announced")
    scene.stop_device()
    scene.start_device(PARTS)
    expect(scene, BEFORE, TRIGGERS_BEFORE, "a start of the device brings it back")
    return "away over starts of Home Assistant and of the broker, back with one of the device"


def nothing_is_wrong_in_its_log(scene: Scene) -> str:
    found = scene.house.complaints()
    check(not found, f"{len(found)} lines about us at WARNING or above, such as {found[:5]}")
    return "no line about us at WARNING or above"


def nothing_else_is_wrong_in_its_log(scene: Scene) -> str:
    """When a person deletes a device, Home Assistant publishes an empty message for each of its components, all under one
    name, and then wonders about those that follow the first."""
    found = [line for line in scene.house.complaints() if "No device components to cleanup" not in line]
    check(not found, f"{len(found)} lines about us at WARNING or above, such as {found[:5]}")
    return "nor after the deletion, but for what Home Assistant says of itself"


def a_device_that_is_not_to_be_found_any_more_is_gone(scene: Scene) -> str:
    """By a start with --no-mqtt-discovery, whether Home Assistant runs then or not."""
    for is_running in (True, False):
        scene.stop_device()
        scene.start_device(PARTS)
        expect(scene, BEFORE, TRIGGERS_BEFORE, "it is there")
        scene.stop_device()
        if not is_running:
            scene.house.stop_home_assistant()
        scene.start_device(PARTS, "--no-mqtt-discovery")
        scene.wait_until_connected()
        if not is_running:
            time.sleep(3)
            scene.restart_home_assistant()
            time.sleep(SETTLED)
        expect(scene, set(), set(), "it is gone")
        check(scene.api.device(IDENTIFIER) is None, "and is no device there")
    scene.restart_home_assistant()
    time.sleep(SETTLED)
    expect(scene, set(), set(), "it stays away")
    scene.stop_device()
    scene.start_device(PARTS)
    expect(scene, BEFORE, TRIGGERS_BEFORE, "told to be found, it is back")
    return "gone, whether Home Assistant ran at that time or not"


ALL = [parts_change_while_home_assistant_runs, what_was_taken_out_is_forgotten,
       parts_change_while_home_assistant_is_off, parts_change_and_nobody_meets_for_a_while,
       parts_change_and_the_broker_has_forgotten_all, parts_change_again_and_again, the_only_part_changes_its_kind,
       a_device_that_is_not_to_be_found_any_more_is_gone, nothing_is_wrong_in_its_log,
       a_device_deleted_there_stays_away_until_it_is_started,
       nothing_else_is_wrong_in_its_log]
CI = [parts_change_while_home_assistant_is_off, nothing_is_wrong_in_its_log]
