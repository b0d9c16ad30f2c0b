# SPDX-License-Identifier: MIT
"""A server with the library `websockets` as it is: it greets each client with a message of so many bytes, and answers
its Close. The port is the system's choice.

    server.py SIZE
"""
import asyncio
import sys

from websockets.asyncio.server import ServerConnection, serve

GREETING = "x" * int(sys.argv[1])


async def greet(connection: ServerConnection) -> None:
    await connection.send(GREETING)
    async for _ in connection:
        pass


async def main() -> None:
    async with serve(greet, "127.0.0.1", 0) as server:
        print(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws", flush=True)
        await server.serve_forever()


asyncio.run(main())
