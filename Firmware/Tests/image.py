# SPDX-License-Identifier: MIT
"""What `check-image` must find: programs of a few lines, linked as the firmware is, each with one thing wrong."""
from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from bench import Bench
from common.claims import check
from boards import BOARDS, facts, tool

CHECK = BOARDS.parent / "check-image"
PROGRAM = """
  .syntax unified
  .thumb
  .cpu cortex-m4
  .section .vectors, "a"
  .word initial_stack, reset_handler
  .section .text.reset_handler, "ax"
  .globl reset_handler
  .thumb_func
reset_handler:
  push {r0, lr}
  ldr r0, [r1]
  bl reset_handler
"""


def verdict(bench: Bench, more: str) -> tuple[int, str]:
    """What `check-image` says of the program with more lines: its exit status and its complaints."""
    board = bench.image.path.name
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / board  # the board is known by this name
        source, program, map_file = (image.with_suffix(suffix) for suffix in (".s", ".o", ".map"))
        source.write_text(PROGRAM + more)
        subprocess.run([tool("clang"), "--target=thumbv7em-none-eabi", "-c", source, "-o", program], check=True)
        subprocess.run([tool("ld.lld"), "-T", BOARDS / board / "link.ld", program, "-o", image, f"--Map={map_file}"],
                       check=True)
        done = subprocess.run([sys.executable, CHECK, image, "--map", map_file], capture_output=True, text=True)
        return done.returncode, done.stderr.strip()


def an_image_that_may_not_be_fails_the_build(bench: Bench) -> str:
    board = facts(bench.image.path)
    code, said = verdict(bench, "")
    check(code == 0 and not said, f"a small program is refused: {said}")
    flash, ram = f".space {board.flash_budget}", f".space {board.ram_budget - board.heap_reserve}"
    wrong = [
        ("constants", f".section .rodata.table, \"a\"\n{flash}", "bytes over its budget"),
        ("data", f".data\n.space {board.flash_budget // 2}\n.text\n.space {board.flash_budget // 2}", "the flash is"),
        ("a section that the linker script does not name", f".section .other, \"a\"\n{flash}", "the flash is"),
        ("such a section of variables", ".section .other, \"aw\"\n.word 1\n", "behind what the linker script calls"),
        ("variables", f".bss\n{ram}", "the RAM is"),
    ]
    if not board.has_dsp:
        wrong.append(("an instruction for signals", "uxtab r0, r0, r1", f"a {board.processor} lacks: uxtab"))
    for name, more, words in wrong:
        code, said = verdict(bench, more)
        check(code == 1 and words in said, f"{name}: status {code}, {said!r}")
    return f"{len(wrong)} programs refused, each for its reason; a small one passes"


TESTS = [an_image_that_may_not_be_fails_the_build]
