# SPDX-License-Identifier: MIT
"""The echo on Tornado."""
import asyncio
import platform

import tornado
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler


class Echo(WebSocketHandler):
    clients: set["Echo"] = set()

    def open(self) -> None:
        self.clients.add(self)

    def on_close(self) -> None:
        self.clients.discard(self)

    def on_message(self, message: str | bytes) -> None:
        for client in list(self.clients) if message[:1] in ("B", b"B") else [self]:
            client.write_message(message, binary=isinstance(message, bytes))


class Page(RequestHandler):
    def get(self) -> None:
        self.set_header("Content-Type", "text/plain")
        self.finish("An echo\n")

    head = get  # Tornado leaves the body out


class Post(RequestHandler):
    def post(self) -> None:
        self.set_header("Content-Type", "application/octet-stream")
        self.finish(self.request.body)


async def main() -> None:
    application = Application(
        [("/", Page), ("/echo", Post), ("/ws", Echo)], websocket_max_message_size=32 << 20, log_function=lambda _: None)
    server = HTTPServer(application)
    sockets = bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    print(f"Tornado {tornado.version}, Python {platform.python_version()}")
    print(f"ws://127.0.0.1:{sockets[0].getsockname()[1]}/ws", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
