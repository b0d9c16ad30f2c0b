# SPDX-License-Identifier: MIT
"""Words for what a test claims: each raises an AssertionError with the claim that does not hold."""
from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 20.0  # seconds for anything to happen


def check(condition: object, claim: str) -> None:
    """Fails the test with `claim` unless the condition holds."""
    if not condition:
        raise AssertionError(claim)


class TooSlow(AssertionError):
    """Only a time was not what it must be."""


def check_time(condition: object, claim: str) -> None:
    """Fails the test with a time, which a machine that is busy with something else may have caused: the last that a
    test checks, and what alone lets it try again."""
    if not condition:
        raise TooSlow(claim)


def until(condition: Callable[[], object], claim: str, patience: float = PATIENCE, interval: float = 0.02) -> float:
    """Seconds until the condition held; a failure if it does not in time."""
    start = time.monotonic()
    while not condition():
        check(time.monotonic() - start < patience, f"not within {patience:.0f} s: {claim}")
        time.sleep(interval)
    return time.monotonic() - start


def holds(title: str, claim: Callable[[], str]) -> str | None:
    """What a claim has found, which is printed with the time that it took; None if it does not hold."""
    begun = time.monotonic()
    try:
        found = claim()
    except (AssertionError, OSError, RuntimeError, KeyError) as failure:
        words = f"there is no {failure}" if isinstance(failure, KeyError) else failure
        print(f"FAIL  {title}: {words}", flush=True)
        return None
    print(f"ok    {title}: {found} ({time.monotonic() - begun:.1f} s)", flush=True)
    return found


def title_of(claim: Callable[..., str]) -> str:
    """The name of a claim's function, as words."""
    return claim.__name__.replace("_", " ")
