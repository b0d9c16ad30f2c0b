# SPDX-License-Identifier: MIT
"""Runs the claims, in an order in which each finds what it needs; `run` starts this in its environment."""
from __future__ import annotations

import fcntl
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import changes  # noqa: E402
import claims  # noqa: E402
import orders  # noqa: E402
from common.claims import TooSlow, holds, title_of  # noqa: E402
from house import House  # noqa: E402
from installation import FOLDER, version  # noqa: E402
from scene import Scene, Witness  # noqa: E402


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("run: ended"))  # and with it what it has started
    program, words = Path(sys.argv[1]).resolve(), sys.argv[2:]
    lock = (FOLDER / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"run: another run uses {FOLDER}")
    chosen = [*claims.ALL, *orders.ALL, *changes.ALL]
    if words == ["--ci"]:
        chosen = [*claims.ALL, *orders.CI, *changes.CI]
    elif words:
        chosen = [claim for claim in chosen if any(word in claim.__name__ for word in words)]
    failures = 0
    begun = time.monotonic()
    house = House()
    with tempfile.TemporaryDirectory(prefix="heliograph-") as name, house.run(), Witness(house.broker_port) as witness:
        print(f"Home Assistant {version()} is there after {time.monotonic() - begun:.1f} s", flush=True)
        scene = Scene(house, witness, program, Path(name))
        scene.wait_for_birth(0)
        try:
            for claim in chosen:
                failures += holds(title_of(claim), lambda: in_time(claim, scene)) is None
        finally:
            scene.stop_device()
    print(f"{failures} claims do not hold" if failures else f"all claims hold ({time.monotonic() - begun:.0f} s)")
    return 1 if failures else 0


def in_time(claim, scene: Scene) -> str:  # noqa: ANN001
    """What it says; tried three times if only a time is not as it should be."""
    for _ in range(2):
        try:
            return claim(scene)
        except TooSlow as failure:
            print(f"      once more: {failure}", flush=True)
    return claim(scene)


if __name__ == "__main__":
    sys.exit(main())
