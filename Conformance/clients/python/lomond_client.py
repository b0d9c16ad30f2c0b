# SPDX-License-Identifier: MIT
"""Lomond."""
import scenario
from lomond import WebSocket


def act(socket: WebSocket, answer: object) -> None:
    if answer is scenario.CLOSE:
        socket.close()
    elif isinstance(answer, str):
        socket.send_text(answer)
    elif answer is not None:
        socket.send_binary(answer)


def main() -> None:
    socket = WebSocket(scenario.url)
    for name, value in scenario.fields.items():
        socket.add_header(name.encode(), value.encode())
    code = None
    for event in socket:
        if event.name == "ready":
            act(socket, scenario.opened())
        elif event.name in ("text", "binary"):
            act(socket, scenario.received(event.text if event.name == "text" else event.data))
        elif event.name in ("rejected", "connect_fail"):
            return scenario.refused(event)
        elif event.name in ("closing", "closed"):
            code = (event.code, event.reason or "")
        elif event.name == "disconnected":
            return scenario.closed(*(code or (None, event.reason)))


main()
