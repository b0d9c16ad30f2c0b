# SPDX-License-Identifier: MIT
"""Abuse over real sockets, on loopback: each scenario does something to `heliograph` that no client should, prints what
was measured beside its bound, and fails past it. What this machine cannot test is named at the end; where
CI is set, that is a failure."""
from __future__ import annotations

import argparse
import os
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
import shares  # noqa: E402
import slow_http  # noqa: E402
from bench import Bench, Failure  # noqa: E402
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
    "crowd": shares.crowd,
    "handshakes": shares.handshakes,
    "household": shares.household,
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
                        help="what to run (default: everything)")
    parser.add_argument("--list", action="store_true", help="name the scenarios, and run nothing")
    parser.add_argument("--programs", type=Path, metavar="FOLDER", default=ROOT / ".build" / "release",
                        help="where the built programs are")
    return parser.parse_args()


def run(name: str, bench: Bench) -> list[Failure]:
    """Runs a scenario; returns what went past its bound."""
    print(f"{name}: {SCENARIOS[name].__doc__}", flush=True)
    bench.begin()
    start = time.monotonic()
    try:
        SCENARIOS[name](bench)
    except (OSError, RuntimeError, ValueError) as problem:
        print(f"  {problem!r}: FAIL")
        bench.failures.append(Failure(repr(problem)))
    print(f"  ({time.monotonic() - start:.1f} s)", flush=True)
    return bench.failures


def run_fairly(name: str, bench: Bench) -> list[Failure]:
    """The same, and once more if nothing but times went past their bounds: a busy machine can be the reason for these.
    It is none for a server that died, for memory, or for anything that is counted."""
    failures = run(name, bench)
    if failures and all(failure.is_late for failure in failures):
        print("only times: once more, since a machine that is busy with something else may have been the reason")
        failures = run(name, bench)
    return failures


def verdict(failed: list[str], omitted: list[str]) -> int:
    """Prints the last lines; returns the exit status."""
    print("\n".join([*failed, *omitted]))
    if failed:
        return 1
    if not omitted:
        print("all within their bounds")
        return 0
    print(f"what was tested is within its bounds, but not everything could be tested here: {len(omitted)} omitted")
    return 1 if os.environ.get("CI") else 0


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
    failed, omitted = [], []
    for name in options.scenarios or SCENARIOS:
        failed += [f"FAIL {name}: {failure.what}" for failure in run_fairly(name, bench)]
        omitted += [f"NOT ASKED {name}: {words}" for words in bench.omissions]
    return verdict(failed, omitted)


if __name__ == "__main__":
    sys.exit(main())
