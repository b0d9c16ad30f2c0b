# SPDX-License-Identifier: MIT
"""Runs the claims of each broker; `run` starts this in the environment that it needs."""
from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import brokers  # noqa: E402
import claims  # noqa: E402


def main() -> int:
    program, words = Path(sys.argv[1]), sys.argv[2:]
    kinds = brokers.CI if "--ci" in words else brokers.ALL
    if named := [word for word in words if not word.startswith("--")]:
        kinds = [kind for kind in brokers.ALL if kind.name in named]
    failures = 0
    for kind in kinds:
        kind.install()
        with tempfile.TemporaryDirectory(prefix="heliograph-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            with kind(folder).run() as broker:
                for claim in claims.ALL:
                    title = claim.__name__.replace("_", " ")
                    begun = time.monotonic()
                    try:
                        words_found = claim(claims.Desk(program, broker, folder))
                        print(f"ok    {kind.name}: {title}: {words_found} ({time.monotonic() - begun:.1f} s)", flush=True)
                    except (AssertionError, OSError, RuntimeError) as failure:
                        failures += 1
                        print(f"FAIL  {kind.name}: {title}: {failure}", flush=True)
                        if broker.running is None:
                            broker.start()
    print(f"{failures} claims do not hold" if failures else "all claims hold")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
