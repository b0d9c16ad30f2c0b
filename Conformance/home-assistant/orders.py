# SPDX-License-Identifier: MIT
"""Home Assistant, the broker and the device are started again, in each of the six orders and in three ways: eighteen
claims that in the end a person sees the same, and the truth.

- In turn: each is ended as its service manager would, and started, before the next one ends.
- Killed in turn: the same by SIGKILL.
- Power cut: all are killed at once, and started in this order without waiting for one another.

Meanwhile the lamp changes at the device whenever it is the only one that knows."""
from __future__ import annotations

import itertools
import time
from collections.abc import Callable

from claims import PRESSED_TOPIC
from common.claims import check
from scene import IDENTIFIER, Scene

NAMES = {"home assistant": "Home Assistant", "broker": "the broker", "device": "the device"}


class Restarter:
    """Ends and starts each of the three."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.is_lit = False

    def end(self, name: str, *, kill: bool) -> None:
        scene = self.scene
        if name == "home assistant":
            scene.house.stop_home_assistant(kill=kill)
        elif name == "broker":
            scene.house.stop_broker(kill=kill)
        else:
            scene.stop_device(kill=kill)

    def start(self, name: str) -> None:
        scene = self.scene
        if name == "home assistant":
            scene.house.launch_home_assistant()
        elif name == "broker":
            scene.house.start_broker()
        else:
            scene.start_device()

    def switch_lamp(self) -> None:
        """Something that whoever is not there now has to hear of later."""
        if self.scene.device is not None:
            self.is_lit = not self.is_lit
            self.scene.put("lamp", on=self.is_lit)
            time.sleep(0.1)  # so that it is in the state file, too


def order(sequence: tuple[str, ...], way: str) -> Callable[[Scene], str]:
    def claim(scene: Scene) -> str:
        restarter = Restarter(scene)
        scene.put("lamp", on=False)
        scene.put("strip", on=True, brightness=77, color=[10, 200, 30])
        lamp, strip = f"{IDENTIFIER}-lamp_switch", f"{IDENTIFIER}-strip_light"
        scene.wait_until_connected()
        if scene.base is None:  # the same for all orders: what one of them leaves behind is not right for the next
            scene.restart_home_assistant()  # which writes its registers at an end, and else some time after a change
            scene.base = scene.settled_picture({lamp: "off", strip: "on"})
        base = scene.base
        scene.wait_for_picture(base, "the picture before")
        since = len(scene.witness.seen)
        if way == "power cut":
            restarter.switch_lamp()
            for name in sequence:
                restarter.end(name, kill=True)
            for name in sequence:
                restarter.start(name)
                restarter.switch_lamp()
        else:
            for name in sequence:
                restarter.end(name, kill=way == "killed in turn")
                restarter.switch_lamp()
                restarter.start(name)
                if name == "home assistant":
                    scene.house.meet_home_assistant()
        scene.house.meet_home_assistant()
        expected = base | {lamp: base[lamp] | {"state": "on" if restarter.is_lit else "off"}}
        took = scene.wait_for_picture(expected, "the same picture", 90)
        check(scene.device_parts()["lamp"]["on"] == restarter.is_lit, "which is the truth")
        check(not scene.witness.payloads(PRESSED_TOPIC, since), "and nobody has pressed anything")
        return f"the same picture {took:.1f} s after the last start"
    words = ", ".join(NAMES[name] for name in sequence)
    claim.__name__ = f"order {way}: {words}"
    return claim


ALL = [order(sequence, way) for way in ("in turn", "killed in turn", "power cut")
       for sequence in itertools.permutations(NAMES)]


def a_device_that_is_gone_is_gone_whoever_starts(scene: Scene) -> str:
    """The zombie: a device that has died, and that somebody shows as if it were there because he has just started."""
    scene.wait_until_connected()
    names = set(scene.picture()) - {"device", "triggers"}

    def is_gone() -> bool:
        picture = scene.picture()
        return {picture[name]["state"] for name in names} == {"unavailable"}
    scene.stop_device(kill=True)
    scene.expect_soon(is_gone, "it is gone")
    for restart in ("home assistant", "broker", "both"):
        if restart in ("broker", "both"):
            scene.house.stop_broker()
            scene.house.start_broker()
            time.sleep(12)  # Home Assistant comes back within ten seconds
        if restart in ("home assistant", "both"):
            scene.restart_home_assistant()
        scene.expect_soon(is_gone, f"it is gone after a start of {restart}")
        time.sleep(2)
        check(is_gone(), f"and stays so after a start of {restart}")
    scene.start_device()
    scene.expect_soon(lambda: "unavailable" not in {each["state"] for each in scene.picture().values()
                                                    if isinstance(each, dict) and "state" in each}, "it is back")
    return "unavailable over starts of Home Assistant, of the broker and of both"


# One order of each way, each with another one first.
CI = [ALL[0], ALL[8], ALL[16], a_device_that_is_gone_is_gone_whoever_starts]
ALL.append(a_device_that_is_gone_is_gone_whoever_starts)
