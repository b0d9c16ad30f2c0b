# SPDX-License-Identifier: MIT
"""A browser as a claim drives it, whichever engine it is; engines.py has the three. Each has a screen, a home folder
and a profile of its own, and a window that is not headless.
"""
from __future__ import annotations

import base64
import http.client
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from common.claims import PATIENCE, check, until
from common.webdriver import DriverError, Unanswered
from display import Display

WINDOW = {"x": 0, "y": 0, "width": 1280, "height": 900}
BESIDE = {"x": 1900, "y": 0, "width": 1000, "height": 800}  # a window that is covered counts as hidden in Firefox
# What the three say of a script whose page was left before it had ended.
LEFT_MEANWHILE = re.compile("before the unload event|[Dd]ocument was unloaded|context was destroyed|"
                            "aborted by navigation|Cannot find context|target navigated|context has been discarded")
HAS_LEFT = "void (window.isLeft = true)"
HAS_ARRIVED = "!window.isLeft && document.readyState === 'complete' && location.href !== 'about:blank'"


class Remote(Protocol):
    """WebDriver or Marionette."""
    version: str

    def command(self, name: str, **parameters: Any) -> Any: ...
    def end(self) -> None: ...


@dataclass(frozen=True)
class Options:
    """How a browser is to be started, where that is not as usual."""
    authority: Path | None = None  # of a device, to be trusted
    is_dark: bool = False
    has_script: bool = True
    languages: str = ""  # that its reader prefers: tags, with commas between them
    waits: bool = False  # whether `visit` fails when a page cannot be loaded


