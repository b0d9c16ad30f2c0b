# SPDX-License-Identifier: MIT
"""Runs what the blocks of a page say, one after the other, in a folder of the page's own."""
from __future__ import annotations

import http.client
import os
import re
import signal
import ssl
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

from common.claims import PATIENCE, check, until
from common.program import Program
from markdown import ROOT, Block

ADDRESS = re.compile(r"\s*(https?)://\S+:(\d+)\b")
EXAMPLE = "http://127.0.0.1:8080"  # how the pages call the device that was started last
SOURCES = [path.read_text() for folder in ("Examples", "Sources", "Firmware")
           for path in (ROOT / folder).rglob("*.swift") if "/.build" not in str(path)]


class Scratch:
    """The folder in which a page's commands run: it has the repository's folders and a kitchen.yaml, and `heliograph`
    is the program. What serves is ended when something else is to serve, and at the end."""

    def __init__(self, programs: Path) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="docs-")
        self.path = Path(self.folder.name)
        self.server: Program | None = None
        self.address = EXAMPLE
        self.ran = 0
        for entry in ROOT.iterdir():
            if not entry.name.startswith("."):
                (self.path / entry.name).symlink_to(entry)
        (self.path / "kitchen.yaml").write_text((ROOT / "Examples/kitchen.yaml").read_text())
        (self.path / ".curlrc").write_text("silent\nshow-error\nfail-with-body\n")  # an error is a failure
        # Without pins, on ports that the system picks, and unknown to the network.
        self.variables = {
            "PATH": f"{programs}:{os.environ['PATH']}", "HELIOGRAPH_BOARD": "simulated", "HELIOGRAPH_PORT": "0",
            "HELIOGRAPH_TLS_PORT": "0", "HELIOGRAPH_ANNOUNCE": "false", "XDG_STATE_HOME": str(self.path / "state"),
            "CURL_HOME": str(self.path), "SWIFT_BACKTRACE": "enable=no",
        }

    def __enter__(self) -> Scratch:
        os.chdir(self.path)
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.end_server()
        finally:
            os.chdir(ROOT)
            self.folder.cleanup()

    def end_server(self) -> None:
        server, self.server = self.server, None
        if server:
            check((status := server.stop()) == 0, f"{server.process.args[-1]}: SIGTERM ends it with {status}, not 0")

    def do(self, block: Block) -> None:
        match block.language:
            case "sh":
                for command in block.text.replace("\\\n", "").splitlines():
                    if command.strip() and not command.startswith("#"):
                        self.run(command, given=block.note[1] if block.note else "")
            case "console":
                for step in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
                    command, _, shown = step.partition("\n")
                    self.run(command, shown=shown)
            case "yaml":
                name = re.match(r"# (\S+\.yaml)\n", block.text)
                file = self.path / (name[1] if name else "unnamed.yaml")
                file.unlink(missing_ok=True)
                file.write_text(block.text)
                if not block.note:
                    self.run(f"heliograph check {file.name}")
            case "swift":
                check(any(block.text in source for source in SOURCES), "no file has these lines of Swift")

    def run(self, command: str, given: str = "", shown: str | None = None) -> None:
        """Runs a command to its end, or until it serves; `given` is its standard input, `shown` what the page says that
        it prints."""
        self.ran += 1
        words = re.sub(r"swift run (--traits \S+ )?heliograph", "heliograph", command).replace(EXAMPLE, self.address)
        program = Program("bash", "-c", words, **self.variables)
        try:
            if given:
                program.say(given)
            program.process.stdin.close()
            try:
                line = program.wait_for(lambda line: ADDRESS.match(line) is not None)
            except RuntimeError:  # it has ended, or time is up
                output = "".join(f"{line}\n" for line in program.lines)
                try:
                    status = program.process.wait(1)
                except subprocess.TimeoutExpired:
                    status = program.stop(signal.SIGKILL)
                check(status == 0 or shown is not None and status > 0, f"{command}: ends with {status}: {output}")
                check(shown is None or pattern(shown).fullmatch(output), f"{command}: prints\n{output}")
            else:
                self.end_server()
                self.server = program
                self.try_server(command, *ADDRESS.match(line).groups(), shown)
        finally:
            if program is not self.server:
                program.stop()

    def try_server(self, command: str, scheme: str, port: str, shown: str | None) -> None:
        """Asks for the page once, which a device with a login refuses."""
        if shown:
            until(lambda: pattern(shown).match("\n".join(self.server.lines) + "\n"), f"{command}: prints what is shown")
        self.address = f"{scheme}://127.0.0.1:{port}"
        if scheme == "https":  # with a certificate that the device has made a moment ago
            trusting = ssl._create_unverified_context()
            connection = http.client.HTTPSConnection("127.0.0.1", int(port), timeout=PATIENCE, context=trusting)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=PATIENCE)
        with closing(connection):
            connection.request("GET", "/")
            status = connection.getresponse().status
        check(status in (200, 401), f"{command}: GET / is answered with {status}")


def pattern(shown: str) -> re.Pattern[str]:
    """Output as a page shows it: `…` stands for a part of a line, on a line of its own for any lines."""
    lines = (r"(?:.*\n)*" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n"
             for line in shown.splitlines())
    return re.compile("".join(lines).replace(re.escape(EXAMPLE), EXAMPLE.replace("8080", r"\d+")))
