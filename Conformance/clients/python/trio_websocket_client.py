# SPDX-License-Identifier: MIT
"""trio-websocket."""
import scenario
import trio
from trio_websocket import ConnectionClosed, HandshakeError, open_websocket_url


async def main() -> None:
    try:
        async with open_websocket_url(scenario.url, extra_headers=list(scenario.fields.items())) as socket:
            try:
                await scenario.talk_async(socket.send_message, socket.get_message, socket.aclose)
            except ConnectionClosed:
                pass
            scenario.closed(*((socket.closed.code, socket.closed.reason or "") if socket.closed else (None,)))
    except HandshakeError as error:
        scenario.refused(f"{type(error).__name__}: {error}")


trio.run(main)
