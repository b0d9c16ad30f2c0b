# SPDX-License-Identifier: MIT
"""ws4py, its threaded client."""
import scenario
from ws4py.client.threadedclient import WebSocketClient


class Client(WebSocketClient):
    def handshake_ok(self) -> None:
        """By default this starts a thread that reads, while `connect` goes on with what came along with the answer: two
        read one stream, and the first message is lost now and then."""

    def act(self, answer: object) -> None:
        if answer is scenario.CLOSE:
            self.close()
        elif answer is not None:
            self.send(answer, binary=isinstance(answer, bytes))

    def opened(self) -> None:
        self.act(scenario.opened())

    def received_message(self, message: object) -> None:
        self.act(scenario.received(str(message) if message.is_text else message.data))

    def closed(self, code: int, reason: str | bytes | None = None) -> None:
        scenario.closed(code, reason.decode() if isinstance(reason, bytes) else reason or "")


try:
    client = Client(scenario.url, headers=list(scenario.fields.items()))
    client.connect()
    client.run()
except Exception as error:
    scenario.refused(error)
