# SPDX-License-Identifier: MIT
"""httpx-ws."""
import httpx_ws
import scenario
from wsproto.events import BytesMessage, TextMessage


def main() -> None:
    try:
        with httpx_ws.connect_ws(scenario.url, headers=scenario.fields) as socket:
            conversation(socket)
    except httpx_ws.HTTPXWSException as error:
        scenario.refused(f"{type(error).__name__}: {error} {getattr(error, 'response', '')}")


def conversation(socket: httpx_ws.WebSocketSession) -> None:
    def send(data: str | bytes) -> None:
        socket.send_text(data) if isinstance(data, str) else socket.send_bytes(data)

    def receive() -> str | bytes:
        event = socket.receive()
        assert isinstance(event, (TextMessage, BytesMessage))
        return event.data if isinstance(event, TextMessage) else bytes(event.data)

    try:
        scenario.talk(send, receive, socket.close)
        scenario.closed(None)
    except httpx_ws.WebSocketDisconnect as end:
        scenario.closed(end.code, end.reason or "")
    except httpx_ws.HTTPXWSException as error:
        scenario.closed(None, error)


main()
