# SPDX-License-Identifier: MIT
"""As much of an ELF file as the scripts need: segments, sections and symbols of a 32-bit little-endian image ("Tool
Interface Standard: Executable and Linking Format", version 1.2)."""
from __future__ import annotations

import struct
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

LOADED = 1  # segment type
SYMBOL_TABLE = 2  # section type
FUNCTION = 2  # symbol type


class Section(NamedTuple):
    name: str
    type: int
    flags: int
    address: int
    offset: int
    size: int
    link: int


class Image:
    """A linked program."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bytes = path.read_bytes()
        if self.bytes[:6] != b"\x7fELF\x01\x01":
            raise ValueError(f"{path} is not a 32-bit little-endian ELF file")

    @cached_property
    def flash_end(self) -> int:
        """Behind the last byte that goes to flash, in whatever section it is."""
        table, = struct.unpack_from("<I", self.bytes, 28)
        size, count = struct.unpack_from("<HH", self.bytes, 42)
        ends = [0]
        for number in range(count):
            kind, _, _, address, length = struct.unpack_from("<5I", self.bytes, table + number * size)
            if kind == LOADED and length:
                ends.append(address + length)
        return max(ends)

    @cached_property
    def sections(self) -> list[Section]:
        table, = struct.unpack_from("<I", self.bytes, 32)
        size, count, names = struct.unpack_from("<HHH", self.bytes, 46)
        rows = [struct.unpack_from("<10I", self.bytes, table + number * size) for number in range(count)]
        return [Section(self._text(rows[names][4] + row[0]), *row[1:7]) for row in rows]

    @cached_property
    def symbols(self) -> dict[str, int]:
        """The addresses by name; a function's without the bit that says Thumb."""
        found = {}
        for table in (section for section in self.sections if section.type == SYMBOL_TABLE):
            names = self.sections[table.link].offset
            for offset in range(table.offset, table.offset + table.size, 16):
                name, value, _, kind = struct.unpack_from("<IIIB", self.bytes, offset)
                found[self._text(names + name)] = value & ~1 if kind & 0x0F == FUNCTION else value
        return found

    def section(self, name: str) -> Section:
        for section in self.sections:
            if section.name == name:
                return section
        raise ValueError(f"{self.path} has no section {name}")

    def symbol(self, name: str) -> int:
        if name not in self.symbols:
            raise ValueError(f"{self.path} has no symbol {name}")
        return self.symbols[name]

    def swift_symbol(self, module: str, name: str) -> int:
        """The address of a global of Swift; its mangled name holds both, each behind its length."""
        for symbol, address in self.symbols.items():
            if symbol.startswith(f"$e{len(module)}{module}{len(name)}{name}"):  # $e: Embedded Swift
                return address
        raise ValueError(f"{self.path} has no {module}.{name}")

    def _text(self, offset: int) -> str:
        return self.bytes[offset:self.bytes.index(0, offset)].decode()
