# SPDX-License-Identifier: MIT
"""Runs the claims of each broker; `run` starts this in the environment that it needs."""
from __future__ import annotations

import argparse
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import brokers  # noqa: E402
import claims  # noqa: E402
import table  # noqa: E402

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


def try_all(kind: type[brokers.Broker], program: Path, absence: float) -> table.Row:
    """What was found for each claim; an AssertionError's words for those that do not hold."""
    row = table.Row(kind.name, kind.version())
    with tempfile.TemporaryDirectory(prefix="heliograph-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with kind(folder).run() as broker:
            for claim, title in claims.ALL.items():
                begun = time.monotonic()
                try:
                    row.found[title] = claim(claims.Desk(program, broker, folder, absence))
                    print(f"ok    {kind.name}: {title}: {row.found[title]} ({time.monotonic() - begun:.1f} s)", flush=True)
                except (AssertionError, OSError, RuntimeError) as failure:
                    row.failures += 1
                    print(f"FAIL  {kind.name}: {title}: {failure}", flush=True)
                    if broker.running is None:
                        broker.start()
    return row


def main() -> int:
    options = arguments()
    kinds = brokers.CI if options.ci else [k for k in brokers.ALL if not options.brokers or k.name in options.brokers]
    absence = SHORT_ABSENCE if options.ci else ABSENCE
    for kind in kinds:
        kind.install()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        rows = list(pool.map(lambda kind: try_all(kind, options.program, absence), kinds))
    failures = sum(row.failures for row in rows)
    print(f"{failures} claims do not hold" if failures else "all claims hold")
    if options.docs and not failures:
        table.write(rows, HERE.parent.parent / "docs/brokers.md")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