class Engine(ABC):
    """A running browser; use it in `with`. What takes longer than `deadline`, of the monotonic clock, fails."""
    name: str
    packages: dict[str, str]  # a file, and the Debian package that has it
    title: str  # what the title of each of its windows has
    refusal: str  # what is shown or told, as a pattern, where a certificate is not trusted
    has_console = True  # whether its console can be read
    has_languages = True  # whether its reader's languages can be set
    # By claim: what of it is not as with the others, since the engine cannot be driven so.
    but: dict[str, str] = {}

    def __init__(self, folder: Path, deadline: float, options: Options = Options()) -> None:
        self.folder, self.deadline, self.options = folder, deadline, options
        folder.mkdir(parents=True)
        self.display = Display(folder)
        try:
            self.remote = self.start()
        except BaseException:
            self.display.end()
            raise
        self.version = self.remote.version

    @abstractmethod
    def start(self) -> Remote:
        """Starts the browser as `options` have it."""

    def __enter__(self) -> Engine:
        try:
            self.command("SetWindowRect", **WINDOW)
            return self
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        try:
            self.remote.end()
        finally:
            self.display.end()

    def command(self, name: str, **parameters: Any) -> Any:
        check(time.monotonic() < self.deadline, "the engine is within its time")
        try:
            return self.remote.command(name, **parameters)
        except (OSError, http.client.HTTPException) as problem:
            raise Unanswered(f"{self.name} does not answer {name}: {problem!r}") from problem

    # Pages -----------------------------------------------------------------------------------------------------------

    def go(self, address: str) -> None:
        """Sets out for a page."""
        try:
            self.evaluate(HAS_LEFT)
        except DriverError:
            pass  # there is no page yet
        self.command("Navigate", url=address)

    def visit(self, address: str) -> None:
        self.go(address)
        self.arrive()

    def arrive(self) -> None:
        """Waits until the page that was set out for is loaded."""
        def has_arrived() -> bool:
            try:
                return self.evaluate(HAS_ARRIVED)
            except DriverError:
                return False  # between two pages
        until(has_arrived, f"{self.name} has loaded the page")

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page, or what it promises; in the next page if it is left meanwhile."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self.command("ExecuteScript", script=f"return {expression}", args=[])
            except DriverError as problem:
                if not LEFT_MEANWHILE.search(str(problem)) or time.monotonic() > end:
                    raise

    def _find(self, selector: str) -> str:
        return next(iter(self.command("FindElement", using="css selector", value=selector).values()))

    def click(self, selector: str) -> None:
        self.command("ElementClick", id=self._find(selector))

    def type(self, selector: str, text: str) -> None:
        self.command("ElementSendKeys", id=self._find(selector), text=text)

    def screenshot(self) -> bytes:
        """The page as PNG, as large as its window has it."""
        return base64.b64decode(self.command("TakeScreenshot", full=False))

    # Keys, which go to the window in front ---------------------------------------------------------------------------

    def press(self, key: str) -> None:
        self.display.focus(self.title)
        self.display.press(key)

    def hold(self, key: str, seconds: float) -> None:
        self.display.focus(self.title)
        self.display.hold(key, seconds)

    # Windows ---------------------------------------------------------------------------------------------------------

    @contextmanager
    def window_beside(self, address: str) -> Iterator[tuple[Any, Any]]:
        """A second window with a page: what each of them is known by, for `look_at`."""
        first = self.command("GetWindowHandle")
        second = self.command("NewWindow", type="window", focus=True)["handle"]
        try:
            self.look_at(second)
            self.command("SetWindowRect", **BESIDE)
            self.visit(address)
            yield first, second
        finally:
            self.look_at(second)
            self.command("CloseWindow")
            self.look_at(first)

    def look_at(self, window: Any) -> None:
        self.command("SwitchToWindow", handle=window, focus=False)

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Another tab is in front, opened and closed by keys as people do."""
        self.press("ctrl+t")
        until(lambda: self.evaluate("document.hidden"), "the page is hidden")
        try:
            yield
        finally:
            self.press("ctrl+w")
            until(lambda: not self.evaluate("document.hidden"), "the page is shown")

    def resize(self, width: int, height: int, scale: int = 1) -> None:
        """Gives the page this size, to a pixel. Only Chromium has another scale than 1."""
        zoom = self.zoom_for(width)
        for _ in range(3):  # what is around the page may change with it
            outer, inner = self.evaluate("[[outerWidth, outerHeight], [innerWidth, innerHeight]]")
            more = [round((wanted - now) * zoom) for wanted, now in zip((width, height), inner)]
            if more != [0, 0]:
                self.command("SetWindowRect", width=outer[0] + more[0], height=outer[1] + more[1])
            if self.comes_to_be(width, height):
                return
        check(False, f"the page is {width} by {height}, not {self.evaluate('[innerWidth, innerHeight]')}")

    def zoom_for(self, width: int) -> float:
        """Zooms so far in that a page of this width is possible, and says how far that is."""
        return 1

    def comes_to_be(self, width: int, height: int) -> bool:
        """Waits for a window to be resized, for as long as that can take."""
        def is_sized() -> bool:
            found = self.evaluate("[innerWidth, innerHeight]")
            return all(abs(wanted - is_now) <= 1 for wanted, is_now in zip((width, height), found))
        try:
            until(is_sized, "it is resized", patience=2)
            return True
        except AssertionError:
            return False

    # What each engine does in its own way ----------------------------------------------------------------------------

    @contextmanager
    @abstractmethod
    def dark(self) -> Iterator[Engine]:
        """This browser, or another, that prefers dark pages."""

    @contextmanager
    @abstractmethod
    def without_script(self) -> Iterator[Engine]:
        """This browser, or another, that runs no scripts of pages."""

    @contextmanager
    @abstractmethod
    def preferring(self, languages: str) -> Iterator[Engine]:
        """This browser, or another, whose reader prefers these languages."""

    @contextmanager
    @abstractmethod
    def offline(self) -> Iterator[None]:
        """The browser has no network."""

    @abstractmethod
    def accept_certificate(self) -> None:
        """Goes on to the page in spite of a warning of its certificate, by the warning's own buttons."""

    def complaints(self) -> list[str]:
        """The warnings and errors on the console since this was last asked; none where it cannot be read."""
        return []

    def variant(self, **options: Any) -> Engine:
        """Another browser of this engine."""
        count = len(list(self.folder.parent.glob(f"{self.folder.name}-*")))
        return type(self)(self.folder.with_name(f"{self.folder.name}-{count}"), self.deadline, Options(**options))

