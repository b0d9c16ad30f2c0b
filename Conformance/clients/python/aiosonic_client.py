# SPDX-License-Identifier: MIT
"""aiosonic."""
import asyncio

import aiosonic
import scenario


async def main() -> None:
    async with aiosonic.WebSocketClient() as client:
        try:
            socket = await client.connect(scenario.url, headers=scenario.fields)
        except Exception as error:
            return scenario.refused(error)

        async def send(data: str | bytes) -> None:
            await (socket.send_text(data) if isinstance(data, str) else socket.send_bytes(data))

        messages = aiter(socket)

        async def receive() -> str | bytes:
            return (await anext(messages)).data

        try:
            await scenario.talk_async(send, receive, socket.close)
            scenario.closed(socket.close_code)
        except StopAsyncIteration:
            scenario.closed(socket.close_code)
        except Exception as error:
            scenario.closed(socket.close_code, error)


asyncio.run(main())
