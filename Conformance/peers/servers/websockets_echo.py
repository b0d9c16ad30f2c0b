# SPDX-License-Identifier: MIT
"""The echo on `websockets`: its server answers GET requests besides, and no others."""
import asyncio
import platform
from http import HTTPStatus

import websockets
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.http11 import Request, Response

clients: set[ServerConnection] = set()


async def echo(client: ServerConnection) -> None:
    clients.add(client)
    try:
        async for message in client:
            if message[:1] in ("B", b"B"):
                broadcast(clients, message)
            else:
                await client.send(message)
    finally:
        clients.discard(client)


def page(client: ServerConnection, request: Request) -> Response | None:
    return None if request.path == "/ws" else client.respond(HTTPStatus.OK, "An echo\n")


async def main() -> None:
    async with serve(echo, "127.0.0.1", 0, process_request=page, max_size=32 << 20) as server:
        print(f"websockets {websockets.__version__}, Python {platform.python_version()}")
        print(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws", flush=True)
        await server.serve_forever()


asyncio.run(main())
