#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The rule of flatness.py against made-up runs: what is flat passes, what leaks does not.

    Conformance/soak/test_flatness.py
"""
from __future__ import annotations

import sys
import unittest
from collections.abc import Callable
from pathlib import Path
from random import Random

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from soak.flatness import Sample, judge  # noqa: E402

MIB = 1 << 20


def run(minutes: int, extra: Callable[[int], float], peak: Callable[[int], float] = lambda second: 0) -> bool:
    """Whether a process of 20 MiB with some noise, peaks of 30 MiB twice a minute and `extra` bytes counts as flat."""
    noise = Random(1)
    samples = []
    for second in range(minutes * 60):
        memory = int(20 * MIB + noise.uniform(0, 200_000) + extra(second))
        high = memory + (30 * MIB if second % 30 == 7 else 0) + int(peak(second))
        samples.append(Sample(float(second), memory, high, 20))
    return judge(samples).is_flat


class FlatnessTests(unittest.TestCase):
    def test_noise_and_peaks_are_flat(self) -> None:
        for minutes in (2, 5, 30):
            self.assertTrue(run(minutes, lambda second: 0))

    def test_what_grows_in_the_first_minute_alone_is_flat(self) -> None:
        for minutes in (2, 5, 30):
            self.assertTrue(run(minutes, lambda second: min(second, 59) * 100_000))

    def test_a_slow_leak_is_not(self) -> None:
        self.assertFalse(run(30, lambda second: second * 60 * 8))  # eight bytes for each of sixty visits a second
        self.assertFalse(run(30, lambda second: second * 400))

    def test_a_leak_shows_in_a_short_run_if_it_is_faster(self) -> None:
        self.assertFalse(run(2, lambda second: second * 12_000))
        self.assertFalse(run(5, lambda second: second * 4_000))

    def test_a_step_is_not(self) -> None:
        self.assertFalse(run(30, lambda second: MIB if second > 900 else 0))
        self.assertFalse(run(30, lambda second: 4 * MIB if second > 1700 else 0))

    def test_a_peak_that_grows_is_not(self) -> None:
        self.assertFalse(run(30, lambda second: 0, lambda second: 6 * MIB if second == 1507 else 0))

    def test_memory_that_is_given_back_is_flat(self) -> None:
        self.assertTrue(run(30, lambda second: -second * 400))


if __name__ == "__main__":
    unittest.main()
