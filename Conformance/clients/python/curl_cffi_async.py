# SPDX-License-Identifier: MIT
"""libcurl, through curl_cffi's asynchronous WebSocket."""
import asyncio

import scenario
from curl_cffi.const import CurlWsFlag
from curl_cffi.requests import AsyncSession
from curl_cffi.requests.websockets import WebSocketClosed


async def main() -> None:
    async with AsyncSession() as session:
        try:
            socket = await session.ws_connect(scenario.url, headers=scenario.fields)
        except Exception as error:
            return scenario.refused(error)

        async def send(data: str | bytes) -> None:
            await socket.send(data, CurlWsFlag.TEXT if isinstance(data, str) else CurlWsFlag.BINARY)

        async def receive() -> str | bytes:
            data, flags = await socket.recv()
            if flags & CurlWsFlag.CLOSE:
                raise EOFError
            return data.decode() if flags & CurlWsFlag.TEXT else data

        try:
            await scenario.talk_async(send, receive, socket.close)
            scenario.closed(socket.close_code, socket.close_reason or "")
        except EOFError:
            scenario.closed(socket.close_code, socket.close_reason or "")
        except WebSocketClosed as error:
            scenario.closed(socket.close_code, error)


asyncio.run(main())
