# SPDX-License-Identifier: MIT
"""Descriptions of devices that a suite makes up."""
from __future__ import annotations

from pathlib import Path

KINDS = [
    "{{switch: GPIO{0}}}", "{{light: 'pwm0:{0}'}}", "{{contact: GPIO{0}}}",
    "{{sensor: 'file:/dev/null{0}', unit: °C}}", "{{number: 20, min: 5, max: 30}}",
]


def many_parts(folder: Path, count: int) -> Path:
    """A file that describes a device of `count` parts: `lamp`, a switch; `wall`, a button that toggles it; `all_on` and
    `all_off`, buttons for all that can be switched; and the rest of each kind in turn."""
    lines = ["name: Many parts", "parts:", "  lamp: {switch: GPIO500}",
             "  wall: {button: GPIO501, press: toggle lamp, remote: true}",
             "  all_on: {button: GPIO502, click: on all, remote: true}",
             "  all_off: {button: GPIO503, click: off all, remote: true}"]
    lines += [f"  part{number}: {KINDS[number % len(KINDS)].format(number)}" for number in range(count - 4)]
    file = folder / "device.yaml"
    file.write_text("\n".join(lines) + "\n")
    return file


def many_switches(folder: Path, count: int) -> Path:
    """The same with switches for the rest."""
    file = many_parts(folder, 4)
    lines = [f"  part{number}: {{switch: GPIO{number}}}\n" for number in range(count - 4)]
    file.write_text(file.read_text() + "".join(lines))
    return file
