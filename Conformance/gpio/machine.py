# SPDX-License-Identifier: MIT
"""The machine as a test sees it: QEMU with Debian's kernel, its hand, its disk, its serial line, and the board's port
8080 as a port of this machine that the system picks."""
from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from common.claims import check, until
from hand import Hand
from common.qemu import Monitor, launch

BOOT = {"kvm": 20.0, "tcg": 90.0}  # seconds for a start; emulated on a busy machine it takes that long
RESUME = 20.0  # the same from saved memory
ADDRESS, HAND_ADDRESS = "10.0.2.15", "10.0.3.15"  # of eth0 and eth1 (guest/init)
HAND_PORT = 7
# Ends by a reset at a panic; asks nobody for entropy, mends no processor, measures no clock.
COMMAND_LINE = ("console=ttyS0 quiet panic=-1 tsc=reliable clocksource=tsc random.trust_cpu=on mitigations=off nokaslr "
                "audit=0 no_timer_check")
# A table for the firmware, as `iasl` makes it of
#     DefinitionBlock ("", "SSDT", 2, "HELIO", "THERMAL", 1) { Scope (\_SB) { ThermalZone (TZ00) {
#       Method (_TMP) { Return (3132) } Method (_CRT) { Return (3732) } Name (_TZP, 0) } } }
# so that the kernel has a thermal zone, in which it is 40 °C: ACPI counts in tenths of a kelvin.
THERMAL_ZONE = bytes.fromhex(
    "535344544e00000002d648454c494f00544845524d414c0001000000494e544c2509202010295c5f53425f5b8521545a3030140a5f544d5000"
    "a40b3c0c140a5f43525400a40b940e085f545a5000")
MEMORY = 384  # MB; what the machine starts from, the program above all, lies in half of it


