# SPDX-License-Identifier: MIT
"""docs/heliograph.gif: two pages of the demonstration, one light and one dark, while each is tapped and the button on
the board is pressed. Each picture in it is what Chromium shows at that moment; below stands what was done.
"""
from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from bench import SWITCH, Bench, Device, View
from common.claims import check, until
from display import FONTS
from engine import Engine
from PIL import Image, ImageDraw, ImageFont

LIMIT = 400_000  # bytes
SIZE = (400, 700)  # of each page, in pixels: all of it
LINE = 44  # the height of the line below
COLORS = 256
FINGER, FINGER_COLOR = 13, "#1f6fc4"  # pixels: the radius of the mark at what is tapped
CENTER = """(({ left, top, width, height }) => [left + width / 2, top + height / 2])
    (document.querySelector('[data-part=led] [role=switch]').getBoundingClientRect())"""


@dataclass(frozen=True)
class Scene:
    """What is done, what it leads to, and how long that is shown, in milliseconds."""
    words: str
    is_on: bool
    is_pressed: bool = False
    tapped: int | None = None  # which page
    told: str = ""  # to the program, as at its terminal
    duration: int = 1000


SCENES = [
    Scene("Two browsers, one device.", False),
    Scene("A tap on the left …", True, tapped=0, duration=1300),
    Scene("The button on the board is pressed …", False, True, told="press"),
    Scene("… and released.", False, told="release", duration=700),
    Scene("A tap on the right …", True, tapped=1, duration=1300),
    Scene("The button on the board again.", False, True, told="press", duration=700),
]


def write(bench: Bench, file: Path) -> None:
    """Makes the picture anew."""
    with bench.device() as device, bench.browser.variant() as second, second.dark() as dark:
        pages = [bench.browser, dark]
        for page in pages:
            page.resize(*SIZE)
            page.visit(device.address)
        for page in pages:
            View(page).come_to_say("#connection", "2 screens$")
        frames = [frame(scene, pages, device) for scene in SCENES]
    save(frames, [scene.duration for scene in SCENES], file)


def frame(scene: Scene, pages: list[Engine], device: Device) -> Image.Image:
    """Does what the scene says, and takes both pages when they show it."""
    if scene.told:
        device.program.say(scene.told)
    if scene.tapped is not None:
        pages[scene.tapped].click(SWITCH)
    for page in pages:
        view = View(page)
        until(lambda: view.shows(scene.is_on), f"the page shows: {scene.words}")
        until(lambda: view.has("[data-part=button].pressed") is scene.is_pressed, "the page shows the button")
    whole = Image.new("RGB", (2 * SIZE[0], SIZE[1] + LINE), "black")
    for number, page in enumerate(pages):
        View(page).come_to_rest()
        whole.paste(Image.open(io.BytesIO(page.screenshot())).convert("RGB"), (number * SIZE[0], 0))
    pen = ImageDraw.Draw(whole)
    if scene.tapped is not None:
        x, y = pages[scene.tapped].evaluate(CENTER)
        pen.circle((scene.tapped * SIZE[0] + x, y), FINGER, outline=FINGER_COLOR, width=4)
    font = ImageFont.truetype(FONTS / "DejaVuSans.ttf", 20)
    pen.text((SIZE[0], SIZE[1] + LINE / 2), scene.words, fill="white", font=font, anchor="mm")
    return whole


def save(frames: list[Image.Image], durations: list[int], file: Path) -> None:
    """All with the same few colors, so that what stays is not stored again."""
    every = Image.new("RGB", (frames[0].width, frames[0].height * len(frames)))
    for number, one in enumerate(frames):
        every.paste(one, (0, number * one.height))
    palette = every.quantize(COLORS, Image.Quantize.MEDIANCUT)
    first, *others = [one.quantize(palette=palette, dither=Image.Dither.NONE) for one in frames]
    first.save(file, save_all=True, append_images=others, duration=durations, loop=0, optimize=True)
    check(file.stat().st_size < LIMIT, f"{file.name} is below {LIMIT} bytes, not {file.stat().st_size}")
