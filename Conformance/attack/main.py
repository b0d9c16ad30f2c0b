# SPDX-License-Identifier: MIT
"""Attacks on the real program, on loopback: a hostile page of another site in Chromium, and an attacker on the network.
Everything must be refused, the state of the device must not change, and a page of the household must stay connected."""
from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import network_crowds  # noqa: E402
import network_log  # noqa: E402
import network_login  # noqa: E402
import network_requests  # noqa: E402
import network_sockets  # noqa: E402
from browser import hostile_files, hostile_pages  # noqa: E402
from browser_login import hostile_pages_of_users  # noqa: E402
from common.network import add_home, private_network  # noqa: E402
from guarded import HOST, NETWORK, OWNER, OWNERS_PASSWORD, Guarded  # noqa: E402
from scene import ROOT, Device, Table, Witness  # noqa: E402

PROXY = "127.0.0.9"  # an address that is believed, and nobody has


def pages(options: argparse.Namespace, folder: Path, table: Table) -> None:
    """Chromium: a page of another site, of another port, and of a name that was made to resolve to the device"""
    with Device(options.programs, folder) as device:
        hostile_pages(device, options.chromium, table)


def files(options: argparse.Namespace, folder: Path, table: Table) -> None:
    """Chromium: images and documents with scripts in them, in the data folder; ways out of that"""
    data = network_requests.folder_of_files(folder)
    hostile_files(options.programs, folder, data, options.chromium, table)
    with Device(options.programs, folder, "--data", str(data)) as device, Witness(device, table):
        network_requests.traversal(device, folder, table)
        network_requests.ranges(device, table)


def requests(options: argparse.Namespace, folder: Path, table: Table) -> None:
    """the network: smuggled requests, names and origins of others, words of a proxy, floods, malformed handshakes"""
    with Device(options.programs, folder) as device, Witness(device, table):
        network_requests.smuggling(device, table)
        network_requests.hosts(device, table)
        network_requests.origins(device, table)
        network_requests.handshakes(device, table)
        network_requests.floods(device, table)
        network_requests.forwarded(device, table)
    with Device(options.programs, folder, "--trusted-proxy", PROXY) as device, Witness(device, table):
        network_requests.forwarded(device, table, ", while another is believed")


def sockets(options: argparse.Namespace, folder: Path, table: Table) -> None:
    """the network: frames and messages that are none, compression bombs"""
    with Device(options.programs, folder) as device, Witness(device, table):
        network_sockets.frames(device, table)
        network_sockets.messages(device, table)
        network_sockets.bombs(device, table)
        network_sockets.names(device, table)


def crowds(options: argparse.Namespace, folder: Path, table: Table) -> None:
    """the network: one address that takes its time, and all places"""
    for attack in (network_crowds.slow_heads, network_crowds.sockets, network_crowds.connections):
        with Device(options.programs, folder) as device, Witness(device, table):
            attack(device, table)


def log(options: argparse.Namespace, folder: Path, table: Table) -> None:
    """the network: words that would forge a line of the log, or turn it around"""
    with Device(options.programs, folder) as device, Witness(device, table):
        network_log.injection(device, table)


def login(options: argparse.Namespace, folder: Path, table: Table) -> None:
    """a network on which people log in: no password, guesses, sessions, a token for view, other sites' pages"""
    household = {OWNER: (OWNERS_PASSWORD, "admin"), "ben": (network_login.BENS_PASSWORD, "control"),
                 "cleo": (network_login.CLEOS_PASSWORD, "control"), "dora": (network_login.DORAS_PASSWORD, "view")}
    with private_network() as is_private:
        if not is_private or not add_home(f"{HOST}/16", NETWORK):
            raise RuntimeError("a login needs a network of its own, and that needs root")
        with Guarded(options.programs, folder / "first") as device:
            network_login.owner_link(device, table)
        with Guarded(options.programs, folder / "home", **household) as device, device.witness(table):
            network_login.doors(device, table)
            network_login.forms(device, table)
            network_login.enumeration(device, table)
            network_login.lookers(device, table)
            network_login.sessions(device, table)
        with Guarded(options.programs, folder / "guesses", **household) as device, device.witness(table):
            network_login.guesses(device, table)
        with Guarded(options.programs, folder / "pages", **household) as device:
            hostile_pages_of_users(device, options.chromium, table)


PARTS = {part.__name__: part for part in (requests, sockets, crowds, log, files, pages, login)}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="attack", description=__doc__)
    parser.add_argument("parts", metavar="PART", nargs="*", choices=[*PARTS, []], help="what to run (default: all)")
    parser.add_argument("--list", action="store_true", help="name the parts, and run nothing")
    parser.add_argument("--programs", type=Path, metavar="FOLDER", default=ROOT / ".build" / "release",
                        help="where the built program is")
    parser.add_argument("--chromium", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> int:
    options = arguments()
    if options.list:
        for name, part in PARTS.items():
            print(f"{name:<10} {part.__doc__}")
        return 0
    if not (options.programs / "heliograph").exists():
        sys.exit(f"attack: no heliograph in {options.programs}; build it: swift build -c release")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started ends with its block
    table, start = Table(), time.monotonic()
    for name in options.parts or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            try:
                PARTS[name](options, Path(folder), table)
            except Exception as problem:  # noqa: BLE001 - Playwright's own, too; the other parts follow
                table.failures.append(f"{name} ended early: {str(problem).splitlines()[0]}")
    print(f"\n{table.count} attempts and claims in {time.monotonic() - start:.0f} s")
    for failure in table.failures:
        print(f"FAIL {failure}")
    print(f"{len(table.failures)} got through or could not be shown" if table.failures else "everything was refused")
    return 1 if table.failures else 0


if __name__ == "__main__":
    sys.exit(main())
