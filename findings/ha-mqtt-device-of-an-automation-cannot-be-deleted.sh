#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: homeassistant 2026.11.0 (PyPI), mosquitto of Debian forky.
# Behaviour: a device of MQTT with a device trigger (discovered by `homeassistant/device/ID/config`, as documented) can be
#   deleted by a person. Once an automation starts with that trigger, and Home Assistant has been started again, it cannot:
#   the answer is "Unknown error", in the log stands `TypeError: 'NoneType' object is not subscriptable` of
#   `device_trigger.async_removed_from_device`, and the device stays, with all its entities. The automation comes up before
#   the broker's messages do, and leaves an entry for the trigger without its discovery data, which the discovery then
#   never fills in. To delete the automation does not help before the next start.
# Seen: an automation, the device is deleted                        ok
#       the same after a start of Home Assistant                    unknown_error, and the device is still there
#       the automation is deleted, too                              unknown_error, and the device is still there
#       the same after a start of Home Assistant                    ok
# Needs root on a Debian: Home Assistant and its broker come into .build-conformance (Conformance/home-assistant/run), and
# are ended with the script. Loopback only; no Heliograph.
set -eu
cd "$(dirname "$0")/.."
Conformance/home-assistant/run --install
.build-conformance/home-assistant/client/environment/bin/python - <<'PYTHON'
import json, sys, time

sys.path[:0] = ["Conformance", "Conformance/home-assistant"]
from common.claims import until
from house import House
from scene import Witness

TRIGGER = {"type": "button_short_press", "subtype": "wall"}
CONFIG = {"dev": {"ids": ["kit"], "name": "Kit"}, "o": {"name": "by hand"}, "cmps": {
    "lamp": {"p": "switch", "uniq_id": "kit_lamp", "cmd_t": "kit/lamp/set"},
    "wall": {"p": "device_automation", "atype": "trigger", "type": TRIGGER["type"], "stype": TRIGGER["subtype"],
             "t": "kit/wall", "pl": "press"}}}


def announce():
    witness.publish("homeassistant/device/kit/config", json.dumps(CONFIG), retain=True)
    until(lambda: house.api.triggers("kit"), "the device is there")


def delete(what, expected):
    device = house.api.device("kit")
    try:
        house.api.ask("config/device_registry/remove_config_entry", device_id=device["id"],
                      config_entry_id=device["config_entries"][0])
        until(lambda: house.api.device("kit") is None, "it is gone")
        seen = "ok"
    except AssertionError as refusal:
        assert "unknown_error" in str(refusal), refusal
        time.sleep(1)
        seen = "unknown_error, and the device is still there" if house.api.device("kit") else "unknown_error"
    print(f"{what:59} {seen}", flush=True)
    assert seen == expected


def start_again():
    since = len(witness.seen)
    house.stop_home_assistant()
    house.start_home_assistant()
    until(lambda: "online" in witness.payloads("homeassistant/status", since), "it has started", 60)


house = House()
with house.run(), Witness(house.broker_port) as witness:
    until(lambda: "online" in witness.payloads("homeassistant/status"), "Home Assistant has started", 60)
    announce()
    house.api.request("POST", "/api/config/automation/config/press", {
        "alias": "press", "triggers": [{"trigger": "device", "domain": "mqtt", "device_id": house.api.device("kit")["id"],
                                        **TRIGGER}], "actions": [{"event": "pressed"}]})
    until(lambda: "automation.press" in house.api.states(), "the automation is there")
    delete("an automation, the device is deleted", "ok")
    announce()
    start_again()
    stays = "unknown_error, and the device is still there"
    delete("the same after a start of Home Assistant", stays)
    house.api.request("DELETE", "/api/config/automation/config/press")
    until(lambda: "automation.press" not in house.api.states(), "the automation is gone")
    delete("the automation is deleted, too", stays)
    start_again()
    delete("the same after a start of Home Assistant", "ok")
PYTHON
