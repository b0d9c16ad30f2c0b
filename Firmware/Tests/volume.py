# SPDX-License-Identifier: MIT
"""A board whose data volume is damaged: a byte of its section is another than the build wrote."""
from __future__ import annotations

import random
import re
import statistics
import tempfile
import time
from itertools import groupby, pairwise
from pathlib import Path

from bench import Bench
from common.claims import check, check_time
from board import Board
from common.http import request
from elf import Image

COMPLAINT = b"Cannot mount data volume...\n"
PERIOD, LIT = 0.200, 0.050  # seconds; the tutorial's failure pattern


def damaged(image: Image, folder: str, place: int) -> Image:
    """A copy with one bit of the volume turned round."""
    content = bytearray(image.bytes)
    content[image.section(".volume").offset + place] ^= 1 << place % 8
    path = Path(folder) / image.path.name
    path.write_bytes(content)
    return Image(path)


def a_damaged_volume_is_the_tutorials_failure_wherever_the_damage_is(bench: Bench) -> str:
    seed = random.randrange(1 << 32)
    size = bench.image.section(".volume").size
    places = [0, size - 1, *random.Random(seed).sample(range(1, size - 1), 6)]
    for place in places:
        with tempfile.TemporaryDirectory() as folder, Board(damaged(bench.image, folder, place)) as board:
            board.wait_for_serial(re.escape(COMPLAINT.decode()))
            time.sleep(1.5)
            check(board.serial == COMPLAINT, f"byte {place}: the serial line says {bytes(board.serial)!r}")
            check(not is_open(board), f"byte {place}: port 80 is open")
    return f"{len(places)} of {size:,} bytes, seed {seed}: said once, and no port is open"


def is_open(board: Board) -> bool:
    try:
        return bool(request(board.port, timeout=1))
    except OSError:
        return False


def a_damaged_volume_blinks_50_of_each_200_ms_for_ever(bench: Bench) -> str:
    with tempfile.TemporaryDirectory() as folder, Board(damaged(bench.image, folder, 100)) as board:
        board.wait_for_serial(re.escape(COMPLAINT.decode()))
        samples = []
        start = time.monotonic()
        while (now := time.monotonic()) < start + 6:
            samples.append((now, board.status_led))
            time.sleep(0.001)
        check(board.serial == COMPLAINT, f"the serial line says {bytes(board.serial)!r}")
    runs = [(is_lit, next(group)[0]) for is_lit, group in groupby(samples, key=lambda sample: sample[1])]
    lasting = {True: [], False: []}
    for (is_lit, begin), (_, end) in list(pairwise(runs))[1:]:
        lasting[is_lit].append(end - begin)
    check_time(len(lasting[True]) >= 20, f"{len(lasting[True])} flashes in 6 s")
    lit, dark = statistics.median(lasting[True]), statistics.median(lasting[False])
    words = f"{len(lasting[True])} flashes of {lit * 1000:.0f} ms, {dark * 1000:.0f} ms between them"
    check_time(0.9 < lit / LIT < 1.2 and 0.9 < dark / (PERIOD - LIT) < 1.2, words)
    return words


TESTS = [a_damaged_volume_is_the_tutorials_failure_wherever_the_damage_is,
         a_damaged_volume_blinks_50_of_each_200_ms_for_ever]
