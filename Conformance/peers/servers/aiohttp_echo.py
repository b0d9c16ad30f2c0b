# SPDX-License-Identifier: MIT
"""The echo on `aiohttp`; to all in turn, as its documentation shows it."""
import asyncio
import platform

import aiohttp
from aiohttp import WSMsgType, web

clients: set[web.WebSocketResponse] = set()


async def send(client: web.WebSocketResponse, message: aiohttp.WSMessage) -> None:
    if message.type is WSMsgType.TEXT:
        await client.send_str(message.data)
    else:
        await client.send_bytes(message.data)


async def echo(request: web.Request) -> web.WebSocketResponse:
    client = web.WebSocketResponse(max_msg_size=32 << 20)
    await client.prepare(request)
    clients.add(client)
    try:
        async for message in client:
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                break
            for recipient in list(clients) if message.data[:1] in ("B", b"B") else [client]:
                await send(recipient, message)
    finally:
        clients.discard(client)
    return client


async def page(_: web.Request) -> web.Response:
    return web.Response(text="An echo\n")


async def post(request: web.Request) -> web.Response:
    return web.Response(body=await request.read(), content_type="application/octet-stream")


async def main() -> None:
    application = web.Application()
    application.add_routes([web.get("/", page), web.post("/echo", post), web.get("/ws", echo)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"aiohttp {aiohttp.__version__}, Python {platform.python_version()}")
    print(f"ws://127.0.0.1:{runner.addresses[0][1]}/ws", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
