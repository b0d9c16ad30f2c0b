# SPDX-License-Identifier: MIT
"""Runs the claims of each broker; `run` starts this in the environment that it needs."""
from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import brokers  # noqa: E402
import claims  # noqa: E402
import secured  # noqa: E402
import table  # noqa: E402
from common.claims import holds, title_of  # noqa: E402

ABSENCE, SHORT_ABSENCE = 300.0, 5.0  # seconds that a broker is away for long
AT_ONCE = 4  # brokers side by side: the claims wait most of their time


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run")
    parser.add_argument("program", metavar="PROGRAM", type=Path)
    parser.add_argument("brokers", metavar="BROKER", nargs="*")
    parser.add_argument("--ci", action="store_true")
    parser.add_argument("--docs", action="store_true")
    options = parser.parse_args()
    if unknown := set(options.brokers) - {kind.name for kind in brokers.ALL}:
        parser.error(f"there is no broker {', '.join(sorted(unknown))}, but " + ", ".join(k.name for k in brokers.ALL))
    return options


@contextmanager
def running(kind: type[brokers.Broker]) -> Iterator[tuple[brokers.Broker, Path]]:
    """A broker, and a folder for what is tried with it."""
    with tempfile.TemporaryDirectory(prefix="heliograph-", ignore_cleanup_errors=True) as name:
        with kind(Path(name)).run() as broker:
            yield broker, Path(name)


def try_all(kind: type[brokers.Broker], program: Path, absence: float) -> table.Row:
    """What was found for each claim that every broker is to make true."""
    row = table.Row(kind.name, kind.version())
    with running(kind) as (broker, folder):
        of_one = claims.OF_MOSQUITTO if kind is brokers.Mosquitto else {}
        for claim, title in (claims.ALL | of_one).items():
            row.found[title] = holds(f"{broker.name}: {title}", lambda: claim(claims.Desk(program, broker, folder, absence)))
            if broker.running is None:
                broker.start()
    return row


def try_secured(program: Path) -> bool:
    """Whether the claims of brokers with TLS hold."""
    found = []
    for kind, those in secured.ALL.items():
        with running(kind) as (broker, folder):
            for claim in those:
                title = f"{broker.name}: {title_of(claim)}"
                found.append(holds(title, lambda: claim(secured.Room(program, broker, folder))))
    return None not in found


def main() -> int:
    options = arguments()
    kinds = brokers.CI if options.ci else [k for k in brokers.ALL if not options.brokers or k.name in options.brokers]
    absence = SHORT_ABSENCE if options.ci else ABSENCE
    for kind in kinds:
        kind.install()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        rows = list(pool.map(lambda kind: try_all(kind, options.program, absence), kinds))
    hold = not any(None in row.found.values() for row in rows)
    if not options.brokers:
        hold = try_secured(options.program) and hold
    print("all claims hold" if hold else "not all claims hold")
    if options.docs:
        table.write(rows, HERE.parent.parent / "docs/brokers.md")
    return 0 if hold else 1


if __name__ == "__main__":
    sys.exit(main())
