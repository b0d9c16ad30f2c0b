# SPDX-License-Identifier: MIT
"""picows."""
import asyncio

import scenario
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect


class Listener(WSListener):
    is_closing = False

    def act(self, transport: WSTransport, answer: object) -> None:
        if answer is scenario.CLOSE:
            transport.send_close()
            transport.disconnect()
        elif answer is not None:
            is_text = isinstance(answer, str)
            transport.send(WSMsgType.TEXT if is_text else WSMsgType.BINARY, answer.encode() if is_text else answer)

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.code, self.reason = None, ""
        self.act(transport, scenario.opened())

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            self.code, self.reason = frame.get_close_code(), frame.get_close_message().decode()
            transport.send_close(frame.get_close_code())
            transport.disconnect()
        elif frame.msg_type == WSMsgType.TEXT:
            self.act(transport, scenario.received(frame.get_payload_as_utf8_text()))
        else:
            self.act(transport, scenario.received(frame.get_payload_as_bytes()))

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        scenario.closed(self.code, self.reason)


async def main() -> None:
    try:
        transport, _ = await ws_connect(Listener, scenario.url, extra_headers=scenario.fields)
    except Exception as error:
        return scenario.refused(error)
    await transport.wait_disconnected()


asyncio.run(main())
