# SPDX-License-Identifier: MIT
"""Whether what was seen of a library is what its row of the table says."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from libraries import Library
from scenarios import REFUSALS, Seen, close_code, is_message, largest, message, shown


@dataclass
class Result:
    """What was seen of a library, by scenario."""
    library: Library
    seen: dict[str, Seen]
    stays: bool = False
    reminded: bool = False

    @property
    def ipv6(self) -> str:
        """What became of an address of IPv6."""
        seen = self.seen["malformed"]
        if any("malformed Host" in line for line in seen.log):
            return "refused"
        return "open" if toggled(seen) is None else "none"


def toggled(seen: Seen) -> str | None:
    """What is wrong with a conversation: hello, `toggle`, the new state, and the end."""
    if seen.one("open") is None:
        return f"it has no connection: {seen.lines[:2]}"
    texts = [line for line in seen.lines if line.startswith("text ")]
    if len(texts) != 2 or not is_message(texts[0], "hello") or not is_message(texts[1], "state"):
        return f"it does not get the hello and then the state: {seen.lines}"
    before, after = (message(text)["parts"]["led"]["on"] for text in texts)
    if before == after:
        return "its `toggle` does not change the LED"
    return None if seen.one("closed") is not None else f"it does not end by itself: {seen.lines[-1]}"


def judge(result: Result) -> Iterator[str]:
    """Each claim that does not hold."""
    expected, seen = result.library.expected, result.seen
    if expected.never:
        tried = seen["toggle"]
        if tried.one("open") is not None or not any(expected.never in line for line in tried.log):
            yield f"it is not refused with {expected.never}: {tried.lines}, log {tried.log}"
        return
    if problem := toggled(seen["toggle"]):
        yield problem
    yield from differences(result)
    yield from refusals(result)
    for scenario in ("toggle", "echo", "origin", "host", "path", "full", "end"):
        if scenario in seen and not seen[scenario].is_over:
            yield f"{scenario}: its program does not end"


def differences(result: Result) -> Iterator[str]:
    """Every number of the row."""
    expected, seen = result.library.expected, result.seen
    is_missed = expected.is_behind and seen["full"].code in ("1005", "1006")
    found = {
        "full": expected.full if is_missed else seen["full"].code,
        "going_away": seen["end"].code if result.stays else expected.going_away,
        "largest": largest(seen["echo"]), "stays": result.stays, "ipv6": result.ipv6,
        "reminded": result.reminded,
    }
    for name, value in found.items():
        if value != getattr(expected, name):
            yield f"{name} is {value}, not {getattr(expected, name)}"
    if (code := close_code(seen["toggle"])) not in expected.closes:
        yield f"closes is {code}, not {' or '.join(map(str, expected.closes))}"
    is_told = any(is_message(line, "error") and "all places are taken" in line for line in seen["full"].lines)
    if not is_missed and not is_told:
        yield f"full: it is not shown the message that says so: {seen['full'].lines}"


def refusals(result: Result) -> Iterator[str]:
    """Each refusal must have happened, by the device's log, for its own reason; and be shown as the row says."""
    much = shown(result.seen["malformed"], REFUSALS["malformed"])
    # The body has the same words here, so that one that shows it shows more than elsewhere.
    if result.ipv6 == "refused" and much not in (result.library.expected.shows, "phrase"):
        yield f"malformed: it shows {much}, not {result.library.expected.shows}: {result.seen['malformed'].lines}"
    logged = {"origin": "403 foreign Origin", "host": "403 unknown Host", "path": "404 no such path"}
    for refusal, line in logged.items():
        if (seen := result.seen.get(refusal)) is None:
            continue
        if seen.one("open") is not None or not any(line in said for said in seen.log):
            yield f"{refusal}: the device did not refuse it: {seen.lines[:3]}, log {seen.log[:3]}"
        elif (much := shown(seen, REFUSALS[refusal])) != result.library.expected.shows:
            yield f"{refusal}: it shows {much}, not {result.library.expected.shows}: {seen.lines[:3]}"