class Machine:
    """A machine that starts at once; use it in `with`, so that whatever happens, QEMU ends with the block.

    `files` is the folder with the kernel and the initramfs, `disk` the image of its disk. With `memory`, that `save`
    has written, it goes on from there in place of a start, and has not yet seen its disk. Processors of this machine
    are used if they really work (`kvm`); else they are emulated.
    """
    accelerators = ["kvm", "tcg"]  # those that may work; the first one does once a machine has started
    board_port = 8080  # of the program
    command_line = COMMAND_LINE
    boot = BOOT
    cache = "writethrough"  # what the machine has written is on the disk; nothing waits in a cache of the disk
    options: tuple[str, ...] = ()  # more of QEMU's

    def __init__(self, files: Path, disk: Path, memory: Path | None = None) -> None:
        self.files, self.disk, self.memory = files, disk, memory
        self._folder = tempfile.TemporaryDirectory(prefix="heliograph-")
        self._path = Path(self._folder.name)
        self.serial_file = files / f"serial-{disk.stem}.log"
        start = time.monotonic()
        while True:
            try:
                self._start(self.accelerators[0])
                break
            except (AssertionError, OSError, RuntimeError) as problem:
                self.stop()
                if len(self.accelerators) == 1:
                    raise AssertionError(f"the machine does not start: {problem}; {self.serial[-300:]!r}") from problem
                self.accelerators.pop(0)  # for all machines of this kind
                start = time.monotonic()
        self.start_time = time.monotonic() - start

    # MARK: Its life

    def _start(self, accelerator: str) -> None:
        self.accelerator = accelerator
        monitor = self._path / "monitor"
        monitor.unlink(missing_ok=True)
        command = ["qemu-system-x86_64", "-accel", accelerator, "-cpu", "max", "-m", MEMORY,
                   "-nodefaults", "-no-user-config", "-display", "none", "-serial", f"file:{self.serial_file}",
                   "-qmp", f"unix:{monitor},server=on,wait=off",
                   "-kernel", self.files / "kernel" / "vmlinuz", "-initrd", self.files / "initramfs",
                   "-append", self.command_line, *self.options,
                   "-drive", f"file={self.disk},format=raw,if=none,id=disk,cache={self.cache}",
                   "-device", "virtio-blk-pci,drive=disk,addr=6"]
        for number, (address, port) in enumerate([(ADDRESS, self.board_port), (HAND_ADDRESS, HAND_PORT)]):
            network = f"10.0.{2 + number}.0/24"
            command += ["-netdev", f"user,id=net{number},net={network},restrict=on,"
                                   f"hostfwd=tcp:127.0.0.1:0-{address}:{port}",
                        "-device", f"virtio-net-pci,netdev=net{number},addr={4 + number},romfile="]
        table = self._path / "thermal.aml"
        table.write_bytes(THERMAL_ZONE)
        command += ["-acpitable", f"file={table}"]
        if self.memory is not None:
            command += ["-incoming", f"exec:cat {self.memory}"]
        with open(self._path / "errors", "wb") as errors:
            self.process = launch(command, stdout=errors, stderr=errors)
        until(lambda: self._is_alive() and monitor.exists(), "QEMU has a monitor")
        self.monitor = Monitor(monitor)
        ports = {int(found[2]): int(found[1]) for found in re.finditer(
            r"HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)\s+\S+\s+(\d+)", self.monitor.say("info usernet"))}
        self.port, self.hand_port = ports[self.board_port], ports[HAND_PORT]
        until(self._hand_answers, "the hand answers", self.boot[accelerator] if self.memory is None else RESUME)
        self.hand = Hand(self.hand_port)

    def _is_alive(self) -> bool:
        check(self.process.poll() is None, f"QEMU has ended: {(self._path / 'errors').read_text()[-300:]}")
        return True

    def _hand_answers(self) -> bool:
        self._is_alive()
        status = self.monitor.ask("query-status")["status"]
        check(status not in ("internal-error", "guest-panicked"), f"the machine has stopped: {status}")
        if status == "paused":
            self.monitor.ask("cont")  # as it was when its memory was saved
        elif status != "running":
            return False  # its memory is being read
        try:
            with Hand(self.hand_port, timeout=1) as hand:
                return bool(hand.ask("clock"))
        except OSError:
            return False

    def save(self, memory: Path) -> None:
        """Writes the memory of a machine that has not yet seen its disk; it goes on.

        It stands still meanwhile: emulated, a machine that runs was seen to leave a memory in which its network card's
        ring and what its kernel knows of that are of two moments.
        """
        self.monitor.ask("stop")
        self.monitor.ask("migrate", uri=f"exec:cat > {memory}")
        until(lambda: self.monitor.ask("query-migrate").get("status") == "completed", "the memory is saved")
        self.monitor.ask("cont")

    def power_cycle(self) -> None:
        """Cuts the power: whatever was in memory and on its way is gone, what was written is on the disk. It then
        starts again, from `memory` if it has that."""
        self.hand.close()
        self.stop()
        self._start(self.accelerator)

    def limit_disk(self, writes: int) -> None:
        """Has the disk take so many writes a second."""
        self.monitor.ask("block_set_io_throttle", device="disk", bps=0, bps_rd=0, bps_wr=0, iops=0, iops_rd=0,
                         iops_wr=writes)

    def reset(self) -> float:
        """Resets it hard, and waits until it has started anew: how many seconds that took."""
        start = time.monotonic()
        self.hand.close()
        self.monitor.ask("system_reset")
        time.sleep(0.5)  # the old kernel is no more
        until(self._hand_answers, "the hand answers", self.boot[self.accelerator])
        self.hand = Hand(self.hand_port)
        return time.monotonic() - start

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def __enter__(self) -> Machine:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._folder.cleanup()

    # MARK: Its parts

    @property
    def serial(self) -> str:
        return self.serial_file.read_text(errors="replace") if self.serial_file.exists() else ""

    def plug_in_disk(self) -> str:
        """Mounts the disk at /state; what the kernel says of that."""
        self.hand.shell("disk")
        return self.hand.shell("dmesg | grep -F 'EXT4-fs (vda)'")


class CountedMachine(Machine):
    """A machine whose time is the number of its instructions, 250 million of them a second, and passes at once while it
    has nothing to do. So what takes time in it takes the same, however busy this machine is."""
    accelerators = ["tcg"]
    options = ("-icount", "shift=2,sleep=off")  # 2² ns each


def make_disk(path: Path, megabytes: int = 16) -> Path:
    """An empty disk with a file system ext4."""
    path.unlink(missing_ok=True)
    with open(path, "wb") as file:
        file.truncate(megabytes << 20)
    maker = shutil.which("mkfs.ext4") or "/usr/sbin/mkfs.ext4"
    subprocess.run([maker, "-q", "-F", path], check=True)
    return path
