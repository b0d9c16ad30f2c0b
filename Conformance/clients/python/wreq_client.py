# SPDX-License-Identifier: MIT
"""wreq (Rust's tungstenite)."""
import asyncio

import scenario
import wreq
from wreq import Client, Message


async def main() -> None:
    try:
        socket = await Client().websocket(scenario.url, headers=scenario.fields)
    except Exception as error:
        return scenario.refused(error)

    async def send(data: str | bytes) -> None:
        await socket.send(Message.from_text(data) if isinstance(data, str) else Message.from_binary(data))

    async def receive() -> str | bytes:
        while (message := await socket.recv()) is not None:
            if message.close is not None:
                raise EOFError(*message.close)
            if message.text is not None and message.ping is None and message.pong is None:
                return message.text
            if message.binary is not None:
                return message.binary
        raise EOFError(None, "")

    try:
        await scenario.talk_async(send, receive, socket.close)
        scenario.closed(None)
    except EOFError as end:
        scenario.closed(end.args[0], end.args[1] or "")
    except Exception as error:
        scenario.closed(None, error)


asyncio.run(main())
