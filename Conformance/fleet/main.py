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

SCENES = {
    "ci": (Mosquittos, 2, scene.CI), "page": (Mosquittos, 1, [scene.every_device_appears, *browser.CLAIMS]),
    "mosquitto": (Mosquittos, 1, scene.ALONE), "rabbitmq": (Rabbits, 3, scene.RABBITS), "cluster": (Cluster, 3, scene.CLUSTER),
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
