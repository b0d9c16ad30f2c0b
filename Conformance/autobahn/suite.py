# SPDX-License-Identifier: MIT
"""Autobahn's fuzzing client (PyPI's autobahntestsuite, which is Python 2.7 code): its environment, a run of it against
a server that listens already, and what came of each case. Standard library only.

    python3 suite.py --check        is there a CPython 2.7 for it?
"""
from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from common.environments import BUILD, Unavailable, clean_environment, python_environment  # noqa: E402

FOLDER = BUILD / "autobahn"
LONGEST = 3600  # seconds; the JSON is written at the end, so this only ends a run that hangs

CORE = [f"{group}.*" for group in (1, 2, 3, 4, 5, 6, 7, 9, 10)]
DEFLATE = ["12.*", "13.*"]
# A thousand messages each of up to 8 KB, and two sizes that are sent in fragments; of 13.*, two of each set of offers.
LIGHT = [f"12.{group}.{size}" for group in range(1, 6) for size in (1, 2, 3, 4, 5, 6, 11, 12)] + [
    f"13.{group}.{size}" for group in range(1, 8) for size in (3, 11)]


class Result(NamedTuple):
    """What Autobahn says of one case, without how long it took."""
    behavior: str
    behaviorClose: str
    closeCode: int | None

    @property
    def passed(self) -> bool:
        """NON-STRICT, which Autobahn lets pass, is not good enough."""
        return self.behavior in ("OK", "INFORMATIONAL") and self.behaviorClose in ("OK", "INFORMATIONAL")


Results = dict[str, Result]


def in_order(cases: Results) -> list[str]:
    """The names of the cases, 9.1.1 before 10.1.1."""
    return sorted(cases, key=lambda name: [int(number) for number in name.split(".")])


def selected(results: Results, patterns: list[str]) -> Results:
    """The cases that `patterns` name."""
    return {case: results[case] for case in in_order(results) if any(fnmatchcase(case, one) for one in patterns)}


# MARK: The environment

def python2() -> str:
    """A CPython 2.7: `python2.7` on PATH, or one of pyenv's versions."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [shutil.which("python2.7"), *sorted(versions.glob("2.7*/bin/python2.7"), reverse=True)]
    for candidate in filter(None, candidates):
        question = [candidate, "-c", "import sys; sys.stdout.write(sys.executable)"]
        answer = subprocess.run(question, capture_output=True, text=True)  # pyenv's shim may stand for no version
        if answer.returncode == 0:
            return answer.stdout
    raise Unavailable("Autobahn's test suite needs CPython 2.7, and there is no python2.7 on PATH nor among pyenv's"
                      f" versions ({versions}): `pyenv install 2.7.18` makes one.")


def wstest() -> Path:
    """The program `wstest`, in an environment that is made when it is not there."""
    return python_environment(FOLDER, HERE / "requirements.txt", python2()) / "wstest"


# MARK: A run

def fuzz(url: str, agent: str, patterns: list[str], says_where: bool = False) -> Results:
    """Runs the cases that `patterns` name against the server at `url`; the report stays in FOLDER/report-AGENT."""
    program = wstest()
    report = FOLDER / f"report-{agent}"
    shutil.rmtree(report, ignore_errors=True)
    specification = FOLDER / f"{agent}.json"
    specification.write_text(json.dumps({
        "outdir": str(report), "servers": [{"agent": agent, "url": url}], "cases": patterns,
        "exclude-cases": [], "exclude-agent-cases": {}}))
    _follow([str(program), "--mode", "fuzzingclient", "--spec", str(specification)], agent, says_where)
    index = report / "index.json"
    cases = json.loads(index.read_text()).get(agent) if index.exists() else None
    if not cases:
        raise Unavailable(f"wstest reported no cases; see {FOLDER / agent}.log")
    return {case: Result(it["behavior"], it["behaviorClose"], it["remoteCloseCode"]) for case, it in cases.items()}


def _follow(command: list[str], agent: str, says_where: bool) -> None:
    """Runs `command`, keeps what it says in a log and may say which group of cases it is at. Its exit status is of no
    use: wstest ends with 0 whatever has failed."""
    group = None
    with (FOLDER / f"{agent}.log").open("w", buffering=1) as log, subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=clean_environment(), cwd=FOLDER) as process:
        watchdog = threading.Timer(LONGEST, process.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            for line in process.stdout:
                log.write(line)
                found = re.match(r"Running test case ID (\d+)\.", line)
                if says_where and found and found[1] != group:
                    group = found[1]
                    print(f"autobahn: {agent}: cases {group}.*", flush=True)
        finally:
            watchdog.cancel()
            process.kill()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Whether Autobahn's suite can run here; otherwise says what it lacks.")
    parser.add_argument("--check", action="store_true", required=True, help="required: the only mode")
    parser.parse_args()
    try:
        python2()
    except Unavailable as problem:
        sys.exit(f"autobahn: {problem}")
