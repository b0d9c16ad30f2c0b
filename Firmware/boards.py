# SPDX-License-Identifier: MIT
"""What the scripts must know of a board: its board.json (docs/firmware.md says what each entry means). An image has its
board's name."""
from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import NamedTuple

from elf import Image

BOARDS = Path(__file__).resolve().parent / "Boards"
ADDRESS = "10.0.2.15"  # what QEMU's user network gives by DHCP


class BoardFacts(NamedTuple):
    processor: str
    has_dsp: bool  # the instructions of ARMv7E-M
    flash_budget: int
    ram_budget: int
    heap_reserve: int  # of the RAM; the heap's peak is no higher
    machine: str  # QEMU's name of the board, and of its Ethernet controller
    nic: str
    button_key: str  # the key that QEMU maps to the button
    led_register: int
    led_mask: int
    status_led_register: int
    status_led_mask: int

    def qemu(self, image: Path, port: int) -> list[str]:
        """The command that runs an image with its serial line as standard output, and port 80 of the board as `port` of
        this machine (0: one that the system picks)."""
        return ["qemu-system-arm", "-M", self.machine, "-kernel", str(image), "-display", "none", "-serial", "stdio",
                "-nic", f"user,id=network,model={self.nic},hostfwd=tcp:127.0.0.1:{port}-{ADDRESS}:80"]


def tool(name: str) -> str:
    """A tool of the Swift toolchain: others may not know its object files."""
    beside = Path(shutil.which("swift") or "swift").resolve().with_name(name)
    return str(beside) if beside.exists() else name


def facts(image: Path) -> BoardFacts:
    """What is known of the board that the image is for."""
    found = json.loads((BOARDS / image.name / "board.json").read_text())
    budget = "budgetWithMQTT" if "broker_settings" in Image(image).symbols else "budget"
    processor, budget, qemu, led, status = (found[part] for part in ("processor", budget, "qemu", "led", "statusLed"))
    return BoardFacts(processor["name"], processor["hasDSP"], budget["flash"], budget["ram"], budget["heapReserve"],
                      qemu["machine"], qemu["nic"], qemu["buttonKey"], int(led["register"], 0), int(led["mask"], 0),
                      int(status["register"], 0), int(status["mask"], 0))
