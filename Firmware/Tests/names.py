# SPDX-License-Identifier: MIT
"""A name server for the board (RFC 1035). QEMU's network hands the board's questions to the one that /etc/resolv.conf
names, so QEMU gets a file of its own there; that, and port 53, need root."""
from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

ADDRESS = "127.77.0.1"  # of this machine, and nobody else's


class NameServer:
    """Knows the addresses in `known`, by their names. Use it in `with`."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.asked: list[str] = []
        self._folder = tempfile.TemporaryDirectory(prefix="heliograph-")
        file = Path(self._folder.name) / "resolv.conf"
        file.write_text(f"nameserver {ADDRESS}\n")
        self.command = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"', str(file)]
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    @staticmethod
    def cannot_run() -> str | None:
        """Why there can be none here; None if there can."""
        if os.geteuid() != 0:
            return "it needs root"
        done = subprocess.run(["unshare", "--mount", "true"], capture_output=True, text=True)
        return None if done.returncode == 0 else done.stderr.strip()

    def __enter__(self) -> NameServer:
        self._socket.bind((ADDRESS, 53))
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._folder.cleanup()

    def _serve(self) -> None:
        while True:
            try:
                question, sender = self._socket.recvfrom(512)
                self._socket.sendto(self._answer(question), sender)
            except OSError:
                return

    def _answer(self, question: bytes) -> bytes:
        labels, place = [], 12
        while length := question[place]:
            labels.append(question[place + 1:place + 1 + length].decode())
            place += 1 + length
        name, end = ".".join(labels), place + 5  # the type and the class follow
        self.asked.append(name)
        address = self.known.get(name)
        flags = b"\x81\x80" if address else b"\x81\x83"  # a response; there is no such name
        head = question[:2] + flags + b"\0\1" + (b"\0\1" if address else b"\0\0") + b"\0\0\0\0"
        record = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton(address) if address else b""
        return head + question[12:end] + record
