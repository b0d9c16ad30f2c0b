# SPDX-License-Identifier: MIT
"""Pictures of the page: taken in each engine, compared with those in pictures/, and made into those of docs/.

A picture is compared in blocks of 4 by 4 pixels, so that the edges of letters do not count, and without the line that
says how many milliseconds an answer took. Runs on one machine differ in at most 0.5 % of the blocks; a card that is
missing on the widest picture is 1.8 % in Chromium, 4 % in the others.
"""
from __future__ import annotations

import io
import re
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import moving_picture
from bench import Bench, View
from common.claims import check
from common.environments import BUILD
from engine import Engine
from engines import Chromium
from PIL import Image, ImageChops

ROOT = Path(__file__).resolve().parent.parent.parent
KITCHEN = ROOT / "Examples" / "kitchen.yaml"
COMMITTED = Path(__file__).resolve().parent / "pictures"
TAKEN = BUILD / "browsers" / "pictures"
BLOCK, UNLIKE, SHARE = 4, 12, 0.01  # pixels; levels of 255 that a block may differ; the share of blocks that may
COLORS = 256  # of a picture that is committed
COOKING = ("on lamp", "on desk", "set desk 150", "on strip", "set strip #ff8a3c", "set celsius 21.5", "open door")
BAND = "(({ top, bottom }) => [top, bottom])(document.getElementById('link').getBoundingClientRect())"
EDGES = ("(({ left, top, right, bottom }) => [left, top, right, bottom])"
         "(document.querySelector('%s').getBoundingClientRect())")
QUIET = "^Connected · (< 1|\\d|\\d\\d) ms · 1 screen$"
PHONE = (448, 640)  # the width about the least of a window in WebKitGTK


def shown_on(page: str, name: str) -> Path:
    """The description `# name` that a page of the documentation shows, as a file."""
    text = re.search(rf"^```yaml\n(# {re.escape(name)}\n.*?)^```", (ROOT / page).read_text(), re.DOTALL | re.MULTILINE)
    file = BUILD / "browsers" / "descriptions" / page / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text[1])
    return file


@dataclass(frozen=True)
class Picture:
    """What was taken, and the rows of pixels between which it says how many milliseconds an answer took."""
    image: Image.Image
    varies: tuple[int, int]

    def without_what_varies(self, image: Image.Image) -> Image.Image:
        copy = image.copy()
        copy.paste((0, 0, 0), (0, self.varies[0], image.width, self.varies[1]))
        return copy

    def difference(self, image: Image.Image) -> float:
        """The share of blocks that are not alike; all of them, if the sizes are not the same."""
        if self.image.size != image.size:
            return 1.0
        mine, other = (self.without_what_varies(one).reduce(BLOCK) for one in (self.image, image))
        red, green, blue = ImageChops.difference(mine, other).split()
        counts = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()
        return sum(counts[UNLIKE + 1:]) / sum(counts)


@dataclass(frozen=True)
class Shot:
    """A picture: of a described device, or of the demonstration, which is told these words first."""
    name: str
    description: Path | None
    told: tuple[str, ...]
    size: tuple[int, int]
    is_dark: bool = False
    scale: int = 1  # pixels of the screen for a pixel of the page
    element: str = ""  # what is shown of the page, as a selector; all of it without

    def take(self, bench: Bench) -> Picture:
        options = (self.description, "--board", "simulated") if self.description else ()
        with bench.browser.dark() if self.is_dark else nullcontext(bench.browser) as browser, \
                bench.device(*options) as device:
            for line in self.told:
                device.program.say(line)
            browser.resize(*self.size, self.scale)
            browser.visit(device.address)
            view = View(browser)
            view.come_to_say("#connection", QUIET)
            view.come_to_rest()
            band = browser.evaluate(BAND)
            picture = Image.open(io.BytesIO(browser.screenshot())).convert("RGB")
            if self.element:
                edges = browser.evaluate(EDGES % self.element)
                return Picture(picture.crop(tuple(round(edge * self.scale) for edge in edges)), (0, 0))
            return Picture(picture, tuple(round(edge * self.scale) for edge in band))


