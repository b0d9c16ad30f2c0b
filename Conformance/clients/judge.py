# SPDX-License-Identifier: MIT
"""Whether what was seen of a library is what its row of the table says."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from libraries import Library
from scenarios import REFUSALS, TOKEN_NAME, Seen, close_code, is_message, largest, message, shown

LOGGED = {  # what the device says of each refusal in its log
    "origin": "403 foreign Origin", "host": "403 unknown Host", "path": "404 no such path",
    "login": "401 Unauthorized", "malformed": "malformed Host",
}


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
    if (installed := result.library.installed()) != result.library.version:
        yield f"its version is {installed}; what is expected of it was seen of {result.library.version}"
    if expected.never:
        tried = seen["toggle"]
        if tried.one("open") is not None or not any(expected.never in line for line in tried.log):
            yield f"it is not refused with {expected.never}: {tried.lines}, log {tried.log}"
        return
    if problem := toggled(seen["toggle"]):
        yield problem
    yield from differences(result)
    yield from refusals(result)
    yield from login(result)
    for scenario in ("toggle", "echo", "origin", "host", "path", "login", "token", "full", "end"):
        if scenario in seen and not seen[scenario].is_over:
            yield f"{scenario}: its program does not end"


def differences(result: Result) -> Iterator[str]:
    """Every number of the row."""
    expected, seen = result.library.expected, result.seen
    behind = expected.behind if expected.behind and seen["full"].code == expected.behind.code else None
    found = {
        "full": expected.full if behind else seen["full"].code, "going_away": seen["end"].code,
        "largest": largest(seen["echo"]), "stays": result.stays, "ipv6": result.ipv6,
        "reminded": result.reminded,
    }
    for name, value in found.items():
        if value != getattr(expected, name):
            yield f"{name} is {value}, not {getattr(expected, name)}"
    if (code := close_code(seen["toggle"])) not in expected.closes:
        yield f"closes is {code}, not {' or '.join(map(str, expected.closes))}"
    is_told = any(is_message(line, "error") and "all places are taken" in line for line in seen["full"].lines)
    if is_told != (behind.is_told if behind else True):
        yield f"full: it is{'' if is_told else ' not'} shown the message that says so: {seen['full'].lines}"
    if not any("4013 too many clients" in line for line in seen["full"].log):
        yield f"full: the device did not say so: log {seen['full'].log}"


def refusals(result: Result) -> Iterator[str]:
    """Each refusal must have happened, by the device's log, for its own reason; and be shown as the row says."""
    expected = result.library.expected
    words = "phrase" if expected.shows_body else expected.shows
    shows = {"malformed": words, "login": expected.unauthorized or words}
    for refusal, line in LOGGED.items():
        if (seen := result.seen.get(refusal)) is None or (refusal == "malformed" and expected.ipv6 != "refused"):
            continue
        if seen.one("open") is not None or not any(line in said for said in seen.log):
            yield f"{refusal}: the device did not refuse it: {seen.lines[:3]}, log {seen.log[:3]}"
        elif (much := shown(seen, REFUSALS[refusal])) != (wanted := shows.get(refusal, expected.shows)):
            yield f"{refusal}: it shows {much}, not {wanted}: {seen.lines[:3]}"


def login(result: Result) -> Iterator[str]:
    """With a token it is let in where people log in, as the one whose token that is."""
    if (seen := result.seen.get("token")) is None:
        return
    if problem := toggled(seen):
        yield f"token: {problem}"
    elif (user := message(f"text {seen.one('text')}").get("user")) != TOKEN_NAME:
        yield f"token: it is {user} to the device, not {TOKEN_NAME}"
