# SPDX-License-Identifier: MIT
"""Abuse over real sockets, on loopback: each scenario does something to `heliograph` that no client should, prints what
was measured beside its bound, and fails past it."""
from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import crowds  # noqa: E402
import descriptors  # noqa: E402
import floods  # noqa: E402
import interruptions  # noqa: E402
import log  # noqa: E402
import slow_http  # noqa: E402
from bench import Bench  # noqa: E402
from common.environments import Unavailable, debian  # noqa: E402
from common.program import allow_descriptors  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = {
    "slow-headers": slow_http.headers,
    "slow-body": slow_http.body,
    "slow-reading": slow_http.reading,
    "idle-clients": crowds.idle,
    "sleeping-clients": crowds.asleep,
    "ping-flood": floods.pings,
    "close-flood": floods.closes,
    "upgrade-flood": floods.upgrades,
    "too-many-clients": floods.too_many,
    "resets": interruptions.resets,
    "hoarded-connections": interruptions.hoards,
    "vanished": interruptions.vanished,
    "full-disk": log.full_disk,
    "stuck-log": log.stuck,
    "no-descriptors": descriptors.exhausted,
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="abuse", description=__doc__)
    parser.add_argument("scenarios", metavar="SCENARIO", nargs="*", choices=[*SCENARIOS, []],
                        help="what to run; everything unless told otherwise")
    parser.add_argument("--list", action="store_true", help="name the scenarios, and run nothing")
    parser.add_argument("--programs", type=Path, metavar="FOLDER", default=ROOT / ".build" / "release",
                        help="where the built programs are")
    return parser.parse_args()


def run(name: str, bench: Bench) -> list[str]:
    """Runs a scenario; returns what went past its bound."""
    print(f"{name}: {SCENARIOS[name].__doc__}", flush=True)
    bench.failures = []
    start = time.monotonic()
    try:
        SCENARIOS[name](bench)
    except (OSError, RuntimeError, ValueError) as problem:
        print(f"  {problem!r}: FAIL")
        bench.failures.append(repr(problem))
    print(f"  ({time.monotonic() - start:.1f} s)", flush=True)
    return bench.failures


def main() -> int:
    options = arguments()
    if options.list:
        for name, scenario in SCENARIOS.items():
            print(f"{name:<20} {scenario.__doc__}")
        return 0
    if not (options.programs / "heliograph").exists():
        sys.exit(f"abuse: no heliograph in {options.programs}; build it: swift build -c release")
    try:
        debian(shutil.which("slowhttptest") is not None, "slowhttptest")
    except Unavailable as problem:
        sys.exit(f"abuse: {problem}")
    allow_descriptors()
    bench = Bench(options.programs)
    failed = []
    for name in options.scenarios or SCENARIOS:
        if run(name, bench):
            print("once more, since a machine that is busy with something else may have been the reason")
            failed += [f"FAIL {name}: {failure}" for failure in run(name, bench)]
    print("\n".join(failed or ["all within their bounds"]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
