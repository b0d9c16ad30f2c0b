# SPDX-License-Identifier: MIT
"""A machine with a Debian of its own: systemd is its first process, and its network has no cable."""
from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import subprocess
from contextlib import ExitStack
from pathlib import Path

from common.claims import until
from common.environments import Unavailable
from common.program import Program

RELEASES = ["bookworm", "trixie", "testing"]
# What the package needs and asks for, so that it is installed without a network; what its claims look with.
INCLUDED = "systemd-sysv,udev,libstdc++6,zlib1g,man-db,bash-completion,zsh,fish"
ADDRESS = "10.99.0.1"
STARTED = ("running", "degraded")
# What changes by itself, or whenever a package is installed.
PASSING = ("/dev", "/proc", "/run", "/sys", "/tmp", "/var/cache", "/var/lib/apt", "/var/lib/dpkg/triggers",
           "/var/lib/systemd/timers", "/var/log", "/var/tmp",
           "/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-")


def mirror() -> str:
    """Where the machine gets Debian's packages from."""
    places = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages",
                             "Origin: Debian", "Label: Debian", "Component: main"], capture_output=True, text=True)
    if not (lines := places.stdout.split()):
        raise Unavailable("apt knows no package server of Debian: apt-get update")
    return lines[0]


class Machine:
    """Use it in `with`: it ends with the block. Its files are in `root`."""

    def __init__(self, release: str, folder: Path) -> None:
        self.release, self.root, self.running = release, folder / release, ExitStack()

    def __enter__(self) -> Machine:
        made = subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", f"--include={INCLUDED}",
                               # A mirror that lags behind is as good here.
                               "--aptopt=Acquire::Check-Valid-Until false", self.release,
                               self.root, mirror()], capture_output=True, text=True, timeout=900)
        if made.returncode != 0:
            raise Unavailable(f"mmdebstrap {self.release}: {made.stderr}")
        # In a namespace of files, in which it leaves what it puts into /run; with the control groups that the newest
        # systemd knows alone.
        start = "mount -t tmpfs none /run && exec systemd-nspawn --boot --private-network --register=no --keep-unit " \
            f"--console=pipe --directory={self.root}"
        self.container = self.running.enter_context(
            Program("unshare", "--mount", "sh", "-c", start, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY="1"))
        try:
            until(self._first_process, "the machine starts", 60, 0.2)
            until(lambda: self.ask("systemctl is-system-running || true") in STARTED, "its system is up", 120, 0.5)
            self._connect()
        except BaseException:
            self.running.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.running.close()

    def _first_process(self) -> bool:
        """Whether the container's systemd runs: the first child of nspawn, which had others before."""
        children = Path(f"/proc/{self.container.pid}/task/{self.container.pid}/children").read_text().split()
        self.init = int(children[0]) if children else 0
        try:
            return self.init > 0 and os.readlink(f"/proc/{self.init}/exe").endswith("/systemd")
        except FileNotFoundError:
            return False

    def _connect(self) -> None:
        """A network with an address and a route, on which nobody else is."""
        for words in ("link add eth0 type veth peer name far", "link set far up", "link set eth0 up",
                      f"address add {ADDRESS}/24 dev eth0", "route add default dev eth0"):
            subprocess.run(["nsenter", "--target", str(self.init), "--net", "--", "ip", *words.split()], check=True)

    # MARK: What is done on it

    def attempt(self, command: str, timeout: float = 120) -> tuple[int, str]:
        """The status of a shell's command, and what it says."""
        enter = ["nsenter", "--target", str(self.init), "--all", "--", "env", "-i", "LANG=C.UTF-8",
                 "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive"]
        done = subprocess.run([*enter, "sh", "-c", command],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=timeout, cwd="/")
        return done.returncode, done.stdout.strip()

    def ask(self, command: str) -> str:
        """What a command says that has to succeed."""
        status, words = self.attempt(command)
        if status != 0:
            raise RuntimeError(f"{command}: {words}")
        return words

    def install(self, package: Path) -> str:
        """By apt, from a file that is there for as long as that takes."""
        place = f"/var/tmp/{package.name}"
        shutil.copy(package, self.root / place.lstrip("/"))
        return self.ask(f"apt-get install --yes --no-install-recommends {place}; status=$?; rm {place}; exit $status")

    def read(self, path: str) -> str:
        return (self.root / path.lstrip("/")).read_text().strip()

    def write(self, path: str, text: str) -> None:
        (self.root / path.lstrip("/")).write_text(text)

    def fetch(self, path: str, *options: str) -> tuple[int, str]:
        """The status and the body of the page's answer, by curl on the machine's network."""
        fetch = ["nsenter", "--target", str(self.init), "--net", "--", "curl", "--silent", "--max-time", "10"]
        done = subprocess.run([*fetch, "--write-out", "\n%{http_code}", *options, f"http://{ADDRESS}{path}"],
                              capture_output=True, text=True)
        body, _, status = done.stdout.rpartition("\n")
        return int(status or 0), body

    @property
    def systemd(self) -> str:
        return self.ask("systemctl --version").split("\n")[0]

    def show(self, name: str) -> str:
        """A property of the service."""
        return self.ask(f"systemctl show --value -p {name} heliograph")

    # MARK: What is on it

    def files(self) -> dict[str, str]:
        """Every file that stays, with its kind, owner and rights; those of /etc with what is in them, too."""
        found = {}
        for folder, folders, names in os.walk(self.root):
            inner = folder.removeprefix(str(self.root))
            folders[:] = [name for name in folders if f"{inner}/{name}" not in PASSING]
            for name in folders + names:
                if (path := f"{inner}/{name}") in PASSING:
                    continue
                about = os.lstat(Path(folder, name))
                words = [stat.filemode(about.st_mode), str(about.st_uid), str(about.st_gid)]
                if path.startswith("/etc/") and stat.S_ISREG(about.st_mode):
                    words.append(hashlib.sha256(Path(folder, name).read_bytes()).hexdigest())
                found[path] = " ".join(words)
        return found

    def state(self, token: str) -> dict:
        """What the device says of itself to whoever has a token."""
        status, body = self.fetch("/api/state", "--header", f"Authorization: Bearer {token}")
        return json.loads(body) if status == 200 else {}
