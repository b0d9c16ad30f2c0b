# SPDX-License-Identifier: MIT
"""The cases of vectors.txt, which says itself how it is to be read."""
from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

FILE = Path(__file__).with_name("vectors.txt")
ENDINGS = ("keep", "close", "any")


class FormatError(Exception):
    """A line of the file that does not fit its format."""


@dataclass(frozen=True)
class Status:
    """A pattern of statuses, such as 400|4xx, and whether their response is one to HEAD."""

    patterns: tuple[str, ...]
    to_head: bool

    def allows(self, code: int) -> bool:
        return any(all(p in ("x", d) for p, d in zip(pattern, str(code))) for pattern in self.patterns)


@dataclass(frozen=True)
class Expectation:
    """Final responses in order, and what becomes of the connection."""

    statuses: tuple[Status, ...]
    ending: str

    def allows(self, codes: list[int], ending: str) -> bool:
        return (
            len(codes) == len(self.statuses)
            and all(status.allows(code) for status, code in zip(self.statuses, codes))
            and (self.ending == ending or self.ending == "any" and ending in ENDINGS)
        )


@dataclass(frozen=True)
class Send:
    data: bytes


@dataclass(frozen=True)
class Await:
    """The client sends no more until this interim status has come."""

    status: int


@dataclass(frozen=True)
class End:
    """The client ends its direction."""


@dataclass
class Case:
    name: str
    clause: str = ""
    expect: str = ""
    here: str = ""
    allowed: list[Expectation] = field(default_factory=list)
    promised: list[Expectation] = field(default_factory=list)
    bodies: list[bytes | None] = field(default_factory=list)
    steps: list[Send | Await | End] = field(default_factory=list)

    @property
    def fewest_responses(self) -> int:
        return min((len(e.statuses) for e in self.allowed if e.statuses), default=0)

    def is_to_head(self, number: int) -> bool:
        """Whether the response of that number, from 0, is one to HEAD."""
        return any(number < len(e.statuses) and e.statuses[number].to_head for e in self.allowed)


def unescape(text: str) -> bytes:
    """The bytes that an escaped text stands for."""
    simple = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\"}
    out, index = bytearray(), 0
    while index < len(text):
        if text[index] != "\\":
            out += text[index].encode("ascii")
            index += 1
        elif text[index + 1 : index + 2] in simple:
            out += simple[text[index + 1]]
            index += 2
        elif match := re.compile(r"\\x([0-9a-f]{2})").match(text, index):
            out.append(int(match[1], 16))
            index = match.end()
        elif match := re.compile(r"\\\{(\d+)\*([^}]*)\}").match(text, index):
            out += unescape(match[2]) * int(match[1])
            index = match.end()
        else:
            raise FormatError(f"no such escape: {text[index : index + 4]}")
    return bytes(out)


def expectations(text: str) -> list[Expectation]:
    """What stands between "or": statuses and an ending each."""
    found = []
    for alternative in text.split(" or "):
        *statuses, ending = alternative.split()
        if ending not in ENDINGS or not all(re.fullmatch(r"[\dx|]{3,}(/HEAD)?", s) for s in statuses):
            raise FormatError(f"not an expectation: {alternative}")
        patterns = (Status(tuple(s.removesuffix("/HEAD").split("|")), s.endswith("/HEAD")) for s in statuses)
        found.append(Expectation(tuple(patterns), ending))
    return found


def read(path: Path = FILE) -> list[Case]:
    """All cases, in the order of the file."""
    cases: list[Case] = []
    for number, line in enumerate(path.read_text("ascii").splitlines(), 1):
        try:
            if line.startswith("[") and line.endswith("]"):
                cases.append(Case(line[1:-1]))
            elif line and not line.startswith("#"):
                read_line(cases[-1], line)
        except (FormatError, IndexError) as error:
            raise FormatError(f"{path}:{number}: {error}") from None
    for case in cases:
        if not (case.clause and case.allowed and case.steps):
            raise FormatError(f"{path}: [{case.name}] lacks a clause, an expectation or bytes")
        case.promised = case.promised or case.allowed
    if len({case.name for case in cases}) < len(cases):
        raise FormatError(f"{path}: two cases have one name")
    return cases


def read_line(case: Case, line: str) -> None:
    key, _, rest = line.partition(":" if line[0].isalpha() else " ")
    match key:
        case "clause":
            case.clause = rest.strip()
        case "expect":
            case.expect, case.allowed = rest.strip(), expectations(rest)
        case "here":
            case.here, case.promised = rest.strip(), expectations(rest)
        case "body":
            case.bodies.append(None if rest == " *" else unescape(rest.removeprefix(" ")))
        case "note":
            pass
        case "<":
            case.steps.append(Await(int(rest)))
        case "!" if rest == "end":
            case.steps.append(End())
        case _ if line[0] in ">|":
            append(case, unescape(line[1:].removeprefix(" ")) + (b"\r\n" if line[0] == ">" else b""))
        case _:
            raise FormatError(f"not a line of a case: {line}")


def append(case: Case, data: bytes) -> None:
    if case.steps and isinstance(case.steps[-1], Send):
        data = case.steps.pop().data + data
    case.steps.append(Send(data))
