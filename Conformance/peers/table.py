# SPDX-License-Identifier: MIT
"""The table of docs/peers.md: a row for each question, a column for each server, bold what is not as it should be."""
from __future__ import annotations

from pathlib import Path

from probes import Verdict

BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"

Answers = dict[str, Verdict]

ROWS = {
    "version": "version",
    "core": "**Autobahn**, cases 1–7, 9, 10: passed, of {core}",
    "tolerated": "… of these, only tolerated (NON-STRICT)",
    "deflate": "Autobahn, a choice of 12 and 13: passed, of {deflate}",
    "http": "**HTTP**, cases of `Conformance/http`: as the RFCs say, of {http}",
    "advice": "… of the others, against a SHOULD alone",
    "other_site": "**Another site**'s page opens a socket (`Origin`)",
    "other_site_posts": "Another site's page posts a form (`Origin`)",
    "unmasked_frame": "**A frame that is not masked**: 1002 (RFC 6455, 5.1)",
    "invalid_text": "Text that is not UTF-8: 1007 (RFC 6455, 8.1)",
    "huge_announcement": "A header that announces 2^62 bytes: 1009, before they come",
    "cut_header": "A frame's header cut at each of its bytes",
    "slow_handshake": "**A handshake of one byte a second**: ended within 30 s",
    "silent_peer": "A client that answers no ping: found within a minute",
    "backlog_delay": "**128 MB to all, one client never reads**: the other waits at most",
    "backlog_memory": "… and memory grows by",
    "ping_flood": "64 MB of pings from a client that never reads: memory grows by",
    "bomb": "125 KB that inflate to 128 MB: 1009",
    "bomb_memory": "… and memory grows by",
}


def table(answers: dict[str, Answers], totals: dict[str, int]) -> str:
    """Markdown; a dash where a server was not asked."""
    def cell(verdict: Verdict | None) -> str:
        if verdict is None:
            return "–"
        return verdict.text if verdict.is_good or not verdict.text else f"**{verdict.text}**"
    lines = ["| | " + " | ".join(answers) + " |", "|---|" + "---|" * len(answers)]
    for key, title in ROWS.items():
        cells = (cell(of_server.get(key)) for of_server in answers.values())
        lines.append(f"| {title.format_map(totals)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def write(page: Path, content: str) -> None:
    """Puts the table between the markers of a page that has them."""
    before, rest = page.read_text().split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n{content}\n{END}{after}")
