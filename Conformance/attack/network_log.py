# SPDX-License-Identifier: MIT
"""Words of an attacker that would forge a line of the log, move a terminal's cursor or turn the writing around."""
from __future__ import annotations

import unicodedata
from urllib.parse import quote

from common.websocket import CLOSE, WebSocket, frame
from scene import STRANGER, Device, Table, Watch
from stranger import Attack, request

FORGED = "FORGED"
WORDS = {
    "a line end": f"x\r\n{FORGED} line", "a line feed": f"x\n{FORGED} line",
    "an escape sequence": "\x1b[2J\x1b]0;owned\x07",
    "a carriage return": f"x\r{FORGED}", "a NUL": "x\0y", "a backspace": "x\b\b\b",
    "a C1 control": "x\u0085y\u009b2J",
    "a line separator": f"x\u2028{FORGED}\u2029", "an override of direction": "x\u202egpj.exe\u202c",
    "an isolate": "x\u2066y\u2069", "a mark of direction": "x\u200f\u200ey\u061c", "no UTF-8": "x\udcff\udc80y",
}


def injection(device: Device, table: Table) -> None:
    """Every place whose words may get into a line."""
    table.begin("words for the log")
    attack = Attack(device.port, table, Watch(device))
    anything = (0, 101, 200, 400, 403, 404, 405, 414, 421, 431)
    for name, words in WORDS.items():
        attack.send(f"{name} in Host", request("GET", "/", host=f"{words}.example"), 0, 400, 403)
        attack.send(f"{name} in Origin", request("POST", "/api/led/toggle", f"Origin: http://{words}"), 0, 400, 403)
        attack.send(f"{name} in a path", request("GET", f"/{words}"), *anything)
        escaped = quote(words, safe="", errors="surrogateescape")
        attack.send(f"{name} in an escaped path", request("GET", f"/{escaped}"), 400, 404)
        attack.send(f"{name} in a part's name", request("POST", f"/api/parts/{escaped}/toggle"), 400, 404)
        attack.send(f"{name} in User-Agent", request("GET", "/nowhere", f"User-Agent: {words}"), 0, 400, 404)
        attack.send(f"{name} in Referer", request("GET", "/nowhere", f"Referer: {words}"), 0, 400, 404)
        attack.send(f"{name} in X-Forwarded-For", request("GET", "/nowhere", f"X-Forwarded-For: {words}"), 0, 400, 404)
        attack.send(f"{name} in a method", request(f"GET{words}", "/"), 0, 400, 501)
        if "\udcff" not in words:
            attack.message(f"{name} in a message", words)
            with WebSocket(device.port, source=STRANGER) as client:
                client.socket.sendall(frame(CLOSE, b"\x03\xe8" + words.encode()))
                client.message("hello")
    judge(device.log.read_bytes(), table)


def is_harmful(letter: str) -> bool:
    """Whether it is a control, a separator of lines, or turns what is around it (Unicode, 4.5; UAX #9, table 4)."""
    return unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") or letter in "\u061c\u200e\u200f" \
        or unicodedata.bidirectional(letter) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def judge(log: bytes, table: Table) -> None:
    """The log is text of whole lines, and shows nothing but what it says."""
    table.holds("the log has lines", log.count(b"\n") > 20, f"{log.count(bytes([10]))} lines")
    try:
        text = log.decode()
    except UnicodeDecodeError as problem:
        text = log.decode(errors="replace")
        table.holds("the log is UTF-8", False, str(problem))
    found = {f"U+{ord(letter):04X}" for letter in text if letter != "\n" and is_harmful(letter)}
    table.holds("the log has no control or direction character", not found, " ".join(sorted(found)))
    forged = [line for line in text.split("\n") if line.startswith(FORGED)]
    table.holds("no line of the log is forged", not forged, " ".join(forged))
