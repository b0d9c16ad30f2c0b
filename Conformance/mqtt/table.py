# SPDX-License-Identifier: MIT
"""The table of docs/brokers.md: what was seen of the device on each broker."""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

BEGIN, END = "<!-- table: made by Conformance/mqtt/run --docs -->", "<!-- end of table -->"


@dataclass
class Row:
    """A broker and what was found for each claim; None for one that does not hold."""
    broker: str
    version: str
    found: dict[str, str | None] = field(default_factory=dict)


def write(rows: list[Row], page: Path) -> None:
    """Puts the table in its place on the page: a line for each claim, since there are more of them than brokers fit."""
    lines = []
    for row in rows:
        lines += [f"### {row.broker}", "", f"Version {row.version}.", "", "| | |", "|---|---|",
                  *(f"| {claim} | {words} |" for claim, words in row.found.items()), ""]
    text = page.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n" + "\n".join(lines) + f"{END}{after}")
