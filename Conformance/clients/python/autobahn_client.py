# SPDX-License-Identifier: MIT
"""Autobahn, on asyncio or, with AUTOBAHN_ON=twisted, on Twisted."""
import os
from urllib.parse import urlsplit

import scenario

ON_TWISTED = os.environ.get("AUTOBAHN_ON") == "twisted"
if ON_TWISTED:
    from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketClientProtocol, connectWS
    from twisted.internet import reactor
else:
    import asyncio

    from autobahn.asyncio.websocket import WebSocketClientFactory, WebSocketClientProtocol


class Client(WebSocketClientProtocol):
    has_opened = False

    def act(self, answer: object) -> None:
        if answer is scenario.CLOSE:
            self.sendClose()
        elif answer is not None:
            is_text = isinstance(answer, str)
            self.sendMessage(answer.encode() if is_text else answer, isBinary=not is_text)

    def onOpen(self) -> None:
        self.has_opened = True
        self.act(scenario.opened())

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        self.act(scenario.received(payload if isBinary else payload.decode()))

    def onClose(self, wasClean: bool, code: int, reason: str) -> None:
        if self.has_opened:
            scenario.closed(code, reason or "")
        else:
            scenario.refused(reason)
        reactor.stop() if ON_TWISTED else asyncio.get_running_loop().call_soon(done.set)


def factory() -> WebSocketClientFactory:
    made = WebSocketClientFactory(scenario.url, origin=scenario.origin, headers=scenario.login)
    made.protocol = Client
    return made


async def main() -> None:
    global done
    done = asyncio.Event()
    url = urlsplit(scenario.url)
    try:
        await asyncio.get_running_loop().create_connection(factory(), url.hostname, url.port)
    except OSError as error:
        return scenario.refused(error)
    await done.wait()


if ON_TWISTED:
    connectWS(factory())
    reactor.run()
else:
    asyncio.run(main())
