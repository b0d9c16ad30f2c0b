# SPDX-License-Identifier: MIT
"""The table for the terminal, and docs/clients.md."""
from __future__ import annotations

import re
from pathlib import Path

from judge import Result
from libraries import IN_A_CALL
from scenarios import close_code, largest

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "clients.md"
BEGIN, END = "<!-- {}: begin -->", "<!-- {}: end -->"
PINGS = {"": "see below", IN_A_CALL: f"**{IN_A_CALL}**"}
IPV6 = {"open": "yes", "refused": "400, no brackets in `Host`", "none": "cannot"}


def summary(results: list[Result]) -> str:
    """A line for each library."""
    lines = [f"{'library':32} {'shows':8} {'full':5} {'1001':5} {'close':5} {'largest':>9} {'45 s':5} ipv6"]
    for result in results:
        seen = result.seen
        if "echo" not in seen:
            lines.append(f"{result.library.name:32} {seen['toggle'].lines[:1]}")
            continue
        lines.append(f"{result.library.name:32} {result.library.expected.shows:8} {seen['full'].code or '?':5} "
                     f"{seen['end'].code or '?':5} {close_code(seen['toggle']):5} {largest(seen['echo']):>9,} "
                     f"{'stays' if result.stays else 'ends':5} {result.ipv6}")
    return "\n".join(lines)


def words(result: Result, scenario: str) -> str:
    """What a library tells its user, on a line of a table, without what differs from run to run."""
    seen = result.seen.get(scenario)
    if seen is None or (scenario == "malformed" and result.ipv6 != "refused"):
        return "–"
    if scenario == "full" and (behind := result.library.expected.behind):
        return f"4013, or {behind.code}" + ("" if behind.is_told else " and no message")  # as it happens
    text = " / ".join(line for event in ("refused", "closed", "failed") for line in seen.all(event)) or "nothing"
    text = re.sub(r"(127\.0\.0\.1|lamp\.example|\[::1\]|::1):\d+", r"\1:PORT", text)
    text = re.sub(r"0x[0-9a-f]{6,}|_\d{3,}", "…", text)
    text = re.sub(r" at /.*", "", text)  # where in the program
    text = text if len(text) <= 110 else text[:107] + "…"
    return "`" + text.replace("|", "¦").replace("`", "'") + "`"


def behaviour(results: list[Result]) -> str:
    lines = ["| library | version | language | largest message | answers pings | silent for 45 s | its Close"
             " | house full | device ends | IPv6 address | a header of its own | CI |", "|---" * 12 + "|"]
    for result in results:
        library, seen = result.library, result.seen
        if "echo" not in seen:
            cells = ["cannot connect"] + ["–"] * 7
        else:
            size = largest(seen["echo"])
            code = close_code(seen["toggle"])
            full = "**late**" if library.expected.behind else seen["full"].code or "?"
            cells = ["1 MB" if size == 1_000_000 else f"**{size:,} B**", PINGS.get(library.reads, library.reads),
                     "stays" if result.stays else "**is given up**",
                     str(code) if code in (1000, 1005) else f"**{code}**", full,
                     seen["end"].code if result.stays and seen["end"].code else "–", IPV6[result.ipv6],
                     f"`{library.header}`" if library.header else "**cannot**"]
        lines.append(f"| {library.name} | {library.version} | {library.language} | " + " | ".join(cells)
                     + f" | {'yes' if library.ci else ''} |")
    return "\n".join(lines)


def told(results: list[Result]) -> str:
    scenarios = {"origin": "403, another site's `Origin`", "host": "403, an unknown `Host`", "path": "404",
                 "login": "401, nobody is logged in", "malformed": "400, `Host` without brackets",
                 "full": "4013, all places are taken", "end": "1001, the device ends"}
    lines = ["| library | " + " | ".join(scenarios.values()) + " |", "|---|" + "---|" * len(scenarios)]
    for result in results:
        cells = [words(result, "toggle")] + ["–"] * (len(scenarios) - 1) if "echo" not in result.seen else [
            words(result, scenario) for scenario in scenarios]
        lines.append(f"| {result.library.name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def advice(results: list[Result]) -> str:
    return "\n".join(f"- **{result.library.name}**: {result.library.advice}" for result in results
                     if result.library.advice)


def write(results: list[Result]) -> None:
    """Puts the tables between the markers of the page."""
    text = PAGE.read_text()
    for name, make in {"behaviour": behaviour, "told": told, "advice": advice}.items():
        before, rest = text.split(BEGIN.format(name))
        text = f"{before}{BEGIN.format(name)}\n{make(results)}\n{END.format(name)}{rest.split(END.format(name))[1]}"
    PAGE.write_text(text)
