# SPDX-License-Identifier: MIT
"""aiohttp."""
import asyncio

import aiohttp
import scenario


async def main() -> None:
    async with aiohttp.ClientSession() as session:
        try:
            socket = await session.ws_connect(scenario.url, origin=scenario.origin, headers=scenario.login)
        except Exception as error:
            return scenario.refused(error)

        async def send(data: str | bytes) -> None:
            await (socket.send_str(data) if isinstance(data, str) else socket.send_bytes(data))

        async def receive() -> str | bytes:
            message = await socket.receive()
            if message.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                raise EOFError(message)
            return message.data

        try:
            await scenario.talk_async(send, receive, socket.close)
            scenario.closed(socket.close_code)
        except EOFError as end:
            scenario.closed(socket.close_code, end.args[0].extra or end.args[0].data or "")


asyncio.run(main())
