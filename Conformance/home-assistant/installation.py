# SPDX-License-Identifier: MIT
"""A Debian in a folder, with Home Assistant Core and mosquitto: made once, from the machine's own mirror of Debian and
from PyPI. Home Assistant needs a newer Python than a stable Debian has; nothing is installed on the machine itself.

What is started in it sees the folder as its root, in a mount namespace of its own: nothing stays mounted."""
from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from common.environments import BUILD, Unavailable, clean_environment, run

HERE = Path(__file__).resolve().parent
FOLDER = BUILD / "home-assistant"
ROOT = FOLDER / "root"
RELEASE = "forky"  # the first of Debian with Python 3.14
PACKAGES = HERE / "packages.txt"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
PYTHON = "/opt/home-assistant/bin/python"

ENTER = """set -e
mount --bind /proc "$1/proc"
mount --rbind /dev "$1/dev"
exec chroot "$@"
"""


def inside(*words: str | Path) -> list[str]:
    """The command that runs `words` in the folder; its process is that of the program."""
    return ["unshare", "--mount", "sh", "-c", ENTER, "sh", str(ROOT), *(str(word) for word in words)]


def version() -> str:
    """The version of Home Assistant that is pinned."""
    lines = PACKAGES.read_text().splitlines()
    return next(line.partition("==")[2] for line in lines if line.startswith("homeassistant=="))


def install() -> None:
    """Makes the folder, unless it is there and as it should be."""
    wanted = hashlib.sha256(PACKAGES.read_bytes() + RELEASE.encode()).hexdigest()
    stamp = FOLDER / "stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Unavailable("this needs root on a Debian: it makes another Debian in a folder, and starts programs in it")
    start = time.monotonic()
    print(f"making a Debian with Home Assistant {version()} in {FOLDER}: some minutes, 1.4 GB", flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    if not (FOLDER / "debian").exists():
        shutil.rmtree(ROOT, ignore_errors=True)
        _make_debian()
        (FOLDER / "debian").touch()
    _install_home_assistant()
    stamp.write_text(wanted)
    print(f"made in {time.monotonic() - start:.0f} s", flush=True)


def _make_debian() -> None:
    mirror = _mirror()
    with tempfile.TemporaryDirectory(dir=FOLDER) as name:
        folder = Path(name)
        for missing in ("lists/partial", "cache/archives/partial", "unpacked"):
            (folder / missing).mkdir(parents=True)
        (folder / "sources.list").write_text(f"deb [signed-by={KEYRING}] {mirror} {RELEASE} main\n")
        (folder / "status").touch()
        apt = ["apt-get", "-q", "-o", f"Dir::Etc::SourceList={folder}/sources.list", "-o", "Dir::Etc::SourceParts=-",
               "-o", f"Dir::State::Lists={folder}/lists", "-o", f"Dir::State::Status={folder}/status",
               "-o", f"Dir::Cache={folder}/cache", "-o", "APT::Sandbox::User=", "-o", "Acquire::Languages=none"]
        run(*apt, "update")
        # That of the release itself: an older one does not know how to begin it.
        _run_in(folder, *apt, "download", "debootstrap")
        run("dpkg-deb", "--extract", next(folder.glob("debootstrap_*.deb")), folder / "unpacked")
        run(folder / "unpacked/usr/sbin/debootstrap", "--variant=minbase", f"--keyring={KEYRING}",
            "--include=python3,python3-venv,mosquitto,ca-certificates", RELEASE, ROOT, mirror,
            DEBOOTSTRAP_DIR=f"{folder}/unpacked/usr/share/debootstrap")
    for package in (ROOT / "var/cache/apt/archives").glob("*.deb"):
        package.unlink()


def _mirror() -> str:
    """Where this machine gets Debian's packages from."""
    query = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Origin: Debian",
             "Label: Debian", "Component: main"]
    for attempt in range(2):
        if attempt > 0:
            run("apt-get", "update", "-q")
        if found := subprocess.run(query, capture_output=True, text=True).stdout.split():
            return found[0]
    raise Unavailable("apt knows no package server of Debian: apt-get update")


def _run_in(folder: Path, *command: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise Unavailable(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")


def _install_home_assistant() -> None:
    shutil.copy("/etc/resolv.conf", ROOT / "etc/resolv.conf")
    variables = {}
    if CERTIFICATES.exists():  # a machine may trust more than Debian does
        shutil.copy(CERTIFICATES, ROOT / "etc/ssl/certs/ca-certificates.crt")
        variables = {"PIP_CERT": str(CERTIFICATES), "SSL_CERT_FILE": str(CERTIFICATES)}
    if index := _package_index():
        variables["PIP_INDEX_URL"] = index
    shutil.copy(PACKAGES, ROOT / "opt/packages.txt")
    _run_inside("python3", "-m", "venv", "--clear", "/opt/home-assistant")
    _run_inside(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "--no-deps",
                "--requirement", "/opt/packages.txt", **variables)


def _package_index() -> str:
    """Where this machine gets Python's packages from; empty for PyPI itself."""
    query = ["python3", "-m", "pip", "config", "get", "global.index-url"]
    return os.environ.get("PIP_INDEX_URL") or subprocess.run(query, capture_output=True, text=True).stdout.strip()


def _run_inside(*words: str, **variables: str) -> None:
    kept = {name: value for name, value in clean_environment().items() if not name.startswith("PIP_")}
    done = subprocess.run(inside(*words), capture_output=True, text=True, env=kept | variables)
    if done.returncode != 0:
        raise Unavailable(f"{' '.join(words)}:\n{done.stdout}{done.stderr}")
