# SPDX-License-Identifier: MIT
"""Tools that a suite needs and the machine may not have: Python packages in an environment of their own, Debian's
packages where we may install them.
"""
from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

# Everything that is fetched or made when a suite runs.
BUILD = Path(__file__).resolve().parent.parent.parent / ".build-conformance"
VIRTUALENV = "virtualenv==20.21.1"  # the last that makes environments for Python 2.7


class Unavailable(Exception):
    """A suite cannot run here; the message says what to do."""


def clean_environment(**more: str) -> dict[str, str]:
    """The environment variables without what an activated environment or a person's Python settings would change."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return kept | {"PYTHONUNBUFFERED": "1"} | more


def run(*command: str | Path, **more: str) -> None:
    """Runs a tool that should say nothing; `more` are environment variables."""
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, env=clean_environment(**more))
    if done.returncode != 0:
        raise Unavailable(f"{' '.join(words)}:\n{done.stdout}{done.stderr}")


def python_environment(folder: Path, requirements: Path, interpreter: str | None = None) -> Path:
    """The `bin` of an environment in `folder` with just these requirements, made again when they have changed; for this
    Python, or for an `interpreter` that may be as old as 2.7."""
    stamp = folder / "stamp"
    wanted = hashlib.sha256(requirements.read_bytes() + (interpreter or sys.executable).encode()).hexdigest()
    environment = folder / "environment"
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"making the environment {folder}", flush=True)
        stamp.unlink(missing_ok=True)
        if interpreter is None:
            run(sys.executable, "-m", "venv", "--clear", environment)
        else:
            tools = folder / "tools"
            run(sys.executable, "-m", "venv", "--clear", tools)
            run(tools / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", VIRTUALENV)
            run(tools / "bin" / "virtualenv", "--quiet", "--clear", "--python", interpreter, environment)
        install = [environment / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
        run(*install, "--requirement", requirements)
        stamp.write_text(wanted)
    return environment / "bin"


def debian(is_there: bool, *packages: str) -> None:
    """Installs Debian's packages unless what they bring is there; as root only."""
    if is_there:
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise Unavailable(f"this needs Debian's {' '.join(packages)}: `apt-get install {' '.join(packages)}` as root")
    print(f"installing {' '.join(packages)}", flush=True)
    run("apt-get", "update", "--quiet")
    run("apt-get", "update")
    run("apt-get", "install", "--yes", "--no-install-recommends", *packages, DEBIAN_FRONTEND="noninteractive")
