# SPDX-License-Identifier: MIT
"""A screen that only a suite sees, and its keyboard: Xvfb, without a window manager, and xdotool, whose keys go through
the X server and repeat when they are held, as those of a person do.
"""
from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from common.claims import check, until
from common.program import ending_with_parent

FONTS = Path("/usr/share/fonts/truetype/dejavu")
SIZE = (4000, 2500)  # room for a page of 4K, and for what a browser has around it


class Display:
    """A screen of its own; `variables` are for the programs that are to be on it. They have the fonts in FONTS alone,
    so that pictures are the same on another machine."""

    def __init__(self, folder: Path) -> None:
        source, sink = os.pipe()
        size = f"{SIZE[0]}x{SIZE[1]}x24"
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(sink), "-screen", "0", size, "-nolisten", "tcp", "-noreset"],
            pass_fds=[sink], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=ending_with_parent(signal.SIGTERM))  # and with it, what is on the screen
        os.close(sink)
        with os.fdopen(source) as answer:
            number = answer.readline().strip()  # said when it listens; nothing if it has ended
        check(number, "Xvfb starts")
        fonts = folder / "fonts.conf"
        fonts.write_text(
            f"<fontconfig><dir>{FONTS}</dir><cachedir>{folder / 'fonts'}</cachedir>"
            "<match><edit name='family' mode='append_last'><string>DejaVu Sans</string></edit></match></fontconfig>")
        self.variables = {"DISPLAY": f":{number}", "FONTCONFIG_FILE": str(fonts)}

    def _tool(self, *words: str) -> str:
        done = subprocess.run(["xdotool", *words], env=os.environ | self.variables, capture_output=True, text=True,
                              timeout=20)
        return done.stdout.strip()

    def focus(self, title: str) -> None:
        """Gives the keyboard to the window whose title has these words."""
        def has() -> bool:
            windows = self._tool("search", "--onlyvisible", "--name", title).split()
            if windows:
                self._tool("windowfocus", "--sync", windows[0])
            return bool(windows) and self._tool("getwindowfocus") in windows
        until(has, f"there is a window with {title} in its title, and it has the keyboard")

    def press(self, key: str) -> None:
        self._tool("key", key)

    def hold(self, key: str, seconds: float) -> None:
        self._tool("keydown", key)
        try:
            time.sleep(seconds)  # how long it is held is what is tried
        finally:
            self._tool("keyup", key)

    def end(self) -> None:
        self.process.terminate()
        self.process.wait()
