# SPDX-License-Identifier: MIT
"""The servers of others that echo the same: Debian's and PyPI's, three of which are those of Conformance/peers. `run
--peers` loads them beside ours."""
from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CONFORMANCE = HERE.parent.parent / "Conformance"
sys.path[:0] = [str(CONFORMANCE), str(CONFORMANCE / "peers")]

import servers  # noqa: E402
from common.environments import debian, python_environment, run  # noqa: E402

Command = list[str | Path]


def picows() -> Command:
    environment = python_environment(servers.FOLDER / "picows", HERE / "requirements.txt")
    return [environment / "python", HERE / "picows_echo.py"]


def compiled(name: str, package: str, header: str, *words: str) -> Command:
    """A program of one file, made where its library's headers are, with Debian's package if they are missing."""
    debian(Path("/usr/include", header).exists(), package)
    source = next(HERE.glob(f"{name}.c*"))
    program = servers.FOLDER / name
    program.parent.mkdir(parents=True, exist_ok=True)
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        run("cc" if source.suffix == ".c" else "c++", "-O3", *words, "-o", program, source, *LIBRARIES[name])
    return [program]


LIBRARIES = {"libwebsockets_echo": ["-lwebsockets"], "beast_echo": ["-lpthread"]}


def commands() -> dict[str, Command]:
    """How each is started; what is missing is installed or made first."""
    known = {server.name: server for server in servers.PEERS}
    return {
        "libwebsockets": compiled("libwebsockets_echo", "libwebsockets-dev", "libwebsockets.h"),
        "Boost.Beast": compiled("beast_echo", "libboost-dev", "boost/beast.hpp", "-std=c++17"),
        "picows": picows(),
        **{name: known[name].prepare() for name in ("gorilla", "ws", "websockets")},
    }
