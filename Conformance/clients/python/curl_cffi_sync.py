# SPDX-License-Identifier: MIT
"""libcurl, through curl_cffi's blocking WebSocket."""
import scenario
from curl_cffi.const import CurlWsFlag
from curl_cffi.requests import WebSocket
from curl_cffi.requests.websockets import WebSocketClosed


def main() -> None:
    socket = WebSocket()
    try:
        socket.connect(scenario.url, headers=scenario.fields)
    except Exception as error:
        return scenario.refused(error)

    def send(data: str | bytes) -> None:
        socket.send(data, CurlWsFlag.TEXT if isinstance(data, str) else CurlWsFlag.BINARY)

    def receive() -> str | bytes:
        data, flags = socket.recv()
        if flags & CurlWsFlag.CLOSE:
            raise EOFError
        return data.decode() if flags & CurlWsFlag.TEXT else data

    try:
        scenario.talk(send, receive, socket.close)
        scenario.closed(socket.close_code, socket.close_reason or "")
    except EOFError:
        scenario.closed(socket.close_code, socket.close_reason or "")
    except WebSocketClosed as error:
        scenario.closed(socket.close_code, error)


main()
