# SPDX-License-Identifier: MIT
"""A house: a machine of its own as far as names go, with namespaces of network, files and host name."""
from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from common.claims import until
from common.program import Program

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Service:
    """A device as somebody has found it."""
    name: str
    address: str
    port: int
    texts: dict[str, str]


class House:
    """Use it in `with`; whatever was started in it ends with the block."""

    def __init__(self, number: int, program: Path, python: Path) -> None:
        self.name, self.address = f"house{number}", f"10.99.0.{number}"
        self.program, self.python = program, python
        self.running = ExitStack()

    def __enter__(self) -> House:
        self.keeper = self.running.enter_context(
            Program("unshare", "--net", "--mount", "--uts", "sh", "-c",
                    f"hostname {self.name} && mount -t tmpfs none /run && mkdir /run/dbus /run/avahi-daemon && "
                    "echo ready && exec sleep infinity"))
        self.keeper.wait_for(lambda line: line == "ready")
        self.ask("ip", "link", "set", "lo", "up")
        return self

    def __exit__(self, *_: object) -> None:
        self.running.close()

    @property
    def entrance(self) -> list[str]:
        return ["nsenter", "--target", str(self.keeper.pid), "--net", "--mount", "--uts", "--"]

    def ask(self, *command: str | Path) -> str:
        done = subprocess.run([*self.entrance, *map(str, command)], capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
        return done.stdout

    def start(self, *command: str | Path) -> Program:
        return self.running.enter_context(Program(*self.entrance, *command))

    # MARK: What runs in it

    def start_bus(self) -> None:
        self.bus = self.start("dbus-daemon", "--system", "--nofork", "--nopidfile", "--print-address=1")
        self.bus.wait_for(lambda line: line.startswith("unix:"))

    def start_avahi(self) -> None:
        self.avahi = self.start("avahi-daemon", "--no-chroot", "--no-drop-root")
        self.avahi.wait_for(lambda line: "startup complete" in line)

    def device(self, name: str, *options: str) -> Program:
        """A device that listens for all, on a port that the system picks."""
        return self.start(self.program, "--host", "0.0.0.0", "--port", "0", "--name", name, "--no-login",
                          "--state-file", "/dev/null", *options)

    def gateway(self, name: str) -> Program:
        """A gateway, whose broker is not there."""
        return self.start(self.program, "fleet", "--broker", "mqtt://127.0.0.1:9", "--host", "0.0.0.0", "--port", "0",
                          "--name", name, "--no-login", "--state-file", "/dev/null")

    def connect(self, other: House) -> None:
        """The cable."""
        self.ask("ip", "link", "add", "street", "type", "veth", "peer", "name", "street", "netns", str(other.keeper.pid))
        for house in (self, other):
            house.ask("ip", "address", "add", f"{house.address}/24", "dev", "street")
            house.ask("ip", "link", "set", "street", "up")
            house.ask("ip", "route", "add", "default", "dev", "street")

    # MARK: What is found from it

    def browse(self, kind: str) -> list[Service]:
        """By avahi-browse, over IPv4: `=;INTERFACE;IPv4;NAME;TYPE;local;HOST;ADDRESS;PORT;"TEXT" "TEXT"`."""
        lines = self.ask("avahi-browse", "--resolve", "--parsable", "--terminate", kind).splitlines()
        found = []
        for line in lines:
            fields = line.split(";", 9)
            if fields[0] == "=" and fields[1] == "street" and fields[2] == "IPv4":
                name = re.sub(r"\\(\d{3})", lambda code: chr(int(code[1])), fields[3])
                texts = dict(text.partition("=")[::2] for text in re.findall(r'"([^"]*)"', fields[9]))
                found.append(Service(name, fields[7], int(fields[8]), texts))
        return found

    def find(self, kind: str) -> list[Service]:
        """By python-zeroconf, which asks the network itself."""
        return [Service(**found) for found in json.loads(self.ask(self.python, HERE / "find.py", kind, self.address))]

    def fetch(self, service: Service, name: str | None = None) -> dict:
        """The state of a device, as its service says where it is; asked by a name of it if one is given."""
        url = f"http://{service.address}:{service.port}/api/state"
        headers = {"Host": f"{name}:{service.port}"} if name else {}
        words = (f"import urllib.request as u; print(u.urlopen(u.Request('{url}', headers={headers}), timeout=10)"
                 ".read().decode())")
        return json.loads(self.ask(self.python, "-c", words))


@contextmanager
def street(program: Path, python: Path) -> Iterator[tuple[House, House]]:
    """Two houses with a bus and an avahi each, joined."""
    with House(1, program, python) as first, House(2, program, python) as second:
        first.connect(second)
        for house in (first, second):
            house.start_bus()
            house.start_avahi()
        yield first, second


def until_found(house: House, kind: str, *names: str) -> list[Service]:
    """Waits until just these are found from a house."""
    found: list[Service] = []

    def are_there() -> bool:
        found[:] = house.browse(kind)
        return sorted(service.name for service in found) == sorted(names)
    until(are_there, f"{', '.join(names) or 'none'} found from {house.name}, and not {[s.name for s in found]}", 30, 0.2)
    return found
