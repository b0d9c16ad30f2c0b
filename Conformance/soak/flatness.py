# SPDX-License-Identifier: MIT
"""What flat means. A run has three parts: the first minute, in which pools and tables find their size (in a run of
less than two minutes: its first half); the reference, the next two minutes (or half of what is left; if that is no
whole minute, the first part counts as reference for peaks, since only whole minutes have the same visits); the rest.

Memory is flat if both hold:

- Growth: the straight line through the medians of the minutes after the first (least squares; of parts of ten seconds
  in a short run) rises by at most `ALLOWANCE` from the first of them to the last.
- Peak: the most in the rest is at most `ALLOWANCE` above the most in the reference, or a twentieth of it, if that is
  more: peaks are made by visits that meet by chance. The kernel keeps the peaks, so none falls between two samples.

The first finds a leak, slow or in one step; the second what grows only for moments. Every minute has the same load, so
a server without a leak has nothing to grow by; the allowance is for how the C library cuts its heap. Shared by the
hundred thousand visits that thirty minutes bring to `heliograph`, it is five bytes each: less than the smallest piece
that the C library gives out.
"""
from __future__ import annotations

from statistics import linear_regression, median
from typing import NamedTuple

ALLOWANCE = 512 * 1024  # bytes


class Sample(NamedTuple):
    """A process at one moment: seconds since the load began, bytes resident now and at most since the sample before,
    open files."""
    time: float
    memory: int
    peak: int
    descriptors: int


class Verdict(NamedTuple):
    """The numbers behind yes or no, in bytes."""
    reference_peak: int
    later_peak: int
    growth: float

    @property
    def peak_allowance(self) -> float:
        return max(ALLOWANCE, self.reference_peak / 20)

    @property
    def is_flat(self) -> bool:
        return self.later_peak - self.reference_peak <= self.peak_allowance and self.growth <= ALLOWANCE


def parts(duration: float) -> tuple[float, float]:
    """When the first minute and when the reference ends."""
    settled = min(60.0, duration / 2)
    return settled, settled + min(120.0, (duration - settled) / 2)


def judge(samples: list[Sample]) -> Verdict:
    """The verdict on samples of one process, a second apart."""
    settled, compared = parts(samples[-1].time)
    begin = settled if compared - settled >= 60 else 0
    reference = [sample.peak for sample in samples if begin <= sample.time < compared]
    later = [sample.peak for sample in samples if sample.time >= compared]
    return Verdict(max(reference), max(later), growth([sample for sample in samples if sample.time >= settled]))


def growth(samples: list[Sample]) -> float:
    """How far the line through the medians rises, from the first to the last."""
    span = samples[-1].time - samples[0].time
    width = 60.0 if span >= 300 else 10.0
    bins: dict[int, list[Sample]] = {}
    for sample in samples:
        bins.setdefault(int((sample.time - samples[0].time) / width), []).append(sample)
    medians = [median(sample.memory for sample in bin) for bin in bins.values() if len(bin) >= width / 2]
    if len(medians) < 2:
        raise ValueError("too few samples to say how memory grows")
    return linear_regression(range(len(medians)), medians).slope * (len(medians) - 1)
