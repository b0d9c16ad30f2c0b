# SPDX-License-Identifier: MIT
"""The servers that are compared: how each is made ready, and the command that starts it. All of them send messages back
on /ws, one that starts with `B` to everybody, answer `GET /`, and send back what is posted to /echo.
"""
from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from common.environments import BUILD, Unavailable, clean_environment, debian, python_environment, run  # noqa: E402
from common.program import Program  # noqa: E402

FOLDER = BUILD / "peers"
SOURCES = HERE / "servers"
NODE_MODULES = "/usr/share/nodejs"  # where Debian has them
GO_PATH = Path("/usr/share/gocode")

Command = list[str | Path]


@dataclass(frozen=True)
class Server:
    """A server of the comparison. `prepare` installs what is missing and gives the command that starts it on any free
    port; the server then prints what it is, and its URL."""
    name: str
    prepare: Callable[[], Command]
    deflates: bool = False  # by default
    is_http: bool = True  # takes other requests than GET

    def start(self) -> Program:
        return Program(*self.prepare())


def version(server: Program) -> str:
    """What a server prints before its URL."""
    server.port  # has printed both
    return ", ".join(takewhile(lambda line: not line.startswith("ws://"), list(server.lines)))


def heliograph(programs: Path, *options: str) -> Server:
    program = programs / "heliograph-echo"
    if not program.exists():
        raise Unavailable(f"there is no {program}: `swift build -c release` makes it")
    return Server("Heliograph", lambda: [program, "0", *options])


def python(source: str) -> Callable[[], Command]:
    return lambda: [python_environment(FOLDER / "python", HERE / "requirements.txt") / "python", SOURCES / source]


def node() -> Command:
    """Whichever Node is on PATH, with Debian's packages."""
    debian(shutil.which("node") is not None, "nodejs")
    debian((Path(NODE_MODULES) / "ws").exists(), "node-ws")
    return ["env", f"NODE_PATH={NODE_MODULES}", "node", SOURCES / "ws_echo.js"]


def go() -> Command:
    """Debian's package has the sources alone; they are built as they lie there, without modules."""
    debian(shutil.which("go") is not None, "golang-go")
    package = "golang-github-gorilla-websocket-dev"
    debian((GO_PATH / "src/github.com/gorilla/websocket").exists(), package)
    program = FOLDER / "gorilla-echo"
    source = SOURCES / "gorilla_echo.go"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        run("go", "build", "-o", program, source,
            GO111MODULE="off", GOFLAGS="", GOPATH=str(GO_PATH), GOCACHE=str(FOLDER / "go-cache"))
    query = ["dpkg-query", "--show", "--showformat", "${Version}", package]
    debian_version = subprocess.run(query, capture_output=True, text=True, env=clean_environment()).stdout
    return [program, f"gorilla/websocket {debian_version.partition('-')[0] or 'of unknown version'}"]


PEERS = [
    Server("websockets", python("websockets_echo.py"), deflates=True, is_http=False),
    Server("aiohttp", python("aiohttp_echo.py"), deflates=True),
    Server("Tornado", python("tornado_echo.py")),
    Server("ws", node),
    Server("gorilla", go),
]
