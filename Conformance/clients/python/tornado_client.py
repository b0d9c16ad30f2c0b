# SPDX-License-Identifier: MIT
"""Tornado's websocket_connect."""
import asyncio

import scenario
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect


async def main() -> None:
    try:
        socket = await websocket_connect(HTTPRequest(scenario.url, headers=scenario.fields))
    except Exception as error:
        return scenario.refused(error)

    async def send(data: str | bytes) -> None:
        await socket.write_message(data, binary=isinstance(data, bytes))

    async def receive() -> str | bytes:
        if (data := await socket.read_message()) is None:
            raise EOFError
        return data

    async def close() -> None:
        socket.close()
        while await socket.read_message() is not None:
            pass

    try:
        await scenario.talk_async(send, receive, close)
    except EOFError:
        pass
    scenario.closed(socket.close_code, socket.close_reason or "")


asyncio.run(main())
