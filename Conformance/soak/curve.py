# SPDX-License-Identifier: MIT
"""The memory of a soak as a small SVG: for each program a line, the median of each piece of time, in a band from the
least to the most. Legible on light and dark ground, under 10 KB."""
from __future__ import annotations

from statistics import median
from typing import NamedTuple

from soak.flatness import Sample, parts

LEFT, TOP, WIDTH, HEIGHT = 56, 64, 720, 240     # the plot, in pixels
STEP = 6                                        # pixels that a piece of time is wide
MIB = 1024 * 1024
COLORS = [("#0b62c4", "#6db3ff"), ("#b3470f", "#ffa05c")]  # on light, on dark


class Piece(NamedTuple):
    """The memory in one piece of time, in MiB."""
    least: float
    middle: float
    most: float


def pieces(samples: list[Sample], seconds: float) -> list[Piece]:
    """The samples in as many pieces as the plot has steps."""
    count = WIDTH // STEP
    bins: list[list[Sample]] = [[] for _ in range(count)]
    for sample in samples:
        bins[min(int(sample.time / seconds * count), count - 1)].append(sample)
    found: list[Piece] = []
    for bin in bins:
        if bin:
            now = [sample.memory / MIB for sample in bin]
            found.append(Piece(min(now), median(now), max(sample.peak / MIB for sample in bin)))
        else:  # in a short run a piece may hold no sample: it is like the one before
            found.append(found[-1])
    return found


def draw(runs: dict[str, list[Sample]], minutes: float, caption: list[str]) -> str:
    """The SVG of one or two programs' samples, with lines of text below."""
    tables = {name: pieces(samples, minutes * 60) for name, samples in runs.items()}
    top = -(-max(piece.most for table in tables.values() for piece in table) // 10) * 10
    light = "".join(f".c{number}{{--c:{colors[0]}}}" for number, colors in enumerate(COLORS))
    dark = "".join(f".c{number}{{--c:{colors[1]}}}" for number, colors in enumerate(COLORS))
    height = TOP + HEIGHT + 60 + 18 * len(caption)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 24} {height}" role="img" '
        'aria-labelledby="title">',
        '<title id="title">Resident memory under mixed load</title>',
        "<style>text{font:13px system-ui,sans-serif;fill:#333}.ground{fill:#fff}.grid{stroke:#8884}.first{fill:#8882}"
        ".line{fill:none;stroke:var(--c);stroke-width:1.5}.band{fill:var(--c);opacity:.3}"
        f"{light}@media(prefers-color-scheme:dark){{text{{fill:#ccc}}.ground{{fill:#15181c}}{dark}}}"
        ".name{fill:var(--c)}</style>",
        '<rect class="ground" width="100%" height="100%"/>',
        f'<text x="{LEFT}" y="20" style="font-weight:600">Resident memory under mixed load</text>',
    ]
    lines += axes(top, minutes)
    for number, (name, table) in enumerate(tables.items()):
        lines.append(f'<g class="c{number}">{shape(table, top)}'
                     f'<text class="name" x="{LEFT + number * 150}" y="42">■ {name}</text></g>')
    for number, line in enumerate(caption):
        lines.append(f'<text x="{LEFT}" y="{TOP + HEIGHT + 62 + 18 * number}">{line}</text>')
    return "\n".join(lines + ["</svg>", ""])


def axes(top: float, minutes: float) -> list[str]:
    """Lines and numbers of both axes, and the first minute as a shade."""
    settled, _ = parts(minutes * 60)
    shade = settled / (minutes * 60) * WIDTH
    lines = [f'<rect class="first" x="{LEFT}" y="{TOP}" width="{shade:.1f}" height="{HEIGHT}"/>']
    for value in range(0, int(top) + 1, 10):
        y = TOP + HEIGHT - value / top * HEIGHT
        lines.append(f'<path class="grid" d="M{LEFT} {y:g}h{WIDTH}"/>'
                     f'<text x="{LEFT - 8}" y="{y + 4:g}" text-anchor="end">{value}</text>')
    marks = 5 if minutes > 10 else 1
    for minute in range(0, int(minutes) + 1, marks):
        x = LEFT + minute / minutes * WIDTH
        lines.append(f'<text x="{x:g}" y="{TOP + HEIGHT + 18}" text-anchor="middle">{minute}</text>')
    lines.append(f'<text x="{LEFT + WIDTH}" y="{TOP - 8}" text-anchor="end">MiB</text>')
    lines.append(f'<text x="{LEFT + WIDTH}" y="{TOP + HEIGHT + 36}" text-anchor="end">minutes</text>')
    return lines


def shape(table: list[Piece], top: float) -> str:
    """The band and the line of one program."""
    def height(value: float) -> str:
        return f"{TOP + HEIGHT - value / top * HEIGHT:.1f}".removesuffix(".0")

    def path(values: list[float], step: int, join: str) -> str:
        return join + f"h{step}".join(f"V{height(value)}" for value in values) + f"h{step}"

    line = path([piece.middle for piece in table], STEP, f"M{LEFT} {height(table[0].middle)}")
    there = path([piece.most for piece in table], STEP, f"M{LEFT} {height(table[0].most)}")
    back = path([piece.least for piece in reversed(table)], -STEP, "")
    return f'<path class="band" d="{there}{back}z"/><path class="line" d="{line}"/>'
