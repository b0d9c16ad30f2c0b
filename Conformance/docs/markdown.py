# SPDX-License-Identifier: MIT
"""What a page is made of: fenced blocks with the comment before each, headings, links, paths of files."""
from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted({page for pattern in ("*.md", "docs/*.md", "*/README.md", "Examples/*/README.md")
                for page in ROOT.glob(pattern)})
LANGUAGES = {"sh", "console", "yaml", "swift", "text", "json", "nginx", "caddyfile", "haproxy"}
NOTE = re.compile(r"<!-- (not run|not checked|input): (.+) -->")
LINK = re.compile(r"\]\(([^)\s]+)\)")
URL = re.compile(r"https?://[\w.-]+(:\d+)?(/\S*)?")
# A path of this repository in code, alone or as the program of a command.
SOURCE = re.compile(r"`((?:Sources|Tests|Web|Examples|Firmware|Conformance|Fuzz|Benchmarks|packaging|findings|scripts|docs"
                    r"|\.ci)/[\w./+-]+)[^`]*`")


@dataclass(frozen=True)
class Block:
    """A fenced block; `note` is the comment on the line before it: not run, not checked or input, and the words."""
    page: Path
    line: int
    language: str
    text: str
    note: tuple[str, str] | None

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@cache
def read(page: Path) -> tuple[list[Block], list[tuple[int, str]], list[str]]:
    """The blocks of a page, its other lines with their numbers, and what is wrong with it."""
    blocks, prose, problems = [], [], []
    lines = page.read_text().split("\n")
    number = 0
    while number < len(lines):
        line, number = lines[number], number + 1
        if line.startswith("```"):
            begin, before = number, lines[number - 2] if number > 1 else ""
            while number < len(lines) and lines[number] != "```":
                number += 1
            if number == len(lines):
                problems.append(f"{page.relative_to(ROOT)}:{begin}: the block has no end")
                break
            note = NOTE.fullmatch(before)
            blocks.append(Block(page, begin, line[3:], "\n".join(lines[begin:number]) + "\n",
                                (note[1], note[2]) if note else None))
            if line[3:] not in LANGUAGES:
                known = ", ".join(sorted(LANGUAGES))
                problems.append(f"{blocks[-1].place}: a block must say its language, one of {known}")
            number += 1
        else:
            if line.startswith("    ") and prose and not prose[-1][1].strip() and not in_list(prose):
                problems.append(f"{page.relative_to(ROOT)}:{number}: code that is only indented is not run: fence it")
            prose.append((number, line))
    return blocks, prose, problems


def in_list(prose: list[tuple[int, str]]) -> bool:
    """Whether what follows these lines belongs to an item of a list."""
    last = next((line for _, line in reversed(prose) if line.strip() and not line.startswith("  ")), "")
    return re.match(r"([-*]|\d+\.) ", last) is not None


@cache
def anchors(page: Path) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    found: set[str] = set()
    for _, line in read(page)[1]:
        if heading := re.match(r"#+ (.+)", line):
            words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).lower()
            slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
            found.add(slug if slug not in found else f"{slug}-1")
    return found


def problems_of_links(page: Path) -> list[str]:
    """Links, pictures and paths that lead nowhere."""
    found = []
    for number, line in read(page)[1]:
        place = f"{page.relative_to(ROOT)}:{number}"
        for link in LINK.findall(re.sub(r"`[^`]*`", "", line)):
            if "://" in link or link.startswith("mailto:"):
                if not URL.fullmatch(link):
                    found.append(f"{place}: {link} is no address")
                continue
            name, _, anchor = link.partition("#")
            target = (page.parent / name).resolve() if name else page
            if not target.exists():
                found.append(f"{place}: there is no {link}")
            elif anchor and (target.suffix != ".md" or anchor not in anchors(target)):
                found.append(f"{place}: {name or page.name} has no heading #{anchor}")
        found += [f"{place}: there is no {path}" for path in SOURCE.findall(line)
                  if "/.build" not in path and not (ROOT / path).exists()]
    return found


def problems_of_the_index() -> list[str]:
    """Pages that docs/README.md does not lead to, and pictures that no page shows."""
    index = (ROOT / "docs" / "README.md").read_text()
    everything = "".join(page.read_text() for page in PAGES)
    return ([f"docs/README.md does not lead to {page.name}" for page in ROOT.glob("docs/*.md")
             if page.name != "README.md" and f"({page.name})" not in index]
            + [f"no page shows {picture.relative_to(ROOT)}" for picture in ROOT.glob("docs/**/*.*")
               if picture.suffix != ".md" and picture.name not in everything])
