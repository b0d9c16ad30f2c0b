# SPDX-License-Identifier: MIT
"""How the libraries are installed and their programs made: one kit for each language. A kit is called with the words
that the table has for a library, gives the command that runs its program, and installs what is missing.

PyPI's packages are pinned in the files of requirements. Debian's are those of its release, and the table has the
versions that it was made with: of the library, not of Debian's package, whose revisions do not matter.
"""
from __future__ import annotations

import functools
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from common.environments import BUILD, Unavailable, clean_environment, debian, python_environment, run  # noqa: E402

FOLDER = BUILD / "clients"
Command = list[str | Path]
Kit = Callable[..., Command]

# node-ws and the others depend on Debian's own nodejs, which the machine's Node may exclude. Their files run with any.
NODE_PACKAGES = """node-ws node-websocket node-faye-websocket node-websocket-driver node-safe-buffer node-debug node-ms
    node-es5-ext node-es6-iterator node-es6-symbol node-typedarray-to-buffer libjs-typedarray-to-buffer
    node-is-typedarray""".split()


def installed(package: str) -> bool:
    """Whether Debian's package is there."""
    query = ["dpkg-query", "--show", "--showformat", "${Status}", package]
    return subprocess.run(query, capture_output=True, text=True).stdout.endswith(" installed")


def need(*packages: str) -> None:
    """Debian's packages; all that a library needs at once."""
    debian(all(map(installed, packages)), *packages)


def debian_version(package: str) -> str:
    """The library's own version in that of Debian's package: 0.11.4 of 1:0.11.4+dfsg-2."""
    query = ["dpkg-query", "--show", "--showformat", "${Version}", package]
    found = subprocess.run(query, capture_output=True, text=True).stdout or _unpacked_version(package)
    return found.rpartition(":")[2].partition("-")[0].partition("+")[0]


def _unpacked_version(package: str) -> str:
    file = next((FOLDER / "node" / "packages").glob(f"{package}_*.deb"))
    return subprocess.run(["dpkg-deb", "--field", file, "Version"], capture_output=True, text=True).stdout.strip()


def pypi_version(package: str) -> str:
    """The version that a file of requirements pins."""
    for file in HERE.rglob("requirements*.txt"):
        for line in file.read_text().splitlines():
            if line.partition("==")[0] == package:
                return line.partition("==")[2]
    raise KeyError(package)


# MARK: Without a compiler

def python(program: str, *variables: str) -> Command:
    environment = python_environment(FOLDER / "python", HERE / "python" / "requirements.txt")
    return ["env", *variables, environment / "python", HERE / "python" / program]


def qt6(program: str) -> Command:
    environment = python_environment(FOLDER / "qt", HERE / "python" / "requirements-qt.txt")
    return [environment / "python", HERE / "python" / program]


def debian_python(program: str, *packages: str) -> Command:
    """Debian's Python with Debian's packages."""
    need(*packages)
    return ["/usr/bin/python3", HERE / "python" / program]


def soup(version: str) -> Command:
    need("python3-gi", f"gir1.2-soup-{version}")
    return ["env", f"SOUP_VERSION={version}", "/usr/bin/python3", HERE / "python" / "soup.py"]


def programs() -> Path:
    return python_environment(FOLDER / "programs", HERE / "requirements-programs.txt")


def node24(program: str) -> Command:
    return [programs() / "node", HERE / "node" / program]


def deno(program: str) -> Command:
    return [programs() / "deno", "run", "--quiet", "--allow-all", "--unstable-detect-cjs", HERE / "node" / program]


def bun(program: str) -> Command:
    return [programs() / "bun", HERE / "node" / program]


def websocat(program: str) -> Command:
    return [sys.executable, HERE / "shell" / program, programs() / "websocat"]


@functools.cache
def node_path() -> str:
    """Debian's packages for Node, fetched and unpacked, not installed."""
    root, packages = FOLDER / "node" / "root", FOLDER / "node" / "packages"
    if not (FOLDER / "node" / "stamp").exists():
        print(f"fetching {NODE_PACKAGES[0]} and others", flush=True)
        packages.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["apt-get", "download", *NODE_PACKAGES], cwd=packages, capture_output=True, text=True)
        if done.returncode != 0:
            raise Unavailable(f"apt-get download: {done.stderr}")
        for file in packages.glob("*.deb"):
            run("dpkg-deb", "--extract", file, root)
        (FOLDER / "node" / "stamp").touch()
    return f"{root}/usr/share/nodejs:{root}/usr/lib/x86_64-linux-gnu/nodejs"


def node(program: str) -> Command:
    """Whichever Node is on PATH."""
    debian(shutil.which("node") is not None, "nodejs")
    return ["env", f"NODE_PATH={node_path()}", "node", HERE / "node" / program]


def script(interpreter: str, program: str, *packages: str) -> Command:
    """A language that Debian interprets: `interpreter` may have options."""
    need(*packages)
    return [*interpreter.split(), HERE / program]


# MARK: With one

def _make(program: Path, source: Path, *command: str | Path, **variables: str) -> Command:
    """Runs the compiler if the program is older than its source, or than what the sources of its folder share."""
    newest = max(file.stat().st_mtime for file in source.parent.iterdir())
    if not program.exists() or program.stat().st_mtime < newest:
        program.parent.mkdir(parents=True, exist_ok=True)
        print(f"compiling {source.relative_to(HERE)}", flush=True)
        run(*command, **variables)
    return [program]


def c(source: str, libraries: str, *packages: str) -> Command:
    """C and C++, by the end of the file's name; `libraries` as the linker takes them."""
    need("gcc" if source.endswith(".c") else "g++", *packages)
    program, path = FOLDER / "c" / Path(source).stem, HERE / source
    compiler = ["gcc", "-std=gnu11"] if source.endswith(".c") else ["g++", "-std=c++17"]
    return _make(program, path, *compiler, "-O1", "-w", "-o", program, path, *libraries.split())


def go(source: str, *packages: str) -> Command:
    """Debian's packages have the sources alone; they are built as they lie there, without modules."""
    debian(shutil.which("go") is not None, "golang-go")
    need(*packages)
    program, path = FOLDER / "go" / Path(source).stem, HERE / source
    return _make(program, path, "go", "build", "-o", program, path, path.parent / "scenario.go",
                 GO111MODULE="off", GOFLAGS="", GOPATH="/usr/share/gocode", GOCACHE=str(FOLDER / "go-cache"))


def java(source: str, jars: str, *packages: str) -> Command:
    debian(shutil.which("javac") is not None, "default-jdk-headless")
    need(*packages)
    name, path = Path(source).stem, HERE / source
    classes = FOLDER / "java" / name
    jar_path = ":".join([str(classes), *(f"/usr/share/java/{jar}.jar" for jar in jars.split())])
    _make(classes / f"{name}.class", path, "javac", "-nowarn", "-cp", jar_path, "-d", classes, path,
          path.parent / "Scenario.java")
    return ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", jar_path, name]


def haskell(source: str, *packages: str) -> Command:
    need("ghc", *packages)
    path = HERE / source
    program = FOLDER / "haskell" / path.stem
    return _make(program, path, "ghc", "-O0", "-v0", "-threaded", "-outputdir", program.parent, "-o", program, path)