SHOTS = [
    Shot("kitchen-light", KITCHEN, COOKING, PHONE),
    Shot("kitchen-dark", KITCHEN, COOKING, PHONE, is_dark=True),
    Shot("kitchen-wide", KITCHEN, COOKING, (1024, 640)),
    Shot("lamp-dark", None, ("toggle led",), PHONE, is_dark=True),
]
README_KITCHEN = shown_on("README.md", "kitchen.yaml")
TALL = (448, 770)  # all its parts
PAGE = [Shot("page-light", README_KITCHEN, COOKING, TALL, scale=2),
        Shot("page-dark", README_KITCHEN, COOKING, TALL, True, scale=2)]
TOLD = {"switch": ("on pump",), "light": COOKING[1:5] + ("on beacon", "set beacon #3cff8a"),
        "button": ("press bell",), "contact": ("open door",),
        "sensor": ("set celsius 21.5", "set load 0.4", "set power 31.5"), "number": ()}
PARTS = [Shot(kind, shown_on("docs/parts.md", f"{kind}.yaml"), told, TALL, element="#parts")
         for kind, told in TOLD.items()]


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    whole = Image.new("RGB", (sum(picture.width for picture in pictures), max(picture.height for picture in pictures)))
    x = 0
    for picture in pictures:
        whole.paste(picture, (x, 0))
        x += picture.width
    return whole


def save(picture: Image.Image, file: Path) -> None:
    """With few colors, which makes it small."""
    file.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(COLORS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(file, optimize=True)


def of_engine(bench: Bench) -> dict[Path, Picture]:
    """Each picture of this engine, by the file where it is committed; those of docs/ are Chromium's."""
    browser: Engine = bench.browser
    taken = {COMMITTED / f"{browser.name}-{shot.name}.png": shot.take(bench) for shot in SHOTS}
    if isinstance(browser, Chromium):
        halves = [shot.take(bench) for shot in PAGE]
        taken[ROOT / "docs" / "page.png"] = Picture(side_by_side([half.image for half in halves]), halves[0].varies)
        taken |= {ROOT / "docs" / "pictures" / f"{shot.name}.png": shot.take(bench) for shot in PARTS}
    for file, picture in taken.items():
        TAKEN.mkdir(parents=True, exist_ok=True)
        picture.image.save(TAKEN / f"{browser.name}-{file.name.removeprefix(f'{browser.name}-')}")
    browser.resize(1280, 800)
    return taken


def pictures(bench: Bench) -> str:
    """The page looks as in the committed pictures; if it is meant to look otherwise, `--pictures` makes them anew."""
    differences = {}
    for file, picture in of_engine(bench).items():
        check(file.exists(), f"{file.name} is committed")
        differences[file.name] = picture.difference(Image.open(file).convert("RGB"))
    for name, share in differences.items():
        check(share <= SHARE, f"{name}: {share:.1%} differ, more than {SHARE:.1%}; this run's is in {TAKEN}")
    return f"{max(differences.values()):.1%} differ"


def write_pictures(bench: Bench) -> str:
    """The pictures are written where they are committed."""
    taken = of_engine(bench)
    for file, picture in taken.items():
        save(picture.image, file)
    if isinstance(bench.browser, Chromium):
        moving_picture.write(bench, ROOT / "docs" / "heliograph.gif")
    return f"{len(taken)} written"


def write_engines(engines: list[type[Engine]]) -> None:
    """docs/engines.png, the same page in each engine, of what was just taken."""
    columns = [Image.open(TAKEN / f"{engine.name}-kitchen-light.png") for engine in engines]
    side_by_side(columns).save(ROOT / "docs" / "engines.png", optimize=True)
