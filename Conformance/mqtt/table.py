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
    """Puts what holds of each broker in its place on the page: a line for each claim, since there are more of them than
    brokers fit. What the page has of other brokers stays."""
    before, _, rest = page.read_text().partition(BEGIN)
    table, _, after = rest.partition(END)
    sections = {section.partition("\n")[0]: section for section in table.split("### ")[1:]}
    for row in rows:
        if None not in row.found.values():
            lines = [row.broker, "", f"Version {row.version}.", "", "| | |", "|---|---|",
                     *(f"| {claim} | {words} |" for claim, words in row.found.items()), "", ""]
            sections[row.broker] = "\n".join(lines)
    page.write_text(f"{before}{BEGIN}\n\n" + "".join(f"### {section}" for section in sections.values()) + f"{END}{after}")
