# SPDX-License-Identifier: MIT
"""The echo on picows, whose protocol is written in Cython, and uvloop, which is libuv's loop: the fastest of Python."""
import asyncio
import platform
from importlib.metadata import version

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

clients: set[WSTransport] = set()


class Echo(WSListener):
    def on_ws_connected(self, transport: WSTransport) -> None:
        clients.add(transport)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        clients.discard(transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code())
            transport.disconnect()
        elif frame.msg_type == WSMsgType.PING:
            transport.send_pong(frame.get_payload_as_bytes())
        elif frame.msg_type in (WSMsgType.TEXT, WSMsgType.BINARY):
            message = frame.get_payload_as_bytes()
            for recipient in clients if message[:1] == b"B" else (transport,):
                recipient.send(frame.msg_type, message)


def greet(request: WSUpgradeRequest) -> Echo | None:
    return Echo() if request.path == b"/ws" else None


async def main() -> None:
    server = await ws_create_server(greet, "127.0.0.1", 0)
    print(f"picows {version('picows')}, uvloop {version('uvloop')}, Python {platform.python_version()}")
    print(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws", flush=True)
    await server.serve_forever()


uvloop.run(main())
