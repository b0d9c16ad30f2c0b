# SPDX-License-Identifier: MIT
"""Which claims are tried in which engines, and how they are spread over browsers that run side by side. `run` starts
this, and has its help.
"""
from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import certificate_claims  # noqa: E402
import line_claims  # noqa: E402
import page_claims  # noqa: E402
import pictures  # noqa: E402
import setting_claims  # noqa: E402
from common.environments import Unavailable, debian  # noqa: E402
from engine import Engine  # noqa: E402
from engines import ENGINES, WebKitGTK  # noqa: E402
from table import Claim, Lane, Table, run_all  # noqa: E402

ABSENCES, SILENCE, LONG_ABSENCE = [10, 65], 10, 300  # seconds


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run")
    parser.add_argument("program", metavar="PROGRAM", type=Path, nargs="?")
    parser.add_argument("engines", metavar="ENGINE", nargs="*")
    for name in ("--ci", "--full", "--pictures", "--list"):
        parser.add_argument(name, action="store_true")
    parser.add_argument("--claim", metavar="NAME", action="append", default=[])
    options = parser.parse_args()
    if not options.list and not (options.program and options.program.is_file()):
        parser.error("PROGRAM must be a heliograph, such as .build/release/heliograph")
    names = [engine.name for engine in ENGINES]
    if unknown := set(options.engines) - set(names):
        parser.error(f"there is no engine {' and no '.join(sorted(unknown))}, but {', '.join(names)}")
    return options


def lanes(options: argparse.Namespace) -> list[list[Claim]]:
    """The claims that one browser is put through in turn, for each browser that runs at the same time."""
    if options.pictures:
        return [[pictures.write_pictures]]
    absences = ABSENCES + [LONG_ABSENCE] * options.full
    all_lanes = [page_claims.CLAIMS + line_claims.CLAIMS + [pictures.pictures],
                 [line_claims.hidden_for_a_minute, *setting_claims.CLAIMS, *certificate_claims.CLAIMS],
                 [*map(line_claims.away_for, absences), line_claims.away_for(SILENCE, is_silent=True)]]
    names = options.claim
    if unknown := set(names) - {claim.__name__ for lane in all_lanes for claim in lane}:
        sys.exit(f"run: there is no claim {' and no '.join(sorted(unknown))}; --list has them")
    return [chosen for lane in all_lanes
            if (chosen := [claim for claim in lane if not names or claim.__name__ in names])]


def show(claims: list[Claim]) -> None:
    for claim in claims:
        print(f"{claim.__name__}: {claim.__doc__}")
        for engine in ENGINES:
            if words := engine.but.get(claim.__name__):
                print(f"    {engine.name}: {words}")


def chosen_engines(options: argparse.Namespace) -> list[type[Engine]]:
    """Those that were asked for, with what they need."""
    engines = [engine for engine in ENGINES
               if (engine.name in options.engines if options.engines else not options.ci or engine is not WebKitGTK)]
    needed = {file: package for engine in engines for file, package in engine.packages.items()}
    missing = sorted({package for file, package in needed.items() if not Path(file).exists()})
    debian(not missing, *missing)
    return engines


def main() -> int:
    options = arguments()
    claims = lanes(options)
    if options.list:
        show([claim for lane in claims for claim in lane])
        return 0
    try:
        engines = chosen_engines(options)
    except Unavailable as problem:
        print(f"run: {problem}", file=sys.stderr)
        return 1
    table = Table([claim for lane in claims for claim in lane], engines)
    with tempfile.TemporaryDirectory(prefix="browsers-", ignore_cleanup_errors=True) as folder:
        run_all([Lane(engine, lane, Path(folder) / f"{engine.name}{number}", options.program.resolve())
                 for engine in engines for number, lane in enumerate(claims)], table)
    status = table.end()
    if options.pictures and status == 0 and engines == ENGINES:
        pictures.write_engines(engines)
    return status


if __name__ == "__main__":
    sys.exit(main())
