# SPDX-License-Identifier: MIT
"""A network of a suite's own: a loopback interface and, if wanted, an Ethernet with as many addresses as a home has.
It needs Linux and root."""
from __future__ import annotations

import contextlib
import ctypes
import subprocess
from collections.abc import Iterator

NEW_NETWORK = 0x4000_0000  # CLONE_NEWNET


@contextlib.contextmanager
def private_network() -> Iterator[bool]:
    """A network in which there is nothing but a loopback interface of our own; false if none may be made."""
    with open("/proc/thread-self/ns/net") as own:
        system = ctypes.CDLL(None)
        is_private = system.unshare(NEW_NETWORK) == 0
        try:
            yield is_private and set_link("up")
        finally:
            if is_private and system.setns(own.fileno(), NEW_NETWORK) != 0:
                raise RuntimeError("cannot go back to the system's network")


def set_link(state: str) -> bool:
    return subprocess.run(["ip", "link", "set", "lo", state], capture_output=True).returncode == 0


def add_home(address: str, network: str) -> bool:
    """Adds an Ethernet with this machine's `address`; all of `network`, such as 10.77.0.0/16, is this machine, too."""
    commands = ["link add home type veth peer name away", f"address add {address} dev home", "link set home up",
                "link set away up", f"route add local {network} dev lo"]
    return all(subprocess.run(["ip", *command.split()], capture_output=True).returncode == 0 for command in commands)
