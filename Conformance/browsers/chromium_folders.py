# SPDX-License-Identifier: MIT
"""Pages of a data folder in Chromium: the log of heliograph names those that the page policy breaks, and no others; and
the relaxed policy breaks none of what is in a page itself. `chromium` starts this.
"""
from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from common.claims import check  # noqa: E402
from common.program import Program  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

INLINE = {  # what a page may have in itself under the relaxed policy
    "script": "<script>document.title = 'run'</script>",
    "module": "<script type=module>document.title = 'run'</script>",
    "handler": "<button onclick=\"document.title = 'run'\">a</button>",
    "load": "<body onload=\"document.title = 'run'\">",
    "address": "<a href=\"javascript:document.title = 'run'\">a</a>",
    "style": "<style>p { color: red }</style><p>a",
    "attribute": "<p style='color: red'>a",
    "slash": "<p/style='color: red'>a",
    "comment": "<!--><p style='color: red'>a",
    "endtag": "<b></b title='>'><p style='color: red'>a",
    "base": "<base href=/elsewhere/>",
}
FOREIGN = {  # what comes from elsewhere
    "cdn": "<script src=https://cdn.example/a.js></script>",
    "data": "<script src='data:text/javascript,1'></script>",
    "fonts": "<link rel=stylesheet href=https://fonts.example/css>",
    "image": "<img src=//elsewhere.example/a.png>",
    "backslash": "<img src='\\\\elsewhere.example/a.png'>",
    "set": "<img srcset='https://elsewhere.example/a.png 1x'>",
    "video": "<video src=https://elsewhere.example/a.mp4></video>",
    "frame": "<iframe src=https://elsewhere.example/></iframe>",
}
HARMLESS = {
    "files": "<link rel=stylesheet href=/own.css><script src=/own.js></script><img src=/own.png>"
             "<video src=/own.mp4></video>",
    "empty": "<script></script>", "json": "<script type=application/json>{\"a\": 1}</script>",
    "template": "<script type=text/x-template><p style=a onclick=b></script>",
    "text": "<textarea><p style=a></textarea>",
    "noscript": "<noscript><p style='color: red'>a</noscript>", "quoted": "<p title=\"<script>1</script>\">a",
    "commented": "<!-- <p style=a> --><p>a", "dataimage": "<img src=data:image/gif;base64,R0lGODlhAQABAAAAACw=>",
    "link": "<a href=https://elsewhere.example/>a</a>", "attributes": "<p data-style=a once=b on-tap=c>a",
    "canonical": "<link rel=canonical href=https://elsewhere.example/>", "endless": "<p title=a onclick",
}
WATCH = """document.addEventListener('securitypolicyviolation', event => {
    (window.broken = window.broken || []).push(event.effectiveDirective) })"""


def broken(browser: object, port: int, name: str) -> list[str]:
    """The directives that Chromium says the page breaks."""
    page = browser.new_page()
    page.add_init_script(WATCH)
    page.goto(f"http://127.0.0.1:{port}/{name}.html")
    for link in page.query_selector_all("a[href^=javascript], button"):
        link.click()
    page.wait_for_timeout(100)
    found = page.evaluate("window.broken || []")
    page.close()
    return found


def compare(program: Path, browser: object, pages: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in pages.items():
            (Path(folder) / f"{name}.html").write_text("<!DOCTYPE html><meta charset=utf-8>" + text)
        for name in ("own.css", "own.js", "own.png", "own.mp4"):
            (Path(folder) / name).write_text("")
        options = ["--board", "simulated", "--port", "0", "--state-file", os.devnull, "--data", folder]
        with Program(program, *options) as strict:
            port = strict.port
            named = {name for line in strict.lines if "the page policy breaks" in line
                     for name in re.findall(r"/(\w+)\.html", line)}
            for name in pages:
                found = broken(browser, port, name)
                check(bool(found) == (name in named), f"{name}: the log agrees with Chromium ({', '.join(found) or 'none'})")
        with Program(program, *options, "--page-policy", "relaxed") as relaxed:
            for name in pages:
                found = broken(browser, relaxed.port, name)
                check(bool(found) == (name in FOREIGN), f"{name}: relaxed, {', '.join(found) or 'nothing'} is broken")


def main() -> int:
    chromium, program = sys.argv[1], Path(sys.argv[2]).resolve()
    pages = list((INLINE | FOREIGN | HARMLESS).items())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for start in range(0, len(pages), 8):  # as many as the log names
            compare(program, browser, dict(pages[start:start + 8]))
        browser.close()
    print(f"pages: {len(pages)} pages are broken in Chromium as the log says")
    return 0


if __name__ == "__main__":
    sys.exit(main())
