# SPDX-License-Identifier: MIT
"""The scenes and their claims; `run` starts this in the environment that it needs."""
from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "mqtt")]

import browser  # noqa: E402
import scene  # noqa: E402
from common.claims import holds, title_of  # noqa: E402
from clusters import Cluster, Mosquittos, Rabbits  # noqa: E402
from losses import (  # noqa: E402
    a_broker_that_is_gone_and_back_changes_nothing,
    a_device_that_hangs_is_shown_as_silent,
    a_killed_gateway_costs_its_pages_two_seconds,
    a_killed_node_costs_pages_ten_seconds,
    a_node_and_a_gateway_that_are_killed_together_come_back,
    one_that_hangs_unnoticed_by_its_broker_is_silent,
)
from scene import (  # noqa: E402
    a_change_is_on_every_page_that_shows_it,
    a_command_to_all_has_a_result_for_each,
    a_gateway_that_starts_has_all_in_seconds,
    every_device_appears,
    the_first_paint_is_small_and_a_search_is_quick,
)

ALONE = [
    every_device_appears, a_gateway_that_starts_has_all_in_seconds, the_first_paint_is_small_and_a_search_is_quick,
    a_change_is_on_every_page_that_shows_it, a_command_to_all_has_a_result_for_each,
    a_broker_that_is_gone_and_back_changes_nothing, one_that_hangs_unnoticed_by_its_broker_is_silent,
    a_device_that_hangs_is_shown_as_silent,
]
CI = [
    every_device_appears, a_change_is_on_every_page_that_shows_it, a_command_to_all_has_a_result_for_each,
    a_killed_gateway_costs_its_pages_two_seconds,
]
RABBITS = [
    every_device_appears, a_gateway_that_starts_has_all_in_seconds, a_change_is_on_every_page_that_shows_it,
    a_command_to_all_has_a_result_for_each, a_killed_gateway_costs_its_pages_two_seconds,
    a_killed_node_costs_pages_ten_seconds, one_that_hangs_unnoticed_by_its_broker_is_silent,
    a_node_and_a_gateway_that_are_killed_together_come_back,
]
CLUSTER = [
    every_device_appears, a_gateway_that_starts_has_all_in_seconds, a_change_is_on_every_page_that_shows_it,
    a_command_to_all_has_a_result_for_each, a_killed_gateway_costs_its_pages_two_seconds,
    a_killed_node_costs_pages_ten_seconds, one_that_hangs_unnoticed_by_its_broker_is_silent,
    a_node_and_a_gateway_that_are_killed_together_come_back, a_device_that_hangs_is_shown_as_silent,
]

SCENES = {
    "ci": (Mosquittos, 2, CI), "page": (Mosquittos, 1, [every_device_appears, *browser.CLAIMS]),
    "mosquitto": (Mosquittos, 1, ALONE), "rabbitmq": (Rabbits, 3, RABBITS), "cluster": (Cluster, 3, CLUSTER),
}


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("heliograph", type=Path)
    options.add_argument("devices_program", type=Path)
    options.add_argument("scenes", nargs="*", choices=[[], *SCENES], default=[])
    options.add_argument("--devices", type=int, default=500)
    options.add_argument("--pages", type=int, default=20)
    options.add_argument("--rate", type=int, default=100)
    options.add_argument("--ci", action="store_true")
    given = options.parse_args()
    if given.ci:
        given.scenes, given.devices = ["ci"], 100
    failures = 0
    for name in given.scenes or [name for name in SCENES if name != "ci"]:
        broker, gateways, claims = SCENES[name]
        with tempfile.TemporaryDirectory(prefix="heliograph-", ignore_cleanup_errors=True) as folder:
            with scene.Scene(broker(Path(folder)), gateways, Path(folder), given) as stage:
                for claim in claims:
                    failures += holds(f"{name}: {title_of(claim)}", lambda: claim(stage)) is None
    print(f"{failures} claims do not hold" if failures else "all claims hold")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
