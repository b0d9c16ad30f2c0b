# SPDX-License-Identifier: MIT
"""websockets, its asyncio client."""
import asyncio

import scenario
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed


async def main() -> None:
    try:
        socket = await connect(scenario.url, origin=scenario.origin, additional_headers=scenario.login)
    except Exception as error:
        return scenario.refused(error)
    try:
        await scenario.talk_async(socket.send, socket.recv, socket.close)
        scenario.closed(socket.close_code, socket.close_reason)
    except ConnectionClosed as error:
        scenario.closed(socket.close_code, error)


asyncio.run(main())
