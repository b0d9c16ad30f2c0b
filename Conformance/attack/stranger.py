# SPDX-License-Identifier: MIT
"""How an attacker on the network talks to the device: bytes, right or wrong, from an address of his own."""
from __future__ import annotations

import re
from dataclasses import dataclass

from common.websocket import CLOSE, Frame, WebSocket, connect_tcp
from scene import NAME, STRANGER, Table, Watch

STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3}) ", re.MULTILINE)
PATIENCE = 5.0  # seconds for the device to answer and close


def talk(port: int, data: bytes, source: str = STRANGER, host: str = "127.0.0.1",
         patience: float = PATIENCE) -> bytes:
    """Sends it all, ends its direction, and returns everything that comes until the device closes."""
    received = bytearray()
    with connect_tcp(port, host, source=source, timeout=patience) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(1)
            while more := connection.recv(65_536):
                received += more
        except ConnectionError:
            pass  # refused in the middle of it
        except TimeoutError:
            received += b"\nHTTP/1.1 000 the device does not close\r\n"
    return bytes(received)


def statuses(answer: bytes) -> list[int]:
    return [int(status) for status in STATUS.findall(answer)]


def request(method: str, target: str, *fields: str, host: str = "localhost", body: str = "") -> bytes:
    """A request as it should be; `host` as "" leaves the field out."""
    lines = [f"{method} {target} HTTP/1.1", *([f"Host: {host}"] if host else []), *fields]
    if body:
        lines.append(f"Content-Length: {len(body.encode())}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode("utf-8", "surrogateescape")


TOGGLE = request("POST", "/api/led/toggle", "Content-Length: 0")


@dataclass
class Attack:
    """Attempts of one kind, judged by their answers and by the state of the device."""
    port: int
    table: Table
    watch: Watch
    source: str = STRANGER
    host: str = "127.0.0.1"

    def send(self, name: str, data: bytes, *allowed: int) -> bytes:
        """An attempt that has to be answered with one of these statuses, 0 for an end without a word."""
        answer = talk(self.port, data, self.source, self.host)
        found = statuses(answer)
        problem = self.watch.problem()
        if not problem and (len(found) > 1 or (found or [0])[0] not in allowed):
            problem = f"{' or '.join(map(str, allowed))} is the answer"
        if not problem and found and found[0] >= 400 and NAME.encode() in answer:
            problem = "the answer tells of the device"
        self.table.row(name, " ".join(map(str, found)) or "closed", "", problem)
        return answer

    def socket(self, name: str, data: bytes, *codes: int) -> None:
        """Bytes on a socket that was let in, which the device has to close with one of these codes."""
        with WebSocket(self.port, source=STRANGER, timeout=PATIENCE) as client:
            client.message("hello")
            closed, words = closing(client, data)
        problem = self.watch.problem() or ("" if closed in codes else f"the code is not {' or '.join(map(str, codes))}")
        self.table.row(name, words, "", problem)

    def message(self, name: str, payload: bytes | str) -> None:
        """A message that must change nothing; that it is a message leaves the socket open."""
        with WebSocket(self.port, source=STRANGER, timeout=PATIENCE) as client:
            client.message("hello")
            client.send(payload)
            client.send_json(type="ping", n=7)
            answers = []
            try:
                while (received := client.receive()).opcode != CLOSE:
                    answers.append(received.payload.decode())
                    if '"pong"' in answers[-1]:
                        break
            except OSError as problem:
                answers.append(repr(problem))
        said = next((answer for answer in answers if "error" in answer), answers[-1] if answers else "closed")
        self.table.row(name, said, "", self.watch.problem())


def closing(client: WebSocket, data: bytes) -> tuple[int, str]:
    """What the device closes with after these bytes; 0 if it does not, 1006 if it closes without a word."""
    try:
        client.socket.sendall(data)
        while True:
            received: Frame = client.receive()
            if received.opcode == CLOSE:
                return received.code, f"{received.code} {received.payload[2:].decode()}"
    except TimeoutError:
        return 0, "stays open"
    except OSError:
        return 1006, "closed"


